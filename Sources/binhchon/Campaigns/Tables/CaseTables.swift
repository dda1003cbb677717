internal import Polling

extension CampaignTable {
  /// Cases by kind, field, level and period. Every number is how many cases ``CampaignReport/cases(_:)`` gives.
  static func cases(_ report: CampaignReport, fields: [CampaignField]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Đăng ký và công nhận", en: "Registrations and recognitions"),
      columns: [
        .words("field", vi: "Lĩnh vực", en: "Field"), .words("kind", vi: "Đối tượng", en: "Kind"),
        .words("level", vi: "Cấp", en: "Level"), .words("period", vi: "Kỳ", en: "Period"),
        .count("registered", vi: "Đăng ký", en: "Registered"), .count("collectives", vi: "Tập thể", en: "Collectives"),
        .count("individuals", vi: "Cá nhân", en: "Individuals"), .count("households", vi: "Hộ", en: "Households"),
        .count("rejected", vi: "Không đạt", en: "Rejected"), .count("recognised", vi: "Công nhận", en: "Recognised"),
      ])
    let order = Dictionary(fields.enumerated().map { ($1.code, $0) }, uniquingKeysWith: { first, _ in first })
    // In the order of the campaign's fields; the sort is stable.
    let keys = report.keys.sorted { (place($0, order)) < (place($1, order)) }
    for key in keys {
      let label = fields.first { $0.code == key.field }?.label
      table.rows.append(
        [
          .words(
            label.map { Text(vi: $0.vi, en: $0.en.isEmpty ? $0.vi : $0.en) }
              ?? Text(verbatim: key.field ?? "–"), code: key.field ?? ""),
          .words(key.kind.label, code: key.kind.rawValue), .words(key.level.label, code: key.level.word),
          .words(Text(verbatim: key.period.spoken), code: key.period.code),
        ] + counts(report.cases(key)))
    }
    if keys.count > 1 {
      table.total = [.words(Text(vi: "Tổng", en: "Total"), code: ""), .empty, .empty, .empty] + counts(report.cases)
    }
    return table
  }

  private static func place(_ key: CampaignReport.Key, _ order: [String: Int]) -> Int {
    key.field.flatMap { order[$0] } ?? order.count
  }

  private static func counts(_ cases: [CampaignReport.Case]) -> [Cell] {
    func count(_ isMeant: (CampaignReport.Case) -> Bool) -> Cell { .count(Int64(cases.count(where: isMeant))) }
    return [
      .count(Int64(cases.count)), count { $0.registrantKind == .collective },
      count { $0.registrantKind == .individual }, count { $0.registrantKind == .household },
      count { $0.state == .rejected }, count { $0.state == .recognised },
    ]
  }

  /// Teams, visits and units of the inspections.
  static func inspections(_ register: InspectionRegister) -> CampaignTable {
    let figures = register.figures
    return CampaignTable(
      title: Text(vi: "Kiểm tra", en: "Inspections"),
      columns: [
        .words("period", vi: "Kỳ", en: "Period"), .count("teams", vi: "Đoàn", en: "Teams"),
        .count("visits", vi: "Cuộc", en: "Visits"), .count("units", vi: "Đơn vị", en: "Units"),
      ],
      rows: [
        [
          .words(Text(verbatim: register.period.spoken), code: register.period.code), .count(Int64(figures.teams)),
          .count(Int64(figures.visits)), .count(Int64(figures.units)),
        ]
      ])
  }

  /// Reviews that should have been done, longest overdue first.
  static func overdue(_ register: InspectionRegister, on today: Day) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Sơ kết, kiểm tra quá hạn", en: "Overdue reviews"),
      columns: [
        .words("review", vi: "Việc", en: "Review"), .words("unit", vi: "Đơn vị", en: "Unit"),
        .words("due", vi: "Hạn", en: "Due"), .count("days", vi: "Quá ngày", en: "Days over"),
      ])
    table.rows = register.overdue(on: today).map { review in
      [
        .name(review.id), .name(review.unit.rawValue),
        .words(Text(verbatim: LocalTime.spoken(day: review.due.description)), code: review.due.description),
        .count(Int64(today.number) - Int64(review.due.number)),
      ]
    }
    return table
  }
}
