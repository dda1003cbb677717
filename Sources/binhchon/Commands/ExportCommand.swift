import ArgumentParser
internal import Schema

struct ExportCommand: ClientCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case jsonl, csv
  }

  static let configuration = CommandConfiguration.command(
    "export",
    Text(
      vi: "Xuất từng phiếu đã nhận, cho kiểm toán viên.", en: "Export cast vote records, for auditors."),
    examples: [
      ("binhchon export --poll mot-cua -o phieu.jsonl", Text(vi: "mỗi dòng một phiếu", en: "a record per line")),
      (
        "binhchon export --poll mot-cua -o phieu.jsonl --from CURSOR",
        Text(vi: "xuất tiếp sau khi bị cắt", en: "go on after it was cut")
      ),
    ],
    notes: Text(
      vi: """
        Vai trò auditor. Không có mã phiếu, mã hồ sơ, tên người; giờ không mịn hơn giờ đã lưu. Nếu bị cắt, lệnh nói con \
        trỏ để đi tiếp; cả tệp vẫn thuộc một bản của sổ. Tệp JSON chỉ trọn khi dòng cuối có "complete":true. \
        Phiếu giấy đếm theo lô không có ở đây: xem `binhchon paper show`.
        """,
      en: """
        Role auditor. No ballot ids, dossiers or names of people; times no finer than they are kept. Where it is cut it \
        tells the cursor to go on from; the file is of one revision all the same. A JSON file is whole only with \
        "complete":true in its last line. What batches of paper count is not in it: see `binhchon paper show`.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(
    help: .text(vi: "Đơn vị và mọi đơn vị bên dưới; mặc định: tất cả.", en: "A unit and all below it; default: all."))
  var unit: String = ""

  @Option(help: .text(vi: "Xuất tiếp từ con trỏ này.", en: "Go on from this cursor.", value: "cursor"))
  var from: String = ""

  @Option(name: [.customShort("o"), .long], help: .text(vi: "Ghi vào tệp này.", en: "Write this file.", value: "file"))
  var output: String?

  @Option(help: .text(vi: "Cách ghi.", en: "How to write it."))
  var format = Format.jsonl

  func run(_ context: CommandContext) async throws -> SysExit {
    let file = try ExportFile(output, isContinued: !from.isEmpty)
    return try await context.withService { service in
      try await Export(poll: poll, unit: unit, format: format).run(from: from, into: file, service, context.console)
    }
  }
}

/// One export, over as many calls as it takes.
struct Export {
  var poll: String
  var unit: String
  var format: ExportCommand.Format

  func run(
    from start: String, into file: ExportFile, _ service: any PollingService, _ console: Console
  ) async throws -> SysExit {
    var cursor = start
    var heading = format == .csv && start.isEmpty ? ExportedRecord.csvHeader : ""
    do {
      var request = Binhchon_V1_ExportRecordsRequest()
      (request.poll, request.unit, request.cursor) = (poll, unit, start)
      for try await response in try await service.exportRecords(request) {
        try file.write(heading + (try lines(response)))
        heading = ""
        cursor = response.cursor
        guard response.complete else { continue }
        console.say(
          Text(
            vi: "\(response.count) phiếu, đến bản \(response.revision)",
            en: "\(response.count) records, through revision \(response.revision)"))
        return .ok
      }
      // A server that ends without the end has not kept its word.
      throw Refusal(code: StatusCode.unavailable.rawValue, message: "the export ended early")
    } catch {
      if !cursor.isEmpty {
        console.say(Text(vi: "xuất tiếp bằng --from \(cursor)", en: "go on with --from \(cursor)"))
      }
      throw error
    }
  }

  private func lines(_ response: Binhchon_V1_ExportRecordsResponse) throws -> String {
    var text = ""
    for record in response.records {
      let record = ExportedRecord(record, of: poll)
      switch format {
      case .csv: text += record.csv
      case .jsonl: text += try JSONLine.encode(record) + "\n"
      }
    }
    if response.complete, format == .jsonl {
      text +=
        try JSONLine.encode(
          ExportEnd(records: response.count, revision: response.revision, ledgerEpoch: response.ledgerEpoch)) + "\n"
    }
    return text
  }
}
