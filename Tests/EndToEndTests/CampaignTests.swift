import Foundation
import Testing

/// A campaign through the programs themselves: published, imported, screened, recognised by two, certified, commended,
/// inspected, counted by the server, by `verify` and by scripts/recount.
@Suite struct CampaignTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  private static let campaign = "dong-da-2023"

  /// A server, and people with names.
  private struct Site {
    var data: String
    var server: ServerProcess
    var people: [String: String] = [:]

    init(_ data: String) async throws {
      self.data = data
      server = try await ServerProcess.start(data)
      let authority = try Authority(of: data)
      for (name, uri) in [
        ("quan-tri", "admin/dong-da/quan-tri"), ("lan", "clerk/dong-da/lan"), ("mai", "screener/dong-da/mai"),
        ("lan-screener", "screener/dong-da/lan"), ("hoa", "coordinator/dong-da/hoa"),
        ("kim", "coordinator/dong-da/kim"), ("an", "auditor/dong-da/an"), ("lang-ha", "official/dong-da/phuong-1/o"),
        ("hue", "official/thua-thien-hue/o"),
      ] { people[name] = try authority.client(name, uri: "spiffe://binhchon.test/\(uri)") }
    }

    /// `campaign` and these arguments; `--campaign` where `isOf`.
    func run(_ name: String, _ arguments: [String], of campaign: Bool = true) async throws -> Finished {
      let identity = try #require(people[name])
      return try await EndToEndTests.run(
        Binaries.client,
        ["campaign"] + arguments + (campaign ? ["--campaign", CampaignTests.campaign] : []) + [
          "--server", server.address, "--identity", identity, "--json",
        ])
    }

    /// That went well.
    @discardableResult func done(_ name: String, _ arguments: [String], of campaign: Bool = true) async throws -> String
    {
      let finished = try await run(name, arguments, of: campaign)
      #expect(finished.status == 0, "\(arguments.prefix(3)): \(finished.errors)")
      return finished.output
    }

    func refused(
      _ name: String, _ arguments: [String], _ reason: String, _ status: Int32 = 65, of campaign: Bool = true
    ) async throws {
      let finished = try await run(name, arguments, of: campaign)
      #expect(
        finished.status == status && finished.errors.contains("\"\(reason)\""), "\(arguments): \(finished.errors)")
    }

    func report(_ name: String = "an") async throws -> Report {
      let output = try await done(name, ["report", CampaignTests.campaign], of: false)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Report.self, from: Data(output.utf8))
    }

    /// The ids of the nominations that a filter gives.
    func nominations(_ filter: [String] = []) async throws -> [String] {
      try await done("an", ["nominations"] + filter).split(separator: "\n").map {
        try JSONDecoder().decode(Row.self, from: Data($0.utf8)).nomination
      }
    }

    /// What both verifiers say of the ledger; they share no code.
    func recounts() async throws -> (ours: String, python: String) {
      let file = "\(data)/bulletin"
      let verified = try await EndToEndTests.run(Binaries.server, ["verify", data, "--bulletin", file])
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
      let python = try await EndToEndTests.run("/usr/bin/python3", ["\(CampaignTests.root)/scripts/recount", data])
      #expect(python.status == 0, "\(python.errors)")
      return (try String(contentsOfFile: file, encoding: .utf8), python.output)
    }
  }

  private struct Row: Decodable {
    var nomination: String
  }

  private struct Report: Decodable, Equatable {
    struct Count: Decodable, Equatable {
      var registrantKind: String
      var state: String
      var count: Int
    }
    struct Figure: Decodable, Equatable {
      var name: String
      var papers: Int?
      var counted: Int?
    }
    struct Rule: Decodable, Equatable {
      var outcome: String
    }
    var registered: Int
    var recognised: Int
    var cases: [Count]
    var figures: [Figure]
    var rules: [Rule]
    var certificates: Int
    var handedOver: Int
    var reprints: Int
    var teams: Int
    var visits: Int
  }

  /// 24 models: 14 of collectives, 10 of individuals, by turns in four fields.
  private static func rows(field: (Int) -> String) -> String {
    let items = [
      "Thực trạng", "Mục tiêu", "Cách làm", "Địa bàn, đối tượng thụ hưởng", "Lực lượng", "Nguồn lực", "Kết quả",
      "Nhân rộng",
    ]
    let heading = ["Tên mô hình", "Đơn vị", "Người đăng ký", "Loại chủ thể", "Lĩnh vực"] + items
    var lines = [heading]
    for number in 1...24 {
      lines.append(
        [
          "Tuyến phố xanh số \(number)", "phuong-\(number % 3 + 1)", "Tổ dân vận \(number)",
          number <= 14 ? "tập thể" : "Cá nhân", field(number),
        ] + items.map { "\($0) của mô hình \(number)" })
    }
    return lines.map { $0.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }.joined()
  }

  private static let fields = [
    "văn hóa - xã hội", "Kinh tế – quản lý đô thị", "AN NINH, QUỐC PHÒNG", "Xây dựng hệ thống chính trị",
  ]

  private func write(_ text: String, _ path: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(.timeLimit(.minutes(3)))
  func fromRegistrationToCommendation() async throws {
    let data = try await demoData()
    var site = try await Site(data.path)

    // The definition, once and the same again; what is exported is what was published.
    let definition = "\(Self.root)/examples/dan-van-kheo.yaml"
    try await site.refused("hoa", ["publish", definition], "WRONG_ROLE", 77, of: false)
    try await site.done("quan-tri", ["publish", definition], of: false)
    let exported = try await EndToEndTests.run(
      Binaries.client,
      [
        "campaign", "export", Self.campaign, "--server", site.server.address, "--identity",
        try #require(site.people["an"]),
      ])
    let copy = try write(exported.output, "\(data.path)/copy.yaml")
    let again = try await site.done("quan-tri", ["publish", copy], of: false)
    #expect(again.contains("\"unchanged\":true") && again.contains("\"version\":1"), "\(again)")

    // A file with a mistake, with a row too few, and right.
    let wrong = try write(
      Self.rows { $0 == 7 ? "y tế" : Self.fields[$0 % 4] }, "\(data.path)/sai.csv")
    let mistaken = try await site.run("lan", ["import", wrong, "--rejects", "\(data.path)/sua.csv"])
    #expect(mistaken.status == 65 && mistaken.output.contains("UNKNOWN_FIELD"), "\(mistaken.output)\(mistaken.errors)")
    let rejects = try String(contentsOfFile: "\(data.path)/sua.csv", encoding: .utf8)
    #expect(rejects.contains("Tuyến phố xanh số 7") && !rejects.contains("Tuyến phố xanh số 8"), "\(rejects)")
    let file = try write(Self.rows { Self.fields[$0 % 4] }, "\(data.path)/dang-ky.csv")
    try await site.refused("lan", ["import", file, "--control-total", "25"], "CONTROL_TOTAL_MISMATCH")
    #expect(try await site.report().registered == 0)
    try await site.done("lan", ["import", file, "--control-total", "24"])
    let second = try await site.done("lan", ["import", file, "--control-total", "24"])
    #expect(second.contains("\"replayed\":1"), "\(second)")
    let ids = try await site.nominations()
    #expect(ids.count == 24 && Set(ids).count == 24)

    // Screening: by role, within the subtree, never of one's own.
    try await site.done("lan", ["move", "--all-in", "registered", "submit"])
    try await site.refused("lan", ["move", ids[0], "receive"], "WRONG_ROLE", 77)
    try await site.refused("lan-screener", ["move", ids[0], "receive"], "SELF_SCREENING", 77)
    try await site.refused("mai", ["move", ids[0], "accept"], "NOT_NOW")
    try await site.done("mai", ["move", "--all-in", "submitted", "receive"])
    try await site.refused("mai", ["move", ids[0], "reject", "--why", "thiếu minh chứng"], "DOCUMENT_NEEDED")
    try await site.done("mai", ["move", "--all-in", "received", "accept", "--why", "đủ điều kiện"])
    try await site.done("hoa", ["move", "--all-in", "eligible", "propose"])

    // 23 by the decision, by two persons; the 24th is refused.
    try await site.done(
      "hoa",
      [
        "decide", "qd-2023", "--number", "4512/QĐ-UBND", "--date", "2023-11-06", "--signer", "Chủ tịch UBND quận",
        "--level", "district", "--year", "2023", "--count", "23",
      ])
    try await site.refused("hoa", ["recognise", "--all", "--decision", "qd-2023"], "DECISION_COUNT_EXCEEDED")
    let chosen = Array(ids.prefix(23))
    try await site.done("hoa", ["recognise"] + chosen + ["--decision", "qd-2023"])
    #expect(try await site.report().recognised == 0)
    try await site.refused(
      "hoa", ["recognise"] + chosen + ["--decision", "qd-2023"], "OTHER_PERSON_NEEDED", 77)
    try await site.done("kim", ["recognise"] + chosen + ["--decision", "qd-2023"])
    try await site.refused("hoa", ["recognise", ids[23], "--decision", "qd-2023"], "DECISION_COUNT_EXCEEDED")

    // Paper, awards, inspections, years.
    try await site.done("hoa", ["certificate", "issue", "--all", "--decision", "qd-2023", "--day", "2023-11-08"])
    try await site.done("hoa", ["certificate", "hand-over", "1", "2", "--day", "2023-11-09"])
    let printed = try await site.done("hoa", ["certificate", "reprint", "2", "--why", "sai tên"])
    #expect(printed.contains("\"serial\":2") && printed.contains("dong-da/hoa"), "\(printed)")
    var awards =
      "id: kt-2023\nunit: dong-da\nissuer: Quận ủy\nlegal-basis: nq-25\nkind: KHEN_THUONG\nlevel: district\n"
      + "period: {from: 2023-01-01, until: 2024-01-01}\ntopic: trong công tác xây dựng chính quyền năm 2023\nlines:\n"
    for number in 1...12 { awards += "  - {kind: collective, name: Tập thể \(number)}\n" }
    for number in 1...3 { awards += "  - {kind: individual, name: Cá nhân \(number)}\n" }
    let list = try write(awards, "\(data.path)/khen.yaml")
    try await site.refused("hoa", ["award", list, "--control-total", "14"], "CONTROL_TOTAL_MISMATCH")
    try await site.done("hoa", ["award", list, "--control-total", "15"])
    try await site.done("hoa", ["inspect", "team", "Đoàn 1"])
    try await site.done(
      "mai", ["inspect", "visit", "v-1", "--team", "đoàn 1", "--unit", "dong-da/phuong-1", "--day", "2023-05-04"])
    try await site.done("hoa", ["status", ids[0], "maintained", "--year", "2024"])
    try await site.refused("hoa", ["status", ids[23], "maintained", "--year", "2024"], "NOT_RECOGNISED")

    // What all of it comes to: each count leads to its cases; the papers say 613, and are told so.
    let report = try await site.report()
    #expect((report.registered, report.recognised) == (24, 23))
    #expect((report.certificates, report.handedOver, report.reprints) == (23, 2, 1))
    #expect((report.teams, report.visits) == (1, 1))
    #expect(report.figures.first { $0.name == "models" } == Report.Figure(name: "models", papers: 613, counted: 24))
    #expect(report.rules == [Report.Rule(outcome: "holds")])
    for count in report.cases {
      let cases = try await site.nominations(["--registrant-kind", count.registrantKind, "--state", count.state])
      #expect(cases.count == count.count)
    }
    #expect(try await site.nominations(["--decision", "qd-2023"]) == chosen)
    #expect(try await site.nominations(["--status", "maintained", "--year", "2024"]) == [ids[0]])
    // A ward sees its own, another province nothing.
    #expect(try await site.report("lang-ha").registered == 8)
    try await site.refused("hue", ["report", Self.campaign], "UNKNOWN_CAMPAIGN", of: false)

    // The same from the ledger alone, twice, and after a restart.
    let counted = try await site.recounts()
    #expect(counted.ours == counted.python)
    let lines = counted.ours.split(separator: "\n").filter { $0.hasPrefix("campaign/dong-da-2023\t") }
    #expect(lines.contains("campaign/dong-da-2023\trecognised\tqd-2023\t23"))
    #expect(lines.contains("campaign/dong-da-2023\tawards\tkt-2023\tcollective\t12"))
    let cases = lines.filter { $0.hasPrefix("campaign/dong-da-2023\tcases\t") }
      .compactMap { $0.split(separator: "\t").last.flatMap { Int($0) } }
    #expect(cases.reduce(0, +) == 24)
    #expect(await site.server.stop() == 0)
    site.server = try await ServerProcess.start(data.path)
    #expect(try await site.report() == report)
    #expect(await site.server.stop() == 0)
  }
}
