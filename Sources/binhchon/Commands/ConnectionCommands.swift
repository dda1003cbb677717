import ArgumentParser
import Foundation
internal import Polling

struct Ping: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "ping", Text(vi: "Đo thời gian đi về tới máy chủ.", en: "Measure the round trip to the server."),
    examples: [("binhchon ping --count 10", Text(vi: "mười lần", en: "ten times"))])

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Số lần.", en: "How often.", value: "n"))
  var count: Int = 3

  func validate() throws {
    guard (1...1_000).contains(count) else {
      throw ValidationError(Text(vi: "--count từ 1 đến 1000.", en: "--count is 1 to 1000.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    return try await context.withService { service in
      var times: [Double] = []
      for number in 1...count {
        if number > 1 { try await Task.sleep(for: .milliseconds(200)) }
        let start = ContinuousClock.now
        let isServing = try await service.isServing()
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        guard isServing else {
          throw ClientError(
            .tryAgain, Text(vi: "máy chủ trả lời nhưng chưa phục vụ", en: "the server answers, and is not serving"),
            next: .tryAgainLater, reason: "NOT_SERVING")
        }
        times.append(milliseconds)
        let rounded = (milliseconds * 1_000).rounded() / 1_000
        if console.json {
          try console.print(json: PingRecord(number: number, milliseconds: rounded, connecting: number == 1))
        } else {
          let note = number == 1 ? Text(vi: " (cả lập kết nối)", en: " (connecting included)")(console.language) : ""
          try console.print("\(number): \(rounded) ms\(note)")
        }
      }
      return .ok
    }
  }
}

struct PingRecord: Encodable {
  var number: Int
  var milliseconds: Double
  var connecting: Bool
}

struct WhoAmI: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "whoami",
    Text(
      vi: "Chứng thư, vai trò và hạn của bạn; máy chủ có nhận không.",
      en: "Your certificate, role and expiry; whether the server takes it."),
    examples: [
      (
        "binhchon whoami --identity certs/official",
        Text(vi: "chứng thư này là của ai", en: "whose certificate this is")
      )
    ])

  @OptionGroup var options: GlobalOptions

  @Flag(help: .text(vi: "Chỉ đọc tệp, không kết nối.", en: "Only read the file."))
  var offline = false

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let profile = try ConnectionSettings.profile(context.flags, context.environment)
    let path = try ConnectionSettings.identity(context.flags, context.environment, profile)
    let files = try IdentityFiles(base: path)
    let certificate = try CertificateFile(path: files.certificate)
    var record = WhoAmIRecord(certificate, path: files.certificate, now: Timestamp.now.milliseconds / 1_000)
    var failure: (any Error)?
    if !offline {
      do {
        let start = ContinuousClock.now
        record.serverAccepts = try await context.withService { try await $0.isServing() }
        record.roundTripMs = ((ContinuousClock.now - start) / .milliseconds(1)).rounded()
      } catch {
        failure = error
        // Only a refusal says no; an unreachable server says nothing.
        if (error as? ClientError)?.status == .notPermitted { record.serverAccepts = false }
      }
    }
    if console.json {
      try console.print(json: record)
    } else {
      for line in record.lines(console.language) { try console.print(line) }
    }
    if let failure { throw failure }
    return record.expired ? .notPermitted : .ok
  }
}

struct WhoAmIRecord: Encodable {
  var certificate: String
  var subject: String
  var issuer: String
  var uri: String?
  var role: String?
  var unit: String?
  var name: String?
  var notAfter: String
  var daysLeft: Int64
  var expired: Bool
  /// Nil: not asked, or no answer.
  var serverAccepts: Bool?
  var roundTripMs: Double?
  /// `notAfter` for people; programs are told once.
  private let expires: String

  private enum CodingKeys: CodingKey {
    case certificate, subject, issuer, uri, role, unit, name, notAfter, daysLeft, expired, serverAccepts, roundTripMs
  }

  init(_ file: CertificateFile, path: String, now: Int64) {
    certificate = path
    subject = file.subject
    issuer = file.issuer
    uri = file.uris.first
    role = file.identity?.role
    unit = file.identity?.unit
    name = file.identity?.name
    let end = file.notAfter.multipliedReportingOverflow(by: 1_000).partialValue
    notAfter = LocalTime.iso(milliseconds: end)
    expires = LocalTime.spoken(milliseconds: end)
    daysLeft = (file.notAfter - now) / 86_400
    expired = now >= file.notAfter || now < file.notBefore
  }

  func lines(_ language: Language) -> [String] {
    var rows: [(Text, String)] = [
      (Text(vi: "Chứng thư", en: "Certificate"), "\(certificate)  \(subject)"),
      (Text(vi: "Danh tính", en: "Identity"), uri ?? Text(vi: "không có URI", en: "no URI")(language)),
      (Text(vi: "Vai trò", en: "Role"), role ?? "–"),
      (
        Text(vi: "Phạm vi", en: "Subtree"),
        unit.map { $0.isEmpty ? Text(vi: "tất cả", en: "all")(language) : $0 } ?? "–"
      ),
      (
        Text(vi: "Hết hạn", en: "Expires"),
        expires + " "
          + (expired
          ? Text(vi: "(không còn hoặc chưa có hiệu lực)", en: "(not valid now)")
          : Text(vi: "(còn \(daysLeft) ngày)", en: "(\(daysLeft) days left)"))(language)
      ),
    ]
    if let serverAccepts {
      let time = roundTripMs.map { " (\(Int($0)) ms)" } ?? ""
      rows.append(
        (
          Text(vi: "Máy chủ", en: "Server"),
          (serverAccepts ? Text(vi: "chấp nhận", en: "accepts it") : Text(vi: "không", en: "no"))(language) + time
        ))
    }
    let width = rows.map { TextWidth.of($0.0(language)) }.max() ?? 0
    return rows.map { TextWidth.padded($0.0(language), width) + "  " + $0.1 }
  }
}
