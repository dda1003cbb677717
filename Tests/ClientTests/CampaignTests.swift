import Foundation
import Polling
import Testing

@testable import binhchon

@Suite struct CampaignFileTests {
  static func example() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("examples/dan-van-kheo.yaml"), encoding: .utf8)
  }

  @Test func theExampleIsThatOfDongDa() throws {
    let campaign = try CampaignFile.read(try Self.example(), file: "example")
    #expect(campaign.id.rawValue == "dong-da-2023")
    #expect(
      campaign.fields.map(\.code) == ["POLITICAL_SYSTEM", "ECONOMY_URBAN", "CULTURE_SOCIETY", "SECURITY_DEFENCE"])
    #expect(try campaign.field(named: "quốc phòng – an ninh").code == "SECURITY_DEFENCE")
    #expect(campaign.counterpart(of: "ECONOMY_URBAN", in: try RecordID("thua-thien-hue-2023")) == nil)
    #expect(campaign.counterpart(of: "CULTURE_SOCIETY", in: try RecordID("thua-thien-hue-2023")) == "VHXH")
    #expect(campaign.legalBases.chain(from: try RecordID("ctr-23")).map(\.number) == ["23-CTr/TU", "25-NQ/TW"])
    #expect(campaign.readings["models"] == .stated(613))
    #expect(campaign.readings["registrants"] == .derived(613))
    #expect(Set(campaign.requiredItems) == Set(NominationItem.allCases))
    #expect(campaign.screening == ScreeningPolicy(twoPersons: [.recognise], documented: [.reject]))
    #expect(campaign.vote == nil)
  }

  static let mistakes: [(old: String, new: String, expected: String)] = [
    ("id: dong-da-2023\n", "id: dong-da-2023\nname: x\n", "f.yaml:5:1: unknown key “name”"),
    ("id: dong-da-2023", "id: đống-đa", "f.yaml:4:5: must be 1 to 64 ASCII letters"),
    ("unit: dong-da", "unit: dong da", "must be 1 to 8 names"),
    ("level: district", "level: quan", "“quan” is none of: grassroots, commune, district"),
    ("level: district\n", "", "f.yaml:4:1: key “level” is missing"),
    ("2024-01-01", "2023-01-01", "must be after from"), ("2024-01-01", "01/01/2024", "must be a day like"),
    ("2024-01-01", "2023-02-29", "must be a day like"), ("2024-01-01", "2024-1-031", "must be a day like"),
    ("subjects: [model]", "subjects: model", "must be a list"),
    ("subjects: [model]", "subjects: []", "subjects is missing"),
    ("code: ECONOMY_URBAN", "code: POLITICAL_SYSTEM", "fields[1].code is there twice"),
    ("vi: Kinh tế - quản lý đô thị", "vi: Văn hoá - xã hội", "fields[2] is written like another field"),
    ("kind: theme", "kind: chủ đề", "is none of: topic, theme, programme"),
    ("implements: [nq-25]", "implements: [nq-26]", "f.yaml:83:18: legal_bases[2].implements[0] names nq-26"),
    (
      "stated: 299", "stated: 298",
      "f.yaml:104:5: rules[0] does not add up: CONTROL_TOTAL_MISMATCH expected=613 actual=612"
    ),
    ("stated: 299", "stated: 1.299", "must be a whole number without separators"),
    ("    stated: 299\n", "", "must have one of the keys"),
    ("stated: 299", "stated: 299\n    unknown: true", "must have one of the keys"),
    ("unknown: true", "unknown: false", "can be true only"),
    ("two-persons: [recognise]", "two-persons: [recognize]", "“recognize” is none of: submit"),
    ("documented: [reject]", "documented: [reject]\nvote: {method: choose}", "key “choose” is missing"),
    (
      "documented: [reject]", "documented: [reject]\nvote: {method: approval, levels: 5}",
      "does not go with method: approval"
    ),
    ("documented: [reject]", "documented: [reject]\nvote: {method: jury, levels: 1}", "vote.levels must be 2 to 1000"),
    ("documented: [reject]", "documented: [reject]\nvote: {method: approval, quorum: 50%}", "must be a share like 1/2"),
    ("documented: [reject]", "documented: [reject]\nvote: {method: approval, places: -1}", "must be 0 to 4294967295"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreToldWithTheirPlace(_ old: String, _ new: String, _ expected: String) throws {
    let example = try Self.example()
    #expect(example.contains(old))
    let text = example.replacing(old, with: new, maxReplacements: 1)
    let error = #expect(throws: ClientError.self) { try CampaignFile.read(text, file: "f.yaml") }
    #expect(error?.status == .badData)
    let why = try #require(error?.why)
    #expect(why.en.contains("f.yaml:") && why.en.contains(expected), "\(why.en)")
    #expect(why.vi != why.en)
  }

  /// All at once, also those that only the rules find.
  @Test func everyMistakeOfTheRulesIsTold() throws {
    let text = try Self.example().replacing("stated: 299", with: "stated: 298")
      .replacing("number: 05-CT/TW", with: "number: ''")
    let error = #expect(throws: ClientError.self) { try CampaignFile.read(text, file: "f") }
    let lines = try #require(error?.why).vi.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains("legal_bases[0].number bị thiếu"))
    #expect(lines[1].contains("cộng không khớp"))
  }

  @Test func aVoteIsRead() throws {
    let text =
      try Self.example() + """
        vote:
          method: jury
          levels: 10
          quorum: 2/3
          threshold: 0.8
          must-exceed-threshold: true
          places: 23
          ties: choose-none
        """
    let campaign = try CampaignFile.read(text, file: "f")
    #expect(
      campaign.vote
        == NomineeVote(
          method: .jury(points: 10), quorum: Rational(2, over: 3), threshold: Rational(4, over: 5),
          mustExceedThreshold: true, places: 23, ties: .chooseNone))
    let line = try JSONLine.encode(CampaignRecord(campaign))
    #expect(line.contains(#""quorum":"2/3","threshold":"4/5","ties":"choose-none""#))
  }

  @Test func whatIsPrinted() throws {
    let campaign = try CampaignFile.read(try Self.example(), file: "f")
    let lines = CampaignSummary(campaign).lines(.vi)
    #expect(lines.contains("dong-da-2023 · dong-da · cấp quận, huyện · 01/01/2023 – 31/12/2023"))
    #expect(lines.contains("registrants      613  cộng từ số khác"))
    #expect(lines.contains("households         –  chưa biết"))
    #expect(lines.last == "collectives + individuals = models: đúng")
    let line = try JSONLine.encode(CampaignRecord(campaign))
    #expect(line.contains(#"{"name":"registrants","origin":"derived","value":613}"#))
    #expect(line.contains(#"{"name":"households","origin":"unknown"}"#))
    #expect(line.contains(#""chain":["25-NQ/TW"]"#))
  }
}
