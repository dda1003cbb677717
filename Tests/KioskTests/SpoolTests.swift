import Foundation
import Polling
import Schema
import SeededRandom
import Testing

@testable import Kiosk

@Suite(.timeLimit(.minutes(1))) struct SpoolTests {
  let home: SpoolHome

  init() throws { home = try SpoolHome() }

  @Test func tapsAreNumberedFromOneAndStayWhatTheyAre() throws {
    var taps: [Tap] = []
    var id: [UInt8] = []
    do {
      let spool = try home.open()
      id = spool.id
      #expect(id.count == 16)
      #expect(spool.setAside == nil)
      taps += try spool.take([Samples.press(10), Samples.press(11)])
      taps += try spool.take([Samples.press(12)])
      #expect(taps.map(\.sequence) == [1, 2, 3])
      #expect(try taps.map { try $0.ballot().kioskSequence } == [1, 2, 3])
      #expect(try spool.pending(limit: 10) == taps)
    }
    let spool = try home.open()
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
      let spool = try home.open()
      let taps = try spool.take((1...6).map { Samples.press($0) })
      try spool.settle(zip(taps, verdicts).map { Samples.settlement($0, $1) })
      // Answered again, and otherwise: the first answer stands.
      try spool.settle([Samples.settlement(taps[0], .flagged), Samples.settlement(taps[4], .counted)])
      #expect(try spool.pending(limit: 10).map(\.sequence) == [6])
    }
    let status = try home.open().status
    #expect(status.presses == 6)
    #expect(status.counted == 2)
    #expect(status.flagged == 1)
    #expect(status.duplicate == 1)
    #expect(status.rejected == 1)
    #expect(status.pending == 1)
  }

  @Test func aFullSpoolTakesNoMoreAndLosesNothing() throws {
    let spool = try home.open(capacity: 5)
    #expect(spool.status.level == .fine)
    let taps = try spool.take((1...4).map { Samples.press($0) })
    #expect(spool.status.level == .nearlyFull)
    #expect(try spool.take([Samples.press(5), Samples.press(6)]).map(\.sequence) == [5])
    #expect(spool.status.level == .full)
    #expect(try spool.take([Samples.press(7)]) == [])
    #expect(spool.status.presses == 5)
    // Whatever was answered makes room; the last fifth of it is not for repetitions.
    try spool.settle([Samples.settlement(taps[0], .rejected(reason: "INVALID_FIELD")), Samples.settlement(taps[1])])
    #expect(try spool.take([Samples.press(8, marks: .repeated)]).map(\.sequence) == [6])
    #expect(try spool.take([Samples.press(9, marks: .repeated), Samples.press(10)]) == [])
    #expect(try spool.take([Samples.press(10), Samples.press(11)]).map(\.sequence) == [7])
    #expect(spool.status.level == .full)
    #expect(try spool.pending(limit: 10).map(\.sequence) == [3, 4, 5, 6, 7])
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
      let spool = try home.open(keeps: 2, keepsAside: 1)
      let taps = try spool.take((1...6).map { Samples.press($0) })
      try spool.settle([Samples.settlement(taps[0], .rejected(reason: "INVALID_FIELD"))])
      try spool.settle(taps[1...4].map { Samples.settlement($0) })
      #expect(try home.rows() == [[1, 2], [4, 2], [5, 2], [6, 1]])
      try spool.settle([Samples.settlement(taps[5], .rejected(reason: "INVALID_FIELD"))])
      #expect(try home.rows() == [[4, 2], [5, 2], [6, 2]])
    }
    let spool = try home.open(keeps: 2, keepsAside: 1)
    #expect(spool.setAside == nil)
    let status = spool.status
    #expect([status.presses, status.counted, status.rejected, status.pending] == [6, 4, 2, 0])
    #expect(try spool.take([Samples.press(7)]).map(\.sequence) == [7])
  }

  /// As version 1 made it: repetitions among the pending taps, no count of them, and rejected what may yet be taken. As
  /// version 2 made it: repetitions held, two of them forgotten. Neither kept days.
  @Test(arguments: [1, 2]) func anOlderSpoolIsTakenOver(_ version: Int) throws {
    do {
      let spool = try home.open()
      let taps = try spool.take((1...7).map { Samples.press($0, marks: $0 == 2 || $0 == 4 ? .repeated : []) })
      try spool.settle([
        Samples.settlement(taps[0]), Samples.settlement(taps[5], .rejected(reason: "POLL_NOT_OPEN")),
        Samples.settlement(taps[6], .rejected(reason: "INVALID_FIELD")),
      ])
    }
    var sql = [
      "DROP TABLE day", "DROP INDEX open", "ALTER TABLE tap DROP COLUMN day", "ALTER TABLE tap DROP COLUMN recent",
      "ALTER TABLE tap DROP COLUMN ledger_revision", "ALTER TABLE tap DROP COLUMN answered_day",
    ]
    for column in ["late", "corrected", "unaccounted", "unnumbered", "forward_at", "backward_at", "reports"] {
      sql.append("ALTER TABLE spool DROP COLUMN \(column)")
    }
    if version == 1 {
      sql += ["DROP INDEX rejected", "ALTER TABLE spool DROP COLUMN held"]
    } else {
      sql += [
        "CREATE INDEX held ON tap (sequence) WHERE state = 3", "UPDATE tap SET state = 3 WHERE marks & 1 <> 0",
        "UPDATE tap SET state = 1 WHERE sequence = 6", "DELETE FROM tap WHERE sequence = 2",
        "UPDATE spool SET held = 2, rejected = 1",
      ]
    }
    for sql in sql + ["PRAGMA user_version = \(version)"] { try home.execute(sql) }
    let held: UInt64 = version == 1 ? 0 : 1
    for _ in 1...2 {
      let spool = try home.open()
      #expect(spool.setAside == nil)
      let status = spool.status
      #expect(
        [status.presses, status.counted, status.rejected, status.held, status.pending] == [7, 1, 1, held, 5 - held])
      // Repetitions go out now, with their mark.
      let pending = try spool.pending(limit: 10)
      #expect(pending.map(\.sequence) == (version == 1 ? [2, 3, 4, 5, 6] : [3, 4, 5, 6]))
      #expect(pending.first { $0.sequence == 4 }?.marks.contains(.repeated) == true)
      // What was answered is no server's to know.
      let report = try spool.report()
      #expect(report.presses == 5 - held)
      #expect(report.highestSequence == 7)
      #expect(report.days == [.init(day: Samples.day, presses: 5 - held, pending: 5 - held)])
      #expect(try spool.settledThrough() == nil)
    }
    #expect(try home.values("PRAGMA user_version") == [[5]])
    // Offered again, a press that no day has is given one.
    let spool = try home.open()
    #expect(try spool.offerAgain(unlessIn: "e2") == 1)
    #expect(try spool.report().days == [.init(day: Samples.day, presses: 6 - held, pending: 6 - held)])
  }

  @Test func numbersThatMakeNoSenseAreDamageNotAnEnd() throws {
    for sql in [
      "UPDATE spool SET coarseness_ms = \(Int64.max), steady_ms = \(Int64.min), wall_ms = \(Int64.max)",
      "UPDATE spool SET counted = \(Int64.max), flagged = \(Int64.max), duplicate = \(Int64.max), rejected = 7",
      "UPDATE spool SET presses = \(Int64.max)", "UPDATE spool SET held = -1", "UPDATE spool SET unaccounted = -1",
      "UPDATE day SET presses = \(Int64.max)", "UPDATE day SET pending = -1", "UPDATE tap SET recent = -7",
    ] {
      do {
        _ = try home.open().take([Samples.press(1)])
      }
      try home.execute(sql)
      _ = try home.open().take([Samples.press(2, precision: .hour)])
    }
  }

  @Test func anotherLedgerIsOfferedWhatItMayNotHave() throws {
    let spool = try home.open()
    let taps = try spool.take((1...5).map { Samples.press($0) })
    let refused = Verdict.rejected(reason: "INVALID_FIELD")
    try spool.settle([
      Samples.settlement(taps[0], epoch: "e1"), Samples.settlement(taps[1], .flagged, epoch: "e1"),
      Samples.settlement(taps[2], epoch: "e2"),
      // Read by no ledger, and entered as refused in one.
      Samples.settlement(taps[3], .rejected(reason: "UNREADABLE")),
      Settlement(tap: taps[4], verdict: refused, result: .init(), ledgerEpoch: "e1"),
    ])
    #expect(try spool.offerAgain(unlessIn: "e2") == 3)
    #expect(try spool.pending(limit: 10) == Array(taps[0...1]) + [taps[4]])
    #expect(spool.status.pending == 3)
    #expect(spool.status.rejected == 1)
    #expect(spool.status.counted == 1)
    #expect(try spool.offerAgain(unlessIn: "e2") == 0)
  }

  @Test func anOpenTapWaitsForWhatIsAddedAndGoesOutAsItIsAfterARestart() throws {
    var taps: [Tap] = []
    do {
      let spool = try home.open()
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
    let spool = try home.open()
    #expect(try spool.pending(limit: 10).map(\.sequence) == [1, 2, 3])
    #expect(try spool.pending(limit: 10)[1] == taps[1])
  }

  @Test func marksStayWithTheTap() throws {
    let spool = try home.open()
    let now = Samples.wall.milliseconds
    let taps = try spool.take([
      Samples.press(1), Samples.press(2, Samples.reading(now + 700, steady: 50_700), marks: .repeated),
      Samples.press(3, Samples.reading(now - 7_200_000, steady: 51_700)),
      Samples.press(4, Samples.reading(now - 7_100_000, steady: 151_700)),
      Samples.press(5, Samples.reading(now, steady: 10, boot: "b")),
    ])
    #expect(taps.map(\.marks) == [.clockUnknown, .repeated, .clockBackward, [], .clockUnknown])
    #expect(taps.map(\.sincePrevious) == [nil, 700, 1_000, 100_000, nil])
    // The clock of the first two is not the one that tells the time when they are sent.
    let pending = try spool.pending(limit: 10)
    #expect(
      pending.map(\.marks)
        == [[.clockUnknown, .clockBackward], [.repeated, .clockBackward], .clockBackward, [], .clockUnknown])
    #expect(pending.map(\.sincePrevious) == taps.map(\.sincePrevious))
    // Also after a restart, and if it is set after the last press.
    let later = Samples.reading(now + 3_600_000, steady: 1_010, boot: "b")
    #expect(spool.marks(at: later) == .clockForward)
    #expect(spool.marks(at: Samples.reading(now + 1_000, steady: 1_010, boot: "b")) == [])
  }

  @Test func theClockThatWasSetIsRememberedOverARestart() throws {
    do {
      let spool = try home.open()
      _ = try spool.take([Samples.press(1), Samples.press(2, Samples.reading(0, steady: 50_001))])
    }
    #expect(try home.open().pending(limit: 10).map(\.marks)[0] == [.clockUnknown, .clockBackward])
  }

  @Test func pressesThatComeFastAreTold() throws {
    var configuration = Spool.Configuration()
    configuration.burstWithin = 10_000
    let spool = try Spool(directory: home.path + "/fast", configuration)
    func press(_ number: UInt64, after steady: Int64, boot: String = "a") -> Press {
      Samples.press(number, Samples.reading(Samples.wall.milliseconds + steady, steady: steady, boot: boot))
    }
    let times: [Int64] = [0, 1_000, 9_999, 10_000, 11_500, 40_000]
    var taps = try spool.take(times.enumerated().map { press(UInt64($0 + 1), after: $1) })
    #expect(taps.map(\.recent) == [1, 2, 3, 3, 3, 1])
    #expect(taps.map(\.sincePrevious) == [nil, 1_000, 8_999, 1, 1_500, 28_500])
    // A device that was started anew knows of none.
    taps = try spool.take([press(7, after: 100, boot: "b"), press(8, after: 200, boot: "b")])
    #expect(taps.map(\.recent) == [1, 2])
    spool.follow(cooldown: 0, burstWithin: 50)
    #expect(
      try spool.take([press(9, after: 240, boot: "b"), press(10, after: 251, boot: "b")]).map(\.recent) == [2, 2])
    spool.follow(cooldown: 0, burstWithin: 0)
    #expect(try spool.take([press(11, after: 241, boot: "b")]).map(\.recent) == [0])
    #expect(try spool.pending(limit: 20).map(\.recent) == [1, 2, 3, 3, 3, 1, 1, 2, 2, 2, 0])
  }

  /// Where times are coarse the kiosk says no finer one than whether the press came too soon.
  @Test func aSecretPollIsToldOfTheCooldownWithoutATime() throws {
    let spool = try home.open()
    spool.follow(cooldown: 5_000, burstWithin: 0)
    let taps = try spool.take(
      ([0, 4_999, 9_999] as [Int64]).map { steady in
        let reading = Samples.reading(Samples.wall.milliseconds + steady, steady: steady)
        return Samples.press(UInt64(steady), reading, precision: .minute)
      })
    #expect(taps.map { $0.marks.contains(.repeated) } == [false, true, false])
    #expect(taps.map(\.sincePrevious) == [nil, nil, nil])
  }

  /// Whatever is taken, answered and offered again, in whatever order: the days say the same as the counts.
  @Test func daysAddUpToTheCounts() throws {
    var random = SplitMix64(seed: 4)
    let verdicts: [Verdict] = [
      .counted, .flagged, .duplicate, .late, .afterSeal, .rejected(reason: "INVALID_FIELD"),
    ]
    for _ in 0..<20 {
      let place = try TemporaryDirectory()
      var configuration = Spool.Configuration()
      configuration.keeps = 30
      configuration.keepsAside = 3
      var spool: Spool? = try Spool(directory: place.path, configuration)
      var expected: [Day: UInt64] = [:]
      for step in 0..<60 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
          let presses = (0..<Int.random(in: 1...5, using: &random)).map { index in
            let time = Samples.wall.milliseconds + Int64.random(in: -3...3, using: &random) * 86_400_000
            let number = UInt64(step * 10 + index)
            expected[Day(of: Timestamp(milliseconds: time)), default: 0] += 1
            return Press(reading: Samples.reading(time, steady: Int64(number)), precision: .second) { sequence in
              var ballot = Samples.ballot(number, sequence: sequence)
              ballot.deviceTimeMs = time
              return ballot
            }
          }
          #expect(try spool?.take(presses).count == presses.count)
        case 5..<8:
          let pending = try spool?.pending(limit: 6) ?? []
          try spool?.settle(
            pending.shuffled(using: &random).prefix(4).map {
              Samples.settlement($0, verdicts.randomElement(using: &random) ?? .counted, epoch: "e\(step % 2)")
            })
        case 8:
          if Bool.random(using: &random) {
            _ = try spool?.offerAgain(unlessIn: "e\(step % 2)")
          } else {
            _ = try spool?.offerAgain(after: UInt64.random(in: 0...20, using: &random))
          }
        default:
          spool = nil
          spool = try Spool(directory: place.path, configuration)
        }
        let status = try #require(spool?.status)
        let report = try #require(try spool?.report())
        #expect(spool?.setAside == nil)
        #expect(report.presses == status.presses)
        #expect(report.pending == status.pending)
        #expect(report.days.reduce(0) { $0 + $1.pending } == status.pending)
        #expect(Dictionary(uniqueKeysWithValues: report.days.map { ($0.day, $0.presses) }) == expected)
        let first = try spool?.pending(limit: 1).first?.sequence ?? status.presses + 1
        #expect(try spool?.settledThrough() == first - 1)
      }
    }
  }

  @Test func aReportTellsAllDaysThatWaitAndTheLatestOnes() throws {
    let spool = try home.open()
    let taps = try spool.take(
      (0..<50).map { index in
        let time = Samples.wall.milliseconds + Int64(index) * 86_400_000
        return Press(reading: Samples.reading(time, steady: Int64(index)), precision: .second) { sequence in
          var ballot = Samples.ballot(UInt64(index), sequence: sequence)
          ballot.deviceTimeMs = time
          return ballot
        }
      })
    try spool.settle(taps.filter { $0.sequence != 3 }.map { Samples.settlement($0) })
    let days = try spool.report().days
    #expect(days.count == 36)
    #expect(days[0] == .init(day: Day(number: Samples.day.number + 2), presses: 1, pending: 1))
    #expect(days[1] == .init(day: Day(number: Samples.day.number + 49), presses: 1, pending: 0))
  }

  /// Of two reports the one made later has the greater number: after a restart, and once a spool that was put back from
  /// a copy has heard how far it had come.
  @Test func reportsAreNumberedInTheOrderInWhichTheyAreMade() throws {
    func numbers() throws -> [UInt64] {
      let spool = try home.open()
      return try (1...3).map { _ in try spool.report().number }
    }
    let first = try numbers()
    let file = URL(filePath: home.path + "/spool.db")
    let copy = try Data(contentsOf: file)
    let second = try numbers() + numbers()
    #expect(first + second == (first + second).sorted())
    #expect(Set(first + second).count == 9)

    try copy.write(to: file)
    let last = try #require(second.last)
    do {
      let spool = try home.open()
      #expect(try spool.report().number < last)
      try spool.numberReports(above: last)
      #expect(try spool.report().number == last + 1)
      try spool.numberReports(above: first[0])
      #expect(try spool.report().number == last + 2, "never back")
      try spool.numberReports(above: .max)
      #expect(try spool.report().number == last + 3, "no server has heard of so many")
    }
    #expect(try numbers()[0] > last + 3)
    for nonsense in [Int64.max, .min] {
      try home.execute("UPDATE spool SET reports = \(nonsense)")
      #expect(try Set(numbers()).count == 3)
    }
  }

  @Test func ballotsWithoutNumbersLeaveNothingToCompare() throws {
    let spool = try home.open()
    let taps = try spool.take([Samples.press(1), Samples.press(2)])
    #expect(try spool.settledThrough() == 0)
    try spool.settle([Samples.settlement(taps[0])])
    #expect(try spool.settledThrough() == 1)
    _ = try spool.take([Press(reading: Samples.reading(), precision: .hour) { _ in Samples.ballot(3) }])
    #expect(try spool.settledThrough() == nil)
  }

  @Test func aSecretPollLeavesNoFinerTimeOnTheDisk() throws {
    let spool = try home.open()
    let now = Samples.wall.milliseconds
    _ = try spool.take([Samples.press(1, precision: .hour)])
    // In this process the clocks are held against each other as finely as they are read.
    let later = Samples.reading(now + 120_000, steady: 50_001)
    let tap = try #require(try spool.take([Samples.press(2, later, precision: .hour)]).first)
    #expect(tap.marks == .clockForward)
    #expect(tap.sincePrevious == nil)
    let clocks = try home.values("SELECT wall_ms, steady_ms, (SELECT count(since_previous_ms) FROM tap) FROM spool")
    #expect(clocks.first?.map { $0 % 3_600_000 } == [0, 0, 0])
  }

  @Test func aBallotWithoutAnIdIsNotTaken() throws {
    let spool = try home.open()
    let press = Press(reading: Samples.reading(), precision: .second) { _ in Binhchon_V1_Ballot() }
    #expect(throws: SpoolError.self) { try spool.take([Samples.press(1), press]) }
    #expect(spool.status.presses == 0)
    #expect(try spool.take([Samples.press(1)]).map(\.sequence) == [1])
  }

  @Test func oneProcessAtATime() throws {
    do {
      let first = try home.open()
      #expect { try home.open() } throws: { ($0 as? SpoolError)?.code == .locked }
      withExtendedLifetime(first) {}
    }
    _ = try home.open()
  }

  @Test func nobodyElseReadsIt() throws {
    let spool = try home.open()
    _ = try spool.take([Samples.press(1)])
    let place = home.path
    for name in ["spool.db", "spool.db-wal", "spool.lock"] {
      let mode = try FileManager.default.attributesOfItem(atPath: place + "/" + name)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
    #expect(try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int == 0o700)
  }
}
