internal import Polling

/// One spool of one kiosk.
struct SpoolKey: Hashable {
  var kiosk: String
  var spool: SpoolID
}

/// The accounts of all kiosks as a fold over entries: which presses of each spool have come, and what became of how many
/// on each day. Holds the marks of all spools, which are few, and those counts that table `kiosk_day` does not have.
///
/// As with ``CellCounts``, what a transaction adds is apart until it is committed, and what is on its way to the tables
/// is apart from what has come since.
struct KioskBooks {
  struct DayKey: Hashable {
    var spool: SpoolKey
    var day: Day
  }

  private struct Changes {
    var spools: Set<SpoolKey> = []
    var days: [DayKey: PressCounts] = [:]
  }

  /// By kiosk and spool: ``KioskReport/mostSpools`` of each kiosk, and those that are not told apart.
  private var marks: [String: [SpoolID: SpoolMark]] = [:]
  /// What the marks were before the transaction; nil: there was none.
  private var before: [SpoolKey: SpoolMark?] = [:]
  private var transaction: [DayKey: PressCounts] = [:]
  private var fresh = Changes()
  /// The marks as they were when settling began.
  private var settling: (marks: [SpoolKey: SpoolMark], days: [DayKey: PressCounts]) = ([:], [:])

  /// - Parameter marks: as the tables have them.
  init(marks: [SpoolKey: SpoolMark] = [:]) {
    for (key, mark) in marks { self.marks[key.kiosk, default: [:]][key.spool] = mark }
  }

  /// Of a spool that nothing came from: as if none of its presses had.
  func mark(_ key: SpoolKey) -> SpoolMark {
    marks[key.kiosk]?[key.spool] ?? SpoolMark()
  }

  // MARK: - Counting

  mutating func enter(_ press: EnteredPress) {
    let key = SpoolKey(kiosk: press.kiosk, spool: known(press.spool, of: press.kiosk))
    if before[key] == nil { before[key] = .some(marks[press.kiosk]?[key.spool]) }
    marks[press.kiosk, default: [:]][key.spool, default: SpoolMark()].note(key.spool == .others ? nil : press.number)
    transaction[DayKey(spool: key, day: press.day), default: PressCounts()].add(press.counts)
  }

  /// Whoever may name spools as it likes gets so many of its own.
  private func known(_ spool: SpoolID, of kiosk: String) -> SpoolID {
    guard let spools = marks[kiosk], spools[spool] == nil else { return spool }
    let count = spools.count - (spools[.others] == nil ? 0 : 1)
    return count < KioskReport.mostSpools ? spool : .others
  }

  mutating func committed() {
    if before.isEmpty { return }
    fresh.spools.formUnion(before.keys)
    for (key, counts) in transaction { fresh.days[key, default: PressCounts()].add(counts) }
    before.removeAll()
    transaction.removeAll()
  }

  mutating func rolledBack() {
    for (key, mark) in before {
      marks[key.kiosk]?[key.spool] = mark
      if marks[key.kiosk]?.isEmpty == true { marks[key.kiosk] = nil }
    }
    before.removeAll()
    transaction.removeAll()
  }

  // MARK: - On the way to the tables

  /// What was committed so far is to go into the tables next. What was so before must have gone.
  mutating func beginSettling() {
    settling.days = fresh.days
    for key in fresh.spools { settling.marks[key] = mark(key) }
    fresh = Changes()
  }

  /// Marks to be put in place of those in the tables.
  var settlingMarks: [SpoolKey: SpoolMark] { settling.marks }
  /// Counts to be added to those in the tables.
  var settlingDays: [DayKey: PressCounts] { settling.days }

  /// They are there.
  mutating func settled() {
    settling = ([:], [:])
  }

  // MARK: - As a whole

  /// All marks as they are.
  var allMarks: [SpoolKey: SpoolMark] {
    var all: [SpoolKey: SpoolMark] = [:]
    for (kiosk, spools) in marks {
      for (spool, mark) in spools { all[SpoolKey(kiosk: kiosk, spool: spool)] = mark }
    }
    return all
  }

  /// Everything committed that is not in table `kiosk_day`.
  var unsettledDays: [DayKey: PressCounts] {
    settling.days.merging(fresh.days) { counts, more in
      var sum = counts
      sum.add(more)
      return sum
    }
  }
}
