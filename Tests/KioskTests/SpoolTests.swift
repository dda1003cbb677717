import CSQLite3
import Foundation
import Polling
import Schema
import Testing

@testable import Kiosk

@Suite(.timeLimit(.minutes(1))) struct SpoolTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  func open(capacity: Int = 1_000, keeps: Int = 100, keepsAside: Int = 100) throws -> Spool {
    var configuration = Spool.Configuration()
    configuration.capacity = capacity
    configuration.keeps = keeps
    configuration.keepsAside = keepsAside
    return try Spool(directory: directory.path + "/deep/down", configuration)
  }

  @Test func tapsAreNumberedFromOneAndStayWhatTheyAre() throws {
    var taps: [Tap] = []
    var id: [UInt8] = []
    do {
      let spool = try open()
      id = spool.id
      #expect(id.count == 16)
      #expect(spool.setAside == nil)
      taps += try spool.take([Samples.press(10), Samples.press(11)])
      taps += try spool.take([Samples.press(12)])
      #expect(taps.map(\.sequence) == [1, 2, 3])
      #expect(try taps.map { try $0.ballot().kioskSequence } == [1, 2, 3])
      #expect(try spool.pending(limit: 10) == taps)
    }
    let spool = try open()
    #expect(spool.id == id)
    #expect(try spool.pending(limit: 10) == taps)
    #expect(try spool.pending(limit: 2).map(\.sequence) == [1, 2])
    #expect(try spool.pending(after: 2, limit: 2).map(\.sequence) == [3])
    // At least one, however large.
    #expect(try spool.pending(limit: 10, bytes: 1).map(\.sequence) == [1])
    #expect(try spool.take([Samples.press(13)]).map(\.sequence) == [4])
  }

  @Test func everyPressIsInOneOfTheCounts() throws {
    let verdicts: [Verdict] = [.counted, .counted, .flagged, .duplicate, .rejected(reason: "POLL_NOT_OPEN")]
    do {
      let spool = try open()
      let taps = try spool.take((1...6).map { Samples.press($0) })
      try spool.settle(zip(taps, verdicts).map { Samples.settlement($0, $1) })
      // Answered again, and otherwise: the first answer stands.
      try spool.settle([Samples.settlement(taps[0], .flagged), Samples.settlement(taps[4], .counted)])
      #expect(try spool.pending(limit: 10).map(\.sequence) == [6])
    }
    let status = try open().status
    #expect(status.presses == 6)
    #expect(status.counted == 2)
    #expect(status.flagged == 1)
    #expect(status.duplicate == 1)
    #expect(status.rejected == 1)
    #expect(status.pending == 1)
  }

  @Test func aFullSpoolTakesNoMoreAndLosesNothing() throws {
    let spool = try open(capacity: 5)
    #expect(spool.status.level == .fine)
    let taps = try spool.take((1...4).map { Samples.press($0) })
    #expect(spool.status.level == .nearlyFull)
    #expect(try spool.take([Samples.press(5), Samples.press(6)]).map(\.sequence) == [5])
    #expect(spool.status.level == .full)
    #expect(try spool.take([Samples.press(7)]) == [])
    #expect(spool.status.presses == 5)
    // Whatever was answered makes room, and repetitions need none.
    try spool.settle([Samples.settlement(taps[0], .rejected(reason: "INVALID_FIELD")), Samples.settlement(taps[1])])
    let more = [8, 9, 10, 11, 12].map { Samples.press($0, marks: $0 % 2 == 0 ? .repeated : []) }
    #expect(try spool.take(more).map(\.sequence) == [6, 7, 8, 9, 10])
    #expect(spool.status.level == .full)
    #expect(try spool.take([Samples.press(13, marks: .repeated), Samples.press(14)]).map(\.sequence) == [11])
    #expect(try spool.pending(limit: 10).map(\.sequence) == [3, 4, 5, 7, 9])
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (6, 5), (99, 80), (1_000_000, 800_000)])
  func nearlyFullIsFourFifths(_ capacity: UInt64, _ expected: UInt64) {
    var status = SpoolStatus()
    status.capacity = capacity
    status.presses = expected - 1
    #expect(status.level == .fine)
    status.presses = expected
    #expect(status.level == (expected == capacity ? .full : .nearlyFull))
  }

  @Test func whatWaitsForNothingIsKeptUpToABoundAndCountedForGood() throws {
    do {
      let spool = try open(keeps: 2, keepsAside: 1)
      let taps = try spool.take((1...6).map { Samples.press($0) })
      try spool.settle([Samples.settlement(taps[0], .rejected(reason: "INVALID_FIELD"))])
      try spool.settle(taps[1...4].map { Samples.settlement($0) })
      #expect(try rows() == [[1, 2], [4, 2], [5, 2], [6, 1]])
      // A key that is stuck.
      for number in 7...20 as ClosedRange<UInt64> { _ = try spool.take([Samples.press(number, marks: .repeated)]) }
      #expect(try rows() == [[1, 2], [4, 2], [5, 2], [6, 1], [20, 3]])
      try spool.settle([Samples.settlement(taps[5], .rejected(reason: "INVALID_FIELD"))])
      #expect(try rows() == [[4, 2], [5, 2], [6, 2], [20, 3]])
    }
    let spool = try open(keeps: 2, keepsAside: 1)
    #expect(spool.setAside == nil)
    let status = spool.status
    #expect([status.presses, status.counted, status.rejected, status.held, status.pending] == [20, 4, 2, 14, 0])
    #expect(try spool.take([Samples.press(21)]).map(\.sequence) == [21])
  }

  /// As version 1 made it: repetitions among the pending taps, no count of them, and rejected what may yet be taken.
  @Test func anOlderSpoolIsTakenOver() throws {
    do {
      let spool = try open()
      let taps = try spool.take((1...7).map { Samples.press($0, marks: $0 == 2 || $0 == 4 ? .repeated : []) })
      try spool.settle([
        Samples.settlement(taps[0]), Samples.settlement(taps[5], .rejected(reason: "POLL_NOT_OPEN")),
        Samples.settlement(taps[6], .rejected(reason: "INVALID_FIELD")),
      ])
    }
    for sql in [
      "UPDATE tap SET state = 1 WHERE state = 3", "DROP INDEX held", "DROP INDEX rejected",
      "ALTER TABLE spool DROP COLUMN held", "PRAGMA user_version = 1",
    ] { try execute(sql) }
    for _ in 1...2 {
      let spool = try open()
      #expect(spool.setAside == nil)
      let status = spool.status
      #expect([status.presses, status.counted, status.rejected, status.held, status.pending] == [7, 1, 1, 2, 3])
      #expect(try spool.pending(limit: 10).map(\.sequence) == [3, 5, 6])
    }
    #expect(try values("PRAGMA user_version") == [[2]])
  }

  @Test func numbersThatMakeNoSenseAreDamageNotAnEnd() throws {
    for sql in [
      "UPDATE spool SET coarseness_ms = \(Int64.max), steady_ms = \(Int64.min), wall_ms = \(Int64.max)",
      "UPDATE spool SET counted = \(Int64.max), flagged = \(Int64.max), duplicate = \(Int64.max), rejected = 7",
      "UPDATE spool SET presses = \(Int64.max)", "UPDATE spool SET held = -1",
    ] {
      do {
        _ = try open().take([Samples.press(1)])
      }
      try execute(sql)
      _ = try open().take([Samples.press(2, precision: .hour)])
    }
  }

  @Test func anotherLedgerIsOfferedWhatItMayNotHave() throws {
    let spool = try open()
    let taps = try spool.take((1...4).map { Samples.press($0) })
    try spool.settle([
      Samples.settlement(taps[0], epoch: "e1"), Samples.settlement(taps[1], .flagged, epoch: "e1"),
      Samples.settlement(taps[2], epoch: "e2"), Samples.settlement(taps[3], .rejected(reason: "POLL_NOT_OPEN")),
    ])
    #expect(try spool.offerAgain(unlessIn: "e2") == 2)
    #expect(try spool.pending(limit: 10) == Array(taps[0...1]))
    #expect(spool.status.pending == 2)
    #expect(spool.status.counted == 1)
    #expect(try spool.offerAgain(unlessIn: "e2") == 0)
  }

  @Test func anOpenTapWaitsForWhatIsAddedAndGoesOutAsItIsAfterARestart() throws {
    var taps: [Tap] = []
    do {
      let spool = try open()
      taps = try spool.take((1...3).map { Samples.press($0, isOpen: $0 < 3) })
      #expect(try spool.pending(limit: 10).map(\.sequence) == [3])
      #expect(spool.status.pending == 3)
      var more = try taps[0].ballot()
      more.answers.append(more.answers[0])
      #expect(try spool.complete(taps[0], with: more))
      #expect(try spool.pending(limit: 10).first?.ballot() == more)
      // From now on its bytes are what they are.
      #expect(try !spool.complete(taps[0], with: nil))
      #expect(throws: SpoolError.self) { try spool.complete(taps[1], with: Samples.ballot(9)) }
    }
    let spool = try open()
    #expect(try spool.pending(limit: 10).map(\.sequence) == [1, 2, 3])
    #expect(try spool.pending(limit: 10)[1] == taps[1])
  }

  @Test func marksStayWithTheTapAndMayHoldIt() throws {
    let spool = try open()
    let now = Samples.wall.milliseconds
    let taps = try spool.take([
      Samples.press(1), Samples.press(2, Samples.reading(now + 700, steady: 50_700), marks: .repeated),
      Samples.press(3, Samples.reading(now - 7_200_000, steady: 51_700)),
      Samples.press(4, Samples.reading(now - 7_100_000, steady: 151_700)),
      Samples.press(5, Samples.reading(now, steady: 10, boot: "b")),
    ])
    #expect(taps.map(\.marks) == [.clockUnknown, .repeated, .clockBackward, [], .clockUnknown])
    #expect(taps.map(\.sincePrevious) == [nil, 700, 1_000, nil, nil])
    #expect(try spool.pending(limit: 10) == [taps[0], taps[2], taps[3], taps[4]])
    #expect(spool.status.held == 1)
  }

  @Test func aSecretPollLeavesNoFinerTimeOnTheDisk() throws {
    let spool = try open()
    let now = Samples.wall.milliseconds
    _ = try spool.take([Samples.press(1, precision: .hour)])
    // In this process the clocks are held against each other as finely as they are read.
    let later = Samples.reading(now + 60_000, steady: 50_001)
    let tap = try #require(try spool.take([Samples.press(2, later, precision: .hour)]).first)
    #expect(tap.marks == .clockForward)
    #expect(tap.sincePrevious == nil)
    let clocks = try values("SELECT wall_ms, steady_ms, (SELECT count(since_previous_ms) FROM tap) FROM spool")
    #expect(clocks.first?.map { $0 % 3_600_000 } == [0, 0, 0])
  }

  @Test func aBallotWithoutAnIdIsNotTaken() throws {
    let spool = try open()
    let press = Press(reading: Samples.reading(), precision: .second) { _ in Binhchon_V1_Ballot() }
    #expect(throws: SpoolError.self) { try spool.take([Samples.press(1), press]) }
    #expect(spool.status.presses == 0)
    #expect(try spool.take([Samples.press(1)]).map(\.sequence) == [1])
  }

  @Test func oneProcessAtATime() throws {
    do {
      let first = try open()
      #expect { try open() } throws: { ($0 as? SpoolError)?.code == .locked }
      withExtendedLifetime(first) {}
    }
    _ = try open()
  }

  @Test func nobodyElseReadsIt() throws {
    let spool = try open()
    _ = try spool.take([Samples.press(1)])
    let place = directory.path + "/deep/down"
    for name in ["spool.db", "spool.db-wal", "spool.lock"] {
      let mode = try FileManager.default.attributesOfItem(atPath: place + "/" + name)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
    #expect(try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int == 0o700)
  }

  // MARK: Damage

  enum Damage: CaseIterable {
    case overwritten, emptied, cutShort, swappedForAnother, countsWrong
  }

  @Test(arguments: Damage.allCases)
  func aDamagedSpoolIsPutAsideAndANewOneBegun(_ damage: Damage) throws {
    var id: [UInt8] = []
    do {
      let spool = try open()
      id = spool.id
      _ = try spool.take((1...200).map { Samples.press($0) })
    }
    let file = directory.path + "/deep/down/spool.db"
    switch damage {
    case .overwritten, .emptied, .cutShort:
      let handle = try #require(FileHandle(forUpdatingAtPath: file))
      if damage == .cutShort { try handle.truncate(atOffset: try handle.seekToEnd() / 2) }
      if damage == .emptied { try handle.truncate(atOffset: 0) }
      if damage == .overwritten {
        try handle.seek(toOffset: 4_096)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 8_192))
      }
      try handle.close()
    case .swappedForAnother: try execute("PRAGMA application_id = 7")
    case .countsWrong: try execute("DELETE FROM tap WHERE sequence = 100")
    }
    let spool = try open()
    let aside = try #require(spool.setAside)
    #expect(aside.hasSuffix("/damaged-1.db"))
    #expect(FileManager.default.fileExists(atPath: aside))
    #expect(spool.id != id)
    #expect(spool.status.presses == 0)
    #expect(try spool.take([Samples.press(1)]).map(\.sequence) == [1])
  }

  @Test func aJournalWithoutItsSpoolIsPutAsideToo() throws {
    do {
      _ = try open().take([Samples.press(1)])
    }
    let place = directory.path + "/deep/down"
    try FileManager.default.removeItem(atPath: place + "/spool.db")
    try Data("left behind".utf8).write(to: URL(fileURLWithPath: place + "/spool.db-wal"))
    let spool = try open()
    #expect(spool.status.presses == 0)
    #expect(FileManager.default.fileExists(atPath: place + "/damaged-1.db-wal"))
  }

  @Test func aNewersSpoolIsLeftAlone() throws {
    do {
      _ = try open().take([Samples.press(1)])
    }
    try execute("PRAGMA user_version = 3")
    #expect { try open() } throws: { ($0 as? SpoolError)?.code == .newer }
    try execute("PRAGMA user_version = 2")
    #expect(try open().status.presses == 1)
  }

  // MARK: Looking into the file

  private func rows() throws -> [[Int64]] {
    try values("SELECT sequence, state FROM tap ORDER BY sequence")
  }

  private func execute(_ sql: String) throws { _ = try values(sql) }

  private func values(_ sql: String) throws -> [[Int64]] {
    var handle: OpaquePointer?
    try #require(sqlite3_open(directory.path + "/deep/down/spool.db", &handle) == SQLITE_OK)
    defer { sqlite3_close_v2(handle) }
    var statement: OpaquePointer?
    try #require(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK)
    defer { sqlite3_finalize(statement) }
    var rows: [[Int64]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append((0..<sqlite3_column_count(statement)).map { sqlite3_column_int64(statement, $0) })
    }
    return rows
  }
}
