import ArgumentParser

struct HandbookCommand: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "handbook",
    Text(
      vi: "Sổ tay điện tử: các mô hình được công nhận, một trang web tự chứa.",
      en: "The handbook: recognised models as one page that needs nothing else."),
    examples: [
      (
        "binhchon campaign handbook --campaign dong-da-2023 -o so-tay.html",
        Text(vi: "mở bằng trình duyệt bất kỳ, không cần mạng", en: "any browser opens it, without a network")
      ),
      (
        "binhchon campaign handbook --campaign dong-da-2023 -o so-tay.html --address https://vi-du.vn/so-tay.html",
        Text(vi: "mã QR của từng mô hình dẫn đến trang đã đăng", en: "QR codes of models lead to the published page")
      ),
    ],
    notes: Text(
      vi: """
        Bản (version) là SHA-256 của nội dung: cùng nội dung thì cùng bản, kèm mục của sổ cái đã đọc đến. Cùng một mục thì
        trang giống nhau đến từng byte. --json in nội dung cho chương trình.
        """,
      en: """
        Its version is the SHA-256 of what it says: the same content, the same version; with it stands up to which entry the
        ledger was read. The same entry gives the same bytes. --json prints the content for programs.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Option(
    name: [.customShort("o"), .long],
    help: .text(vi: "Ghi vào tệp này, cả hoặc không.", en: "Write this file, whole or not at all.", value: "file"))
  var output: String?

  @Option(
    help: .text(
      vi: "Nơi trang sẽ được đăng; không có thì không vẽ mã QR.",
      en: "Where the page will be published; without it no QR codes are drawn.", value: "url"))
  var address: String?

  func validate() throws {
    if let address, !address.hasPrefix("https://") || address.contains("#") || QRCode(address) == nil {
      throw ValidationError(
        Text(
          vi: "--address bắt đầu bằng https:// và không có “#”.", en: "--address begins with https://, without '#'.")(
            .ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let handbook = try await context.withCampaigns { try await Handbook.fetch(place.campaign, from: $0) }
    let text =
      options.json
      ? handbook.content + "\n" : HandbookHTML(handbook, context.console.language, address: address).page.html
    guard let output else {
      try context.console.printVerbatim(text)
      return .ok
    }
    try writeWhole(text, to: output)
    context.console.say(
      Text(
        vi: "\(output): \(handbook.models.count) mô hình, bản \(handbook.version.prefix(12))",
        en: "\(output): \(handbook.models.count) models, version \(handbook.version.prefix(12))"))
    return .ok
  }
}
