import Foundation
import RPC
import Schema
import SeededRandom
import Synchronization
import Testing

/// kill -9 at random moments under load (design §3, "Crash"; the Show 3).
@Suite struct CrashTests {
  @Test(.timeLimit(.minutes(5)))
  func noAcknowledgedBallotIsLostAndNoneIsCountedTwice() async throws {
    let kills = 50
    var random = SplitMix64()
    let seed = random.seed
    let data = try await demoData()
    let casting = Casting()
    var starts: [Duration] = []

    for _ in 0..<kills {
      let before = ContinuousClock.now
      let server = try await ServerProcess.start(data.path)
      starts.append(ContinuousClock.now - before)
      let client = try TestClient(server, identity: "\(data.path)/certs/kiosk", retries: false)
      // Killed once so many more are acknowledged: at any moment of a commit, however fast the machine is.
      let target = casting.acknowledged.count + Int.random(in: 1...400, using: &random)
      await casting.run(client, tasks: 16, until: target) { server.signal(SIGKILL) }
      _ = await server.waitForEnd()
      await client.shutdown()
    }

    let ledger = LedgerRows(directory: data.path)
    let entered = try ledger.ballotIDs()
    let kept = Set(entered)
    #expect(kept.count == entered.count, "a ballot is entered twice")
    #expect(casting.acknowledged.subtracting(kept).isEmpty, "acknowledged ballots are lost; seed \(seed)")
    #expect(kept.isSubset(of: casting.tried))
    #expect(casting.acknowledged.count >= kills)

    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")

    // Every ballot that was tried is settled by a retry, and the tally is then their number.
    let server = try await ServerProcess.start(data.path)
    let client = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    var unlike = 0
    for (id, choice) in casting.triedBallots
    where try await client.cast(casting.ballot(id, choice)).replayed != kept.contains(id) { unlike += 1 }
    #expect(unlike == 0)
    let tally = try await client.tally()
    #expect(tally.ballots == UInt64(casting.tried.count))
    await client.shutdown()
    #expect(await server.stop() == 0)

    let sorted = starts.sorted()
    print(
      "crash test: \(kills) kills, \(casting.acknowledged.count) acknowledged, \(entered.count) entered, start "
        + "median \(sorted[kills / 2]) max \(sorted[kills - 1]) (process start to serving)")
  }
}

/// What was tried and acknowledged, over all lives of the server.
private final class Casting: Sendable {
  private struct State {
    var tried: [Data: String] = [:]
    var acknowledged: Set<Data> = []
  }

  private let state = Mutex(State())
  private let time = Int64(Date().timeIntervalSince1970) * 1000

  var acknowledged: Set<Data> { state.withLock { $0.acknowledged } }
  var tried: Set<Data> { Set(state.withLock { $0.tried.keys }) }
  var triedBallots: [Data: String] { state.withLock { $0.tried } }

  func ballot(_ id: Data, _ choice: String) -> Binhchon_V1_Ballot {
    var ballot = Ballots.ballot(choice, id: id)
    ballot.deviceTimeMs = time
    return ballot
  }

  /// Casts from many tasks until the server is gone; calls `kill` once so many are acknowledged in all.
  func run(_ client: TestClient, tasks: Int, until target: Int, kill: @escaping @Sendable () -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<tasks {
        group.addTask { [self] in
          while true {
            let id = Ballots.newID()
            let choice = Ballots.levels.randomElement() ?? "BT"
            state.withLock { $0.tried[id] = choice }
            do {
              _ = try await client.cast(ballot(id, choice))
            } catch {
              return
            }
            let count = state.withLock { state in
              state.acknowledged.insert(id)
              return state.acknowledged.count
            }
            if count >= target { kill() }
          }
        }
      }
    }
  }
}
