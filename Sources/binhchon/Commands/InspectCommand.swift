import ArgumentParser
internal import Polling
internal import Schema

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "inspect", Text(vi: "Kiểm tra: đoàn, cuộc, đơn vị; các kỳ sơ kết, tổng kết.", en: "Inspections and reviews."),
    examples: [
      ("binhchon campaign inspect team 'Đoàn 1' --campaign dong-da-2020", Text(vi: "lập đoàn", en: "a team")),
      (
        "binhchon campaign inspect visit v-1 --team 'Đoàn 1' --unit dong-da/lang-ha --day 2020-05-04"
          + " --finding 'thực hiện tốt' --campaign dong-da-2020",
        Text(vi: "một cuộc kiểm tra", en: "a visit")
      ),
      (
        "binhchon campaign inspect review so-ket --unit dong-da --due 2020-06-30 --campaign dong-da-2020",
        Text(vi: "hạn sơ kết; xong thì --done", en: "a review that is due; --done when it is done")
      ),
    ],
    subcommands: [AddTeam.self, AddVisit.self, PutReview.self, ImportInspections.self, ListInspections.self])
}

extension CommandContext {
  fileprivate func enter(
    _ act: Binhchon_V1_EnterCampaignActRequest.OneOf_Act, _ id: String, _ place: CampaignOption
  ) async throws -> SysExit {
    let response = try await withCampaigns { try await $0.enter(act, in: place.campaign) }
    try console.tell(EnteredRecord(id: id, unchanged: response.replayed))
    return .ok
  }
}

struct AddTeam: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "team", Text(vi: "Lập một đoàn kiểm tra.", en: "Enter a team."),
    examples: [("binhchon campaign inspect team 'Đoàn 1' --campaign dong-da-2020", Text(vi: "đoàn số 1", en: "team 1"))]
  )

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Tên đoàn.", en: "Its name.", value: "name"))
  var name: String

  func run(_ context: CommandContext) async throws -> SysExit {
    try await context.enter(.team(name), name, place)
  }
}

struct AddVisit: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "visit", Text(vi: "Ghi một cuộc kiểm tra.", en: "Enter a visit."),
    examples: [
      (
        "binhchon campaign inspect visit v-1 --team 'Đoàn 1' --unit dong-da/lang-ha --day 2020-05-04"
          + " --campaign dong-da-2020",
        Text(vi: "đoàn 1 tại Láng Hạ", en: "team 1 at Láng Hạ")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Mã của cuộc kiểm tra.", en: "The visit's id.", value: "id"))
  var id: String

  @Option(help: .text(vi: "Đoàn.", en: "The team."))
  var team: String

  @Option(help: .text(vi: "Đơn vị được kiểm tra.", en: "The unit that is visited."))
  var unit: String

  @Option(help: .text(vi: "Ngày.", en: "The day.", value: "yyyy-mm-dd"))
  var day: String

  @Option(help: .text(vi: "Kết quả.", en: "What was found."))
  var finding: String = ""

  func run(_ context: CommandContext) async throws -> SysExit {
    var visit = Binhchon_V1_InspectionVisit()
    (visit.id, visit.team, visit.unit, visit.day, visit.finding) = (id, team, unit, day, finding)
    return try await context.enter(.visit(visit), id, place)
  }
}

struct PutReview: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "review",
    Text(vi: "Đặt hạn sơ kết, tổng kết, hoặc ghi là đã xong.", en: "Say when a review is due, or that it is done."),
    examples: [
      (
        "binhchon campaign inspect review so-ket --done 2020-06-28 --campaign dong-da-2020",
        Text(vi: "đã xong", en: "it is done")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Mã.", en: "Its id.", value: "id"))
  var id: String

  @Option(help: .text(vi: "Đơn vị.", en: "The unit."))
  var unit: String?

  @Option(help: .text(vi: "Hạn.", en: "The day it is due.", value: "yyyy-mm-dd"))
  var due: String?

  @Option(help: .text(vi: "Ngày đã xong.", en: "The day it was done.", value: "yyyy-mm-dd"))
  var done: String?

  func validate() throws {
    guard done != nil ? unit == nil && due == nil : unit != nil && due != nil else {
      throw ValidationError(
        Text(vi: "cần --unit và --due, hoặc chỉ --done.", en: "--unit and --due are needed, or --done alone.")(.ambient)
      )
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    var review = Binhchon_V1_InspectionReview()
    (review.id, review.unit, review.due, review.done) = (id, unit ?? "", due ?? "", done ?? "")
    return try await context.enter(.review(review), id, place)
  }
}

struct ListInspections: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Các đoàn, các cuộc kiểm tra, các kỳ sơ kết.", en: "Teams, visits and reviews."),
    examples: [("binhchon campaign inspect list --campaign dong-da-2020", Text(vi: "tất cả", en: "all of them"))])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  func run(_ context: CommandContext) async throws -> SysExit {
    let found = try await context.withCampaigns { try await $0.inspections(of: place.campaign) }
    try context.console.tell(InspectionsRecord(found, today: Day(of: .now).description))
    return .ok
  }
}

struct InspectionsRecord: ToldRecord {
  struct Visit: Encodable {
    var id: String
    var team: String
    var unit: String
    var day: String
    var finding: String
  }
  struct Review: Encodable {
    var id: String
    var unit: String
    var due: String
    var done: String?
    var overdue: Bool
  }

  var teams: [String]
  var visits: [Visit]
  var reviews: [Review]

  init(_ message: Binhchon_V1_ListInspectionsResponse, today: String) {
    teams = message.teams
    visits = message.visits.map { Visit(id: $0.id, team: $0.team, unit: $0.unit, day: $0.day, finding: $0.finding) }
    reviews = message.reviews.map {
      Review(
        id: $0.id, unit: $0.unit, due: $0.due, done: $0.done.isEmpty ? nil : $0.done,
        overdue: $0.done.isEmpty && $0.due < today)
    }
  }

  func lines(_ language: Language) -> [String] {
    let units = Set(visits.map(\.unit)).count
    return [
      Text(
        vi: "\(teams.count) đoàn, \(visits.count) cuộc kiểm tra, \(units) đơn vị",
        en: "\(teams.count) teams, \(visits.count) visits, \(units) units")(language)
    ]
      + visits.map { "  \($0.day) \($0.unit) \($0.team)\($0.finding.isEmpty ? "" : ": \($0.finding)")" }
      + reviews.map { review in
        let how =
          review.done.map { Text(vi: "xong \($0)", en: "done \($0)") }
          ?? (review.overdue ? Text(vi: "QUÁ HẠN", en: "OVERDUE") : Text(vi: "chưa xong", en: "not done"))
        return Text(
          vi: "  \(review.id) \(review.unit) hạn \(review.due): ",
          en: "  \(review.id) \(review.unit) due \(review.due): ")(
            language) + how(language)
      }
  }
}
