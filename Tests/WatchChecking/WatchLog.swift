public import Schema

/// What happened to one watcher, in order.
public struct WatchLog: Sendable {
  public enum Record: Sendable {
    /// It asked, and said that it has this; empty epoch: nothing.
    case opened(epoch: String, revision: UInt64)
    case told(Binhchon_V1_WatchTallyResponse)
    /// It reads again after it had stopped: everything up to this revision was in the figures by then.
    case resumedReading(epoch: String, revision: UInt64)
    /// The server's clock is about to be set: away and back again, it may change nothing and be news all the same.
    case clockIsSet
  }

  public private(set) var records: [Record] = []
  /// What it would resume from.
  public private(set) var epoch = ""
  public private(set) var revision: UInt64 = 0
  /// How often it was told something.
  public private(set) var tellings = 0
  /// What it shows.
  public private(set) var shown: Binhchon_V1_Tally?

  public init() {}

  public mutating func add(_ record: Record) {
    records.append(record)
    guard case .told(let response) = record else { return }
    tellings += 1
    (epoch, revision) = (response.tally.ledgerEpoch, response.tally.revision)
    if response.kind != .current { shown = response.tally }
  }

  /// Everything that a watch may not do, held against what the ledgers had.
  ///
  /// - Parameter ledgers: by epoch.
  public func faults(_ ledgers: [String: EnteredHistory]) -> [String] {
    var faults: [String] = []
    var shown: Binhchon_V1_Tally?
    var position: (epoch: String, revision: UInt64)?
    var isFirst = true
    var hasResumed = false
    var otherDay: Int32?
    var mayRepeat = false
    var stale: (epoch: String, revision: UInt64, seen: Int)?
    for (index, record) in records.enumerated() {
      func fault(_ text: String) { faults.append("record \(index): \(text)") }
      switch record {
      case .opened(let epoch, _):
        isFirst = true
        otherDay = nil
        hasResumed = !epoch.isEmpty
        stale = nil
      case .clockIsSet: (mayRepeat, otherDay) = (true, nil)
      case .resumedReading(let epoch, let revision): stale = (epoch, revision, 0)
      case .told(let response):
        let tally = response.tally
        defer {
          position = (tally.ledgerEpoch, tally.revision)
          if response.kind != .current { (shown, otherDay) = (tally, nil) }
          isFirst = false
        }
        guard let ledger = ledgers[tally.ledgerEpoch] else {
          fault("epoch \(tally.ledgerEpoch) is of no ledger")
          continue
        }
        if var old = stale, old.epoch == tally.ledgerEpoch {
          if tally.revision < old.revision {
            old.seen += 1
            // One may have waited for it.
            if old.seen > 1 { fault("a queue of old figures: revision \(tally.revision), \(old.revision) long known") }
            stale = old
          } else {
            stale = nil
          }
        }
        let isSameLedger = position?.epoch == tally.ledgerEpoch
        if let position, isSameLedger, tally.revision < position.revision {
          fault("goes back from revision \(position.revision) to \(tally.revision)")
        }
        if position != nil, !isSameLedger, response.kind != .reset {
          fault("another ledger's \(response.kind) without a reset")
        }
        switch response.kind {
        case .snapshot: if !isFirst { fault("a snapshot in the middle") }
        case .reset:
          if !isFirst || !hasResumed { fault("a reset that nobody needed") }
          if isSameLedger { fault("a reset to the same ledger") }
        case .update:
          if isFirst, !hasResumed { fault("begins with an update") }
          if let shown, let position, isSameLedger, tally.revision == position.revision, tally.today == shown.today,
            tally.windows == shown.windows
          {
            if !mayRepeat { fault("the same twice: revision \(tally.revision)") }
            mayRepeat = false
          }
        case .current:
          if isFirst, !hasResumed { fault("is current without figures") }
          if var shown, isSameLedger {
            shown.revision = tally.revision
            if let lie = ledger.fault(in: shown) { fault("said to be current, and is not: \(lie)") }
            // Once it may be that midnight came, or the clock was set, while it was being said.
            let day = Int32((tally.asOfMs + 7 * 3_600_000) / 86_400_000)
            let isOther = EnteredHistory.day(shown.today) != day
            if isOther, otherDay == day { fault("said to be current on day \(day), and is of \(shown.today)") }
            otherDay = isOther ? day : nil
          }
        default: fault("kind \(response.kind)")
        }
        if response.kind != .current, let lie = ledger.fault(in: tally) { fault(lie) }
      }
    }
    return faults
  }
}
