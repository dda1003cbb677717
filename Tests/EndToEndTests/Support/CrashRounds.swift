import FaultRun
import Foundation
import Schema
import Synchronization

/// One ledger whose server is killed again and again while many cast (design §3, "Crash").
struct CrashRounds {
  /// Casts one ballot; returns when it is acknowledged.
  typealias Cast = @Sendable (TestClient, Binhchon_V1_Ballot) async throws -> Void

  struct Result {
    var starts: [Duration] = []
    var acknowledged = 0
    var entered = 0
    /// What a ledger may not show; empty: every promise was kept.
    var breaches: [String] = []
  }

  var cast: Cast = { _ = try await $0.cast($1) }

  /// A server's life per case, each ended by SIGKILL; then the ledger against what was acknowledged.
  func run(_ cases: Range<Int>, of run: FaultRun) async throws -> Result {
    let data = try await demoData()
    let casting = CrashCasting(cast)
    var result = Result()
    for number in cases {
      var random = run.random(number)
      let before = ContinuousClock.now
      let server = try await ServerProcess.start(data.path)
      result.starts.append(ContinuousClock.now - before)
      let client = try TestClient(server, identity: "\(data.path)/certs/kiosk", retries: false)
      // Killed once so many more are acknowledged: at any moment of a commit, however fast the machine is.
      let target = casting.acknowledged.count + Int.random(in: 1...200, using: &random)
      await casting.load(client, tasks: 16, until: target) { server.signal(SIGKILL) }
      _ = await server.waitForEnd()
      await client.shutdown()
    }

    let entered = try LedgerRows(directory: data.path).ballotIDs()
    let tried = casting.tried
    result.acknowledged = casting.acknowledged.count
    result.entered = entered.count
    result.breaches = Self.breaches(acknowledged: casting.acknowledged, tried: Set(tried.keys), entered: entered)
    let verified = try await EndToEndTests.run(Binaries.server, ["verify", data.path])
    if verified.status != 0 { result.breaches.append("verify: \(verified.output)\(verified.errors)") }
    result.breaches += try await settle(tried, entered: Set(entered), data.path)
    return result
  }

  static func breaches(acknowledged: Set<Data>, tried: Set<Data>, entered: [Data]) -> [String] {
    let kept = Set(entered)
    var breaches: [String] = []
    func expectNone(_ count: Int, _ what: String) {
      if count > 0 { breaches.append("\(count) \(what)") }
    }
    expectNone(acknowledged.subtracting(kept).count, "acknowledged ballots are lost")
    expectNone(entered.count - kept.count, "ballots are entered twice")
    expectNone(kept.subtracting(tried).count, "ballots are entered that nobody cast")
    return breaches
  }

  /// Every ballot that was tried is settled by a retry, which knows those that were entered; the tally is their number.
  private func settle(_ tried: [Data: Binhchon_V1_Ballot], entered: Set<Data>, _ data: String) async throws -> [String]
  {
    let server = try await ServerProcess.start(data)
    let client = try TestClient(server, identity: "\(data)/certs/kiosk")
    let ballots = Array(tried.values)
    let lanes = 16
    let unlike = try await withThrowingTaskGroup(of: Int.self) { group in
      for lane in 0..<lanes {
        group.addTask {
          var unlike = 0
          for place in stride(from: lane, to: ballots.count, by: lanes) {
            let ballot = ballots[place]
            if try await client.cast(ballot).replayed != entered.contains(ballot.ballotID) { unlike += 1 }
          }
          return unlike
        }
      }
      return try await group.reduce(0, +)
    }
    let counted = try await client.tally().ballots
    await client.shutdown()
    var breaches: [String] = []
    if unlike > 0 { breaches.append("\(unlike) retries were answered otherwise than the ledger says") }
    if counted != UInt64(tried.count) { breaches.append("\(counted) counted of \(tried.count)") }
    let status = await server.stop()
    if status != 0 { breaches.append("the server ended with \(status)") }
    return breaches
  }
}

/// What was tried and acknowledged, over all lives of the server.
private final class CrashCasting: Sendable {
  private struct State {
    var tried: [Data: Binhchon_V1_Ballot] = [:]
    var acknowledged: Set<Data> = []
  }

  private let state = Mutex(State())
  private let cast: CrashRounds.Cast

  init(_ cast: @escaping CrashRounds.Cast) {
    self.cast = cast
  }

  var acknowledged: Set<Data> { state.withLock { $0.acknowledged } }
  var tried: [Data: Binhchon_V1_Ballot] { state.withLock { $0.tried } }

  /// Casts from many tasks until the server is gone; calls `kill` once so many are acknowledged in all.
  func load(_ client: TestClient, tasks: Int, until target: Int, kill: @escaping @Sendable () -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<tasks {
        group.addTask { [self] in
          while true {
            let ballot = Ballots.ballot(Ballots.levels.randomElement() ?? "BT")
            state.withLock { $0.tried[ballot.ballotID] = ballot }
            do {
              try await cast(client, ballot)
            } catch {
              return
            }
            let count = state.withLock { state in
              state.acknowledged.insert(ballot.ballotID)
              return state.acknowledged.count
            }
            if count >= target { kill() }
          }
        }
      }
    }
  }
}
