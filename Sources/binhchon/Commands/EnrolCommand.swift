import ArgumentParser
import Foundation
internal import Polling
internal import TLS

struct EnrolKiosk: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "enrol",
    Text(
      vi: "Xin chứng thư cho máy này bằng mã một lần; khóa được tạo ở đây và không rời máy.",
      en: "Get this device its certificate with a one-time code; the key is made here and never leaves it."),
    examples: [
      (
        "binhchon kiosk enrol --server binhchon.hai-chau.test:7443 --ca ca.pem",
        Text(vi: "hỏi mã, rồi lưu hồ sơ “kiosk”", en: "asks for the code, then saves the profile “kiosk”")
      ),
      (
        "binhchon kiosk enrol --server binhchon.hai-chau.test:7443 --ca-fingerprint FA4A…7EED",
        Text(vi: "không cần tệp: so dấu vân tay của ca.pem", en: "without a file: by the fingerprint of ca.pem")
      ),
      (
        "binhchon kiosk enrol --server 127.0.0.1:7443 --ca demo-data/certs/ca.pem < code.txt",
        Text(vi: "mã từ một tệp", en: "the code from a file")
      ),
    ],
    notes: Text(
      vi: """
        Mã do người quản trị tạo: `binhchon units kiosk-code`. --ca là chứng thư của cơ quan cấp cho máy chủ, mang đến bằng \
        đường tin cậy (USB): không bao giờ tin máy chủ lạ. Thay cho tệp, --ca-fingerprint nhận SHA-256 của ca.pem (64 chữ \
        số hex, đọc qua điện thoại cũng được): máy chủ phải gửi kèm chứng thư đó (tự động khi tls.ca có nó; nếu không, thêm \
        nó vào cuối tệp chứng thư của máy chủ). Mã chỉ được gửi sau khi đã kiểm tra. Mất mạng giữa chừng thì chạy lại với \
        đúng mã cũ.
        """,
      en: """
        An administrator makes the code: `binhchon units kiosk-code`. --ca is the certificate of the authority behind the \
        server's, brought by a way you trust (a USB stick): no unknown server is ever trusted. In place of the file, \
        --ca-fingerprint takes the SHA-256 of ca.pem (64 hexadecimal digits, which may come over the telephone): the server \
        must present that certificate (it does where tls.ca holds it; elsewhere append it to the server's certificate \
        file). The code is only sent after the check. If the network fails half way, run it again with the same code.
        """))

  @OptionGroup var options: GlobalOptions

  @Option(
    help: .text(
      vi: "Tệp PEM: cơ quan cấp chứng thư cho máy chủ.", en: "PEM file: the authority behind the server's certificate.",
      value: "file"))
  var ca: String?

  @Option(
    help: .text(
      vi: "Thay cho --ca: SHA-256 của chứng thư đó, dạng hex.",
      en: "In place of --ca: the SHA-256 of that certificate, in hexadecimal.", value: "sha256"))
  var caFingerprint: String?

  @Option(
    help: .text(
      vi: "Nơi giữ khóa và chứng thư; mặc định ~/.config/binhchon/kiosk.",
      en: "Where key and certificate are kept; default ~/.config/binhchon/kiosk.", value: "dir"))
  var directory: String?

  @Option(help: .text(vi: "Tên hồ sơ được lưu.", en: "The name of the profile that is saved.", value: "name"))
  var saveAs = "kiosk"

  @Flag(help: .text(vi: "Thay chứng thư đang có.", en: "Replace the identity that is there."))
  var replace = false

  func validate() throws {
    guard (ca == nil) != (caFingerprint == nil) else {
      throw ValidationError(
        Text(vi: "cần --ca hoặc --ca-fingerprint, một trong hai.", en: "Name one of --ca and --ca-fingerprint.")(
          .ambient))
    }
    guard caFingerprint.map({ Fingerprint($0) != nil }) != false else {
      throw ValidationError(
        Text(
          vi: "--ca-fingerprint gồm 64 chữ số hex (SHA-256).",
          en: "--ca-fingerprint is 64 hexadecimal digits (SHA-256).")(
            .ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let store = try ProfileStore(context.environment)
    _ = try store.path(saveAs)
    let shelf = IdentityShelf(directory: directory ?? "\(store.directory)/kiosk")
    let server = try ConnectionSettings.address(context.flags, context.environment)
    guard replace || !shelf.isFilled || shelf.hasPendingKey(.enrolment) else {
      throw ClientError.alreadyEnrolled(shelf.directory)
    }
    let trustRoots = try await trustRoots(server, context)
    let client = try client(server, trusting: trustRoots, context)
    let certificate: IssuedCertificate
    do {
      let code = try Self.readCode(context.console)
      certificate = try await KioskEnrolment(shelf: shelf, trustRoots: trustRoots).enrol(code, by: client)
      await client.shutdown()
    } catch {
      await client.shutdown()
      throw error
    }
    _ = try store.save(
      Profile(
        server: server.description, identity: shelf.identity, serverName: context.flags.serverName,
        lang: context.flags.lang?.rawValue), as: saveAs)
    if try store.current() == nil { try store.use(saveAs) }
    // A renewal that was under way was the former identity's.
    try shelf.forgetPendingKey(.renewal)
    // Last: until here the same command continues where it was cut.
    try shelf.forgetPendingKey(.enrolment)
    try context.console.tell(EnrolRecord(certificate, identity: shelf.identity, profile: saveAs))
    return .ok
  }

  /// PEM: whom to trust as the server, from now on.
  private func trustRoots(_ server: ServerAddress, _ context: CommandContext) async throws -> String {
    guard let fingerprint = caFingerprint.flatMap({ Fingerprint($0) }) else { return try readText(ca ?? "") }
    return try await AuthorityProbe.authority(fingerprint, of: server, serverName: context.flags.serverName)
  }

  private func client(
    _ server: ServerAddress, trusting trustRoots: String, _ context: CommandContext
  ) throws -> RPCEnrolmentClient {
    // Read once, now; what is read stays good when the file goes.
    let file = FileManager.default.temporaryDirectory.appending(path: "binhchon-\(UUID().uuidString).pem").path
    try writePrivateFile(trustRoots, to: file)
    defer { unlink(file) }
    return try RPCEnrolmentClient(
      server: server, serverName: context.flags.serverName, trustRoots: file, logger: context.logger)
  }

  /// One line of standard input: what is on the command line, others on the machine can read.
  private static func readCode(_ console: Console) throws(ClientError) -> EnrolmentCode {
    if isatty(STDIN_FILENO) == 1 { console.say(Text(vi: "Mã đăng ký:", en: "Code:")) }
    let line = readLine() ?? ""
    do throws(InvalidValue) {
      return try EnrolmentCode(line.trimmingCharacters(in: .whitespacesAndNewlines))
    } catch {
      throw ClientError.mistypedCode(error.problem)
    }
  }
}

struct RenewKiosk: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "renew",
    Text(
      vi: "Đổi khóa và chứng thư của máy này lấy cái mới, khi thời hạn còn dưới một phần ba.",
      en: "Replace this device's key and certificate, once less than a third of its lifetime is left."),
    examples: [
      ("binhchon kiosk renew --profile kiosk", Text(vi: "đổi nếu đã đến lúc", en: "renew if it is time")),
      ("binhchon kiosk renew --now", Text(vi: "đổi ngay", en: "renew now")),
    ])

  @OptionGroup var options: GlobalOptions

  @Flag(help: .text(vi: "Đổi cả khi chưa đến lúc.", en: "Also if it is not time yet."))
  var now = false

  func run(_ context: CommandContext) async throws -> SysExit {
    let settings = try ConnectionSettings(context.flags, context.environment)
    let outcome = try await KioskRenewal.run(
      settings, now: Timestamp.now.milliseconds / 1000, isForced: now
    ) { try RPCEnrolmentClient($0, logger: context.logger) }
    try context.console.tell(RenewRecord(outcome))
    return .ok
  }
}

/// Something told to programs as JSON, to people in a line or more.
protocol ToldRecord: Encodable {
  func lines(_ language: Language) -> [String]
}

extension Console {
  func tell(_ record: some ToldRecord) throws {
    if json {
      try print(json: record)
    } else {
      for line in record.lines(language) { try print(line) }
    }
  }
}

struct EnrolRecord: ToldRecord {
  var uri: String
  var identity: String
  var profile: String
  var serial: String
  var notAfter: String
  private let expires: String

  private enum CodingKeys: CodingKey { case uri, identity, profile, serial, notAfter }

  init(_ certificate: IssuedCertificate, identity: String, profile: String) {
    uri = certificate.identity.uri ?? ""
    self.identity = identity
    self.profile = profile
    serial = certificate.identity.serial
    let end = certificate.notAfter.multipliedReportingOverflow(by: 1000).partialValue
    notAfter = LocalTime.iso(milliseconds: end)
    expires = LocalTime.spoken(milliseconds: end)
  }

  func lines(_ language: Language) -> [String] {
    [
      Text(vi: "đã đăng ký: \(uri), hạn \(expires)", en: "enrolled: \(uri), until \(expires)")(language),
      Text(vi: "hồ sơ “\(profile)”, chứng thư \(identity)", en: "profile “\(profile)”, identity \(identity)")(language),
    ]
  }
}

struct RenewRecord: ToldRecord {
  var renewed: Bool
  var notAfter: String
  private let expires: String

  private enum CodingKeys: CodingKey { case renewed, notAfter }

  init(_ outcome: KioskRenewal.Outcome) {
    let end: Int64
    switch outcome {
    case .notDue(let expires): (renewed, end) = (false, expires)
    case .renewed(let expires): (renewed, end) = (true, expires)
    }
    let milliseconds = end.multipliedReportingOverflow(by: 1000).partialValue
    notAfter = LocalTime.iso(milliseconds: milliseconds)
    expires = LocalTime.spoken(milliseconds: milliseconds)
  }

  func lines(_ language: Language) -> [String] {
    [
      (renewed
        ? Text(vi: "đã đổi chứng thư, hạn mới \(expires)", en: "renewed, until \(expires)")
        : Text(vi: "chưa đến lúc đổi; hạn \(expires)", en: "not due yet; good until \(expires)"))(language)
    ]
  }
}
