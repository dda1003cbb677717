import ArgumentParser
internal import Schema

/// A channel as a word on the command line.
struct ChannelWord: ExpressibleByArgument, Sendable {
  let channel: Binhchon_V1_Channel

  init(_ channel: Binhchon_V1_Channel) {
    self.channel = channel
  }

  init?(argument: String) {
    guard let channel = Binhchon_V1_Channel(word: argument) else { return nil }
    self.channel = channel
  }

  var defaultValueDescription: String { channel.word }
  static var allValueStrings: [String] { Binhchon_V1_Channel.named.map(\.word) }
}

/// What ballots are about, beside where they are cast.
struct ProcedureOptions: ParsableArguments {
  @Option(
    help: .text(
      vi: "Mã thủ tục hành chính của phiếu.", en: "The code of the procedure that ballots are about.", value: "code"))
  var procedure: String = ""
}

/// Which figures.
struct TallyOptions: ParsableArguments {
  @Option(help: .text(vi: "Cuộc bình chọn.", en: "The poll.", value: "id"))
  var poll: String

  @Option(
    help: .text(vi: "Đơn vị và mọi đơn vị bên dưới; mặc định: tất cả.", en: "A unit and all below it; default: all."))
  var unit: String = ""

  @Option(help: .text(vi: "Chỉ một kênh.", en: "One channel only."))
  var channel: ChannelWord?
}
