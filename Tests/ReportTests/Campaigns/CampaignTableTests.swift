import Polling
import Testing

@testable import binhchon

/// The counts that were published, 2010 to 2023, as tables.
@Suite struct CampaignTableTests {
  static func period(_ from: Int, _ until: Int) throws -> ReportingPeriod {
    try #require(
      ReportingPeriod(start: PrintedSamples.day(from, 1, 1), end: PrintedSamples.day(until + 1, 1, 1)))
  }

  static func list(
    _ id: String, _ kind: AwardKind, _ period: ReportingPeriod, basis: String? = nil, level: CampaignLevel = .district,
    _ counts: [(SubjectKind, Int)], unsplit: UInt32 = 0
  ) throws -> AwardList {
    let unit = try UnitPath(id)
    let lines = counts.flatMap { kind, count in
      (0..<count).map { AwardList.Line.named(kind: kind, name: "\(kind.label.vi) \($0 + 1)", unit: unit) }
    }
    return AwardList(
      id: try RecordID(basis.map { "\(id)-\($0)" } ?? id), unit: unit, issuer: "Quận ủy",
      legalBasis: try basis.map { try RecordID($0) }, kind: kind, level: level, period: period,
      lines: lines + (unsplit > 0 ? [.unsplit(count: unsplit, among: [.collective, .individual])] : []))
  }

  static func lists() throws -> [AwardList] {
    [
      try list("dong-da", .giayKhen, try period(2020, 2020), [], unsplit: 20),
      try list("dong-da-2023", .commended, try period(2023, 2023), [(.collective, 12), (.individual, 3)]),
      try list("hue", .bangKhen, try period(2023, 2023), level: .province, [(.individual, 30)]),
      try list(
        "hai-chau", .commended, try period(2010, 2020), [(.collective, 24), (.individual, 19), (.model, 2)]),
      try list(
        "thanh-xuan", .commended, try period(2013, 2023), basis: "nq-25", [(.collective, 7), (.individual, 7)]),
      try list(
        "thanh-xuan", .commended, try period(2013, 2023), basis: "qd-218", [(.collective, 7), (.individual, 7)]),
    ]
  }

  @Test func oneHundredAndThirtyEightAwardsInSixLists() throws {
    let table = CampaignTable.awards(try Self.lists(), legalBases: [])
    let counts = table.rows.map { row in row.suffix(6).map { $0 } }
    #expect(counts[0] == [.unknown, .unknown, .unknown, .unknown, .count(20), .count(20)])
    #expect(counts[1] == [.count(12), .count(3), .count(0), .count(0), .count(0), .count(15)])
    #expect(counts[3] == [.count(24), .count(19), .count(2), .count(0), .count(0), .count(45)])
    #expect(
      table.total?.suffix(6)
        == [.count(50), .count(66), .count(2), .count(0), .count(20), .count(138)])
    let lines = table.lines(.vi)
    #expect(lines.count == 8)
    #expect(lines[1].split(separator: " ").suffix(7) == ["2020", "–", "–", "–", "–", "20", "20"])
    // For programs, what nobody said is empty, and the sums are theirs.
    let csv = table.csv.split(separator: "\r\n")
    #expect(csv.count == 7)
    #expect(csv[1] == "dong-da,,Quận ủy,GIAY_KHEN,district,2020-01-01..2021-01-01,,,,,20,20")
    #expect(table.records[0]["collectives"] == nil)
    #expect(table.records[0]["unsplit"] == .count(20))
  }

  /// The same fourteen under both documents have twenty-eight awards, each with its row.
  @Test func nothingIsMergedAcrossBases() throws {
    var book = AwardBook()
    for list in try Self.lists().suffix(2) { try book.add(list) }
    let bases = [
      LegalBasis(id: try RecordID("nq-25"), kind: .resolution, number: "25-NQ/TW", issuer: "Ban Chấp hành Trung ương")
    ]
    let table = CampaignTable.acrossBases(book, legalBases: bases)
    #expect(table.rows.count == 28)
    #expect(
      table.rows.filter { $0[0] == .name("tập thể 3") }.map { $0[3] } == [
        .words(Text(verbatim: "25-NQ/TW"), code: "nq-25"), .words(Text(verbatim: "qd-218"), code: "qd-218"),
      ])
    #expect(CampaignTable.acrossBases(AwardBook(), legalBases: []).rows.isEmpty)
  }

  static func cases(_ campaign: Campaign, collectives: Int, individuals: Int, recognised: Int) throws
    -> [CampaignReport.Case]
  {
    try (0..<collectives + individuals).map { place in
      var nomination = try PrintedSamples.nomination(place, "Mô hình \(place)", field: campaign.fields[place % 3].code)
      nomination.nominee.registrant?.kind = place < collectives ? .collective : .individual
      return CampaignReport.Case(nomination, in: campaign, state: place < recognised ? .recognised : .eligible)
    }
  }

  @Test func everyNumberOfCasesLeadsToThem() throws {
    let campaign = try PrintedSamples.campaign()
    let report = CampaignReport(try Self.cases(campaign, collectives: 314, individuals: 299, recognised: 23))
    let table = CampaignTable.cases(report, fields: campaign.fields)
    // In the order of the campaign's fields; the fourth has none.
    #expect(
      table.rows.map { $0[0] }
        == campaign.fields.prefix(3).map {
          .words(Text(vi: $0.label.vi, en: $0.label.en), code: $0.code)
        })
    #expect(
      table.total?.suffix(6)
        == [.count(613), .count(314), .count(299), .count(0), .count(0), .count(23)])
    for (row, key) in zip(table.rows, report.keys) { #expect(row[4] == .count(Int64(report.cases(key).count))) }
    #expect(table.records[0]["kind"] == .words("model"))
  }

  @Test func campaignsBesideEachOther() throws {
    let lists = try Self.lists()
    var campaign = try PrintedSamples.campaign()
    let cases = try Self.cases(campaign, collectives: 314, individuals: 299, recognised: 23)
    campaign.level = .province
    let table = CampaignTable.combined([
      CampaignTable.Account(campaign: campaign, cases: cases, recognised: 23, lists: [lists[1]]),
      CampaignTable.Account(campaign: campaign, cases: [], recognised: nil, lists: [lists[0], lists[2]]),
      CampaignTable.Account(campaign: campaign, cases: [], recognised: nil, lists: []),
    ])
    #expect(
      table.rows.map { Array($0[3...7]) } == [
        [.count(613), .count(314), .count(299), .count(23), .name("dong-da-2023")],
        [.unknown, .unknown, .unknown, .unknown, .name("dong-da")],
        [.empty, .empty, .empty, .empty, .name("hue")],
        [.unknown, .unknown, .unknown, .unknown, .empty],
      ])
    #expect(table.total?.suffix(6) == [.count(12), .count(33), .count(0), .count(0), .count(20), .count(65)])
    for row in table.rows + [try #require(table.total)] { #expect(row.count == table.columns.count) }
  }

  @Test func inspectionsAndWhatIsOverdue() throws {
    let period = ReportingPeriod(
      start: try PrintedSamples.day(2015, 7, 14), end: try PrintedSamples.day(2020, 10, 15))
    var register = InspectionRegister(period: try #require(period))
    for team in 1...20 { try register.addTeam("Đoàn \(team)") }
    for visit in 0..<36 {
      try register.add(
        InspectionVisit(
          id: try RecordID("v\(visit)"), team: "Đoàn \(visit % 20 + 1)", unit: try UnitPath("dong-da/u\(visit % 35)"),
          day: try PrintedSamples.day(2018, 1, 2)))
    }
    let table = CampaignTable.inspections(register)
    #expect(table.lines(.vi).last == "14/07/2015–14/10/2020    20    36      35")
    let unit = try UnitPath("dong-da")
    register.reviews = [
      InspectionRegister.Review(id: "quy-4", unit: unit, due: try PrintedSamples.day(2020, 1, 10)),
      InspectionRegister.Review(id: "quy-3", unit: unit, due: try PrintedSamples.day(2019, 10, 10)),
      InspectionRegister.Review(
        id: "quy-2", unit: unit, due: try PrintedSamples.day(2019, 7, 10), done: try PrintedSamples.day(2019, 7, 9)),
    ]
    let overdue = CampaignTable.overdue(register, on: try PrintedSamples.day(2020, 1, 11))
    #expect(overdue.records.map { $0["review"] } == [.words("quy-3"), .words("quy-4")])
    #expect(overdue.records.map { $0["days"] } == [.count(93), .count(1)])
  }
}
