internal import Ledger
internal import Polling
internal import Schema
internal import Tallies

/// What a kiosk says beside the ballots of a message, read leniently: a kiosk whose message is refused keeps its ballots.
struct KioskMessage {
  let report: KioskReport
  private let number: UInt64
  /// By the place of the ballot.
  private var marks: [Int: PressMark] = [:]

  /// - Parameter now: our clock.
  /// - Throws: for what names no spool, or is not said by a kiosk.
  init(_ request: Binhchon_V1_CastBallotsRequest, from caller: Identity, now: Timestamp) throws(Refusal) {
    guard caller.role == .kiosk else {
      throw Refusal(
        code: .permissionDenied, reason: .wrongRole, message: "only a kiosk says how its spool stands",
        metadata: ["role": caller.role.rawValue])
    }
    let said = request.kiosk
    let spool: SpoolID
    do { spool = try SpoolID(bytes: said.spool) } catch { throw .invalid(error) }
    guard spool != .others else { throw .invalid([Violation("kiosk.spool", "is all zeros")]) }
    number = said.number
    report = KioskReport(
      kiosk: caller.description, unit: caller.scope, spool: spool, presses: said.presses,
      highestSequence: said.highestSequence, pending: said.pending, held: said.held, capacity: said.capacity,
      version: Self.printable(said.version), skewMilliseconds: Self.skew(request.sentTimeMs, now),
      hasSetAsideSpool: said.spoolSetAside,
      days: said.days.prefix(KioskReport.mostDays).map {
        KioskReport.DayPresses(day: Day(number: $0.day), presses: $0.presses, pending: $0.pending)
        // To the minute: next to the entries of its message it would tell when they were made.
      }, at: now.floored(to: .minute))
    for mark in request.presses.prefix(request.ballots.count) {
      guard let place = Int(exactly: mark.ballot), request.ballots.indices.contains(place) else { continue }
      marks[place] = PressMark(mark, of: request.ballots[place])
    }
  }

  func mark(of place: Int, _ ballot: Binhchon_V1_Ballot) -> PressMark {
    marks[place] ?? PressMark(Binhchon_V1_PressMark(), of: ballot)
  }

  /// The report as it is once the ballots in these places are answered for good: the kiosk counts them as pending.
  func submission(less places: Set<Int>, of request: Binhchon_V1_CastBallotsRequest) -> Submission {
    var report = report
    var days: [Day: UInt64] = [:]
    for place in places {
      days[PressDay.day(of: Timestamp(wire: request.ballots[place].deviceTimeMs)), default: 0] += 1
    }
    report.pending -= min(report.pending, UInt64(places.count))
    for index in report.days.indices {
      let answered = days[report.days[index].day] ?? 0
      report.days[index].pending -= min(report.days[index].pending, answered)
    }
    return .reportKiosk(report, number: number)
  }

  /// A press of this kiosk's, as the ledger keeps it.
  func refused(
    _ ballot: Ballot, _ verdict: RefusedPress.Verdict, reason: Binhchon_V1_Reason, board: TallyBoard, at now: Timestamp
  ) -> RefusedPress {
    let precision = board.poll(ballot.poll)?.newest.policy.timePrecision ?? .day
    return RefusedPress(
      kiosk: report.kiosk, spool: report.spool, ballot: ballot, verdict: verdict, reason: reason.words.name,
      receivedTime: now.floored(to: precision))
  }

  /// It is shown on terminals.
  private static func printable(_ version: String) -> String {
    String(decoding: version.utf8.prefix(32).filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
  }

  private static func skew(_ sentTimeMs: Int64, _ now: Timestamp) -> Int64? {
    guard sentTimeMs != 0 else { return nil }
    let (skew, overflow) = sentTimeMs.subtractingReportingOverflow(now.milliseconds)
    return overflow ? nil : skew
  }
}

extension PressMark {
  fileprivate init(_ message: Binhchon_V1_PressMark, of ballot: Binhchon_V1_Ballot) {
    var clock: Clock = []
    if message.clockForward { clock.insert(.forward) }
    if message.clockBackward { clock.insert(.backward) }
    if message.clockUnknown { clock.insert(.unknown) }
    if message.clockUnset { clock.insert(.unset) }
    self.init(
      sequence: ballot.kioskSequence == 0 ? nil : ballot.kioskSequence,
      sincePreviousMilliseconds: message.sincePrevious != nil ? message.sincePreviousMs : nil, recent: message.recent,
      isRepeated: message.repeated, clock: clock)
  }
}
