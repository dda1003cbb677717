import ArgumentParser
internal import Schema

struct ImportInspections: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "import", Text(vi: "Nhập đoàn, cuộc kiểm tra và kỳ sơ kết từ một tệp.", en: "Import teams, visits and reviews."),
    examples: [
      (
        "binhchon campaign inspect import kiem-tra.yaml --campaign dong-da-2015-2020",
        Text(vi: "nhập lại tệp ấy không thêm gì", en: "the same file again adds nothing")
      )
    ],
    notes: Text(
      vi: """
        Tệp YAML: teams (tên các đoàn), visits: {id, team, unit, day, finding}, reviews: {id, unit, due, done}. Mỗi dòng
        ghi một việc; bị ngắt giữa chừng thì chạy lại.
        """,
      en: """
        A YAML file: teams (names), visits: {id, team, unit, day, finding}, reviews: {id, unit, due, done}. Each is entered
        by itself; if it is interrupted, the same command goes on.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Tệp YAML.", en: "A YAML file."))
  var file: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let found = try InspectionFile.read(try readText(file), file: file)
    let record = try await context.withCampaigns { client in
      var record = ImportedInspections(
        campaign: place.campaign, teams: found.teams.count, visits: found.visits.count, reviews: found.reviews.count)
      var acts = found.teams.map(Binhchon_V1_EnterCampaignActRequest.OneOf_Act.team)
      acts += found.visits.map(Binhchon_V1_EnterCampaignActRequest.OneOf_Act.visit)
      acts += found.reviews.map(Binhchon_V1_EnterCampaignActRequest.OneOf_Act.review)
      for act in acts {
        try Task.checkCancellation()
        if try await client.enter(act, in: place.campaign).replayed { record.unchanged += 1 }
      }
      return record
    }
    try context.console.tell(record)
    return .ok
  }
}

struct ImportedInspections: ToldRecord {
  var campaign: String
  var teams: Int
  var visits: Int
  var reviews: Int
  /// That were there already.
  var unchanged = 0

  func lines(_ language: Language) -> [String] {
    [
      Text(
        vi: "\(campaign): \(teams) đoàn, \(visits) cuộc kiểm tra, \(reviews) việc sơ kết; \(unchanged) đã có từ trước",
        en: "\(campaign): \(teams) teams, \(visits) visits, \(reviews) acts of reviews; \(unchanged) were there")(
          language)
    ]
  }
}
