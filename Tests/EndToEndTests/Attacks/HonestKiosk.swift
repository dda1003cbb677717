import Foundation
import Schema

/// A kiosk that casts one vote after the other on one connection, whatever happens beside it. It tries nothing twice:
/// what went wrong would not show.
final class HonestKiosk: Sendable {
  private let client: TestClient
  private let server: ServerProcess
  private let identity: String

  /// The ids of votes that were acknowledged.
  let acknowledged = Shared<[Data]>([])

  init(_ server: ServerProcess, identity: String) throws {
    (self.server, self.identity) = (server, identity)
    client = try TestClient(server, identity: identity, retries: false)
  }

  struct Beside: Sendable {
    /// How long votes took.
    var latencies: [Duration] = []
    var refusals: [String] = []
  }

  /// Votes until `isOver`, and so many at least.
  func vote(atLeast least: Int, until isOver: Shared<Bool>) async -> Beside {
    var beside = Beside()
    while beside.latencies.count < least || !isOver.value {
      let before = ContinuousClock.now
      if let refusal = await vote(client) {
        beside.refusals.append(refusal)
        // One is enough to know.
        break
      }
      beside.latencies.append(ContinuousClock.now - before)
    }
    return beside
  }

  /// A vote on a connection of its own, as after a restart: tried again at once, as a kiosk does it with pauses, until it
  /// is taken or `patience` is over. Nil: it was taken.
  func comeBack(patience: Duration) async throws -> String? {
    let end = ContinuousClock.now + patience
    while true {
      let fresh = try TestClient(server, identity: identity, retries: false)
      let refusal = await vote(fresh)
      await fresh.shutdown()
      guard let refusal else { return nil }
      if ContinuousClock.now >= end { return refusal }
      // Waits for nothing: it is the pause between two tries, without which the kiosk would be a flood itself.
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private func vote(_ client: TestClient) async -> String? {
    let ballot = Ballots.ballot()
    do {
      let receipt = try await client.cast(ballot)
      guard receipt.ballotID == ballot.ballotID, !receipt.replayed else { return "a receipt for another ballot" }
      acknowledged.update { $0.append(ballot.ballotID) }
      return nil
    } catch {
      return "\(error)"
    }
  }

  func shutdown() async { await client.shutdown() }
}

extension [Duration] {
  func percentile(_ percent: Int) -> Duration {
    guard !isEmpty else { return .zero }
    return sorted()[Swift.min(count - 1, count * percent / 100)]
  }
}
