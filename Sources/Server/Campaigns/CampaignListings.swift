internal import CampaignMessages
internal import Ledger
internal import Polling
internal import RPC
internal import Schema

// Records of a campaign, page by page.

extension CampaignService {
  func listNominations(
    _ request: Binhchon_V1_ListNominationsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListNominationsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, _, book) = try await open(request.campaign, caller)
    let filter = try CaseFilter(request.filter, caller.scope)
    let limit = request.limit == 0 ? Self.mostRows : min(Int(request.limit), Self.mostRows)
    var response = Binhchon_V1_ListNominationsResponse()
    var bytes = 0
    for (index, (nomination, standing)) in zip(book.register.nominations, book.cases).enumerated()
    where index >= Int(request.after) && filter.takes(nomination, standing, book) {
      if response.nominations.count == limit || bytes > Self.mostBytes {
        response.next = response.nominations.last?.position ?? 0
        break
      }
      var row = Binhchon_V1_NominationRow()
      row.position = UInt32(clamping: index + 1)
      row.nomination = Binhchon_V1_Nomination(nomination, withItems: false)
      row.standing = Binhchon_V1_NominationStanding(nomination.id, standing)
      row.decisions = standing.decisions.map(\.rawValue)
      bytes += nomination.nominee.name.utf8.count + (nomination.nominee.registrant?.name.utf8.count ?? 0)
      bytes += 64 * (standing.duplicates.count + standing.decisions.count + nomination.topics.count)
      response.nominations.append(row)
    }
    return response
  }

  func getNomination(
    _ request: Binhchon_V1_GetNominationRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetNominationResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, _, book) = try await open(request.campaign, caller)
    let id: RecordID<Nomination> = try Self.id(request.nomination)
    guard let position = book.register.position(id),
      caller.scope.contains(book.register.nominations[position].nominee.unit)
    else { throw Refusal(CampaignRefusal(.notFound, subject: id.rawValue)) }
    let (nomination, standing) = (book.register.nominations[position], book.cases[position])
    var response = Binhchon_V1_GetNominationResponse()
    response.position = UInt32(clamping: position + 1)
    response.nomination = Binhchon_V1_Nomination(nomination)
    response.standing = Binhchon_V1_NominationStanding(id, standing)
    response.decisions = standing.decisions.map(\.rawValue)
    response.act = standing.number
    response.by = standing.registeredBy
    response.atMs = standing.registeredAt.milliseconds
    response.history = standing.history.suffix(Self.mostRows).map(Binhchon_V1_ScreeningStep.init)
    if let proposal = standing.screening.proposal { response.proposal = Binhchon_V1_ScreeningProposal(proposal) }
    response.statuses = (book.statuses.current[id] ?? [:]).sorted { $0.key < $1.key }.map { year, status in
      var message = Binhchon_V1_YearStatus()
      (message.year, message.status) = (UInt32(clamping: year), status.rawValue)
      return message
    }
    response.certificates = book.certificates.certificates.filter { $0.nomination == id }.map(\.serial)
    return response
  }

  func listDecisions(
    _ request: Binhchon_V1_ListDecisionsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListDecisionsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, _, book) = try await open(request.campaign, caller)
    var response = Binhchon_V1_ListDecisionsResponse()
    response.decisions = book.decisionMessages
    return response
  }

  func listCertificates(
    _ request: Binhchon_V1_ListCertificatesRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListCertificatesResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, _, book) = try await open(request.campaign, caller)
    let decision: RecordID<RecognitionDecision>? = request.decision.isEmpty ? nil : try Self.id(request.decision)
    var response = Binhchon_V1_ListCertificatesResponse()
    var bytes = 0
    for certificate in book.certificates.certificates.dropFirst(Int(request.after)) {
      if let decision, certificate.decision != decision { continue }
      let message = book.message(certificate)
      guard let unit = try? UnitPath(message.unit), caller.scope.contains(unit) else { continue }
      if response.certificates.count == Self.mostRows || bytes > Self.mostBytes {
        response.next = response.certificates.last?.serial ?? 0
        break
      }
      bytes += message.name.utf8.count + message.registrant.name.utf8.count
      bytes += message.reprints.reduce(0) { $0 + $1.reason.utf8.count + 100 }
      response.certificates.append(message)
    }
    return response
  }

  func listAwards(
    _ request: Binhchon_V1_ListAwardsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListAwardsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, _, book) = try await open(request.campaign, caller)
    var lists = book.awards.lists[...]
    if !request.after.isEmpty {
      let after: RecordID<AwardList> = try Self.id(request.after)
      guard let place = lists.firstIndex(where: { $0.id == after }) else {
        throw Refusal(CampaignRefusal(.notFound, subject: after.rawValue))
      }
      lists = lists[(place + 1)...]
    }
    var response = Binhchon_V1_ListAwardsResponse()
    var bytes = 0
    for list in lists where caller.scope.contains(list.unit) {
      if bytes > Self.mostBytes {
        response.next = response.lists.last?.id ?? ""
        break
      }
      // A list came in one frame, so it goes out in one.
      bytes += list.lines.reduce(list.issuer.utf8.count + list.topic.utf8.count) { $0 + $1.bytes }
      response.lists.append(Binhchon_V1_AwardList(list))
    }
    return response
  }

  func listInspections(
    _ request: Binhchon_V1_ListInspectionsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListInspectionsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, _, book) = try await open(request.campaign, caller)
    var response = Binhchon_V1_ListInspectionsResponse()
    guard let inspections = book.inspections else { return response }
    if request.after == 0 {
      response.teams = inspections.teams.sorted()
      response.reviews = inspections.reviews.filter { caller.scope.contains($0.unit) }
        .map(Binhchon_V1_InspectionReview.init)
    }
    var bytes = response.teams.reduce(100 * response.reviews.count) { $0 + $1.utf8.count }
    for (index, visit) in inspections.visits.enumerated()
    where index >= Int(request.after) && caller.scope.contains(visit.unit) {
      if response.visits.count == Self.mostRows || bytes > Self.mostBytes {
        response.next = UInt32(clamping: index)
        break
      }
      bytes += visit.finding.utf8.count + visit.team.utf8.count
      response.visits.append(Binhchon_V1_InspectionVisit(visit))
    }
    return response
  }
}

extension AwardList.Line {
  fileprivate var bytes: Int {
    switch self {
    case .named(_, let name, let unit): name.utf8.count + unit.rawValue.utf8.count + 20
    case .unsplit: 50
    }
  }
}

/// Which cases are asked for; what is not said does not matter.
private struct CaseFilter {
  var state: ScreeningStateMachine.State?
  var kind: SubjectKind?
  var registrantKind: SubjectKind?
  var field: String?
  var isWithoutField: Bool
  var unit: UnitPath?
  var scope: UnitPath
  var decision: RecordID<RecognitionDecision>?
  var status: (year: Int, status: ModelStatus)?
  var hasDuplicates: Bool

  init(_ message: Binhchon_V1_CaseFilter, _ scope: UnitPath) throws(Refusal) {
    func word<Value>(_ text: String, _ field: String, _ make: (String) -> Value?) throws(Refusal) -> Value? {
      if text.isEmpty { return nil }
      guard text.utf8.count <= 64, let value = make(text) else {
        throw .invalid([Violation("filter.\(field)", "is none of the words known here")])
      }
      return value
    }
    self.scope = scope
    state = try word(message.state, "state") { ScreeningStateMachine.State(rawValue: $0) }
    kind = try word(message.kind, "kind") { SubjectKind(rawValue: $0) }
    registrantKind = try word(message.registrantKind, "registrant_kind") { SubjectKind(rawValue: $0) }
    field = try word(message.field, "field") { $0 }
    isWithoutField = message.noField
    if !message.unit.isEmpty { unit = try CampaignService.unit(message.unit) }
    if !message.decision.isEmpty { decision = try CampaignService.id(message.decision) }
    hasDuplicates = message.duplicates
    if let found = try word(message.status, "status", { ModelStatus(rawValue: $0) }) {
      status = (Int(message.statusYear), found)
    }
  }

  func takes(_ nomination: Nomination, _ standing: CampaignCase, _ book: CampaignBook) -> Bool {
    let nominee = nomination.nominee
    guard scope.contains(nominee.unit), unit?.contains(nominee.unit) ?? true else { return false }
    if let state, standing.state != state { return false }
    if let kind, nominee.kind != kind { return false }
    if let registrantKind, nominee.registrantKind != registrantKind { return false }
    if let field, nomination.field != field { return false }
    if isWithoutField, nomination.field != nil { return false }
    if let decision, !standing.decisions.contains(decision) { return false }
    if let status, book.statuses.status(of: nomination.id, in: status.year) != status.status { return false }
    return !hasDuplicates || !standing.duplicates.isEmpty
  }
}
