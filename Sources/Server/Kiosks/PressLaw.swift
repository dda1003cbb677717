internal import Ledger
internal import Polling

/// The law that no press is lost and none is counted twice: per spool and day,
/// presses = counted + flagged + duplicate + rejected + late + pending.
///
/// The kiosk says how many presses there were and for how many it has no answer; all else is in the ledger. A press that
/// the ledger has and whose answer was lost on the way is pending to the kiosk only, until it asks again: so the ledger
/// may lack fewer presses than the kiosk waits for. Never more, and never fewer than none.
struct PressLaw: Equatable {
  /// Presses that have no answer here; below 0: there are more answers than presses.
  var pending: Int64
  var isKept: Bool

  /// - Parameters:
  ///   - presses: as the kiosk says.
  ///   - waiting: for how many it has no answer.
  ///   - answered: how many the ledger has.
  init(presses: UInt64, waiting: UInt64, answered: UInt64) {
    pending =
      presses >= answered ? Int64(clamping: presses - answered) : -Int64(clamping: answered - presses)
    isKept = pending >= 0 && UInt64(clamping: pending) <= waiting
  }
}

/// What is to be said of one spool's account.
struct KioskJudgement {
  struct DayLine {
    var day: Day
    /// As the kiosk says; nil: it does not speak of this day any more.
    var presses: UInt64?
    var counts: PressCounts
    var law: PressLaw?
  }

  var total: PressLaw?
  /// Newest first.
  var days: [DayLine]
  /// Sorted by what is worst.
  var alarms: [KioskAlarm]

  var isLawKept: Bool { total?.isKept ?? true && days.allSatisfy { $0.law?.isKept ?? true } }

  /// A device clock further off is somebody's to set, in milliseconds.
  static let mostSkew: Int64 = 300_000

  /// - Parameters:
  ///   - isCurrent: no other spool of this kiosk was heard of since.
  ///   - isApart: its presses have an account of their own. Without one nobody can tell whether they add up.
  ///   - silentAfter: milliseconds.
  init(
    _ account: KioskAccount, isCurrent: Bool, isApart: Bool = true, now: Timestamp, silentAfter: Int64
  ) {
    let report = account.report
    let stated = Dictionary((report?.days ?? []).map { ($0.day, $0) }, uniquingKeysWith: { first, _ in first })
    days = Set(account.days.keys).union(stated.keys).sorted(by: >).map { day in
      let counts = account.days[day] ?? PressCounts()
      let said = stated[day]
      return DayLine(
        day: day, presses: said?.presses, counts: counts,
        law: (isApart ? said : nil).map { PressLaw(presses: $0.presses, waiting: $0.pending, answered: counts.total) })
    }
    total = (isApart ? report : nil).map {
      PressLaw(presses: $0.presses, waiting: $0.pending, answered: account.total.total)
    }
    alarms = []
    if !isLawKept { alarms.append(.lawBroken) }
    if account.mark.renumbered > 0 { alarms.append(.numberedTwice) }
    if isApart, KioskJudgement.hasGap(account) { alarms.append(.gap) }
    guard let report else {
      if account.spool == nil { alarms.append(.neverSeen) }
      return
    }
    guard isCurrent else { return }
    let (age, isAges) = now.milliseconds.subtractingReportingOverflow(report.at.milliseconds)
    if isAges || age > silentAfter { alarms.append(.silent) }
    if report.hasSetAsideSpool { alarms.append(.spoolSetAside) }
    if report.capacity > 0, report.pending >= report.capacity - report.capacity / 5 { alarms.append(.spoolNearlyFull) }
    if let skew = report.skewMilliseconds, skew.magnitude > UInt64(Self.mostSkew) { alarms.append(.clockWrong) }
  }

  /// Whether numbers are missing that nothing explains: they are not on their way, they did not come without a number, and
  /// they are not of a time before the kiosk accounted for its presses.
  private static func hasGap(_ account: KioskAccount) -> Bool {
    guard let report = account.report else { return false }
    let before = report.highestSequence - min(report.highestSequence, report.presses)
    let (explained, overflow) = report.pending.addingReportingOverflow(account.mark.unnumbered &+ before)
    return !overflow && account.missing > explained
  }
}

/// What somebody should look at.
enum KioskAlarm: CaseIterable {
  case lawBroken, numberedTwice, gap, neverSeen, silent, spoolSetAside, spoolNearlyFull, clockWrong
}

extension KioskAccount {
  /// Numbers in all gaps.
  var missing: UInt64 { gaps.reduce(mark.beyond) { $0 &+ ($1.upperBound &- $1.lowerBound &+ 1) } }
}

extension [KioskAccount] {
  /// Each with what is to be said of it. They come with the spool first that its kiosk reported on last.
  func judged(now: Timestamp, silentAfter: Int64) -> [(account: KioskAccount, judgement: KioskJudgement)] {
    var seen: Set<String> = []
    let sharing = Set(filter { $0.spool == .others }.map(\.kiosk))
    return map { account in
      let isCurrent = seen.insert(account.kiosk).inserted
      // Of a kiosk with more spools than are told apart: this one's presses are among those of the others.
      let isApart = account.total.total > 0 || !sharing.contains(account.kiosk)
      return (
        account,
        KioskJudgement(account, isCurrent: isCurrent, isApart: isApart, now: now, silentAfter: silentAfter)
      )
    }
  }
}
