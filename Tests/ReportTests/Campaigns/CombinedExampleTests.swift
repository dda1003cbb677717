import Paper
import Polling
import Schema
import Testing

@testable import binhchon

/// The files of examples/dan-van-kheo hold what four districts and a province published, 2010 to 2023.
@Suite struct CombinedExampleTests {
  static func definition(_ path: String) throws -> Campaign {
    var campaign = try CampaignFile.read(try Shipped.text("examples/\(path).yaml"), file: path)
    campaign.version = 1
    return campaign
  }

  @Test(arguments: [
    ("dan-van-kheo/dong-da-2020", "2020", 89, 77), ("dan-van-kheo", "2023", 314, 299),
  ])
  func registrations(_ definition: String, _ year: String, _ collectives: Int, _ individuals: Int) throws {
    let campaign = try Self.definition(definition)
    let path = Shipped.path("examples/dan-van-kheo/dang-ky-\(year).csv")
    let sheet = NominationSheet(try TextTable(path, known: NominationSheet.known), in: campaign)
    #expect(sheet.errors == 0, "\(sheet.problems) \(sheet.rows.flatMap(\.problems).prefix(3))")
    var register = NominationRegister()
    for nomination in sheet.nominations { _ = try register.submit(nomination, in: campaign) }
    try register.checkTotals(of: campaign)
    let figures = register.figures(in: campaign)
    #expect(figures["nominations"] == .derived(Int64(collectives + individuals)))
    #expect(figures["collectives"] == .derived(Int64(collectives)))
    #expect(figures["individuals"] == .derived(Int64(individuals)))
    // Nobody says how many models there were in 2020.
    #expect(figures["models"] == (year == "2020" ? .unknown : .derived(613)))
    #expect(Set(sheet.nominations.map(\.field)).count == 4)
  }

  static let lists: [(name: String, counts: [String: Int], unsplit: UInt32)] = [
    ("dong-da-2020", [:], 20), ("dong-da-2023", ["collective": 12, "individual": 3], 0),
    ("hue-2023", ["individual": 30], 0),
    ("hai-chau-2010-2020", ["collective": 24, "individual": 19, "model": 2], 0),
    ("thanh-xuan-nq-25", ["collective": 7, "individual": 7], 0),
    ("thanh-xuan-qd-218", ["collective": 7, "individual": 7], 0),
  ]

  static func list(_ name: String) throws -> Binhchon_V1_AwardList {
    try AwardFile.read(try Shipped.text("examples/dan-van-kheo/khen-thuong-\(name).yaml"), file: name)
  }

  @Test func oneHundredAndThirtyEightCommendations() throws {
    var all = 0
    for (name, counts, unsplit) in Self.lists {
      let list = try Self.list(name)
      let named = list.lines.compactMap { line -> String? in
        if case .named(let named) = line.line { named.kind } else { nil }
      }
      #expect(Dictionary(grouping: named, by: \.self).mapValues(\.count) == counts, "\(name)")
      let rest = list.lines.reduce(UInt32(0)) { sum, line in
        if case .unsplit(let unsplit) = line.line { sum + unsplit.count } else { sum }
      }
      #expect(rest == unsplit, "\(name)")
      all += named.count + Int(rest)
    }
    #expect(all == 138)
    // The same fourteen under both documents.
    let (first, second) = (try Self.list("thanh-xuan-nq-25"), try Self.list("thanh-xuan-qd-218"))
    #expect(first.lines == second.lines && first.legalBasis != second.legalBasis)
  }

  @Test func inspectionsOfFiveYears() throws {
    let text = try Shipped.text("examples/dan-van-kheo/kiem-tra.yaml")
    let file = try InspectionFile.read(text, file: "kiem-tra.yaml")
    #expect(file.teams.count == 20 && Set(file.teams).count == 20)
    #expect(file.visits.count == 35 && Set(file.visits.map(\.unit)).count == 35)
    let campaign = try Self.definition("dan-van-kheo/dong-da-2015-2020")
    for visit in file.visits {
      #expect(file.teams.contains(visit.team))
      let day = try #require(Day(iso: visit.day))
      #expect(campaign.period.contains(day))
    }
    // One review is done: when it was due comes first.
    #expect(file.reviews.map(\.id) == ["so-ket-5-nam", "so-ket-5-nam", "kiem-tra-lai"])
    #expect(file.reviews.map(\.done) == ["", "2020-10-15", ""])
    let error = #expect(throws: ClientError.self) {
      try InspectionFile.read(text.replacing("2016-08-08", with: "8/8/2016"), file: "k.yaml")
    }
    #expect(error?.why?.en.contains("must be a day like") == true)
  }

  @Test(arguments: ["thua-thien-hue-2023", "hai-chau-2010-2020", "thanh-xuan-2013-2023"])
  func definitionsAreFine(_ name: String) throws {
    #expect(try Self.definition("dan-van-kheo/\(name)").id.rawValue == name)
  }

  /// 92-KH/QU carries out 23-CTr/TU, which carries out 25-NQ/TW.
  @Test func documentsOfThanhXuan() throws {
    let campaign = try Self.definition("dan-van-kheo/thanh-xuan-2013-2023")
    let chain = campaign.legalBases.chain(from: try RecordID("kh-92"))
    #expect(chain.map(\.number) == ["92-KH/QU", "23-CTr/TU", "25-NQ/TW"])
  }
}
