import Polling
import SeededRandom
import Testing

@testable import Ledger

/// The account of presses is a plain sum, whatever is committed, taken back or on its way to the tables.
struct KioskBooksTests {
  /// Presses one after the other, and nothing clever.
  private struct Model {
    var presses: [EnteredPress] = []

    private func known(_ presses: ArraySlice<EnteredPress>) -> [String: [SpoolID]] {
      var known: [String: [SpoolID]] = [:]
      for press in presses where press.spool != .others {
        let spools = known[press.kiosk] ?? []
        if !spools.contains(press.spool), spools.count < KioskReport.mostSpools {
          known[press.kiosk] = spools + [press.spool]
        }
      }
      return known
    }

    private func key(_ press: EnteredPress) -> SpoolKey {
      let isKnown = known(presses[...])[press.kiosk]?.contains(press.spool) == true
      return SpoolKey(kiosk: press.kiosk, spool: isKnown ? press.spool : .others)
    }

    var marks: [SpoolKey: SpoolMark] {
      var marks: [SpoolKey: SpoolMark] = [:]
      for press in presses {
        let key = key(press)
        marks[key, default: SpoolMark()].note(key.spool == .others ? nil : press.number)
      }
      return marks
    }

    func days(from first: Int) -> [KioskBooks.DayKey: PressCounts] {
      var days: [KioskBooks.DayKey: PressCounts] = [:]
      for press in presses[first...] {
        days[KioskBooks.DayKey(spool: key(press), day: press.day), default: PressCounts()].add(press.counts)
      }
      return days
    }
  }

  private static func press(_ random: inout SplitMix64, spools: UInt64) -> EnteredPress {
    EnteredPress(
      kiosk: "kiosk/a/\(Int.random(in: 0...2, using: &random))",
      spool: SpoolID(high: 0, low: .random(in: 0...spools, using: &random)),
      number: Int.random(in: 0...9, using: &random) == 0 ? nil : .random(in: 1...30, using: &random),
      day: Day(number: 20_000 + .random(in: 0...5, using: &random)), counts: PressCounts(counted: 1))
  }

  /// The body of an entry that casts it.
  private static func body(_ press: EnteredPress) throws -> [UInt8] {
    var record = Sample.record(try Sample.ballot(1), source: press.kiosk)
    record.spool = press.spool
    record.ballot.kioskSequence = press.number
    record.ballot.deviceTime = press.day.start
    var writer = ByteWriter()
    CastEntry.encode(record, into: &writer)
    return writer.bytes
  }

  /// With few spools, and with more than are told apart.
  @Test(arguments: [2, 40] as [UInt64])
  func countsLikeAPlainSum(spools: UInt64) throws {
    var random = SplitMix64()
    var books = KioskBooks()
    var model = Model()
    /// How many of the model's presses are in the tables, on their way there, and committed.
    var (settled, settling, committed) = (0, 0, 0)
    var table: [SpoolKey: SpoolMark] = [:]
    for _ in 0..<500 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<13:
        let press = Self.press(&random, spools: spools)
        if Bool.random(using: &random) {
          books.enter(press)
        } else {
          try Self.body(press).borrowed { (body) throws(FormatError) in
            try books.enter(body, try CastEntry.Outline(body))
          }
        }
        model.presses.append(press)
        // The model counts everything anew each time.
        continue
      case 13..<16:
        books.committed()
        committed = model.presses.count
      case 16, 17:
        books.rolledBack()
        model.presses.removeLast(model.presses.count - committed)
      case 18 where settling == settled && committed == model.presses.count:
        books.beginSettling()
        settling = committed
      case 19 where settling > settled:
        table.merge(books.settlingMarks) { $1 }
        let atThatTime = Model(presses: Array(model.presses.prefix(settling)))
        try #require(table == atThatTime.marks)
        try #require(books.settlingDays == atThatTime.days(from: settled))
        books.settled()
        settled = settling
        // A start from the tables and the presses since knows the same.
        var again = KioskBooks(marks: table)
        for press in model.presses[settled...] { again.enter(press) }
        try #require(again.allMarks == books.allMarks)
      default: continue
      }
      try #require(books.allMarks == model.marks)
      if committed == model.presses.count { try #require(books.unsettledDays == model.days(from: settled)) }
    }
    #expect(settled > 0)
  }
}
