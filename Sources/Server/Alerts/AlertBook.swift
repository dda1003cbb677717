internal import Ledger
internal import Logging
internal import Polling
internal import Tallies

/// The alerts that stand: judged anew when somebody asks and something has changed, at most every two seconds.
actor AlertBook {
  /// Milliseconds.
  private static let interval: Int64 = 2_000

  private struct Judged {
    var alerts: [Alert] = []
    var at: Timestamp
    var revision: UInt64
  }

  private let figures: FigureBook
  private let reader: any LedgerReader & RegisterReader
  private let board: TallyBoard
  private let bursts: BurstWatch
  private let thresholds: AlertThresholds
  private let now: @Sendable () -> Timestamp
  private let acknowledged: @Sendable () -> UInt64
  private let logger: Logger

  private var judged: Judged?
  private var judging: Task<Judged, any Error>?
  /// By the first name of units, and when they were read.
  private var kiosks: [UnitPath: (standings: [KioskStanding], at: Timestamp)] = [:]
  private var handlings: [String: AlertHandling] = [:]

  init(
    figures: FigureBook, reader: any LedgerReader & RegisterReader, board: TallyBoard, bursts: BurstWatch,
    thresholds: AlertThresholds, now: @escaping @Sendable () -> Timestamp,
    acknowledged: @escaping @Sendable () -> UInt64, logger: Logger
  ) {
    self.figures = figures
    self.reader = reader
    self.board = board
    self.bursts = bursts
    self.thresholds = thresholds
    self.now = now
    self.acknowledged = acknowledged
    self.logger = logger
  }

  /// What stands in this unit and below it, with what was done about it; in the order in which it is read.
  ///
  /// - Throws: ``Refusal`` where the ledger cannot be read.
  func alerts(within unit: UnitPath) async throws -> [(alert: Alert, handling: AlertHandling)] {
    let shown =
      try await satisfaction().filter { alert in alert.subject.unit.map(unit.contains) ?? false }
      + bursts.alerts().filter { alert in alert.subject.unit.map(unit.contains) ?? false }
      + (try await kioskAlerts(within: unit))
    let registers = try await read { [reader] () async throws(LedgerFileError) in try await reader.registers(.alerts) }
    var all: [(alert: Alert, handling: AlertHandling)] = []
    for alert in shown {
      let last = registers[alert.subject.key] ?? 0
      all.append((alert, last == 0 ? AlertHandling() : try await handling(of: alert.subject)))
    }
    // Kiosks by their names: numbers of presses are in keys too, and their order is not for everybody.
    return all.sorted {
      ($0.alert.subject.order, $0.alert.subject.kiosk ?? $0.alert.subject.key)
        < ($1.alert.subject.order, $1.alert.subject.kiosk ?? $1.alert.subject.key)
    }
  }

  /// Missing presses of a kiosk: the alert that stands, and those about which something was done.
  func gaps(of kiosk: String, at unit: UnitPath) async throws -> [AlertSubject] {
    let registers = try await read { [reader] () async throws(LedgerFileError) in try await reader.registers(.alerts) }
    let standing = try await kioskAlerts(within: unit).map(\.subject)
    let known = registers.keys.compactMap(AlertSubject.init(key:)) + standing
    return known.filter { subject in
      if case .gap(let other, _) = subject { other.utf8.elementsEqual(kiosk.utf8) } else { false }
    }
  }

  /// What was done about an alert, whether it stands or not.
  func handling(of subject: AlertSubject) async throws -> AlertHandling {
    let key = subject.key
    let known = handlings[key] ?? AlertHandling()
    let acts = try await read { [reader] () async throws(LedgerFileError) in
      try await reader.acts(of: Register(.alerts, key), after: known.acts, limit: .max)
    }
    // Somebody may have read the same ones meanwhile.
    var handling = handlings[key] ?? AlertHandling()
    for act in acts where act.number > handling.acts {
      handling.apply(
        AlertAct(name: act.act.name, body: act.act.body), number: act.number, by: act.act.by, at: act.act.at)
    }
    handlings[key] = handling
    return handling
  }

  // MARK: - Satisfaction

  private func satisfaction() async throws -> [Alert] {
    let revision = acknowledged()
    if let judged, !isDue(since: judged.at), judging == nil { return judged.alerts }
    if let judged, judged.revision == revision, Day(of: judged.at) == Day(of: now()) { return judged.alerts }
    // One judging for all who ask.
    let judging =
      self.judging
      ?? Task {
        defer { self.judging = nil }
        let result = try await judge(including: revision)
        judged = result
        return result
      }
    self.judging = judging
    return try await judging.value.alerts
  }

  private func judge(including revision: UInt64) async throws -> Judged {
    let at = now()
    let rules = SatisfactionRules(thresholds, today: Day(of: at))
    let period = OpenPeriod(
      start: rules.today.advanced(by: 1 - SatisfactionRules.daysNeeded), end: rules.today.advanced(by: 1))
    let standing = Set((judged?.alerts ?? []).map(\.subject))
    var alerts: [Alert] = []
    var through = revision
    for listed in board.all {
      let poll = listed.newest
      guard let question = poll.questions.firstIndex(where: { $0.id == poll.satisfactionQuestion?.id }) else {
        continue
      }
      let query = SliceQuery(unit: poll.unit, period: period, dimensions: [.counter, .day])
      let (figures, counted) = try await figures.figures(query, of: poll, rollUp: nil, including: revision)
      through = min(through, counted)
      for (unit, days) in figures.levels(of: question) {
        let (index, drop) = (AlertSubject.index(poll.id, unit), AlertSubject.drop(poll.id, unit))
        alerts +=
          [
            rules.index(days, of: poll.id, at: unit, isStanding: standing.contains(index)),
            rules.drop(days, of: poll.id, at: unit, isStanding: standing.contains(drop)),
          ].compactMap { $0 }
      }
    }
    return Judged(alerts: alerts, at: at, revision: through)
  }

  // MARK: - Kiosks

  private func kioskAlerts(within unit: UnitPath) async throws -> [Alert] {
    let (now, root) = (now(), unit.root)
    if kiosks[root].map({ isDue(since: $0.at) }) ?? true {
      let accounts = try await read { [reader] () async throws(LedgerFileError) in
        try await reader.kiosks(within: root)
      }
      kiosks[root] = (accounts.standings(at: now), now)
    }
    return (kiosks[root]?.standings ?? []).flatMap { standing in
      [standing.silence(thresholds, at: now), standing.gap()].compactMap { $0 }
    }.filter { alert in alert.subject.unit.map(unit.contains) ?? false }
  }

  // MARK: - Help

  private func isDue(since then: Timestamp) -> Bool {
    let (elapsed, overflow) = now().milliseconds.subtractingReportingOverflow(then.milliseconds)
    // A clock that was put back is no reason to keep what is old.
    return overflow || elapsed < 0 || elapsed >= Self.interval
  }

  private func read<Value: Sendable>(
    _ work: @Sendable () async throws(LedgerFileError) -> Value
  ) async throws(Refusal) -> Value {
    do {
      return try await work()
    } catch {
      logger.error("the ledger cannot be read for alerts", metadata: ["problem": "\(error)"])
      throw .ourFault("the ledger cannot be read")
    }
  }
}

extension SliceFigures {
  /// By counter and day; of figures by these two.
  fileprivate func levels(of question: Int) -> [UnitPath: SatisfactionRules.Days] {
    var levels: [UnitPath: SatisfactionRules.Days] = [:]
    for row in rows where row.questions.indices.contains(question) {
      guard case .unit(let unit)? = row.labels.first, case .span(_, let day)? = row.labels.last,
        let counts = LevelCounts(row.questions[question].counts.map { UInt64(clamping: $0) })
      else { continue }
      levels[unit, default: [:]][day] = counts
    }
    return levels
  }
}

extension [KioskAccount] {
  /// One per kiosk: of its spools, the one that reported last says when it was heard of.
  fileprivate func standings(at now: Timestamp) -> [KioskStanding] {
    var standings: [String: KioskStanding] = [:]
    for (account, judgement) in judged(now: now, silentAfter: .max) {
      var standing = standings[account.kiosk] ?? KioskStanding(kiosk: account.kiosk, lastSeen: account.report?.at)
      if judgement.alarms.contains(.gap) {
        standing.missing &+= account.missing
        if standing.firstMissing == 0 { standing.firstMissing = account.gaps.first?.lowerBound ?? 0 }
      }
      if judgement.alarms.contains(.lawBroken) { standing.isLawKept = false }
      standings[account.kiosk] = standing
    }
    return standings.values.sorted { $0.kiosk < $1.kiosk }
  }
}
