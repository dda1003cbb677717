import Foundation
import Testing

/// `watch` in a terminal against a real server: what officials see, do and share, over a crash of the server.
@Suite struct DashboardTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private func watch(
    _ data: String, _ server: ServerProcess, as role: String, _ more: [String] = []
  ) -> [String] {
    ["watch", "--server", server.address, "--identity", "\(data)/certs/\(role)", "--poll", Ballots.poll] + more
  }

  private func cast(
    _ data: String, _ server: ServerProcess, _ choice: String, at counter: String, count: Int
  ) async throws {
    let kiosk = try TestClient(server, identity: "\(data)/certs/kiosk")
    for _ in 0..<count {
      _ = try await kiosk.cast(Ballots.ballot(choice, unit: "hai-chau/mot-cua/\(counter)"))
    }
    await kiosk.shutdown()
  }

  /// The counters in the order in which a page lists them.
  private func counters(_ page: String) -> [String] {
    page.split(separator: "\n").compactMap { line in
      line.dropFirst(2).hasPrefix("Quầy ") ? String(line.dropFirst(2).prefix(7)) : nil
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func officialsSeeActAndShareOverACrash() async throws {
    let data = try await demoData()
    var server = try await ServerProcess.start(data.path)
    try await cast(data.path, server, "BT", at: "quay-02", count: 30)
    try await cast(data.path, server, "RHL", at: "quay-01", count: 5)

    // What the watch asks for and gets, beside the page.
    let kinds = try await Terminal(
      "/bin/bash",
      ["-c", #""$0" "$@" | grep --line-buffered -o '"kind":"[a-z]*"'"#, Binaries.client]
        + watch(data.path, server, as: "official", ["--json", "--lang", "vi"]))
    let page = try await Terminal(
      Binaries.client, watch(data.path, server, as: "official", ["--lang", "vi"]), columns: 80)
    // The demo's poll leaves nothing out: the alert names its counts.
    try await page.page(
      showing: "● trực tiếp", "[1 hôm nay 35]", "n = 35", "30  85,71 %  70,62–93,74 %", "5  14,29 %",
      "Bộ phận Một cửa", "Cảnh báo: 1, 1 chưa ai nhận", "hài lòng 0 % trong 7 ngày (n = 30)")
    // A small screen shows the same, and cuts no line.
    try await page.resize(columns: 60, rows: 24)
    let narrow = try await page.page(
      showing: "n = 35", "30  85,71 %  71–94 %", "Bộ phận Một cửa", "Cảnh báo: 1, 1 chưa ai nhận", "q: thoát")
    #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 60 })
    try await page.resize(columns: 80, rows: 24)

    // Into the one-stop shop; its counters by name, by n, by satisfaction.
    try await page.press("Enter")
    let byName = try await page.page(showing: " hai-chau/mot-cua ·", "> Quầy 01", "Quầy 03", "*Đơn vị")
    #expect(counters(byName) == ["Quầy 01", "Quầy 02", "Quầy 03"])
    try await page.press("s")
    let byCount = try await page.page(showing: "*n ", "> Quầy 01")
    #expect(counters(byCount) == ["Quầy 02", "Quầy 01", "Quầy 03"])
    try await page.press("s")
    let bySatisfaction = try await page.page(showing: "*hài lòng", "> Quầy 01")
    #expect(counters(bySatisfaction) == ["Quầy 02", "Quầy 01", "Quầy 03"])
    try await page.press("k", "Enter")
    try await page.page(showing: " hai-chau/mot-cua/quay-02 ·", "n = 30")
    try await page.press("BSpace")
    try await page.page(showing: " hai-chau/mot-cua ·", "> Quầy 02", "n = 35")

    try await page.press("a", "Space")
    try await page.page(showing: "đã ghi", "Cảnh báo: 1, 0 chưa ai nhận")
    try await page.press("o")
    try await page.type("Chị Lan")
    try await page.page(showing: "Giao cho: Chị Lan_")
    try await page.press("Enter")
    try await page.page(showing: "đã ghi", "giao Chị Lan")
    try await page.press("d")
    try await page.type("+3")
    try await page.page(showing: "Hạn (25/12, +3): +3_")
    try await page.press("Enter")
    try await page.page(showing: "đã ghi", "hạn ")
    try await kinds.page(showing: #""kind":"snapshot""#)

    await server.crash()
    try await page.page(showing: "○ đang nối lại", "số liệu lúc", "n = 35")
    server = try await ServerProcess.start(data.path, arguments: ["--listen", server.address])
    try await page.page(showing: "● trực tiếp", "n = 35")
    // Each comes back in its own time; who comes after a vote is shown it in a snapshot.
    try await kinds.page(showing: "đã nối lại")
    try await cast(data.path, server, "RHL", at: "quay-01", count: 1)
    // What was done is not forgotten.
    try await page.page(showing: "n = 36", "Cảnh báo: 1, 0 chưa ai nhận", "giao Chị Lan", "hạn ")
    // It went on from what it knew: nothing was told as if of another ledger.
    let seen = try await kinds.page(showing: #""kind":"update""#)
    #expect(!seen.contains("reset"))

    // Somebody else sees the same.
    let other = try await Terminal(
      Binaries.client, watch(data.path, server, as: "coordinator", ["--lang", "en"]), columns: 120)
    try await other.page(showing: "● live", "n = 36", "Alerts: 1, 0 not acknowledged")
    try await other.press("a")
    try await other.page(showing: "official/hai-chau/official-demo", "owner Chị Lan", "due ")
    try await other.press("C-c")
    #expect(try await other.status() == 130)
    try await page.press("q")
    #expect(try await page.status() == 0)
    kinds.close()
    #expect(await server.stop() == 0)

    // Acts count nothing, and both verifiers read them.
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    let recounted = try await run("/usr/bin/python3", ["\(Self.root)/scripts/recount", "\(data.path)/ledger.db"])
    #expect(recounted.status == 0, "\(recounted.errors)")
  }
}
