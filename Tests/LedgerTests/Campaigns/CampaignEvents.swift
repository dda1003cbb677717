import Polling

/// One event of each kind, with every part that a body may have.
enum CampaignEvents {
  static func id<Record>(_ text: String) throws -> RecordID<Record> { try RecordID(text) }

  static let unit = "dong-da"

  static func day(_ number: Int32) -> Day { Day(number: number) }

  static func campaign() throws -> Campaign {
    let label = LocalizedText(vi: "Văn hóa – xã hội", en: "Culture and society")
    guard let period = ReportingPeriod(start: day(19_358), end: day(19_723)) else {
      throw InvalidValue(field: "period", problem: "is none")
    }
    return Campaign(
      id: try id("dong-da-2023"), title: LocalizedText(vi: "Dân vận khéo 2023", en: ""), period: period,
      unit: try UnitPath(unit), level: .district, subjects: [.model, .household],
      fields: [
        CampaignField(
          code: "VHXH", label: label, aliases: ["Văn hoá"],
          counterparts: [.init(campaign: try id("hue-2023"), code: "VH")])
      ],
      allowsNoField: true, topics: [CampaignTopic(code: "nam", kind: .theme, label: label)],
      legalBases: [
        LegalBasis(
          id: try id("nq-25"), kind: .resolution, number: "25-NQ/TW", issuer: "Trung ương", date: day(15_859)),
        LegalBasis(
          id: try id("ctr-23"), kind: .programme, number: "23-CTr/TU", issuer: "Thành ủy",
          implements: [try id("nq-25")]),
      ],
      requiredItems: [.name],
      figures: [
        CampaignFigure(name: "collectives", origin: .stated(2)), CampaignFigure(name: "individuals", origin: .unknown),
        CampaignFigure(name: "all", origin: .sum(of: ["collectives"])),
      ],
      rules: [FigureRule(parts: ["collectives", "individuals"], whole: "models")],
      screening: ScreeningPolicy(twoPersons: [.recognise, .accept], documented: [.reject]),
      vote: NomineeVote(
        method: .choose(3), quorum: Rational("1/2"), threshold: Rational("0.8"), mustExceedThreshold: true, places: 2,
        ties: .chooseAll))
  }

  static func nomination(_ number: Int) throws -> Nomination {
    Nomination(
      id: try id("m-\(number)"), campaign: try id("dong-da-2023"), campaignVersion: 1,
      nominee: Nominee(
        kind: .model, name: "Tuyến phố xanh \(number)", unit: try UnitPath("dong-da/lang-ha"),
        registrant: Registrant(kind: .collective, name: "Tổ 1")),
      field: "VHXH", topics: ["nam"], isNewTask: true, items: [.name: "Xanh", .outputs: "Sạch"])
  }

  static func all() throws -> [CampaignEvent] {
    let (m1, m2): (RecordID<Nomination>, RecordID<Nomination>) = (try id("m-1"), try id("m-2"))
    let decision: RecordID<RecognitionDecision> = try id("qd-1")
    let campaign = try campaign()
    return [
      .publish(campaign), .nominate([try nomination(1), try nomination(2)], controlTotal: ControlTotal(2)),
      .move([m1, m2], .sendBack, reason: "thiếu", document: "12"),
      .decide(
        RecognitionDecision(
          id: decision, campaign: campaign.id, number: "4512/QĐ", date: day(19_667), signer: "Chủ tịch",
          level: .district, year: 2023, count: 23)),
      .recognise([m1], under: decision, reason: "đạt"), .certify([m1], under: decision, on: day(19_670)),
      .handOver([1, 300], on: day(19_670)), .reprint(1, on: day(19_671), reason: "rách"),
      .award(
        AwardList(
          id: try id("kt-1"), unit: try UnitPath(unit), issuer: "Quận ủy", legalBasis: try id("nq-25"),
          kind: .giayKhen, level: .district, period: campaign.period, topic: "năm 2023",
          lines: [
            .named(kind: .individual, name: "Lan", unit: try UnitPath(unit)),
            .unsplit(count: 20, among: [.collective, .individual]),
          ]),
        controlTotal: nil),
      .addTeam("Đoàn 1"),
      .visit(
        InspectionVisit(
          id: try id("v-1"), team: "Đoàn 1", unit: try UnitPath("dong-da/lang-ha"), day: day(19_400), finding: "tốt")),
      .scheduleReview(id: "so-ket", unit: try UnitPath(unit), due: day(19_500)),
      .reviewDone(id: "so-ket", on: day(19_499)), .setStatus(m1, year: 2024, .replicated),
    ]
  }
}
