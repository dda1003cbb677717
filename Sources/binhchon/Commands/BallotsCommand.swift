import ArgumentParser
import Foundation
internal import Schema

struct Ballots: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "ballots", Text(vi: "Từng phiếu: hủy.", en: "Single ballots: void."),
    examples: [
      (
        "binhchon ballots void 019aa8b1-2f00-7c3e-9d55-0f6c2b1a4e77 --reason 'Thử máy'",
        Text(vi: "hủy một phiếu, có lý do", en: "void a ballot, with the reason")
      )
    ],
    subcommands: [VoidBallot.self])
}

struct VoidBallot: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "void", Text(vi: "Đưa một phiếu ra khỏi kết quả.", en: "Take a ballot out of the count."),
    examples: [
      (
        "binhchon ballots void 019aa8b1-2f00-7c3e-9d55-0f6c2b1a4e77 --reason 'Thử máy'",
        Text(vi: "vai trò admin", en: "role admin")
      )
    ])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Mã phiếu.", en: "The ballot's id."))
  var id: String

  @Option(help: .text(vi: "Vì sao; được ghi vào sổ.", en: "Why; it is kept in the ledger."))
  var reason: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    guard let ballot = BallotFactory.parse(id) else {
      throw ClientError(
        .badData, Text(vi: "\(id) không phải mã phiếu", en: "\(id) is no ballot id"),
        next: Text(vi: "mã phiếu là UUIDv7 in trên biên nhận", en: "it is the UUIDv7 on the receipt"),
        reason: "INVALID_BALLOT_ID")
    }
    var request = Binhchon_V1_VoidBallotRequest()
    request.ballotID = Data(ballot.bytes)
    request.reason = reason
    let response = try await context.withService { try await $0.voidBallot(request) }
    if console.json {
      try console.print(json: VoidRecord(ballotId: ballot.description, replayed: response.replayed))
    } else {
      let text =
        response.replayed
        ? Text(vi: "\(ballot) đã hủy từ trước", en: "\(ballot) was already void")
        : Text(vi: "\(ballot) đã hủy", en: "\(ballot) is void")
      try console.print(text(console.language))
    }
    return .ok
  }
}

struct VoidRecord: Encodable {
  var ballotId: String
  var replayed: Bool
}
