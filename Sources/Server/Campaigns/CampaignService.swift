internal import CampaignMessages
internal import Foundation
internal import Ledger
internal import Polling
internal import RPC
internal import Schema

/// binhchon.v1.CampaignService: acts of campaigns, and what they come to.
struct CampaignService: Sendable {
  static let writers: Set<Role> = [.admin, .clerk, .secondClerk, .screener, .coordinator]
  static let readers = Set(Role.allCases).subtracting([.kiosk])
  /// In one response.
  static let mostCampaigns = 100
  static let mostRows = 500
  /// Of texts in one response, in bytes: with one record more it stays within a frame.
  static let mostBytes = 1 << 20

  var desk: CampaignDesk
  var reader: any RegisterReader
  var access: Access
  /// The ledger's.
  var epoch: String
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(CampaignMethods.enterCampaignAct) { try await refusing(enterCampaignAct)($0, $1) }
    router.handle(CampaignMethods.listCampaigns) { try await refusing(listCampaigns)($0, $1) }
    router.handle(CampaignMethods.getCampaign) { try await refusing(getCampaign)($0, $1) }
    router.handle(CampaignMethods.listNominations) { try await refusing(listNominations)($0, $1) }
    router.handle(CampaignMethods.getNomination) { try await refusing(getNomination)($0, $1) }
    router.handle(CampaignMethods.listDecisions) { try await refusing(listDecisions)($0, $1) }
    router.handle(CampaignMethods.listCertificates) { try await refusing(listCertificates)($0, $1) }
    router.handle(CampaignMethods.listAwards) { try await refusing(listAwards)($0, $1) }
    router.handle(CampaignMethods.listInspections) { try await refusing(listInspections)($0, $1) }
    router.handle(CampaignMethods.getCampaignReport) { try await refusing(getCampaignReport)($0, $1) }
  }

  func enterCampaignAct(
    _ request: Binhchon_V1_EnterCampaignActRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_EnterCampaignActResponse {
    let caller = try access.caller(context, roles: Self.writers)
    let id: RecordID<Campaign> = try Self.id(request.campaign)
    guard let person = CampaignPerson(by: caller.description) else {
      throw Refusal.ourFault("role \(caller.role) enters nothing in campaigns")
    }
    guard let actID = Act.ID(request.actID) else {
      throw Refusal.invalid([Violation("act_id", "must be 16 bytes")])
    }
    let book = try await desk.standing(id).book
    if let campaign = book.campaign {
      guard caller.maySee(campaign) else { throw Refusal.unknownCampaign(request.campaign) }
    } else {
      guard case .publish = request.act else { throw Refusal.unknownCampaign(request.campaign) }
    }
    let event: CampaignEvent
    do {
      event = try CampaignEvent(request, in: id) { nomination in
        book.register.nomination(nomination)?.campaignVersion ?? book.campaign?.version ?? 1
      }
    } catch { throw Refusal.invalid(error) }
    let entered = try await desk.enter(
      CampaignDesk.Intent(
        event: event, id: actID, person: person, by: caller.description, at: now()), id)
    var response = Binhchon_V1_EnterCampaignActResponse()
    response.replayed = entered.isReplayed
    response.revision = entered.sequence
    let after = entered.standing.book
    response.version = after.campaign?.version ?? 0
    response.standings = event.nominations.compactMap { id in
      after.standing(id).map { Binhchon_V1_NominationStanding(id, $0) }
    }
    response.certificates = after.certificates(of: event).map { after.message($0) }
    return response
  }

  // MARK: - Campaigns

  func listCampaigns(
    _ request: Binhchon_V1_ListCampaignsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListCampaignsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let after: RecordID<Campaign>? = request.after.isEmpty ? nil : try Self.id(request.after)
    let registers: [String: UInt64]
    do { registers = try await reader.registers(.campaign) } catch {
      throw Refusal.ourFault("the campaigns cannot be read: \(error)")
    }
    var response = Binhchon_V1_ListCampaignsResponse()
    for id in registers.keys.compactMap({ Register.campaign(named: $0) }).sorted() {
      if let after, id <= after { continue }
      if response.campaigns.count == Self.mostCampaigns {
        response.next = response.campaigns.last?.id ?? ""
        break
      }
      let book = try await desk.standing(id).book
      guard let campaign = book.campaign, caller.maySee(campaign) else { continue }
      response.campaigns.append(Binhchon_V1_CampaignSummary(campaign, book))
    }
    return response
  }

  func getCampaign(
    _ request: Binhchon_V1_GetCampaignRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetCampaignResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (_, newest, book) = try await open(request.campaign, caller)
    let version = request.version == 0 ? newest.version : request.version
    guard let campaign = book.versions?.version(version) else { throw Refusal.unknownCampaign(request.campaign) }
    var response = Binhchon_V1_GetCampaignResponse()
    response.campaign = Binhchon_V1_Campaign(campaign)
    response.newest = newest.version
    return response
  }

  func getCampaignReport(
    _ request: Binhchon_V1_GetCampaignReportRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetCampaignReportResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (standing, campaign, book) = try await open(request.campaign, caller)
    // All that both the campaign and the caller reach, or what was asked for of it.
    let whole = caller.scope.contains(campaign.unit) ? campaign.unit : caller.scope
    let unit = request.unit.isEmpty ? whole : try Self.unit(request.unit)
    try caller.require(unit)
    var response = Binhchon_V1_GetCampaignReportResponse()
    response.report = Binhchon_V1_CampaignReport(
      book, campaign, in: unit, isWhole: unit.contains(campaign.unit), today: Day(of: now()))
    response.report.acts = standing.number
    response.report.revision = standing.sequence
    response.report.atMs = standing.at.milliseconds
    response.report.ledgerEpoch = epoch
    return response
  }

  // MARK: - Places

  /// A campaign that the caller may see.
  func open(
    _ name: String, _ caller: Identity
  ) async throws -> (standing: CampaignDesk.Standing, campaign: Campaign, book: CampaignBook) {
    let id: RecordID<Campaign> = try Self.id(name)
    let standing = try await desk.standing(id)
    guard let campaign = standing.book.campaign, caller.maySee(campaign) else { throw Refusal.unknownCampaign(name) }
    return (standing, campaign, standing.book)
  }

  static func id<Record>(_ text: String) throws(Refusal) -> RecordID<Record> {
    do { return try RecordID(text) } catch { throw .invalid(error) }
  }

  static func unit(_ text: String) throws(Refusal) -> UnitPath {
    do { return try UnitPath(text) } catch { throw .invalid(error) }
  }
}

extension Identity {
  /// Whether the campaign touches the caller's subtree.
  func maySee(_ campaign: Campaign) -> Bool {
    scope.contains(campaign.unit) || campaign.unit.contains(scope)
  }
}

extension CampaignEvent {
  /// Those that it names.
  fileprivate var nominations: [RecordID<Nomination>] {
    switch self {
    case .nominate(let nominations, _): nominations.map(\.id)
    case .move(let ids, _, _, _), .recognise(let ids, _, _), .certify(let ids, _, _): ids
    case .setStatus(let id, _, _): [id]
    case .publish, .decide, .handOver, .reprint, .award, .addTeam, .visit, .scheduleReview, .reviewDone: []
    }
  }
}

extension CampaignBook {
  /// Those that an event names.
  fileprivate func certificates(of event: CampaignEvent) -> [Certificate] {
    switch event {
    case .certify(let ids, let decision, _):
      let meant = Set(ids)
      return certificates.certificates.filter { $0.decision == decision && meant.contains($0.nomination) }
    case .handOver(let serials, _): return serials.compactMap { try? certificates.certificate($0) }
    case .reprint(let serial, _, _): return [serial].compactMap { try? certificates.certificate($0) }
    default: return []
    }
  }
}
