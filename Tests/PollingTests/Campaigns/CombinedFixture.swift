import SeededRandom

@testable import Polling

/// What the campaigns of four districts and a province published, 2010 to 2023: their counts as published, names drawn
/// with a seed, for no names were published.
struct CombinedFixture {
  var generator: SplitMix64
  private var taken: Set<String> = []

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  mutating func name(_ kind: SubjectKind) -> String {
    while true {
      let name = draw(kind)
      if taken.insert(name).inserted { return name }
    }
  }

  private mutating func draw(_ kind: SubjectKind) -> String {
    let number = Int.random(in: 1...999, using: &generator)
    switch kind {
    case .collective: return pick(["Tổ dân vận", "Hội Phụ nữ", "Trường Tiểu học", "Đoàn Thanh niên"]) + " số \(number)"
    case .individual, .household:
      let given = pick(["Đức", "Hoà", "Thuý", "Ngọc", "Khánh", "Ước", "Ngữ"])
      return "\(pick(["Nguyễn", "Trần", "Đặng", "Huỳnh"])) \(pick(["Văn", "Thị", "Ánh"])) \(given) \(number)"
    case .model: return pick(["Tuyến phố xanh", "Ngõ không rác", "Một cửa thân thiện"]) + " \(number)"
    }
  }

  private mutating func pick(_ words: [String]) -> String {
    words[Int.random(in: 0..<words.count, using: &generator)]
  }

  mutating func lines(_ kind: SubjectKind, _ count: Int, in unit: UnitPath) -> [AwardList.Line] {
    (0..<count).map { _ in .named(kind: kind, name: name(kind), unit: unit) }
  }

  // MARK: - Registrations

  static func dongDa2020() throws -> Campaign {
    var campaign = try CampaignSample.campaign()
    campaign.id = try RecordID("dong-da-2020")
    campaign.period = try CampaignSample.period(2020, 2020)
    campaign.subjects = [.collective, .individual]
    campaign.requiredItems = []
    campaign.figures = [
      CampaignFigure(name: "collectives", origin: .stated(89)),
      CampaignFigure(name: "individuals", origin: .stated(77)),
      CampaignFigure(name: "models", origin: .unknown),
    ]
    return campaign
  }

  /// So many collectives, then so many individuals, each with a model where the campaign puts forward models.
  mutating func nominations(_ collectives: Int, _ individuals: Int, in campaign: Campaign) throws -> [Nomination] {
    try (0..<collectives + individuals).map { index in
      let kind = index < collectives ? SubjectKind.collective : .individual
      let unit = try UnitPath("\(campaign.unit)/phuong-\(index % 21 + 1)")
      let isModel = campaign.subjects.contains(.model)
      let nominee =
        isModel
        ? Nominee(kind: .model, name: name(.model), unit: unit, registrant: Registrant(kind: kind, name: name(kind)))
        : Nominee(kind: kind, name: name(kind), unit: unit)
      return Nomination(
        id: try RecordID("\(campaign.id)-\(index)"), campaign: campaign.id, campaignVersion: campaign.version,
        nominee: nominee, field: campaign.fields[Int.random(in: 0..<4, using: &generator)].code,
        items: [.name: nominee.name, .goals: "Mục tiêu"])
    }
  }

  // MARK: - Awards

  /// The six lists, in the order of the published table.
  mutating func awardLists() throws -> [AwardList] {
    let (dongDa, thanhXuan) = (try UnitPath("dong-da"), try UnitPath("thanh-xuan"))
    let (hue, haiChau) = (try UnitPath("thua-thien-hue"), try UnitPath("hai-chau"))
    let decade = try CampaignSample.period(2013, 2023)
    // The same fourteen under both documents, as far as anybody knows.
    let fourteen = lines(.collective, 7, in: thanhXuan) + lines(.individual, 7, in: thanhXuan)
    return [
      AwardList(
        id: try RecordID("dong-da-2020"), unit: dongDa, issuer: "Quận ủy", kind: .giayKhen, level: .district,
        period: try CampaignSample.period(2020, 2020), lines: [.unsplit(count: 20, among: [.collective, .individual])]),
      AwardList(
        id: try RecordID("dong-da-2023"), unit: dongDa, issuer: "Quận Đống Đa", kind: .commended, level: .district,
        period: try CampaignSample.period(2023, 2023), topic: "trong công tác xây dựng chính quyền năm 2023",
        lines: lines(.collective, 12, in: dongDa) + lines(.individual, 3, in: dongDa)),
      AwardList(
        id: try RecordID("hue-2023"), unit: hue, issuer: "Ban Thường vụ Tỉnh ủy", kind: .bangKhen, level: .province,
        period: try CampaignSample.period(2023, 2023), lines: lines(.individual, 30, in: hue)),
      AwardList(
        id: try RecordID("hai-chau-2010-2020"), unit: haiChau, issuer: "Quận ủy", kind: .commended, level: .district,
        period: try CampaignSample.period(2010, 2020),
        lines: lines(.collective, 24, in: haiChau) + lines(.individual, 19, in: haiChau)
          + lines(.model, 2, in: haiChau)),
      AwardList(
        id: try RecordID("thanh-xuan-nq-25"), unit: thanhXuan, issuer: "Ban Thường vụ Quận ủy",
        legalBasis: try RecordID("nq-25"), kind: .commended, level: .district, period: decade, lines: fourteen),
      AwardList(
        id: try RecordID("thanh-xuan-qd-218"), unit: thanhXuan, issuer: "Ban Thường vụ Quận ủy",
        legalBasis: try RecordID("qd-218"), kind: .commended, level: .district, period: decade, lines: fourteen),
    ]
  }
}
