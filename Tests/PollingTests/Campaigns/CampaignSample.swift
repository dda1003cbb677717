@testable import Polling

/// The campaign of Đống Đa in 2023, as far as its papers tell.
enum CampaignSample {
  static func day(_ year: Int, _ month: Int, _ day: Int) throws -> Day {
    guard let day = Day(year: year, month: month, day: day) else {
      throw InvalidValue(field: "day", problem: "is none")
    }
    return day
  }

  static func period(_ first: Int, _ last: Int) throws -> ReportingPeriod {
    let period = ReportingPeriod(start: try day(first, 1, 1), end: try day(last + 1, 1, 1))
    guard let period else { throw InvalidValue(field: "period", problem: "is none") }
    return period
  }

  static let fields = [
    field("POLITICAL_SYSTEM", "Xây dựng hệ thống chính trị"),
    field("ECONOMY_URBAN", "Kinh tế - quản lý đô thị"),
    field("CULTURE_SOCIETY", "Văn hóa – xã hội"),
    field("SECURITY_DEFENCE", "An ninh, quốc phòng"),
  ]

  static func field(_ code: String, _ label: String) -> CampaignField {
    CampaignField(code: code, label: LocalizedText(vi: label, en: ""))
  }

  static func basis(
    _ id: String, _ kind: LegalBasis.Kind, _ number: String, _ date: Day?, implements: [String] = []
  ) throws -> LegalBasis {
    var ids: [RecordID<LegalBasis>] = []
    for id in implements { ids.append(try RecordID(id)) }
    return LegalBasis(
      id: try RecordID(id), kind: kind, number: number, issuer: "Quận ủy", date: date, implements: ids)
  }

  static func campaign() throws -> Campaign {
    Campaign(
      id: try RecordID("dong-da-2023"), version: 1, title: LocalizedText(vi: "Dân vận khéo 2023", en: ""),
      period: try period(2023, 2023), unit: try UnitPath("dong-da"), level: .district, subjects: [.model],
      fields: fields,
      topics: [CampaignTopic(code: "thu-ngan-sach", label: LocalizedText(vi: "Thu ngân sách", en: ""))],
      legalBases: [
        try basis("nq-25", .resolution, "25-NQ/TW", try day(2013, 6, 3)),
        try basis("ctr-23", .programme, "23-CTr/TU", try day(2013, 7, 15), implements: ["nq-25"]),
        try basis("kh-92", .plan, "92-KH/QU", try day(2013, 8, 1), implements: ["ctr-23"]),
      ],
      requiredItems: [.name, .goals],
      figures: [
        CampaignFigure(name: "collectives", origin: .stated(314)),
        CampaignFigure(name: "individuals", origin: .stated(299)),
        CampaignFigure(name: "models", origin: .stated(613)),
        CampaignFigure(name: "registrants", origin: .sum(of: ["collectives", "individuals"])),
        CampaignFigure(name: "households", origin: .unknown),
      ],
      rules: [FigureRule(parts: ["collectives", "individuals"], whole: "models")])
  }

  static func nomination(
    _ id: String, _ name: String = "Tuyến phố xanh", by kind: SubjectKind = .collective,
    unit: String = "dong-da/lang-ha",
    in campaign: Campaign? = nil
  ) throws -> Nomination {
    let campaign = try campaign ?? self.campaign()
    return Nomination(
      id: try RecordID(id), campaign: campaign.id, campaignVersion: campaign.version,
      nominee: Nominee(
        kind: .model, name: name, unit: try UnitPath(unit),
        registrant: Registrant(kind: kind, name: "Tổ dân vận số 1")),
      field: "CULTURE_SOCIETY", items: [.name: name, .goals: "Mỗi tổ một tuyến phố"])
  }
}
