import Foundation
internal import Logging
internal import NIOPosix
internal import RPC
internal import Schema
internal import TLS

/// The service of campaigns behind a TLS connection.
struct CampaignClient: Sendable {
  private let client: RPCClient
  private let server: String

  init(_ settings: ConnectionSettings, logger: Logger) throws(ClientError) {
    server = settings.server.description
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = RPCPollingService.timeout
    configuration.reconnect.maximum = .seconds(1)
    do throws(TLSError) {
      client = RPCClient(
        connector: try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton),
        configuration: configuration, logger: logger)
    } catch {
      throw ClientError(error, server: settings.server.description)
    }
  }

  /// - Parameter id: 16 bytes; nil: a new act, whatever was entered before.
  func enter(
    _ act: Binhchon_V1_EnterCampaignActRequest.OneOf_Act, in campaign: String, id: [UInt8]? = nil
  ) async throws -> Binhchon_V1_EnterCampaignActResponse {
    var request = Binhchon_V1_EnterCampaignActRequest()
    request.campaign = campaign
    request.act = act
    request.actID = id.map { Data($0) } ?? withUnsafeBytes(of: UUID().uuid) { Data($0) }
    return try await call(CampaignMethods.enterCampaignAct, request)
  }

  func campaigns() async throws -> [Binhchon_V1_CampaignSummary] {
    var request = Binhchon_V1_ListCampaignsRequest()
    var all: [Binhchon_V1_CampaignSummary] = []
    repeat {
      let response = try await call(CampaignMethods.listCampaigns, request)
      all += response.campaigns
      request.after = response.next
    } while !request.after.isEmpty
    return all
  }

  /// - Parameter version: 0: the newest.
  func campaign(_ id: String, version: UInt32 = 0) async throws -> Binhchon_V1_Campaign {
    var request = Binhchon_V1_GetCampaignRequest()
    (request.campaign, request.version) = (id, version)
    return try await call(CampaignMethods.getCampaign, request).campaign
  }

  func nominations(
    of campaign: String, _ filter: Binhchon_V1_CaseFilter
  ) async throws -> [Binhchon_V1_NominationRow] {
    var request = Binhchon_V1_ListNominationsRequest()
    (request.campaign, request.filter) = (campaign, filter)
    var all: [Binhchon_V1_NominationRow] = []
    repeat {
      let response = try await call(CampaignMethods.listNominations, request)
      all += response.nominations
      request.after = response.next
    } while request.after != 0
    return all
  }

  func nomination(_ id: String, of campaign: String) async throws -> Binhchon_V1_GetNominationResponse {
    var request = Binhchon_V1_GetNominationRequest()
    (request.campaign, request.nomination) = (campaign, id)
    return try await call(CampaignMethods.getNomination, request)
  }

  func decisions(of campaign: String) async throws -> [Binhchon_V1_RecognitionDecision] {
    var request = Binhchon_V1_ListDecisionsRequest()
    request.campaign = campaign
    return try await call(CampaignMethods.listDecisions, request).decisions
  }

  /// - Parameter decision: empty: any.
  func certificates(of campaign: String, decision: String) async throws -> [Binhchon_V1_Certificate] {
    var request = Binhchon_V1_ListCertificatesRequest()
    (request.campaign, request.decision) = (campaign, decision)
    var all: [Binhchon_V1_Certificate] = []
    repeat {
      let response = try await call(CampaignMethods.listCertificates, request)
      all += response.certificates
      request.after = response.next
    } while request.after != 0
    return all
  }

  func awards(of campaign: String) async throws -> [Binhchon_V1_AwardList] {
    var request = Binhchon_V1_ListAwardsRequest()
    request.campaign = campaign
    var all: [Binhchon_V1_AwardList] = []
    repeat {
      let response = try await call(CampaignMethods.listAwards, request)
      all += response.lists
      request.after = response.next
    } while !request.after.isEmpty
    return all
  }

  /// All visits in one response, with teams and reviews.
  func inspections(of campaign: String) async throws -> Binhchon_V1_ListInspectionsResponse {
    var request = Binhchon_V1_ListInspectionsRequest()
    request.campaign = campaign
    var all = try await call(CampaignMethods.listInspections, request)
    while all.next != 0 {
      request.after = all.next
      let response = try await call(CampaignMethods.listInspections, request)
      all.visits += response.visits
      all.next = response.next
    }
    return all
  }

  /// - Parameter unit: empty: all that the caller reaches.
  func report(of campaign: String, unit: String) async throws -> Binhchon_V1_CampaignReport {
    var request = Binhchon_V1_GetCampaignReportRequest()
    (request.campaign, request.unit) = (campaign, unit)
    return try await call(CampaignMethods.getCampaignReport, request).report
  }

  func shutdown() async {
    await client.shutdown()
  }

  private func call<Request, Response>(
    _ method: UnaryMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    do {
      return try await client.call(method, request)
    } catch {
      throw explain(error, server: server)
    }
  }
}

extension CommandContext {
  /// Runs with a client that is shut down afterwards.
  func withCampaigns<Result>(_ work: (CampaignClient) async throws -> Result) async throws -> Result {
    let client = try CampaignClient(try ConnectionSettings(flags, environment), logger: logger)
    do {
      let result = try await work(client)
      await client.shutdown()
      return result
    } catch {
      await client.shutdown()
      throw error
    }
  }
}
