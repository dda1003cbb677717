internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.AlertService: what somebody should look at, and what was done about it.
struct AlertService: Sendable {
  static let readers: Set<Role> = [.official, .coordinator, .admin, .auditor]
  static let writers: Set<Role> = [.official, .coordinator, .admin]

  var ledger: any Ledger
  var book: AlertBook
  var board: TallyBoard
  var access: Access
  var gaps: GapKey
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(AlertMethods.listAlerts) { try await refusing(listAlerts)($0, $1) }
    router.handle(AlertMethods.updateAlert) { try await refusing(updateAlert)($0, $1) }
  }

  func listAlerts(
    _ request: Binhchon_V1_ListAlertsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListAlertsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let unit: UnitPath
    var poll: PollID?
    do {
      unit = request.unit.isEmpty ? caller.scope : try UnitPath(request.unit)
      poll = request.poll.isEmpty ? nil : try PollID(request.poll)
    } catch {
      throw Refusal.invalid(error)
    }
    try caller.require(unit)
    if let poll { guard board.poll(poll).map(caller.mayShow) ?? false else { throw Refusal.unknownPoll(request.poll) } }
    let hidden = HiddenPresses(board, from: caller)
    let alerts = try await book.alerts(within: unit).filter { alert, _ in
      poll == nil || alert.subject.poll == nil || alert.subject.poll == poll
    }.map { try message($0.alert, $0.handling, to: caller, hidden) }
    var response = Binhchon_V1_ListAlertsResponse()
    response.alerts =
      alerts.filter { $0.closedBy.isEmpty } + (request.closed ? alerts.filter { !$0.closedBy.isEmpty } : [])
    response.asOfMs = now().milliseconds
    response.ledgerEpoch = board.epoch
    return response
  }

  func updateAlert(
    _ request: Binhchon_V1_UpdateAlertRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_UpdateAlertResponse {
    let caller = try access.caller(context, roles: Self.writers)
    guard let id = Act.ID(request.actID) else { throw Refusal.invalid([Violation("act_id", "must be 16 bytes")]) }
    let hidden = HiddenPresses(board, from: caller)
    let (subject, unit) = try await subject(request.key, caller, hidden)
    let change = try AlertAct(request.change)
    let standing = try await standing(subject, unit)
    guard standing != nil || request.after > 0 else { throw Self.unknown(request.key) }
    let act = Act(
      register: Register(.alerts, subject.key), id: id, name: change.name, body: change.body, by: caller.description,
      at: now())
    var response = Binhchon_V1_UpdateAlertResponse()
    switch try await ledger.outcome(of: .act(act, after: request.after)) {
    case .entered: break
    case .replayed: response.replayed = true
    case .refused(.conflict): throw Refusal.invalid([Violation("act_id", "is used for another act")])
    case .refused(let refusal): throw Refusal(refusal)
    }
    let handling = try await book.handling(of: subject)
    // Over by itself: what was done about it is told all the same.
    let alert = standing ?? Alert(subject: subject, since: nil, count: 0, n: 0, words: LocalizedText(vi: "", en: ""))
    response.alert = try message(alert, handling, to: caller, hidden)
    return response
  }

  /// Who is shown published figures only is not told others by way of alerts.
  private func message(
    _ alert: Alert, _ handling: AlertHandling, to caller: Identity, _ hidden: HiddenPresses
  ) throws(Refusal) -> Binhchon_V1_Alert {
    switch alert.subject {
    case .index(let poll, _), .drop(let poll, _), .burst(let poll, _):
      let isHidden = !caller.seesCounts && board.poll(poll)?.smallestGroup != 1
      return Binhchon_V1_Alert(isHidden ? alert.withoutCounts : alert, handling)
    case .gap where hidden.are(at: alert.subject.unit):
      var message = Binhchon_V1_Alert(alert.withoutCounts, handling)
      message.key = try gaps.key(of: alert.subject)
      return message
    case .silent, .gap: return Binhchon_V1_Alert(alert, handling)
    }
  }

  /// What the caller means by a key, and where that is. Numbers of presses that it is not told it cannot try out either.
  private func subject(
    _ key: String, _ caller: Identity, _ hidden: HiddenPresses
  ) async throws -> (AlertSubject, UnitPath) {
    let isHashed: Bool
    let named: AlertSubject
    if let kiosk = GapKey.kiosk(of: key) {
      (named, isHashed) = (.gap(kiosk: kiosk, first: 0), true)
    } else if let subject = AlertSubject(key: key) {
      (named, isHashed) = (subject, false)
    } else {
      throw Refusal.invalid([Violation("key", "is no alert's key")])
    }
    guard let unit = named.unit else { throw Refusal.invalid([Violation("key", "is no alert's key")]) }
    try caller.require(unit)
    guard case .gap(let kiosk, _) = named else { return (named, unit) }
    guard isHashed else {
      if hidden.are(at: unit) { throw Self.unknown(key) }
      return (named, unit)
    }
    for known in try await book.gaps(of: kiosk, at: unit)
    where try gaps.key(of: known).utf8.elementsEqual(key.utf8) {
      return (known, unit)
    }
    throw Self.unknown(key)
  }

  private static func unknown(_ key: String) -> Refusal {
    Refusal(code: .notFound, reason: .unknownAlert, message: "there is no such alert", metadata: ["key": key])
  }

  /// Nil: it does not stand now.
  private func standing(_ subject: AlertSubject, _ unit: UnitPath) async throws -> Alert? {
    try await book.alerts(within: unit).first { $0.alert.subject == subject }?.alert
  }
}
