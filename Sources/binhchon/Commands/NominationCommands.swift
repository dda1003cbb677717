import ArgumentParser
internal import CampaignMessages
import Foundation
internal import Paper
internal import Polling
internal import Schema

struct Nominate: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "nominate", Text(vi: "Đăng ký một hồ sơ.", en: "Register one nomination."),
    examples: [
      (
        "binhchon campaign nominate --campaign dong-da-2023 --file dang-ky.yaml",
        Text(vi: "phiếu đăng ký là một tệp YAML", en: "the form as a YAML file")
      ),
      (
        "binhchon campaign nominate --campaign dong-da-2023 --name 'Tuyến phố xanh' --unit lang-ha"
          + " --field 'Văn hóa - xã hội' --registrant collective:'Tổ dân vận 5'",
        Text(vi: "chỉ những mục ngắn", en: "short items only")
      ),
    ],
    notes: Text(
      vi: """
        Tệp YAML: id, kind, name, unit, registrant: {kind, name}, field, topics, new-task, hard-task, items (name, reason,
        goals, method, beneficiaries, forces, resources, outputs, sustaining). Gửi lại đúng hồ sơ ấy không thêm gì.
        """,
      en: """
        A YAML file: id, kind, name, unit, registrant: {kind, name}, field, topics, new-task, hard-task, items (name,
        reason, goals, method, beneficiaries, forces, resources, outputs, sustaining). The same again adds nothing.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Option(help: .text(vi: "Phiếu đăng ký (YAML).", en: "The form (YAML).", value: "file"))
  var file: String?

  @Option(help: .text(vi: "Mã; mặc định tính từ tên và đơn vị.", en: "Its id; made of name and unit if left out."))
  var id: String?

  @Option(
    help: .text(vi: "collective, individual, model hoặc household.", en: "collective, individual, model, household."))
  var kind: String?

  @Option(help: .text(vi: "Tên.", en: "Its name."))
  var name: String?

  @Option(help: .text(vi: "Đơn vị.", en: "Its unit."))
  var unit: String?

  @Option(help: .text(vi: "Ai thực hiện mô hình, LOẠI:TÊN.", en: "Who carries the model out, KIND:NAME."))
  var registrant: String?

  @Option(help: .text(vi: "Lĩnh vực.", en: "The field."))
  var field: String?

  @Option(help: .text(vi: "Chủ đề; có thể lặp lại.", en: "A topic; may come again."))
  var topic: [String] = []

  @Option(
    help: .text(vi: "Một mục của phiếu, MỤC=NỘI DUNG; có thể lặp lại.", en: "An item, ITEM=TEXT; may come again."))
  var item: [String] = []

  func validate() throws {
    guard (file == nil) != (name == nil) else {
      throw ValidationError(Text(vi: "cần --file hoặc --name.", en: "--file or --name is needed.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let form =
      try file.map { (path) throws(ClientError) in try NominationForm.read(try readText(path), file: path) }
      ?? NominationForm(
        id: id, kind: kind, name: name ?? "", unit: unit, registrant: registrant, field: field, topics: topic,
        items: item)
    let campaign = place.campaign
    let response = try await context.withCampaigns { client in
      let definition = try Campaign.read(try await client.campaign(campaign))
      var act = Binhchon_V1_NominateAct()
      act.nominations = [Binhchon_V1_Nomination(try form.nomination(in: definition))]
      return try await client.enter(.nominate(act), in: campaign)
    }
    for standing in response.standings { try context.console.tell(StandingRecord(standing, isNew: !response.replayed)) }
    return .ok
  }
}

struct ImportNominations: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "import", Text(vi: "Nhập danh sách đăng ký (CSV, Excel).", en: "Import a list of nominations (CSV, Excel)."),
    examples: [
      (
        "binhchon campaign import dang-ky.xlsx --campaign dong-da-2023 --dry-run",
        Text(vi: "đọc hết tệp, báo mọi lỗi một lần", en: "reads it all, tells all errors at once")
      ),
      (
        "binhchon campaign import dang-ky.csv --campaign dong-da-2023 --control-total 613 --rejects sua.csv",
        Text(vi: "đúng 613 dòng thì mới ghi", en: "613 rows exactly, or nothing is taken")
      ),
    ],
    notes: Text(
      vi: """
        Mỗi dòng một hồ sơ; các cột theo tên: Tên mô hình, Đơn vị, Lĩnh vực, Người đăng ký, Loại người đăng ký, Chủ đề (cách
        nhau bằng “;”), Việc mới, Việc khó, chín mục của phiếu, Mã. Có lỗi thì không ghi gì. Nhập lại đúng tệp ấy không thêm
        gì; hồ sơ giống tên được báo và vẫn giữ.
        """,
      en: """
        A nomination per row; columns by their names: name, unit, field, registrant, registrant kind, topics (with ";"
        between), new task, hard task, the form's nine items, id. With errors nothing is taken. The same file again adds
        nothing; names that are alike are told, and kept.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Tệp .csv, .tsv, .xlsx; - để đọc CSV từ ống.", en: "A .csv, .tsv or .xlsx; - for a pipe."))
  var file: String

  @Flag(help: .text(vi: "Chỉ kiểm tra.", en: "Only check."))
  var dryRun = false

  @Option(help: .text(vi: "Số dòng phải có.", en: "How many rows there must be.", value: "count"))
  var controlTotal: Int64?

  @Option(
    help: .text(
      vi: "Ghi các dòng phải sửa vào tệp mới này.", en: "Write the rows to mend into this new file.", value: "file"))
  var rejects: String?

  @Option(help: .text(vi: "Bảng mã; mặc định: tự nhận từng cột.", en: "The encoding; default: found out per column."))
  var encoding: EncodingWord?

  @Option(
    help: .text(vi: "Trang tính của Excel; mặc định: trang đầu.", en: "The workbook's sheet; default: the first."))
  var sheet: String?

  func run(_ context: CommandContext) async throws -> SysExit {
    let campaign = place.campaign
    return try await context.withCampaigns { client in
      let definition = try Campaign.read(try await client.campaign(campaign))
      let sheet = NominationSheet(try read(), in: definition)
      try NominationTalk(console: context.console, file: file).tell(sheet)
      if let rejects, try NominationRejects.write(sheet, to: rejects, context.console.language) > 0 {
        context.console.say(
          Text(vi: "các dòng phải sửa ở trong \(rejects)", en: "the rows to mend are in \(rejects)"))
      }
      if let controlTotal {
        do throws(CampaignRefusal) { try ControlTotal(controlTotal).check(sheet.rows.count) } catch {
          throw ClientError(
            .badData,
            Text(
              vi: "tệp có \(sheet.rows.count) dòng, không phải \(controlTotal); chưa ghi gì",
              en: "the file has \(sheet.rows.count) rows, not \(controlTotal); nothing was taken"),
            why: Text(verbatim: error.description), reason: error.reason.code)
        }
      }
      guard sheet.errors == 0 else { return .badData }
      if dryRun { return .ok }
      let upload = NominationUpload(client: client, campaign: definition)
      try context.console.tell(try await upload.send(sheet.nominations))
      return .ok
    }
  }

  private func read() throws -> TextTable {
    var settings = TextTable.Options()
    settings.encoding = encoding?.encoding
    settings.sheet = sheet
    do {
      return try TextTable(file, options: settings, known: NominationSheet.known)
    } catch let failure as FileFailure {
      throw ClientError(
        failure.errno == ENOENT ? .noInput : .inputOutput,
        Text(vi: "không đọc được \(failure.path)", en: "cannot read \(failure.path)"), why: systemMessage(failure.errno)
      )
    } catch let unreadable as TextTable.Unreadable {
      let code = unreadable.finding.code
      throw ClientError(
        .badData, Text(code.title), why: Text(verbatim: unreadable.finding.line(.ambient)), next: Text(code.hint),
        reason: code.rawValue)
    }
  }
}

/// Which nominations.
struct CaseOptions: ParsableArguments {
  @Option(help: .text(vi: "Chỉ ở bước này.", en: "Only in this state."))
  var state: String = ""

  @Option(help: .text(vi: "Chỉ loại này.", en: "Only of this kind."))
  var kind: String = ""

  @Option(help: .text(vi: "Chỉ của loại người đăng ký này.", en: "Only of this kind of registrant."))
  var registrantKind: String = ""

  @Option(help: .text(vi: "Chỉ lĩnh vực này (mã).", en: "Only in this field (its code)."))
  var field: String = ""

  @Option(help: .text(vi: "Chỉ của đơn vị này và cấp dưới.", en: "Only of this unit and those below it."))
  var unit: String = ""

  @Option(help: .text(vi: "Chỉ những hồ sơ được quyết định này công nhận.", en: "Only what this decision recognises."))
  var decision: String = ""

  @Option(
    help: .text(
      vi: "maintained, replicated hoặc ended, cùng --year.", en: "maintained, replicated or ended, with --year."))
  var status: String = ""

  @Option(help: .text(vi: "Năm của --status.", en: "The year of --status."))
  var year: UInt32 = 0

  @Flag(help: .text(vi: "Chỉ những hồ sơ giống hồ sơ khác.", en: "Only those that may be the same as another."))
  var duplicates = false

  var filter: Binhchon_V1_CaseFilter {
    var filter = Binhchon_V1_CaseFilter()
    (filter.state, filter.kind, filter.registrantKind, filter.field) = (state, kind, registrantKind, field)
    (filter.unit, filter.decision, filter.status, filter.statusYear) = (unit, decision, status, year)
    filter.duplicates = duplicates
    return filter
  }
}

struct ListNominations: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "nominations",
    Text(vi: "Liệt kê hồ sơ: những gì đứng sau mỗi con số.", en: "List nominations: the cases behind a count."),
    examples: [
      (
        "binhchon campaign nominations --campaign dong-da-2023 --state received --field CULTURE_SOCIETY",
        Text(vi: "chờ thẩm định, một lĩnh vực", en: "to be screened, in one field")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption
  @OptionGroup var cases: CaseOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    let rows = try await context.withCampaigns { try await $0.nominations(of: place.campaign, cases.filter) }
    if context.console.json {
      for row in rows { try context.console.print(json: NominationRecord(row)) }
    } else {
      for line in NominationRecord.table(rows.map(NominationRecord.init), context.console.language) {
        try context.console.print(line)
      }
    }
    return .ok
  }
}

struct ShowNomination: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "nomination",
    Text(vi: "Một hồ sơ: nội dung và ai làm gì, khi nào.", en: "One nomination: what it says, who did what."),
    examples: [
      (
        "binhchon campaign nomination n-0a1b2c3d4e5f6071 --campaign dong-da-2023",
        Text(vi: "một hồ sơ", en: "one of them")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Mã hồ sơ.", en: "Its id.", value: "id"))
  var nomination: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let found = try await context.withCampaigns { try await $0.nomination(nomination, of: place.campaign) }
    try context.console.tell(NominationDetail(found))
    return .ok
  }
}
