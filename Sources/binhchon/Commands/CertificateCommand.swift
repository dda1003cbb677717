import ArgumentParser
internal import Polling
internal import Schema

struct CertificateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "certificate", Text(vi: "Chứng nhận cho mô hình được công nhận.", en: "Certificates of what was recognised."),
    examples: [
      (
        "binhchon campaign certificate issue --all --decision qd-2023 --campaign dong-da-2023",
        Text(vi: "cấp số liền nhau, không sót", en: "serials without gaps")
      ),
      ("binhchon campaign certificate list --campaign dong-da-2023", Text(vi: "danh sách", en: "the list")),
    ],
    subcommands: [
      IssueCertificates.self, HandOverCertificates.self, ReprintCertificate.self, ListCertificates.self,
      PrintCertificates.self,
    ])
}

struct IssueCertificates: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "issue", Text(vi: "Cấp chứng nhận.", en: "Issue certificates."),
    examples: [
      (
        "binhchon campaign certificate issue n-1 --decision qd-2023 --campaign dong-da-2023",
        Text(vi: "cho một mô hình", en: "for one model")
      )
    ], notes: Text(vi: "Đã có thì giữ nguyên số.", en: "Who has one keeps its serial."))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Các mã hồ sơ.", en: "Ids.", value: "id"))
  var nominations: [String] = []

  @Flag(help: .text(vi: "Mọi hồ sơ được quyết định ấy công nhận.", en: "All that the decision recognises."))
  var all = false

  @Option(help: .text(vi: "Mã quyết định.", en: "The decision's id.", value: "id"))
  var decision: String

  @Option(help: .text(vi: "Ngày cấp; mặc định hôm nay.", en: "The day; default: today.", value: "yyyy-mm-dd"))
  var day: String?

  func validate() throws {
    guard nominations.isEmpty == all else {
      throw ValidationError(Text(vi: "cần các mã hồ sơ, hoặc --all.", en: "ids are needed, or --all.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let day = day ?? Day(of: .now).description
    try await context.withCampaigns { client in
      var ids = nominations
      if all {
        var filter = Binhchon_V1_CaseFilter()
        filter.decision = decision
        ids = try await client.nominations(of: place.campaign, filter).map(\.nomination.id)
        guard !ids.isEmpty else {
          throw ClientError(
            .badData, Text(vi: "quyết định ấy chưa công nhận ai", en: "the decision recognises nobody yet"),
            reason: "NOT_FOUND")
        }
      }
      var rest = ids[...]
      while !rest.isEmpty {
        var act = Binhchon_V1_CertifyAct()
        (act.nominations, act.decision, act.day) = (Array(rest.prefix(CampaignEvent.mostAtOnce)), decision, day)
        rest = rest.dropFirst(act.nominations.count)
        for certificate in try await client.enter(.certify(act), in: place.campaign).certificates {
          try context.console.tell(CertificateRecord(certificate))
        }
      }
    }
    return .ok
  }
}

struct HandOverCertificates: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "hand-over", Text(vi: "Ghi nhận đã trao.", en: "Note that certificates were handed over."),
    examples: [
      (
        "binhchon campaign certificate hand-over 1 2 3 --day 2023-11-09 --campaign dong-da-2023",
        Text(vi: "tại hội nghị", en: "at the conference")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Các số chứng nhận.", en: "Serials.", value: "serial"))
  var serials: [UInt32]

  @Option(help: .text(vi: "Ngày trao; mặc định hôm nay.", en: "The day; default: today.", value: "yyyy-mm-dd"))
  var day: String?

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_HandOverAct()
    (act.serials, act.day) = (serials, day ?? Day(of: .now).description)
    let entered = act
    let response = try await context.withCampaigns { try await $0.enter(.handOver(entered), in: place.campaign) }
    for certificate in response.certificates { try context.console.tell(CertificateRecord(certificate)) }
    return .ok
  }
}

struct ReprintCertificate: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "reprint", Text(vi: "Ghi nhận một lần in lại.", en: "Note that a certificate is printed again."),
    examples: [
      (
        "binhchon campaign certificate reprint 7 --why 'bản cũ bị rách' --campaign dong-da-2023",
        Text(vi: "vẫn giữ số 7", en: "it keeps serial 7")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Argument(help: .text(vi: "Số chứng nhận.", en: "Its serial.", value: "serial"))
  var serial: UInt32

  @Option(help: .text(vi: "Lý do.", en: "Why."))
  var why: String

  @Option(help: .text(vi: "Ngày; mặc định hôm nay.", en: "The day; default: today.", value: "yyyy-mm-dd"))
  var day: String?

  func run(_ context: CommandContext) async throws -> SysExit {
    var act = Binhchon_V1_ReprintAct()
    (act.serial, act.day, act.reason) = (serial, day ?? Day(of: .now).description, why)
    let entered = act
    let response = try await context.withCampaigns { try await $0.enter(.reprint(entered), in: place.campaign) }
    for certificate in response.certificates { try context.console.tell(CertificateRecord(certificate)) }
    return .ok
  }
}

struct ListCertificates: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê chứng nhận.", en: "List certificates."),
    examples: [
      (
        "binhchon campaign certificate list --campaign dong-da-2023 --json",
        Text(vi: "cho chương trình", en: "for programs")
      )
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: CampaignOption

  @Option(help: .text(vi: "Chỉ theo quyết định này.", en: "Only under this decision.", value: "id"))
  var decision: String = ""

  func run(_ context: CommandContext) async throws -> SysExit {
    for certificate in try await context.withCampaigns({
      try await $0.certificates(of: place.campaign, decision: decision)
    }) { try context.console.tell(CertificateRecord(certificate)) }
    return .ok
  }
}

struct CertificateRecord: ToldRecord {
  struct Reprint: Encodable {
    var day: String
    var by: String
    var reason: String
  }

  var serial: UInt32
  var nomination: String
  var decision: String
  var name: String
  var unit: String
  var issued: String
  var handedOver: String?
  var reprints: [Reprint]

  init(_ message: Binhchon_V1_Certificate) {
    (serial, nomination, decision) = (message.serial, message.nomination, message.decision)
    (name, unit, issued) = (message.name, message.unit, message.issued)
    handedOver = message.handedOver.isEmpty ? nil : message.handedOver
    reprints = message.reprints.map { Reprint(day: $0.day, by: $0.by, reason: $0.reason) }
  }

  func lines(_ language: Language) -> [String] {
    var line = Text(
      vi: "số \(serial): \(name), \(unit), cấp \(LocalTime.spoken(day: issued))",
      en: "no. \(serial): \(name), \(unit), issued \(issued)")(language)
    if let handedOver {
      line += Text(vi: ", trao \(LocalTime.spoken(day: handedOver))", en: ", handed over \(handedOver)")(language)
    }
    return [line]
      + reprints.map {
        Text(
          vi: "  in lại \(LocalTime.spoken(day: $0.day)) \($0.by): \($0.reason)",
          en: "  printed again \($0.day) \($0.by): \($0.reason)")(language)
      }
  }
}
