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

  private struct Account {
    var key: SpoolKey
    var mark: SpoolMark
    /// The mark before the transaction, if that has presses of it.
    var before: SpoolMark?
    var transaction: [Day: PressCounts] = [:]
    /// Committed, and not on the way to the tables; together with the mark.
    var isFresh = false
    var fresh: [Day: PressCounts] = [:]
  }

  /// ``KioskReport/mostSpools`` of each kiosk, and those that are not told apart.
  private var accounts: [Account] = []
  private var numbers: [SpoolKey: Int] = [:]
  /// Of each kiosk, how many are told apart.
  private var spools: [String: Int] = [:]
  /// Accounts by the end of an entry's body, where spool and kiosk are: for presses by the million.
  private var ends = ByteStrings(slots: 1 << 12)
  private var numbersOfEnds: [Int] = []

  /// Accounts before the transaction, and those that it has presses of.
  private var kept = 0
  private var touched: [Int] = []
  private var fresh: [Int] = []
  /// Marks to be put in place of those in the tables: as they were when settling began.
  private(set) var settlingMarks: [SpoolKey: SpoolMark] = [:]
  /// Counts to be added to those in the tables.
  private(set) var settlingDays: [DayKey: PressCounts] = [:]

  /// - Parameter marks: as the tables have them.
  init(marks: [SpoolKey: SpoolMark] = [:]) {
    for (key, mark) in marks { _ = add(key, mark) }
    kept = accounts.count
  }

  /// Of a spool that nothing came from: as if none of its presses had.
  func mark(_ key: SpoolKey) -> SpoolMark {
    numbers[key].map { accounts[$0].mark } ?? SpoolMark()
  }

  // MARK: - Counting

  mutating func enter(_ press: EnteredPress) {
    count(press.number, press.day, press.counts, in: account(press.kiosk, press.spool))
  }

  /// The same of the body of an entry that casts a ballot, if a kiosk accounts for it.
  mutating func enter(_ body: UnsafeRawBufferPointer, _ outline: CastEntry.Outline) throws(FormatError) {
    guard let spool = outline.tail.spool else { return }
    let end = UnsafeRawBufferPointer(rebasing: body[outline.spoolAndSource])
    let number: Int
    if let known = ends.number(of: end) {
      number = numbersOfEnds[known]
    } else {
      let source = UnsafeRawBufferPointer(rebasing: body[outline.source])
      guard let kiosk = String(validating: source, as: UTF8.self) else {
        throw FormatError(offset: outline.source.lowerBound, problem: "text is no UTF-8")
      }
      number = account(kiosk, spool)
      if ends.isFull { forgetEnds() }
      _ = ends.add(end)
      numbersOfEnds.append(number)
    }
    let day = PressDay.day(of: outline.tail.deviceTime.map { Timestamp(milliseconds: $0) })
    count(outline.tail.kioskSequence, day, PressCounts(cast: outline.flags), in: number)
  }

  private mutating func count(_ press: UInt64?, _ day: Day, _ counts: PressCounts, in number: Int) {
    if accounts[number].before == nil {
      accounts[number].before = accounts[number].mark
      touched.append(number)
    }
    accounts[number].mark.note(accounts[number].key.spool == .others ? nil : press)
    accounts[number].transaction[day, default: PressCounts()].add(counts)
  }

  /// Whoever may name spools as it likes gets so many accounts.
  private mutating func account(_ kiosk: String, _ spool: SpoolID) -> Int {
    let key = SpoolKey(kiosk: kiosk, spool: spool)
    if let number = numbers[key] { return number }
    if spool == .others || spools[kiosk, default: 0] < KioskReport.mostSpools { return add(key, SpoolMark()) }
    return account(kiosk, .others)
  }

  private mutating func add(_ key: SpoolKey, _ mark: SpoolMark) -> Int {
    numbers[key] = accounts.count
    accounts.append(Account(key: key, mark: mark))
    if key.spool != .others { spools[key.kiosk, default: 0] += 1 }
    return accounts.count - 1
  }

  private mutating func forgetEnds() {
    ends.removeAll()
    numbersOfEnds.removeAll(keepingCapacity: true)
  }

  mutating func committed() {
    for number in touched {
      if !accounts[number].isFresh { fresh.append(number) }
      accounts[number].isFresh = true
      accounts[number].fresh.merge(accounts[number].transaction) { $0.adding($1) }
      accounts[number].transaction.removeAll()
      accounts[number].before = nil
    }
    touched.removeAll(keepingCapacity: true)
    kept = accounts.count
  }

  mutating func rolledBack() {
    for number in touched {
      if let before = accounts[number].before { accounts[number].mark = before }
      accounts[number].before = nil
      accounts[number].transaction.removeAll()
    }
    touched.removeAll(keepingCapacity: true)
    if accounts.count == kept { return }
    for account in accounts[kept...] {
      numbers[account.key] = nil
      if account.key.spool != .others { spools[account.key.kiosk, default: 0] -= 1 }
    }
    accounts.removeSubrange(kept...)
    forgetEnds()
  }

  // MARK: - On the way to the tables

  /// What was committed so far is to go into the tables next. What was so before must have gone.
  mutating func beginSettling() {
    for number in fresh {
      let key = accounts[number].key
      settlingMarks[key] = accounts[number].before ?? accounts[number].mark
      for (day, counts) in accounts[number].fresh { settlingDays[DayKey(spool: key, day: day)] = counts }
      accounts[number].fresh.removeAll()
      accounts[number].isFresh = false
    }
    fresh.removeAll(keepingCapacity: true)
  }

  /// It is there.
  mutating func settled() {
    settlingMarks.removeAll()
    settlingDays.removeAll()
  }

  // MARK: - As a whole

  /// All marks as they are.
  var allMarks: [SpoolKey: SpoolMark] {
    Dictionary(uniqueKeysWithValues: accounts.map { ($0.key, $0.mark) })
  }

  /// Everything committed that is not in table `kiosk_day`.
  var unsettledDays: [DayKey: PressCounts] {
    var days = settlingDays
    for account in accounts {
      for (day, counts) in account.fresh {
        days[DayKey(spool: account.key, day: day), default: PressCounts()].add(counts)
      }
    }
    return days
  }
}

extension PressCounts {
  fileprivate func adding(_ others: PressCounts) -> PressCounts {
    var sum = self
    sum.add(others)
    return sum
  }
}
