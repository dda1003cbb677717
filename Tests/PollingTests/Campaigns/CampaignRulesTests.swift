import Testing

@testable import Polling

struct CampaignRulesTests {
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var expected: Violation?
    var change: @Sendable (inout Campaign) throws -> Void

    init(
      _ description: String, _ field: String?, _ problem: String = "",
      _ change: @escaping @Sendable (inout Campaign) throws -> Void
    ) {
      self.description = description
      expected = field.map { Violation($0, problem) }
      self.change = change
    }
  }

  static let names = "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'"

  static let cases: [Case] = [
    Case("as it is", nil) { _ in },
    Case("no title", "title.vi", "is missing") { $0.title.vi = " " },
    Case("endless title", "title.en", "is longer than 1000 bytes") {
      $0.title.en = String(repeating: "a", count: 1_001)
    },
    Case("district after its end", "level", "did not exist any more when the period began") {
      $0.period = try CampaignSample.period(2026, 2026)
    },
    Case("district in its last year", nil) { $0.period = try CampaignSample.period(2025, 2025) },
    Case("no subjects", "subjects", "is missing") { $0.subjects = [] },
    Case("subject twice", "subjects[1]", "is there twice") { $0.subjects = [.model, .model] },
    Case("item twice", "required_items[2]", "is there twice") { $0.requiredItems.append(.name) },
    Case("no fields", "fields", "is missing") { $0.fields = [] },
    Case("no fields, allowed", nil) { ($0.fields, $0.allowsNoField) = ([], true) },
    Case("field code", "fields[0].code", names) { $0.fields[0].code = "a b" },
    Case("field twice", "fields[4].code", "is there twice") { $0.fields.append($0.fields[0]) },
    Case("field without label", "fields[1].label.vi", "is missing") { $0.fields[1].label.vi = "" },
    Case("two fields written alike", "fields[4]", "is written like another field") {
      $0.fields.append(CampaignSample.field("OTHER", "văn hoá - Xã hội"))
    },
    Case("alias of another field", "fields[3]", "is written like another field") {
      $0.fields[1].aliases = ["an ninh,  Quốc phòng"]
    },
    Case("topic twice", "topics[1].code", "is there twice") { $0.topics.append($0.topics[0]) },
    Case("basis twice", "legal_bases[3].id", "is there twice") {
      $0.legalBases.append(try CampaignSample.basis("nq-25", .resolution, "26-NQ/TW", nil))
    },
    Case("number twice, written otherwise", "legal_bases[3].number", "is there twice") {
      $0.legalBases.append(try CampaignSample.basis("x", .resolution, "25-nq/TƯ", nil))
    },
    Case("number of another term", nil) {
      $0.legalBases.append(try CampaignSample.basis("x", .resolution, "25-NQ/TW", try CampaignSample.day(2023, 1, 1)))
    },
    Case("carries out what is not there", "legal_bases[0].implements[0]", "names x, which is not there") {
      $0.legalBases[0].implements = [try RecordID("x")]
    },
    Case("carries out what is younger", "legal_bases[0].implements[0]", "is dated after what carries it out: 92-KH/QU")
    {
      $0.legalBases[0].implements = [try RecordID("kh-92")]
    },
    Case("carries out itself, around", "legal_bases[0].implements[0]", "carries out itself") {
      $0.legalBases[0].date = nil
      $0.legalBases[0].implements = [try RecordID("kh-92")]
    },
    Case("carries out itself", "legal_bases[1].implements[0]", "carries out itself") {
      $0.legalBases[1].implements = [try RecordID("ctr-23")]
    },
    Case("figure twice", "figures[5].name", "is there twice") { $0.figures.append($0.figures[4]) },
    Case("figure under 0", "figures[0].stated", "is less than 0") { $0.figures[0].origin = .stated(-1) },
    Case("sum of nothing known", "figures[3].sum", "names x, which is not there") {
      $0.figures[3].origin = .sum(of: ["x"])
    },
    Case("sum of a sum", "figures[5].sum", "names registrants, which is not there") {
      $0.figures.append(CampaignFigure(name: "all", origin: .sum(of: ["registrants"])))
    },
    Case("rule broken", "rules[0]", "does not add up: CONTROL_TOTAL_MISMATCH expected=613 actual=612") {
      $0.figures[1].origin = .stated(298)
    },
    Case("rule open", nil) { $0.figures[2].origin = .unknown },
    Case("rule overflowing", nil) {
      $0.figures[0].origin = .stated(.max)
      $0.figures[1].origin = .stated(.max)
    },
    Case("rule of nothing known", "rules[0].whole", "names x, which is not there") { $0.rules[0].whole = "x" },
    Case("scale of one level", "vote.levels", "must be 2 to 1000") { $0.vote = NomineeVote(method: .scale(levels: 1)) },
    Case("choice of none", "vote.choose", "must be 1 to 4294967295") { $0.vote = NomineeVote(method: .choose(0)) },
    Case("quorum over all", "vote.quorum", "must be 0 to 1") {
      $0.vote = NomineeVote(method: .approval, quorum: Rational(2))
    },
  ]

  @Test(arguments: cases)
  func rule(_ row: Case) throws {
    var campaign = try CampaignSample.campaign()
    try row.change(&campaign)
    let found = campaign.violations()
    if let expected = row.expected {
      #expect(found.contains(expected), "\(found)")
    } else {
      #expect(found == [])
    }
  }

  static let spellings: [(String, String?)] = [
    ("văn hóa - xã hội", "CULTURE_SOCIETY"), ("Văn hóa – Xã hội", "CULTURE_SOCIETY"),
    ("VĂN HOÁ—XÃ HỘI", "CULTURE_SOCIETY"), ("culture_society", "CULTURE_SOCIETY"),
    ("va\u{306}n ho\u{301}a - xa\u{303} ho\u{323}\u{302}i", "CULTURE_SOCIETY"),
    ("kinh tế – quản lý đô thị", "ECONOMY_URBAN"), ("y tế", nil), ("", nil), ("kinh tế", nil),
    (String(repeating: "a", count: 5_000), nil),
  ]

  @Test(arguments: spellings)
  func fieldIsFound(_ spelling: String, _ code: String?) throws {
    let campaign = try CampaignSample.campaign()
    if let code {
      #expect(try campaign.field(named: spelling).code == code)
    } else {
      #expect(throws: CampaignRefusal(.unknownField)) { try campaign.field(named: spelling) }
    }
  }

  /// Thừa Thiên Huế names its fields otherwise; three of them are Đống Đa's, and one of Đống Đa's is nobody's.
  @Test func fieldsOfAnotherProvince() throws {
    let dongDa = try RecordID<Campaign>("dong-da-2023")
    func field(_ code: String, _ label: String, _ counterpart: String?) -> CampaignField {
      var field = CampaignSample.field(code, label)
      field.counterparts = counterpart.map { [CampaignField.Counterpart(campaign: dongDa, code: $0)] } ?? []
      return field
    }
    var hue = try CampaignSample.campaign()
    hue.fields = [
      field("VH", "Văn hóa - xã hội", "CULTURE_SOCIETY"), field("QP", "Quốc phòng, an ninh", "SECURITY_DEFENCE"),
      field("CT", "Xây dựng hệ thống chính trị, cải cách hành chính", "POLITICAL_SYSTEM"),
      field("KT", "Kinh tế", nil),
    ]
    #expect(hue.violations() == [])
    let mapped = hue.fields.map { hue.counterpart(of: $0.code, in: dongDa) }
    #expect(mapped == ["CULTURE_SOCIETY", "SECURITY_DEFENCE", "POLITICAL_SYSTEM", nil])
  }

  @Test func legalBasesLeadToTheCentre() throws {
    let bases = try CampaignSample.campaign().legalBases
    let chain = bases.chain(from: try RecordID("kh-92"))
    #expect(chain.map(\.number) == ["92-KH/QU", "23-CTr/TU", "25-NQ/TW"])
    #expect(bases.chain(from: try RecordID("nowhere")).isEmpty)
    let dates = chain.compactMap(\.date)
    #expect(dates == dates.sorted(by: >))
    #expect(try CampaignSample.basis("a", .conclusion, "114-KL/TƯ", nil).foldedNumber == "114-kl/tw")
  }

  @Test func figuresKnowWhereTheyComeFrom() throws {
    let readings = try CampaignSample.campaign().readings
    #expect(readings["models"] == .stated(613))
    #expect(readings["registrants"] == .derived(613))
    #expect(readings["households"] == .unknown)
  }

  @Test func versionsDoNotChange() throws {
    let first = try CampaignSample.campaign()
    var versions = try #require(CampaignVersions(first))
    #expect(try versions.publish(first) == (1, false))
    var second = first
    second.title.en = "Skilful mass mobilisation"
    #expect(try versions.publish(second) == (2, true))
    #expect(versions.versions.map(\.version) == [1, 2])
    #expect(versions.versions[0] == first)
    var broken = second
    broken.fields = []
    #expect(throws: CampaignRefusal(.invalidField)) { try versions.publish(broken) }
    var other = second
    other.id = try RecordID("another")
    #expect(throws: CampaignRefusal(.invalidField)) { try versions.publish(other) }
    #expect(versions.versions.count == 2)
    #expect(CampaignVersions(broken) == nil)
  }
}
