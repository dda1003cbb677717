internal import Ledger
internal import Logging
internal import Polling
internal import Synchronization

/// Looks at the accounts of the kiosks that are heard of, once a minute at most, and says in the log when presses are
/// missing or are there again.
final class KioskWatch: Sendable {
  /// Milliseconds between two looks.
  private static let interval: Int64 = 60_000
  /// Names that units begin with.
  private static let mostRoots = 100
  /// Lines about one look.
  private static let mostLines = 20

  fileprivate struct Spool: Hashable {
    var kiosk: String
    var id: SpoolID
  }

  fileprivate struct State {
    var units: Set<UnitPath> = []
    var lookedAt: Timestamp?
    var isLooking = false
    /// What was said of each.
    var alarms: [Spool: Set<KioskAlarm>] = [:]
  }

  private let state = Mutex(State())
  private let reader: any LedgerReader
  private let logger: Logger

  init(reader: any LedgerReader, logger: Logger) {
    self.reader = reader
    self.logger = logger
  }

  /// A kiosk of this unit has said something. Returns at once.
  func heard(of unit: UnitPath, at now: Timestamp) {
    // One reading of the ledger tells of all kiosks below the first name.
    let unit = unit.root
    let units: Set<UnitPath>? = state.withLock { state in
      if state.units.count < Self.mostRoots { state.units.insert(unit) }
      guard !state.isLooking, state.isDue(now, after: Self.interval) else { return nil }
      state.isLooking = true
      state.lookedAt = now
      return state.units
    }
    guard let units else { return }
    Task {
      await look(at: units, now: now)
      state.withLock { $0.isLooking = false }
    }
  }

  /// Says what has changed since the last look.
  func look(at units: Set<UnitPath>, now: Timestamp) async {
    var accounts: [KioskAccount] = []
    do {
      for unit in units { accounts += try await reader.kiosks(within: unit) }
    } catch {
      logger.warning("the kiosks' accounts cannot be read", metadata: ["error": "\(error)"])
      return
    }
    let changes = state.withLock { state in
      accounts.judged(now: now, silentAfter: .max).compactMap { state.change($0.account, $0.judgement) }
    }
    for change in changes.prefix(Self.mostLines) {
      logger.log(level: change.alarms.isEmpty ? .notice : .error, change.line, metadata: change.metadata)
    }
    if changes.count > Self.mostLines {
      logger.error("more kiosks have changed", metadata: ["count": "\(changes.count - Self.mostLines)"])
    }
  }

  fileprivate struct Change {
    var alarms: Set<KioskAlarm>
    var metadata: Logger.Metadata

    var line: Logger.Message {
      if alarms.isEmpty { return "the presses of a kiosk add up again" }
      return alarms.contains(.lawBroken)
        ? "the presses of a kiosk do not add up: see binhchon kiosks" : "numbers of a kiosk's presses are missing"
    }
  }
}

extension KioskWatch.State {
  fileprivate func isDue(_ now: Timestamp, after interval: Int64) -> Bool {
    guard let lookedAt, now >= lookedAt else { return true }
    let (elapsed, isAges) = now.milliseconds.subtractingReportingOverflow(lookedAt.milliseconds)
    return isAges || elapsed >= interval
  }

  /// Nil: nothing has changed that is worth a line.
  fileprivate mutating func change(_ account: KioskAccount, _ judgement: KioskJudgement) -> KioskWatch.Change? {
    guard let id = account.spool else { return nil }
    let spool = KioskWatch.Spool(kiosk: account.kiosk, id: id)
    let now = Set(judgement.alarms).intersection([.lawBroken, .numberedTwice, .gap])
    guard now != alarms[spool] ?? [] else { return nil }
    alarms[spool] = now.isEmpty ? nil : now
    var metadata: Logger.Metadata = ["kiosk": "\(account.kiosk)", "spool": "\(id)"]
    metadata["presses"] = (account.report?.presses).map { "\($0)" }
    metadata["waiting"] = (account.report?.pending).map { "\($0)" }
    metadata["answered"] = "\(account.total.total)"
    if let gap = account.gaps.first { metadata["first_missing"] = "\(gap.lowerBound)-\(gap.upperBound)" }
    return KioskWatch.Change(alarms: now, metadata: metadata)
  }
}
