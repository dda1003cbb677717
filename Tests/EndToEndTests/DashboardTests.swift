import Foundation
import Schema
import Testing

/// `watch` in a terminal against a real server: what officials see, do and share, over a crash of the server.
@Suite struct DashboardTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private func watch(
    _ data: String, _ server: ServerProcess, as role: String, _ more: [String] = [], columns: Int = 80
  ) async throws -> Terminal {
    try await Terminal(
      Binaries.client,
      ["watch", "--server", server.address, "--identity", "\(data)/certs/\(role)", "--poll", Ballots.poll] + more,
      columns: columns)
  }

  private func cast(_ data: String, _ server: ServerProcess, _ choice: String, count: Int) async throws {
    let kiosk = try TestClient(server, identity: "\(data)/certs/kiosk")
    for _ in 0..<count { _ = try await kiosk.cast(Ballots.ballot(choice)) }
    await kiosk.shutdown()
  }

  @Test(.timeLimit(.minutes(3)))
  func officialsShareWhatTheyDoAboutAnAlertOverACrash() async throws {
    let data = try await demoData()
    var server = try await ServerProcess.start(data.path)
    try await cast(data.path, server, "BT", count: 30)

    let first = try await watch(data.path, server, as: "official", ["--lang", "vi"])
    try await first.page(
      showing: "● trực tiếp", "n = 30", "Bộ phận Một cửa", "Cảnh báo: 1, 1 chưa ai nhận", "dưới 80 %")
    // A small screen shows the same, and cuts no line.
    try await first.resize(columns: 60, rows: 24)
    let narrow = try await first.page(showing: "n = 30", "Bộ phận Một cửa", "Cảnh báo: 1, 1 chưa ai nhận", "q: thoát")
    #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 60 })

    try await first.press("Enter")
    try await first.page(showing: " hai-chau/mot-cua ·", "> Quầy 01", "Quầy 03")
    try await first.press("Enter")
    try await first.page(showing: " hai-chau/mot-cua/quay-01 ·", "n = 30")
    try await first.press("BSpace")
    try await first.page(showing: " hai-chau/mot-cua ·", "> Quầy 01", "Quầy 03")

    let second = try await watch(data.path, server, as: "coordinator", ["--lang", "en"], columns: 120)
    try await second.page(showing: "● live", "Alerts: 1, 1 not acknowledged", "n = 30")
    try await first.press("a", "Space")
    try await first.page(showing: "đã ghi", "Cảnh báo: 1, 0 chưa ai nhận")
    try await second.page(showing: "Alerts: 1, 0 not acknowledged")
    try await first.press("o")
    try await first.type("Chị Lan")
    try await first.page(showing: "Giao cho: Chị Lan_")
    try await first.press("Enter")
    try await first.page(showing: "đã ghi")
    try await second.press("a")
    try await second.page(showing: "owner Chị Lan", "official/hai-chau/official-demo")
    // By somebody who may look only.
    let auditor = try await watch(data.path, server, as: "auditor", ["--lang", "en"])
    try await auditor.page(showing: "Alerts: 1, 0 not acknowledged")
    try await auditor.press("a", "c")
    try await auditor.type("?")
    try await auditor.press("Enter")
    try await auditor.page(showing: "role auditor may not")
    try await auditor.press("q")
    #expect(try await auditor.status() == 0)

    await server.crash()
    try await first.page(showing: "○ đang nối lại", "số liệu lúc", "n = 30")
    server = try await ServerProcess.start(data.path, arguments: ["--listen", server.address])
    try await first.page(showing: "● trực tiếp")
    try await cast(data.path, server, "RHL", count: 1)
    // What was shown goes on, and what was done is not forgotten.
    try await first.page(showing: "n = 31", "Cảnh báo: 1, 0 chưa ai nhận", "giao Chị Lan")
    try await second.page(showing: "n = 31", "owner Chị Lan")
    try await first.press("q")
    #expect(try await first.status() == 0)
    try await second.press("C-c")
    #expect(try await second.status() == 130)
    #expect(await server.stop() == 0)

    // Acts count nothing, and both verifiers read them.
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    let recounted = try await run("/usr/bin/python3", ["\(Self.root)/scripts/recount", "\(data.path)/ledger.db"])
    #expect(recounted.status == 0, "\(recounted.errors)")
  }
}
