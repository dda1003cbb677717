import ArgumentParser
import Foundation
internal import Polling
internal import Schema

struct Comments: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "comments", Text(vi: "Ý kiến viết bằng lời: đọc, xóa.", en: "What people wrote: read, delete."),
    examples: [
      ("binhchon comments --poll mot-cua", Text(vi: "đọc tất cả", en: "read all")),
      (
        "binhchon comments delete --poll mot-cua --before 2025-01-01 --reason 'Hết hạn lưu'",
        Text(vi: "xóa những ngày trước", en: "delete those of the days before")
      ),
    ],
    subcommands: [ListComments.self, DeleteComments.self], defaultSubcommand: ListComments.self)
}

struct ListComments: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê ý kiến của một cuộc bình chọn.", en: "List the comments of a poll."),
    examples: [
      (
        "binhchon comments list --poll mot-cua --since 2025-06-01 --json",
        Text(vi: "mỗi dòng một ý kiến", en: "one per line")
      )
    ],
    notes: Text(
      vi: """
        Là dữ liệu cá nhân: không gắn với phiếu nào, không nằm trong số liệu nào. Vai trò auditor hoặc admin; official và \
        coordinator khi cuộc bình chọn có k: 1 và không ẩn danh. Khi k lớn hơn 1 chỉ biết đơn vị gốc và ngày.
        """,
      en: """
        Personal data: it goes with no ballot and is in no figure. Role auditor or admin; official and coordinator where the \
        poll has k: 1 and is not anonymous. Where k is over 1 only the poll's own unit and the day are known.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(help: .text(vi: "Chỉ đơn vị này và dưới nó.", en: "Only this unit and below.", value: "path"))
  var unit: String = ""

  @Option(help: .text(vi: "Từ ngày này.", en: "From this day on.", value: "yyyy-mm-dd"))
  var since: String = ""

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    var request = Binhchon_V1_ListCommentsRequest()
    (request.poll, request.unit, request.since) = (poll, unit, since)
    var table = CommentTable(console.language)
    try await context.withService { [request] service in
      var request = request
      repeat {
        let response = try await service.listComments(request)
        for comment in response.comments {
          if console.json { try console.print(json: CommentRecord(comment)) } else { table.add(comment) }
        }
        request.after = response.next
      } while !request.after.isEmpty
    }
    guard !console.json else { return .ok }
    if table.isEmpty {
      console.say(Text(vi: "chưa có ý kiến nào", en: "there are no comments"))
    } else {
      for line in table.lines { try console.print(line) }
    }
    return .ok
  }
}

struct DeleteComments: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "delete",
    Text(
      vi: "Xóa hẳn ý kiến; sổ chỉ giữ việc đã xóa.", en: "Delete comments for good; the ledger keeps that it was done."),
    examples: [
      (
        "binhchon comments delete 0f6c2b1a-4e77-4d55-9c3e-2f00019aa8b1 --poll mot-cua --reason 'Người viết yêu cầu'",
        Text(vi: "một ý kiến; vai trò admin", en: "one comment; role admin")
      )
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Mã ý kiến.", en: "The comment's id."))
  var id: String?

  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(
    help: .text(vi: "Xóa mọi ý kiến trước ngày này.", en: "Delete all of the days before.", value: "yyyy-mm-dd"))
  var before: String?

  @Option(
    help: .text(
      vi: "Vì sao; được ghi mãi vào sổ, không ghi tên ai.",
      en: "Why; the ledger keeps it for ever: without names of people."))
  var reason: String

  func validate() throws {
    guard (id == nil) != (before == nil) else {
      throw ValidationError(
        Text(vi: "Cần đúng một trong: mã ý kiến, --before.", en: "Give exactly one of: an id, --before.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    var request = Binhchon_V1_DeleteCommentsRequest()
    request.actID = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    (request.poll, request.reason) = (poll, reason)
    if let before { request.before = before }
    if let id {
      guard let comment = CommentID(id) else {
        throw ClientError(.badData, Text(vi: "\(id) không phải mã ý kiến", en: "\(id) is no comment's id"))
      }
      request.commentID = Data(comment.bytes)
    }
    let response = try await context.withService { [request] in try await $0.deleteComments(request) }
    if console.json {
      try console.print(json: DeletedComments(deleted: response.deleted))
    } else {
      let count = console.figures.count(response.deleted)
      try console.print(Text(vi: "đã xóa \(count) ý kiến", en: "\(count) comments deleted")(console.language))
    }
    return .ok
  }
}

struct DeletedComments: Encodable {
  var deleted: UInt64
}
