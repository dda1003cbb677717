internal import Polling
internal import Schema

/// A campaign as it is defined, and what it comes to.
struct ReportedCampaign: Sendable {
  var definition: Campaign
  var report: Binhchon_V1_CampaignReport

  /// What comes first in each of its rows.
  var place: [CampaignTable.Cell] {
    [
      .name(definition.id.rawValue), .words(definition.level.label, code: definition.level.word),
      .words(Text(verbatim: definition.period.spoken), code: definition.period.code),
    ]
  }

  func count(where isMeant: (Binhchon_V1_CaseCount) -> Bool) -> Int64 {
    report.cases.reduce(0) { $0 + (isMeant($1) ? Int64($1.count) : 0) }
  }
}

extension CampaignTable {
  static let placeColumns: [Column] = [
    .words("campaign", vi: "Phong trào", en: "Campaign"), .words("level", vi: "Cấp", en: "Level"),
    .words("period", vi: "Kỳ", en: "Period"),
  ]

  static let totalPlace: [Cell] = [.words(Text(vi: "Tổng", en: "Total"), code: ""), .empty, .empty]

  /// Cases by kind, field, level and period. The cases behind a number are those that `campaign nominations` lists for
  /// the same campaign, field, kind and state.
  static func cases(_ campaigns: [ReportedCampaign]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Đăng ký và công nhận", en: "Registrations and recognitions"),
      columns: placeColumns + [
        .words("field", vi: "Lĩnh vực", en: "Field"), .words("kind", vi: "Đối tượng", en: "Kind"),
        .count("registered", vi: "Đăng ký", en: "Registered"), .count("collectives", vi: "Tập thể", en: "Collectives"),
        .count("individuals", vi: "Cá nhân", en: "Individuals"), .count("households", vi: "Hộ", en: "Households"),
        .count("rejected", vi: "Không đạt", en: "Rejected"), .count("recognised", vi: "Công nhận", en: "Recognised"),
      ])
    for campaign in campaigns {
      for (code, label) in fields(campaign) {
        for kind in SubjectKind.allCases {
          let cases = campaign.report.cases.filter { $0.field == code && $0.kind == kind.rawValue }
          guard !cases.isEmpty else { continue }
          table.rows.append(
            campaign.place + [.words(label, code: code), .words(kind.label, code: kind.rawValue)] + counts(cases))
        }
      }
    }
    if table.rows.count > 1 { table.total = totalPlace + [.empty, .empty] + counts(campaigns.flatMap(\.report.cases)) }
    return table
  }

  /// In the campaign's order; then those that only earlier versions have; in none at last.
  private static func fields(_ campaign: ReportedCampaign) -> [(String, Text)] {
    let known = campaign.definition.fields.map { field in
      (field.code, Text(vi: field.label.vi, en: field.label.en.isEmpty ? field.label.vi : field.label.en))
    }
    let others = Set(campaign.report.cases.map(\.field)).subtracting(known.map { $0.0 } + [""]).sorted()
    return known + others.map { ($0, Text(verbatim: $0)) } + [("", Text(verbatim: "–"))]
  }

  private static func counts(_ cases: [Binhchon_V1_CaseCount]) -> [Cell] {
    func count(_ isMeant: (Binhchon_V1_CaseCount) -> Bool) -> Cell {
      .count(cases.reduce(0) { $0 + (isMeant($1) ? Int64($1.count) : 0) })
    }
    return [
      count { _ in true }, count { $0.registrantKind == SubjectKind.collective.rawValue },
      count { $0.registrantKind == SubjectKind.individual.rawValue },
      count { $0.registrantKind == SubjectKind.household.rawValue },
      count { $0.state == ScreeningStateMachine.State.rejected.rawValue },
      count { $0.state == ScreeningStateMachine.State.recognised.rawValue },
    ]
  }

  /// Teams, visits and units of inspections; campaigns without any are left out.
  static func inspections(_ campaigns: [ReportedCampaign]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Kiểm tra", en: "Inspections"),
      columns: placeColumns + [
        .count("teams", vi: "Đoàn", en: "Teams"), .count("visits", vi: "Cuộc", en: "Visits"),
        .count("units", vi: "Đơn vị", en: "Units"),
      ])
    for campaign in campaigns where campaign.report.teams > 0 || campaign.report.visits > 0 {
      let counts = [campaign.report.teams, campaign.report.visits, campaign.report.visitedUnits]
      table.rows.append(campaign.place + counts.map { .count(Int64($0)) })
    }
    return table
  }

  /// Reviews that should have been done, longest overdue first in each campaign.
  static func overdue(_ campaigns: [ReportedCampaign], on today: Day) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Sơ kết, kiểm tra quá hạn", en: "Overdue reviews"),
      columns: placeColumns + [
        .words("review", vi: "Việc", en: "Review"), .words("unit", vi: "Đơn vị", en: "Unit"),
        .words("due", vi: "Hạn", en: "Due"), .count("days", vi: "Quá ngày", en: "Days over"),
      ])
    for campaign in campaigns {
      for review in campaign.report.overdue {
        let days = Day(iso: review.due).map { Cell.count(Int64(today.number) - Int64($0.number)) }
        table.rows.append(
          campaign.place + [
            .name(review.id), .name(review.unit),
            .words(Text(verbatim: LocalTime.spoken(day: review.due)), code: review.due), days ?? .unknown,
          ])
      }
    }
    return table
  }
}
