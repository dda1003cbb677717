internal import Polling
internal import Schema

extension CampaignTable {
  /// Campaigns beside each other: who registered, what was recognised, and every list of commendations with its own row.
  static func combined(_ campaigns: [ReportedCampaign]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Tổng hợp các phong trào", en: "All campaigns"),
      columns: placeColumns + [
        .count("registered", vi: "Đăng ký", en: "Registered"),
        .count("registered_collectives", vi: "Tập thể", en: "Collectives"),
        .count("registered_individuals", vi: "Cá nhân", en: "Individuals"),
        .count("recognised", vi: "Công nhận", en: "Recognised"), .words("list", vi: "Danh sách khen", en: "Award list"),
        .words("award", vi: "Hình thức", en: "Award"),
      ] + awardColumns)
    for campaign in campaigns {
      let lists = campaign.report.awards
      var first = Self.registered(campaign)
      if lists.isEmpty {
        table.rows.append(campaign.place + first + Array(repeating: .empty, count: 2 + awardColumns.count))
      }
      for list in lists {
        table.rows.append(campaign.place + first + [.name(list.list), award(list.kind)] + counts(list))
        first = Array(repeating: .empty, count: first.count)
      }
    }
    func total(_ isMeant: (Binhchon_V1_CaseCount) -> Bool) -> Cell {
      .count(campaigns.reduce(0) { $0 + $1.count(where: isMeant) })
    }
    let registered: [Cell] = [
      total { _ in true }, total { $0.registrantKind == SubjectKind.collective.rawValue },
      total { $0.registrantKind == SubjectKind.individual.rawValue }, total(isRecognised), .empty, .empty,
    ]
    table.total = totalPlace + registered + stated(campaigns.flatMap(\.report.awards))
    return table
  }

  /// Where nobody registered or decided, the figures may lie elsewhere: they are unknown, not 0.
  private static func registered(_ campaign: ReportedCampaign) -> [Cell] {
    let cases = campaign.report.cases
    guard !cases.isEmpty else { return Array(repeating: .unknown, count: 4) }
    return [
      .count(campaign.count { _ in true }),
      .count(campaign.count { $0.registrantKind == SubjectKind.collective.rawValue }),
      .count(campaign.count { $0.registrantKind == SubjectKind.individual.rawValue }),
      campaign.report.decisions.isEmpty ? .unknown : .count(campaign.count(where: isRecognised)),
    ]
  }

  private static func isRecognised(_ found: Binhchon_V1_CaseCount) -> Bool {
    found.state == ScreeningStateMachine.State.recognised.rawValue
  }
}
