import ArgumentParser
internal import Polling
internal import Schema

struct PrintCertificates: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "print", Text(vi: "In chứng nhận: mỗi số một tờ A4 ngang.", en: "Print certificates, each on a sheet of A4."),
    examples: [
      (
        "binhchon campaign certificate print 7 --place 'Đống Đa' --campaign dong-da-2023 -o chung-nhan.html",
        Text(vi: "số 7; mở bằng trình duyệt rồi in", en: "serial 7; to be printed from a browser")
      ),
      (
        "binhchon campaign certificate print --all --campaign dong-da-2023 -o chung-nhan.html",
        Text(vi: "tất cả, mỗi số một tờ", en: "all of them")
      ),
      (
        "binhchon campaign certificate print 7 --why 'bản cũ bị rách' --campaign dong-da-2023 -o chung-nhan.html",
        Text(vi: "in lại sau khi đã trao: được ghi vào sổ", en: "again, after it was handed over: this is logged")
      ),
    ],
    notes: Text(
      vi: """
        Chứng nhận đã trao chỉ in được kèm lý do (--why): lần in lại được ghi vào sổ trước khi in, tờ giấy giữ số cũ và ghi
        in lại lần mấy. Chưa biết nơi ký thì để trống cho người viết tay.
        """,
      en: """
        What was handed over is printed with a reason only (--why): that it is printed again is entered first, the sheet
        keeps its serial and says the how manieth printing it is. The place of signing is left to the pen if not given.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Các số chứng nhận.", en: "Serials.", value: "serial"))
  var serials: [UInt32] = []

  @Flag(help: .text(vi: "Mọi chứng nhận.", en: "All certificates."))
  var all = false

  @Option(help: .text(vi: "Lý do in lại.", en: "Why they are printed again."))
  var why: String?

  @Option(name: .customLong("place"), help: .text(vi: "Nơi ký.", en: "Where they are signed."))
  var signedAt: String?

  @Option(
    help: .text(vi: "Cấp gọi là gì, như “cấp quận”.", en: "What the level is called, like “cấp quận”.", value: "words"))
  var levelName: String?

  @Option(
    name: [.customShort("o"), .long],
    help: .text(vi: "Ghi vào tệp này, cả hoặc không.", en: "Write this file, whole or not at all.", value: "file"))
  var output: String

  func validate() throws {
    guard serials.isEmpty == all, Set(serials).count == serials.count else {
      throw ValidationError(
        Text(vi: "cần các số khác nhau, hoặc --all.", en: "serials, each once, or --all.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let sheets = try await context.withCampaigns { try await self.sheets($0) }
    try writeWhole(CertificateHTML.page(sheets).html, to: output)
    context.console.say(
      Text(vi: "\(output): \(sheets.count) tờ", en: "\(output): \(sheets.count) sheets"))
    return .ok
  }

  private func sheets(_ client: CampaignClient) async throws -> [CertificateSheet] {
    let id = place.campaign
    let campaign = try Campaign.read(try await client.campaign(id))
    let decisions = Dictionary(
      try await client.decisions(of: id).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var certificates = try await client.certificates(of: id, decision: "")
    if !all {
      let known = Dictionary(certificates.map { ($0.serial, $0) }, uniquingKeysWith: { first, _ in first })
      certificates = try serials.map { serial in
        guard let certificate = known[serial] else {
          throw ClientError(
            .badData, Text(vi: "không có chứng nhận số \(serial)", en: "there is no certificate \(serial)"),
            reason: "NOT_FOUND")
        }
        return certificate
      }
    }
    if why == nil, let handed = certificates.first(where: { !$0.handedOver.isEmpty }) {
      throw ClientError(
        .badData,
        Text(
          vi: "chứng nhận số \(handed.serial) đã trao ngày \(LocalTime.spoken(day: handed.handedOver))",
          en: "certificate \(handed.serial) was handed over on \(handed.handedOver)"),
        next: Text(
          vi: "thêm --why LÝ-DO để in lại; lần in được ghi vào sổ", en: "add --why to print it again; it is logged"),
        reason: "REASON_NEEDED")
    }
    var sheets: [CertificateSheet] = []
    for certificate in certificates {
      guard let decision = decisions[certificate.decision] else {
        throw ClientError(
          .protocol,
          Text(
            vi: "máy chủ không có quyết định \(certificate.decision)",
            en: "the server lacks decision \(certificate.decision)"))
      }
      var printed = certificate
      if let why { printed = try await reprint(certificate, why, client) }
      sheets.append(CertificateSheet(printed, under: decision, in: campaign, levelName: levelName, place: signedAt))
    }
    return sheets
  }

  /// As it stands after it was entered that it is printed again.
  private func reprint(
    _ certificate: Binhchon_V1_Certificate, _ why: String, _ client: CampaignClient
  ) async throws -> Binhchon_V1_Certificate {
    var act = Binhchon_V1_ReprintAct()
    (act.serial, act.day, act.reason) = (certificate.serial, Day(of: .now).description, why)
    return try await client.enter(.reprint(act), in: place.campaign).certificates.first ?? certificate
  }
}
