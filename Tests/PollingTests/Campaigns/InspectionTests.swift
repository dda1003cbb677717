import Testing

@testable import Polling

struct InspectionTests {
  /// Đống Đa, Conclusion 114-KL/TƯ, 14/7/2015 to 15/10/2020: 20 teams, 35 visits, 35 units.
  @Test func fiveYears() throws {
    let period = try #require(
      ReportingPeriod(start: try CampaignSample.day(2015, 7, 14), end: try CampaignSample.day(2020, 10, 15)))
    var register = InspectionRegister(period: period)
    for team in 1...20 { try register.addTeam("Đoàn số \(team)") }
    func visit(_ number: Int, unit: Int, team: String? = nil, day: Day? = nil) throws -> InspectionVisit {
      InspectionVisit(
        id: try RecordID("v\(number)"), team: team ?? "Đoàn số \(number % 20 + 1)",
        unit: try UnitPath("dong-da/don-vi-\(unit)"), day: try day ?? CampaignSample.day(2018, 3, 1))
    }
    for number in 1...35 { try register.add(try visit(number, unit: number)) }
    #expect(register.figures == InspectionRegister.Figures(teams: 20, visits: 35, units: 35))
    try register.add(try visit(36, unit: 7))
    try register.add(try visit(36, unit: 7))
    #expect(register.figures == InspectionRegister.Figures(teams: 20, visits: 36, units: 35))
    #expect(throws: CampaignRefusal(.alreadyExists)) { try register.add(try visit(36, unit: 8)) }
    #expect(throws: CampaignRefusal(.notFound)) { try register.add(try visit(37, unit: 7, team: "Đoàn số 21")) }
    #expect(throws: CampaignRefusal(.invalidField)) { try register.add(try visit(37, unit: 7, day: period.end)) }
    try register.add(try visit(37, unit: 8, team: "đoàn  số 3", day: period.start))
    #expect(register.figures.teams == 20)
  }

  @Test func overdueTheDayAfter() throws {
    let due = try CampaignSample.day(2020, 6, 30)
    var register = InspectionRegister(period: try CampaignSample.period(2020, 2020))
    let unit = try UnitPath("dong-da")
    register.reviews = [
      .init(id: "b", unit: unit, due: due), .init(id: "done", unit: unit, due: due, done: due),
      .init(id: "a", unit: unit, due: try CampaignSample.day(2020, 3, 31)),
    ]
    #expect(register.overdue(on: due).map(\.id) == ["a"])
    #expect(register.overdue(on: Day(number: due.number + 1)).map(\.id) == ["a", "b"])
  }
}
