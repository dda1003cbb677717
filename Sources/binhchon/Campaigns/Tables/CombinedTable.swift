internal import Polling

extension CampaignTable {
  /// What the combined table knows of one campaign.
  struct Account: Sendable {
    var campaign: Campaign
    var cases: [CampaignReport.Case]
    /// Under decisions; nil: nobody decided anything.
    var recognised: Int?
    var lists: [AwardList]
  }

  /// Campaigns beside each other: who registered, what was recognised, and every list of commendations with its own row.
  static func combined(_ accounts: [Account]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Tổng hợp các phong trào", en: "All campaigns"),
      columns: [
        .words("campaign", vi: "Phong trào", en: "Campaign"), .words("level", vi: "Cấp", en: "Level"),
        .words("period", vi: "Kỳ", en: "Period"), .count("registered", vi: "Đăng ký", en: "Registered"),
        .count("registered_collectives", vi: "Tập thể", en: "Collectives"),
        .count("registered_individuals", vi: "Cá nhân", en: "Individuals"),
        .count("recognised", vi: "Công nhận", en: "Recognised"), .words("list", vi: "Khen thưởng", en: "Commended"),
        .words("issuer", vi: "Cơ quan", en: "Issuer"), .words("award", vi: "Hình thức", en: "Award"),
      ] + awardCounts)
    var totals = AwardTotals()
    for account in accounts {
      let campaign = account.campaign
      let first: [Cell] = [
        .name(campaign.id.rawValue), .words(campaign.level.label, code: campaign.level.word),
        .words(Text(verbatim: campaign.period.spoken), code: campaign.period.code),
      ]
      // A campaign nobody registered in has no figures of registration: they may lie elsewhere, and are not 0.
      let registered: [Cell] =
        account.cases.isEmpty
        ? Array(repeating: .unknown, count: 4)
        : [
          .count(Int64(account.cases.count)),
          .count(Int64(account.cases.count { $0.registrantKind == .collective })),
          .count(Int64(account.cases.count { $0.registrantKind == .individual })),
          account.recognised.map { .count(Int64($0)) } ?? .unknown,
        ]
      let rest = Array(repeating: Cell.empty, count: 4)
      if account.lists.isEmpty {
        table.rows.append(first + registered + Array(repeating: .empty, count: 3 + awardCounts.count))
      }
      for (place, list) in account.lists.enumerated() {
        totals += list.totals
        table.rows.append(
          first + (place == 0 ? registered : rest) + [
            .name(list.id.rawValue), .name(list.issuer), .words(list.kind.label, code: list.kind.rawValue),
          ] + counts(list.totals))
      }
    }
    let cases = accounts.flatMap(\.cases)
    table.total =
      [
        .words(Text(vi: "Tổng", en: "Total"), code: ""), .empty, .empty, .count(Int64(cases.count)),
        .count(Int64(cases.count { $0.registrantKind == .collective })),
        .count(Int64(cases.count { $0.registrantKind == .individual })),
        .count(Int64(accounts.reduce(0) { $0 + ($1.recognised ?? 0) })), .empty, .empty, .empty,
      ] + stated(totals)
    return table
  }
}
