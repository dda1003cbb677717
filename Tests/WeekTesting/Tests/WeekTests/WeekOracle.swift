import Polling

@testable import Kiosk
@testable import Ledger
@testable import SQLite

/// What must be, told from the presses as people made them and from the bare entries of the ledger. Knows nothing of
/// accounts, marks and cells: those are what it judges.
struct WeekOracle {
  struct Press {
    var spool: [UInt8]
    var sequence: UInt64
    var day: Int32
    /// Else the kiosk died before it could thank: the press may be kept or not.
    var isThanked: Bool
  }

  enum Column: Int, CaseIterable {
    case counted, flagged, late, corrected, duplicate, rejected
  }

  struct Place: Hashable {
    var spool: [UInt8]
    var day: Int32
  }

  private(set) var presses: [BallotID: Press] = [:]
  private var entries: [BallotID: [Column]] = [:]
  private var places: [BallotID: Place] = [:]
  private var polls: [PollID: [UInt64]] = [:]
  private var numbers: [[UInt8]: Set<UInt64>] = [:]
  private var readThrough: Int64 = 0
  /// Of kiosks that cannot learn that the server has lost them: see ``forgive(_:in:)``.
  private var forgiven: Set<BallotID> = []
  /// Of kiosks that may have written down another answer than the one that stands: see ``forgive(_:in:)``.
  private var retold: Set<[UInt8]> = []
  /// What went against the contract on the way; the first is enough.
  private(set) var breach: String?

  mutating func found(_ what: @autoclosure () -> String) {
    if breach == nil { breach = what() }
  }

  // MARK: On the way

  mutating func pressed(_ tap: Tap, _ spool: [UInt8], at wall: Timestamp, isThanked: Bool) {
    let press = Press(spool: spool, sequence: tap.sequence, day: Self.day(wall), isThanked: isThanked)
    if presses.updateValue(press, forKey: tap.id) != nil { found("two presses have the id \(tap.id)") }
  }

  /// As PressDay says it: of Hải Châu, 1970 for what no kiosk of ours can have lived to see.
  private static func day(_ wall: Timestamp) -> Int32 {
    let local = wall.milliseconds + 25_200_000
    let day = local >= 0 ? local / 86_400_000 : -1
    return (18_262...47_481).contains(day) ? Int32(day) : 0
  }

  /// Another ledger is served: what it has is all that there is.
  mutating func forgetEntries() {
    (entries, places, polls, numbers, readThrough) = ([:], [:], [:], [:], 0)
  }

  /// The sequence of a ledger's last entry.
  static func revision(of disk: Connection) throws -> UInt64 {
    let row = try disk.prepare("SELECT max(seq) FROM entry")
    return try row.step() ? UInt64(clamping: row.integer(0)) : 0
  }

  mutating func read(_ disk: Connection) throws {
    let rows = try disk.prepare("SELECT seq, kind, body FROM entry WHERE seq > \(readThrough) ORDER BY seq")
    while try rows.step() {
      readThrough = rows.integer(0)
      switch rows.integer(1) {
      case 1:
        let record = try CastEntry.decode(rows.bytes(2))
        let isFlagged = record.flags.contains(.cooldown) || record.flags.contains(.burst)
        polls[record.ballot.poll, default: [0, 0]][isFlagged ? 1 : 0] += 1
        let column: Column = isFlagged ? .flagged : record.flags.contains(.late) ? .late : .counted
        enter(record.ballot.id, column, record.spool, record.ballot.kioskSequence)
      case 7:
        let entry = try RefusedPressEntry(rows.bytes(2))
        let column: Column =
          switch entry.verdict {
          case .duplicate: .duplicate
          case .rejected: .rejected
          case .afterSeal: .corrected
          }
        enter(entry.id, column, entry.spool, entry.number)
      default: continue
      }
    }
  }

  private mutating func enter(_ id: BallotID, _ column: Column, _ spool: SpoolID?, _ number: UInt64?) {
    entries[id, default: []].append(column)
    guard let press = presses[id] else { return found("\(id) is entered, and nobody pressed it") }
    if spool?.bytes != press.spool { found("\(id) is entered for another spool") }
    if let number, number != press.sequence { found("\(id) is entered under number \(number), not \(press.sequence)") }
    places[id] = Place(spool: press.spool, day: press.day)
    if let number { numbers[press.spool, default: []].insert(number) }
  }

  /// A ledger was put back by hand and kept its name. Presses without numbers that it lacks, and those of two kiosks under
  /// the same numbers, cannot be told from such as it has: kiosk and server speak of numbers only. Which is why `restore`
  /// names every ledger anew. And a copy of a message that was on its way may be answered otherwise than the message was: the
  /// kiosk hears of its number, and asks no more.
  mutating func forgive(_ entered: Set<BallotID>, in spools: Set<[UInt8]>) {
    for id in entered where entries[id] == nil {
      guard let spool = presses[id]?.spool else { continue }
      retold.insert(spool)
      if spools.contains(spool) { forgiven.insert(id) }
    }
  }

  var entered: Set<BallotID> { Set(entries.keys) }

  func isForgiven(_ spool: [UInt8]) -> Bool { forgiven.contains { presses[$0]?.spool == spool } }

  /// Its own columns may be others than the ledger's; their sum is the same.
  func isRetold(_ spool: [UInt8]) -> Bool { retold.contains(spool) }

  /// A kiosk was answered for good.
  ///
  /// - Parameter isShared: two kiosks count in its spool. One press that was open when that was copied may have been ended
  ///   otherwise at each: the one that comes second is refused.
  mutating func settled(_ settlement: Settlement, isShared: Bool) {
    let id = settlement.tap.id
    if isShared, settlement.verdict == .rejected(reason: "BALLOT_CONFLICT"), entries[id] != nil { return }
    guard let column = entries[id]?.first else { return found("\(id) is forgotten, and is nowhere else") }
    if column != Self.column(settlement.verdict) { found("\(id) is \(settlement.verdict) there and \(column) here") }
  }

  private static func column(_ verdict: Verdict) -> Column {
    switch verdict {
    case .counted: .counted
    case .flagged: .flagged
    case .duplicate: .duplicate
    case .late: .late
    case .afterSeal: .corrected
    case .rejected: .rejected
    }
  }

  /// The server has said that all presses up to this one have come. What has no number is not spoken of.
  mutating func acknowledged(_ through: UInt64, of spool: [UInt8]) {
    let known = numbers[spool] ?? []
    if through > 0, let gap = (1...through).first(where: { !known.contains($0) }) {
      found("number \(gap) is said to have come, and has not")
    }
  }

  // MARK: At the end

  /// Every press is entered once, and nothing else is.
  mutating func judgeEntries() {
    for (id, press) in presses {
      let count = entries[id]?.count ?? 0
      if count > 1 { found("\(id) is entered \(count) times") }
      if count == 0, press.isThanked, !forgiven.contains(id) {
        found("number \(press.sequence) (\(id)) was thanked for, and is lost")
      }
    }
  }

  /// Of one spool by day and column.
  func counts(of spool: [UInt8]) -> [Int32: [UInt64]] {
    var counts: [Int32: [UInt64]] = [:]
    for (id, place) in places where place.spool == spool {
      for column in entries[id] ?? [] {
        counts[place.day, default: [UInt64](repeating: 0, count: Column.allCases.count)][column.rawValue] += 1
      }
    }
    return counts
  }

  /// Presses of a spool whose number another press has too.
  func renumbered(in spool: [UInt8]) -> UInt64 {
    let all = presses.filter { $0.value.spool == spool && entries[$0.key] != nil }.map(\.value.sequence)
    return UInt64(all.count - Set(all).count)
  }

  func ballots(in poll: PollID) -> [UInt64] { polls[poll] ?? [0, 0] }

  func sum(_ counts: [Int32: [UInt64]], _ column: Column) -> UInt64 {
    counts.values.reduce(0) { $0 + $1[column.rawValue] }
  }

  /// presses = counted + flagged + duplicate + rejected + late + pending, on every day, and the account has the same
  /// figures as the entries.
  ///
  /// - Parameter isShared: two kiosks count in this spool: what they say of it does not add up, and must be seen not to.
  mutating func judge(_ account: KioskAccount?, of spool: [UInt8], isShared: Bool) {
    let counts = counts(of: spool)
    guard let account else {
      if !counts.isEmpty { found("a spool has entries, and no account") }
      return
    }
    let columns = account.days.mapValues {
      [$0.counted, $0.flagged, $0.late, $0.corrected, $0.duplicate, $0.rejected]
    }
    for (day, line) in counts where columns[Day(number: day)] != line {
      found("day \(day) has \(line), its account \(columns[Day(number: day)] ?? [])")
    }
    if columns.count != counts.count { found("the account has other days than the entries") }
    let renumbered = isShared ? renumbered(in: spool) : 0
    if account.mark.renumbered != renumbered {
      found("\(account.mark.renumbered) numbers came twice, not \(renumbered)")
    }
    if isShared { return }
    guard let report = account.report else { return found("a kiosk is accounted for, and was never heard") }
    let total = counts.values.reduce(0) { $0 + $1.reduce(0, +) }
    if report.presses != total + report.pending {
      found("\(report.presses) presses, \(total) entered, \(report.pending) pending")
    }
    if report.pending > 0 { found("\(report.pending) presses are still pending") }
    let stated = Dictionary(report.days.map { ($0.day.number, $0) }, uniquingKeysWith: { first, _ in first })
    for day in Set(stated.keys).union(counts.keys) {
      let entered = counts[day]?.reduce(0, +) ?? 0
      let (presses, pending) = (stated[day]?.presses ?? 0, stated[day]?.pending ?? 0)
      if presses != entered + pending {
        found("day \(day): \(presses) presses, \(entered) entered, \(pending) pending")
      }
    }
    let numbers = numbers[spool] ?? []
    if account.mark.highest != numbers.max() ?? 0 { found("the highest number is \(account.mark.highest)") }
    if numbers.count == Int(account.mark.highest), !account.mark.gaps.isEmpty {
      found("gaps are left: \(account.mark.gaps)")
    }
  }
}
