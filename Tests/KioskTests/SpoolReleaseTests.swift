import Polling
import SeededRandom
import Testing

@testable import Kiosk

/// How long answered presses stay: until a backup of their ledger holds them, or there are too many, or for too long.
@Suite(.timeLimit(.minutes(1))) struct SpoolReleaseTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func open(keeps: Int = 100, keepsDays: Int = 90) throws -> Spool {
    var configuration = Spool.Configuration()
    configuration.keeps = keeps
    configuration.keepsDays = keepsDays
    return try Spool(directory: directory.path, configuration)
  }

  private func standing(
    _ revision: UInt64, backedUp: UInt64 = 0, day: Int32 = 20_000, of epoch: String = "e1"
  ) -> LedgerStanding {
    LedgerStanding(epoch: epoch, revision: revision, backedUpThrough: backedUp, day: Day(number: day))
  }

  /// Answers one press after the other, each as the revision of its number.
  private func answer(_ spool: Spool, _ numbers: ClosedRange<UInt64>, epoch: String = "e1", day: Int32 = 20_000) throws
  {
    for tap in try spool.take(numbers.map { Samples.press($0) }) {
      try spool.settle([Samples.settlement(tap, epoch: epoch)], standing(tap.sequence, day: day, of: epoch))
    }
  }

  @Test func whatTheBackupOfItsLedgerHoldsGoes() throws {
    let spool = try open()
    try answer(spool, 1...4)
    try answer(spool, 5...6, epoch: "e0")
    try spool.release(standing(6))
    #expect(spool.keptCount == 6, "there is no backup")
    try spool.release(standing(6, backedUp: 3))
    #expect(spool.keptCount == 3)
    try spool.release(standing(6, backedUp: 3))
    #expect(spool.keptCount == 3)
    // Only of the ledger that the backup is of.
    try spool.release(standing(6, backedUp: 100))
    #expect(spool.keptCount == 2)
    #expect(spool.status.counted == 6, "they are accounted for all the same")
    #expect(try spool.offerAgain(unlessIn: "e2") == 2)
    #expect(try spool.pending(limit: 10).map(\.sequence) == [5, 6])
    #expect(spool.keptCount == 0)
  }

  @Test func aBackupOfLongAgoIsFollowedThroughARestart() throws {
    do {
      let spool = try open()
      try answer(spool, 1...4)
    }
    let spool = try open()
    #expect(spool.keptCount == 4)
    try spool.release(standing(9, backedUp: 2))
    #expect(spool.keptCount == 2)
  }

  /// More than go at once.
  @Test func manyGoInPieces() throws {
    let spool = try open(keeps: 100_000)
    let taps = try spool.take((1...4_100).map { Samples.press($0) })
    try spool.settle(taps.map { Samples.settlement($0) }, standing(4_100))
    try spool.release(standing(4_200, backedUp: 4_099))
    #expect(spool.keptCount == 4_100)
    try spool.release(standing(4_200, backedUp: 4_100))
    #expect(spool.keptCount == 0)
  }

  @Test func withoutBackupsTheyGoByAgeAndNumber() throws {
    let spool = try open(keeps: 5, keepsDays: 10)
    try answer(spool, 1...2, day: 20_000)
    try answer(spool, 3...4, day: 20_001)
    try spool.release(standing(4, day: 20_010))
    #expect(spool.keptCount == 4)
    try spool.release(standing(4, day: 20_011))
    #expect(spool.keptCount == 2)
    try answer(spool, 5...9, day: 20_011)
    #expect(spool.keptCount == 5)
  }

  /// A server that could not take note of the report says nothing of its ledger: nobody knows where these are in it.
  @Test func whatWasAnsweredWithoutSayingWhereStays() throws {
    do {
      let spool = try open()
      let taps = try spool.take([Samples.press(1), Samples.press(2)])
      try spool.settle([Samples.settlement(taps[0])])
      try spool.release(standing(7, backedUp: 7))
      #expect(spool.keptCount == 1)
      // The next start knows that all answers to come include it.
      _ = try spool.pending(limit: 1)
    }
    let spool = try open()
    try spool.release(standing(8, backedUp: 7))
    #expect(spool.keptCount == 1)
    try spool.release(standing(9, backedUp: 8))
    #expect(spool.keptCount == 0)
    #expect(try spool.pending(limit: 9).map(\.sequence) == [2])
  }

  /// More than are given a revision at once; without one nothing is given, and it ends.
  @Test func manyWithoutARevisionGetOneInPieces() throws {
    do {
      let spool = try open(keeps: 100_000)
      try spool.settle(try spool.take((1...4_100).map { Samples.press($0) }).map { Samples.settlement($0) })
    }
    let spool = try open(keeps: 100_000)
    try spool.release(standing(0))
    try spool.release(standing(8, backedUp: 7))
    #expect(spool.keptCount == 4_100)
    try spool.release(standing(9, backedUp: 8))
    #expect(spool.keptCount == 0)
  }

  /// Rejected ones stay for whoever asks why.
  @Test func whatTheServerRejectedStays() throws {
    let spool = try open()
    let taps = try spool.take([Samples.press(1)])
    try spool.settle([Samples.settlement(taps[0], .rejected(reason: "INVALID_FIELD"))], standing(1))
    try spool.release(standing(5, backedUp: 5))
    #expect(spool.status.rejected == 1)
    #expect(spool.keptCount == 0)
  }
}
