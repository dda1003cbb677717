import ArgumentParser
internal import Schema

struct Units: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "units", Text(vi: "Đơn vị và máy đánh giá của đơn vị.", en: "Units and their kiosks."),
    examples: [
      ("binhchon units show --at 2025-06-30", Text(vi: "cây đơn vị của một ngày", en: "the tree of units of a day")),
      (
        "binhchon units kiosk-code hai-chau/mot-cua quay-03",
        Text(vi: "mã để đăng ký máy ở quầy 03", en: "a code to enrol the kiosk at counter 03")
      ),
    ],
    subcommands: [ImportUnits.self, ShowUnits.self, ExportUnits.self, KioskCodeCommand.self])
}

struct KioskCodeCommand: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "kiosk-code",
    Text(
      vi: "Tạo mã một lần để một máy đánh giá xin chứng thư.",
      en: "Make a one-time code with which one kiosk gets its certificate."),
    examples: [
      ("binhchon units kiosk-code hai-chau/mot-cua quay-03", Text(vi: "dùng được 24 giờ", en: "good for 24 hours")),
      (
        "binhchon units kiosk-code hai-chau/mot-cua quay-03 --hours 336",
        Text(vi: "dùng được 14 ngày, lâu nhất có thể", en: "good for 14 days, the longest there is")
      ),
    ],
    notes: Text(
      vi: """
        Vai trò admin hoặc coordinator. Mã chỉ hiện một lần; máy chủ không giữ mã. Mã mới cho cùng đơn vị và tên làm mất hiệu \
        lực mã trước chưa dùng: đó cũng là cách thu hồi mã.
        """,
      en: """
        Role admin or coordinator. The code is shown this once; the server does not keep it. A new code for the same unit and \
        name ends the one before, if that was not used: so a code is withdrawn.
        """))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Đơn vị nơi đặt máy.", en: "The unit where it stands."))
  var unit: String

  @Argument(help: .text(vi: "Tên máy, ví dụ quay-03.", en: "The kiosk's name, for example quay-03."))
  var name: String

  @Option(help: .text(vi: "Mã dùng được bao nhiêu giờ.", en: "How many hours the code is good for.", value: "n"))
  var hours: Int = 24

  func validate() throws {
    guard (1...336).contains(hours) else {
      throw ValidationError(Text(vi: "--hours từ 1 đến 336.", en: "--hours is 1 to 336.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let settings = try ConnectionSettings(context.flags, context.environment)
    let client = try RPCEnrolmentClient(settings, logger: context.logger)
    var request = Binhchon_V1_CreateKioskCodeRequest()
    request.unit = unit
    request.name = name
    request.validitySeconds = UInt32(hours) * 3600
    let response: Binhchon_V1_CreateKioskCodeResponse
    do {
      response = try await client.createKioskCode(request)
      await client.shutdown()
    } catch {
      await client.shutdown()
      throw error
    }
    let authority = Fingerprint(pem: try readText(settings.identity.trustRoots))
    try context.console.tell(KioskCodeRecord(response, server: settings.server.description, authority: authority))
    return .ok
  }
}

struct KioskCodeRecord: ToldRecord {
  var code: String
  var uri: String
  var expiresAt: String
  /// SHA-256 of the authority behind the server's certificate.
  var caFingerprint: String?
  private let expires: String
  private let server: String

  private enum CodingKeys: CodingKey { case code, uri, expiresAt, caFingerprint }

  init(_ response: Binhchon_V1_CreateKioskCodeResponse, server: String, authority: Fingerprint?) {
    caFingerprint = authority?.description
    code = response.code
    uri = response.identity
    expiresAt = LocalTime.iso(milliseconds: response.expiresAtMs)
    expires = LocalTime.spoken(milliseconds: response.expiresAtMs)
    self.server = server
  }

  private var trust: String { caFingerprint.map { "--ca-fingerprint \($0)" } ?? "--ca ca.pem" }

  func lines(_ language: Language) -> [String] {
    [
      code,
      Text(
        vi: "cho \(uri), một lần, đến \(expires)", en: "for \(uri), once, until \(expires)")(language),
      Text(
        vi: "trên máy đó: binhchon kiosk enrol --server \(server) \(trust)",
        en: "on that device: binhchon kiosk enrol --server \(server) \(trust)")(language),
    ]
  }
}
