import FaultRun
import Foundation
import Testing

/// kill -9 of the real server at random moments under load.
@Suite(.serialized) struct CrashFaultTests {
  /// A ledger sees so many kills; then it is read, recounted and settled.
  private static let killsPerLedger = 50

  @Test(.timeLimit(.minutes(10)))
  func acknowledgedBallotsOutliveTheServer() async throws {
    let run = FaultRun("P2", cases: 200)
    var (starts, acknowledged, entered): ([Duration], Int, Int) = ([], 0, 0)
    for first in stride(from: run.cases.lowerBound, to: run.cases.upperBound, by: Self.killsPerLedger) {
      let cases = first..<min(first + Self.killsPerLedger, run.cases.upperBound)
      let result = try await CrashRounds().run(cases, of: run)
      #expect(result.breaches == [], "kills \(cases); \(run.replay(first))")
      #expect(result.acknowledged >= cases.count)
      starts += result.starts
      acknowledged += result.acknowledged
      entered += result.entered
    }
    starts.sort()
    // Asked of long runs only (`scripts/faults P2`, best with --release): beside CI's other tests a start says more of
    // them than of the server.
    if run.isLong { #expect(starts[starts.count / 2] < .seconds(1)) }
    print(
      "P2: \(starts.count) kills, \(acknowledged) acknowledged, \(entered) entered; from process start to serving "
        + "\(starts[starts.count / 2]) in the middle, \(starts[starts.count - 1]) at most")
  }

  /// One ballot in ten is acknowledged before it is sent.
  @Test(.timeLimit(.minutes(2)))
  func anEarlyAcknowledgementIsFound() async throws {
    let early = CrashRounds { client, ballot in
      guard ballot.ballotID.last.map({ $0 % 10 == 0 }) == true else {
        _ = try await client.cast(ballot)
        return
      }
      // Whoever acknowledges early never hears how it ended.
      Task { try? await client.cast(ballot) }
    }
    let result = try await early.run(0..<10, of: FaultRun("P2 control", cases: 1))
    #expect(result.breaches.contains { $0.hasSuffix("acknowledged ballots are lost") }, "\(result.breaches)")
  }

  @Test(arguments: [
    (["a"], ["a"], ["a"], []),
    (["a"], ["a", "b"], ["b", "a"], []),
    (["a"], ["a", "b"], ["b"], ["1 acknowledged ballots are lost"]),
    ([], ["a"], ["a", "a"], ["1 ballots are entered twice"]),
    ([], ["a"], ["a", "b"], ["1 ballots are entered that nobody cast"]),
  ])
  func whatALedgerMayNotShow(acknowledged: [String], tried: [String], entered: [String], breaches: [String]) {
    func ids(_ names: [String]) -> [Data] { names.map { Data($0.utf8) } }
    #expect(
      CrashRounds.breaches(acknowledged: Set(ids(acknowledged)), tried: Set(ids(tried)), entered: ids(entered))
        == breaches)
  }
}
