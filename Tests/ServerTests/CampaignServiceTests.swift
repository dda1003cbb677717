import Foundation
import Ledger
import Polling
import RPC
import Schema
import Testing

@testable import Server

/// Campaigns over a real ledger, called in process.
@Suite(.timeLimit(.minutes(2))) struct CampaignServiceTests {
  private static let campaign = "dong-da-2023"

  private static func definition(title: String = "Dân vận khéo 2023") -> Binhchon_V1_Campaign {
    var campaign = Binhchon_V1_Campaign()
    campaign.id = Self.campaign
    campaign.title.vi = title
    (campaign.firstDay, campaign.endDay) = ("2023-01-01", "2024-01-01")
    (campaign.unit, campaign.level) = ("dong-da", "district")
    campaign.subjects = ["collective", "individual"]
    campaign.allowNoField = true
    return campaign
  }

  private static func nomination(_ id: String, unit: String = "dong-da/lang-ha") -> Binhchon_V1_Nomination {
    var nomination = Binhchon_V1_Nomination()
    (nomination.id, nomination.kind, nomination.name, nomination.unit) = (id, "collective", "Tổ \(id)", unit)
    return nomination
  }

  private static func nominate(_ nominations: [Binhchon_V1_Nomination]) -> Binhchon_V1_EnterCampaignActRequest.OneOf_Act
  {
    var act = Binhchon_V1_NominateAct()
    act.nominations = nominations
    return .nominate(act)
  }

  private static func request(
    _ act: Binhchon_V1_EnterCampaignActRequest.OneOf_Act, id: UUID = UUID()
  ) -> Binhchon_V1_EnterCampaignActRequest {
    var request = Binhchon_V1_EnterCampaignActRequest()
    request.campaign = campaign
    request.actID = withUnsafeBytes(of: id.uuid) { Data($0) }
    request.act = act
    return request
  }

  @discardableResult private static func enter(
    _ caller: InProcessTransport, _ act: Binhchon_V1_EnterCampaignActRequest.OneOf_Act, id: UUID = UUID()
  ) async throws -> Binhchon_V1_EnterCampaignActResponse {
    try await caller.call(CampaignMethods.enterCampaignAct, request(act, id: id))
  }

  private static func refused(
    _ reason: String, _ call: () async throws -> Void
  ) async {
    let error = await #expect(throws: RPCError.self, "\(reason)") { try await call() }
    #expect(error.flatMap(ServiceTests.reason) == reason)
  }

  private static func list(
    _ caller: InProcessTransport, _ change: (inout Binhchon_V1_ListNominationsRequest) -> Void = { _ in }
  ) async throws -> Binhchon_V1_ListNominationsResponse {
    var request = Binhchon_V1_ListNominationsRequest()
    request.campaign = campaign
    change(&request)
    return try await caller.call(CampaignMethods.listNominations, request)
  }

  @Test func actsAreEnteredOnceHoweverOftenTheyAreSent() async throws {
    try await ServiceTests.withAssembly { assembly, _ in
      let admin = ServiceTests.caller(assembly, "admin/dong-da/a")
      let clerk = ServiceTests.caller(assembly, "clerk/dong-da/lan")
      await Self.refused("UNKNOWN_CAMPAIGN") { try await Self.enter(clerk, Self.nominate([Self.nomination("m-1")])) }
      await Self.refused("INVALID_FIELD") {
        var request = Self.request(.publish(Self.definition()))
        request.actID = Data(count: 15)
        _ = try await admin.call(CampaignMethods.enterCampaignAct, request)
      }
      #expect(try await Self.enter(admin, .publish(Self.definition())).version == 1)
      let id = UUID()
      let first = try await Self.enter(clerk, Self.nominate([Self.nomination("m-1")]), id: id)
      #expect(!first.replayed && first.revision > 0 && first.standings.map(\.state) == ["registered"])
      let again = try await Self.enter(clerk, Self.nominate([Self.nomination("m-1")]), id: id)
      #expect(again.replayed && again.revision == first.revision)
      // The same act id with another content; the same nomination under another act id, also after a new version.
      await Self.refused("ACT_CONFLICT") {
        try await Self.enter(clerk, Self.nominate([Self.nomination("m-2")]), id: id)
      }
      #expect(try await Self.enter(admin, .publish(Self.definition(title: "Năm 2023"))).version == 2)
      let other = try await Self.enter(clerk, Self.nominate([Self.nomination("m-1")]))
      #expect(other.replayed && other.revision == 0)
      #expect(try await Self.list(clerk).nominations.map(\.nomination.campaignVersion) == [1])
    }
  }

  @Test func listsComeInPagesAndWithinTheSubtree() async throws {
    try await ServiceTests.withAssembly { assembly, _ in
      let admin = ServiceTests.caller(assembly, "admin/dong-da/a")
      let clerk = ServiceTests.caller(assembly, "clerk/dong-da/lan")
      let ward = ServiceTests.caller(assembly, "clerk/dong-da/lang-ha/mai")
      let elsewhere = ServiceTests.caller(assembly, "auditor/hai-chau/o")
      try await Self.enter(admin, .publish(Self.definition()))
      let all = (1...30).map {
        Self.nomination("m-\($0)", unit: $0 % 3 == 0 ? "dong-da/lang-ha" : "dong-da/kham-thien")
      }
      await Self.refused("OUT_OF_SCOPE") { try await Self.enter(ward, Self.nominate(all)) }
      #expect(try await Self.list(clerk).nominations.isEmpty)
      try await Self.enter(clerk, Self.nominate(all))
      var told: [String] = []
      var after: UInt32 = 0
      repeat {
        let page = try await Self.list(clerk) { ($0.after, $0.limit) = (after, 7) }
        told += page.nominations.map(\.nomination.id)
        after = page.next
      } while after != 0
      #expect(told == all.map(\.id))
      #expect(try await Self.list(ward).nominations.count == 10)
      #expect(try await Self.list(clerk) { $0.filter.unit = "dong-da/lang-ha" }.nominations.count == 10)
      await Self.refused("UNKNOWN_CAMPAIGN") { _ = try await Self.list(elsewhere) }
      #expect(
        try await elsewhere.call(CampaignMethods.listCampaigns, Binhchon_V1_ListCampaignsRequest()).campaigns.isEmpty)
      await Self.refused("NOT_FOUND") {
        var request = Binhchon_V1_GetNominationRequest()
        (request.campaign, request.nomination) = (Self.campaign, "m-1")
        _ = try await ward.call(CampaignMethods.getNomination, request)
      }
      await Self.refused("INVALID_FIELD") { _ = try await Self.list(clerk) { $0.filter.state = "lost" } }
      var report = Binhchon_V1_GetCampaignReportRequest()
      report.campaign = Self.campaign
      let whole = try await clerk.call(CampaignMethods.getCampaignReport, report).report
      #expect(whole.cases.map(\.count) == [30] && whole.acts == 2)
      let part = try await ward.call(CampaignMethods.getCampaignReport, report).report
      #expect(part.cases.map(\.count) == [10] && part.unit == "dong-da/lang-ha" && part.figures.isEmpty)
    }
  }

  @Test func everyRoleReadsButKiosksAndNobodyWritesWhoMayNot() async throws {
    try await ServiceTests.withAssembly { assembly, _ in
      try await Self.enter(ServiceTests.caller(assembly, "admin/dong-da/a"), .publish(Self.definition()))
      var move = Binhchon_V1_MoveAct()
      (move.nominations, move.move) = (["m-1"], "submit")
      for role in Role.allCases {
        let caller = ServiceTests.caller(assembly, "\(role.rawValue)/dong-da/n")
        if role == .kiosk {
          await Self.refused("WRONG_ROLE") { _ = try await Self.list(caller) }
        } else {
          _ = try await Self.list(caller)
        }
        let isWriter = CampaignService.writers.contains(role)
        await Self.refused(isWriter ? "NOT_FOUND" : "WRONG_ROLE") { try await Self.enter(caller, .move(move)) }
      }
    }
  }
}
