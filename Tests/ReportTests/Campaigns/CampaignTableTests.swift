import Polling
import Schema
import Testing

@testable import binhchon

/// The counts that were published, 2010 to 2023, as tables.
@Suite struct CampaignTableTests {
  static func list(
    _ id: String, _ kind: AwardKind, _ from: Int, _ until: Int, basis: String = "",
    _ counts: [(SubjectKind?, Int64)]
  ) -> Binhchon_V1_AwardCount {
    var list = Binhchon_V1_AwardCount()
    (list.list, list.issuer, list.legalBasis, list.kind) = (id, "Quận ủy", basis, kind.rawValue)
    (list.level, list.firstDay, list.endDay) = ("district", "\(from)-01-01", "\(until + 1)-01-01")
    list.counts = counts.map { kind, count in
      var split = Binhchon_V1_AwardCount.Split()
      (split.kind, split.count) = (kind?.rawValue ?? "", count)
      return split
    }
    return list
  }

  static let lists = [
    list("dong-da-2020", .giayKhen, 2020, 2020, [(nil, 20)]),
    list("dong-da-2023", .commended, 2023, 2023, [(.collective, 12), (.individual, 3)]),
    list("hue-2023", .bangKhen, 2023, 2023, [(.individual, 30)]),
    list("hai-chau", .commended, 2010, 2020, [(.collective, 24), (.individual, 19), (.model, 2)]),
    list("thanh-xuan-nq-25", .commended, 2013, 2023, basis: "nq-25", [(.collective, 7), (.individual, 7)]),
    list("thanh-xuan-qd-218", .commended, 2013, 2023, basis: "qd-218", [(.collective, 7), (.individual, 7)]),
  ]

  static func campaign(_ change: (inout Binhchon_V1_CampaignReport) -> Void) throws -> ReportedCampaign {
    var campaign = ReportedCampaign(
      definition: try PrintedSamples.campaign(), report: Binhchon_V1_CampaignReport())
    change(&campaign.report)
    return campaign
  }

  static func cases(
    _ field: String, _ registrant: SubjectKind, _ state: ScreeningStateMachine.State, _ count: UInt32
  ) -> Binhchon_V1_CaseCount {
    var found = Binhchon_V1_CaseCount()
    (found.kind, found.registrantKind, found.field) = ("model", registrant.rawValue, field)
    (found.state, found.count) = (state.rawValue, count)
    return found
  }

  @Test func oneHundredAndThirtyEightAwardsInSixLists() throws {
    let table = CampaignTable.awards([try Self.campaign { $0.awards = Self.lists }])
    let counts = table.rows.map { Array($0.suffix(6)) }
    #expect(counts[0] == [.unknown, .unknown, .unknown, .unknown, .count(20), .count(20)])
    #expect(counts[1] == [.count(12), .count(3), .count(0), .count(0), .count(0), .count(15)])
    #expect(counts[3] == [.count(24), .count(19), .count(2), .count(0), .count(0), .count(45)])
    #expect(
      table.total?.suffix(6) == [.count(50), .count(66), .count(2), .count(0), .count(20), .count(138)])
    #expect(table.rows[3][6] == .words(Text(verbatim: "2010–2020"), code: "2010-01-01..2021-01-01"))
    let lines = table.lines(.vi)
    #expect(lines.count == 8)
    #expect(lines[1].split(separator: " ").suffix(7) == ["2020", "–", "–", "–", "–", "20", "20"])
    // For programs, what nobody said is empty, and the sums are theirs.
    let csv = table.csv.split(separator: "\r\n")
    #expect(csv.count == 7)
    #expect(
      csv[1] == "dong-da-2023,dong-da-2020,,Quận ủy,GIAY_KHEN,district,2020-01-01..2021-01-01,,,,,20,20")
    #expect(table.records[0]["collectives"] == nil)
    #expect(table.records[0]["unsplit"] == .count(20))
  }

  /// Who has awards under two documents stands there twice.
  @Test func nothingIsMergedAcrossBases() throws {
    let campaign = try Self.campaign { report in
      report.acrossBases = (1...14).map { place in
        var recipient = Binhchon_V1_AwardRecipient()
        (recipient.kind, recipient.name) = (place < 8 ? "collective" : "individual", "Tên \(place)")
        (recipient.unit, recipient.legalBases) = ("thanh-xuan", ["nq-25", "qd-218"])
        return recipient
      }
    }
    let table = CampaignTable.acrossBases([campaign])
    #expect(table.rows.count == 28)
    let bases = table.rows.filter { $0[1] == .name("Tên 3") }.map { $0[4] }
    #expect(bases == [.words(Text(verbatim: "25-NQ/TW"), code: "nq-25"), .name("qd-218")])
  }

  @Test func casesByFieldAndKind() throws {
    let campaign = try Self.campaign { report in
      report.cases = [
        Self.cases("", .household, .rejected, 4), Self.cases("OF_VERSION_1", .household, .eligible, 2),
        Self.cases("CULTURE_SOCIETY", .individual, .eligible, 299),
        Self.cases("POLITICAL_SYSTEM", .collective, .eligible, 291),
        Self.cases("POLITICAL_SYSTEM", .collective, .recognised, 23),
      ]
    }
    let table = CampaignTable.cases([campaign])
    #expect(
      table.rows.map { $0[3] } == [
        .words(Text(vi: "Xây dựng hệ thống chính trị", en: "Building the political system"), code: "POLITICAL_SYSTEM"),
        .words(Text(vi: "Văn hóa – xã hội", en: "Culture and society"), code: "CULTURE_SOCIETY"),
        .name("OF_VERSION_1"), .words(Text(verbatim: "–"), code: ""),
      ])
    #expect(table.rows[0].suffix(6) == [.count(314), .count(314), .count(0), .count(0), .count(0), .count(23)])
    #expect(table.rows[3].suffix(6) == [.count(4), .count(0), .count(0), .count(4), .count(4), .count(0)])
    #expect(table.total?.suffix(6) == [.count(619), .count(314), .count(299), .count(6), .count(4), .count(23)])
    #expect(table.records[0]["kind"] == .words("model"))
    #expect(table.records[0]["period"] == .words("2023-01-01..2024-01-01"))
  }

  @Test func campaignsBesideEachOther() throws {
    let table = CampaignTable.combined([
      try Self.campaign { report in
        report.cases = [
          Self.cases("A", .collective, .recognised, 23), Self.cases("A", .collective, .eligible, 291),
          Self.cases("A", .individual, .eligible, 299),
        ]
        report.decisions = [Binhchon_V1_RecognitionDecision()]
        report.awards = [Self.lists[1]]
      },
      try Self.campaign { $0.awards = [Self.lists[0], Self.lists[2]] },
      try Self.campaign { $0.cases = [Self.cases("A", .individual, .eligible, 1)] },
    ])
    #expect(
      table.rows.map { Array($0[3...7]) } == [
        [.count(613), .count(314), .count(299), .count(23), .name("dong-da-2023")],
        [.unknown, .unknown, .unknown, .unknown, .name("dong-da-2020")],
        [.empty, .empty, .empty, .empty, .name("hue-2023")],
        [.count(1), .count(0), .count(1), .unknown, .empty],
      ])
    #expect(table.total?[3...6] == [.count(614), .count(314), .count(300), .count(23)])
    #expect(table.total?.suffix(6) == [.count(12), .count(33), .count(0), .count(0), .count(20), .count(65)])
    for row in table.rows + [try #require(table.total)] { #expect(row.count == table.columns.count) }
  }

  @Test func inspectionsAndWhatIsOverdue() throws {
    var campaign = try Self.campaign { report in
      (report.teams, report.visits, report.visitedUnits) = (20, 36, 35)
      report.overdue = [("quy-3", "2019-10-10"), ("quy-4", "2020-01-10")].map { id, due in
        var review = Binhchon_V1_InspectionReview()
        (review.id, review.unit, review.due) = (id, "dong-da", due)
        return review
      }
    }
    campaign.definition.period = try #require(
      ReportingPeriod(start: try PrintedSamples.day(2015, 7, 14), end: try PrintedSamples.day(2020, 10, 15)))
    let table = CampaignTable.inspections([campaign, try Self.campaign { _ in }])
    #expect(table.rows.count == 1)
    #expect(table.lines(.vi).last?.split(separator: " ").suffix(4) == ["14/07/2015–14/10/2020", "20", "36", "35"])
    let overdue = CampaignTable.overdue([campaign], on: try PrintedSamples.day(2020, 1, 11))
    #expect(overdue.records.map { $0["days"] } == [.count(93), .count(1)])
  }
}
