import Foundation
import Schema
import Testing

/// The kiosk's page as a citizen meets it: the real programs in a real terminal.
@Suite(.timeLimit(.minutes(2))) struct KioskPageTests {
  /// A server with the poll, and what a kiosk is started with.
  private struct Place {
    let data: TemporaryDirectory
    let server: ServerProcess
    let spool: String

    init(needsDossier: Bool = false) async throws {
      data = try await demoData()
      server = try await ServerProcess.start(data.path)
      spool = "\(data.path)/spool"
      let admin = try TestClient(server, identity: "\(data.path)/certs/admin")
      _ = try await admin.call(
        PollMethods.publishPoll, ReasonsPoll.publishRequest(needsDossier: needsDossier))
      await admin.shutdown()
    }

    func arguments(_ more: [String] = []) -> [String] {
      [
        "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", ReasonsPoll.id,
        "--unit", "hai-chau/mot-cua/quay-01", "--spool", spool,
      ] + more
    }

    func terminal(
      _ more: [String] = [], columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
    ) async throws -> Terminal {
      try await Terminal(
        Binaries.client, arguments(more), columns: columns, rows: rows, environment: environment)
    }

    /// Votes by choice, of the first question and then of the reasons.
    func counts() async throws -> [String: UInt64] {
      let official = try TestClient(server, identity: "\(data.path)/certs/official")
      let tally = try await official.tally(of: ReasonsPoll.id)
      await official.shutdown()
      return Dictionary(
        tally.questions.flatMap { $0.choices.map { ($0.choice, $0.count) } }.filter { $0.1 > 0 },
        uniquingKeysWith: { $0 + $1 })
    }
  }

  /// Where people can look at the pages: docs/kiosk-pages.txt. `BINHCHON_RECORD_PAGES=1` writes it anew.
  private static let book = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../docs/kiosk-pages.txt").standardizedFileURL

  /// As long as a question is there before it can be answered: 400 ms after it appeared, and it is there already. No
  /// synchronisation: that is what the page promises.
  private func read() async throws {
    try await Task.sleep(for: .milliseconds(400))
  }

  @Test func pagesInBothLanguagesAndSizes() async throws {
    let place = try await Place()
    var pages: [(name: String, text: String)] = []
    let terminal = try await place.terminal()
    func keep(_ name: String, _ words: String...) async throws {
      // Twice the same: not caught while it is being written.
      var before = ""
      let page = try await terminal.page(awaiting: "\(words)") { page in
        defer { before = page }
        return page == before && words.allSatisfy(page.contains)
      }
      pages.append((name, page))
    }
    try await keep("levels, 80x24", "Rất hài lòng", "English: l")
    try await terminal.press("2")
    try await keep("reasons, after key 2", "Điều gì khiến", "Bỏ qua: 0")
    try await read()
    try await terminal.press("1", "4")
    try await keep("reasons, after keys 1 and 4", "1 [x]", "4 [x]")
    try await terminal.press("Enter")
    try await keep("thanks, after Enter", "Xin cảm ơn Ông/Bà!", "Đánh giá: Không hài lòng")
    try await terminal.press("l")
    try await keep("thanks in English, after key l", "Thank you!", "Your rating: Dissatisfied")
    // The next citizen finds the first language again.
    try await terminal.page(showing: "Ông/Bà hài lòng đến mức nào hôm nay?")
    try await terminal.touch(column: 5, row: 23)
    try await keep("levels in English, after a touch on the language", "How satisfied are you today?")
    try await terminal.resize(columns: 120, rows: 36)
    try await keep("levels, the window made 120x36", "How satisfied are you today?", "Tiếng Việt: l")
    try await terminal.resize(columns: 40, rows: 15)
    try await keep("levels, the window made 40x15", "5   :-D  Very satisfied")
    try await terminal.resize(columns: 80, rows: 24)
    try await terminal.page(showing: "╰────────────╯ ╰────────────╯")
    // The face of the lowest level.
    try await terminal.touch(column: 10, row: 12)
    try await keep("reasons in English, after a touch on a face", "What were you not satisfied with?", "Skip: 0")
    try await read()
    try await terminal.press("0")
    try await keep("thanks in English, after key 0", "Thank you!", "Your rating: Very dissatisfied")
    try await terminal.press("C-c")
    #expect(try await terminal.status() == 130)
    terminal.close()
    #expect(try await place.counts() == ["KHL": 1, "RKHL": 1, "CHO": 1, "LAN": 1])

    let plain = try await place.terminal(environment: ["TERM": "linux"])
    // The last row is written last.
    try await plain.page(showing: "Rat hai long", "English: l  |\n +-------------+")
    pages.append(("levels on the Linux console, which has no Vietnamese letters", try await plain.page()))
    try await plain.press("C-c")
    #expect(try await plain.status() == 130)
    plain.close()

    var book = """
      The pages of a kiosk, as a terminal shows them (without their colours). Tests/EndToEndTests/KioskPageTests.swift
      compares them, and writes them anew with BINHCHON_RECORD_PAGES=1.

      """
    for (name, text) in pages {
      let columns = max(20, text.split(separator: "\n").map(\.count).max() ?? 0)
      book += "\n== \(name)\n\(String(repeating: "-", count: min(columns, 80)))\n\(text)"
    }
    if ProcessInfo.processInfo.environment["BINHCHON_RECORD_PAGES"] == "1" {
      try FileManager.default.createDirectory(
        at: Self.book.deletingLastPathComponent(), withIntermediateDirectories: true)
      try book.write(to: Self.book, atomically: true, encoding: .utf8)
    }
    let wanted = try String(contentsOf: Self.book, encoding: .utf8)
    // A page at a time, so that a difference is told as one.
    let (drawn, known) = (book.components(separatedBy: "\n== "), wanted.components(separatedBy: "\n== "))
    for (page, old) in zip(drawn, known) { #expect(page == old) }
    #expect(drawn.count == known.count)
  }

  @Test func theFirstTapCountsWhateverHappensToItsReasons() async throws {
    let place = try await Place()
    let killed = try await place.terminal()
    try await killed.page(showing: "Rất hài lòng")
    try await killed.press("1")
    try await killed.page(showing: "Đã ghi: Rất không hài lòng")
    try await read()
    try await killed.press("3")
    try await killed.page(showing: "3 [x]")
    kill(try killed.pid(), SIGKILL)
    #expect(try await killed.status() == 137)
    killed.close()
    // A pipe that ends at once sends what waits.
    let rest = try await run(Binaries.client, place.arguments(), input: "")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(try await place.counts() == ["RKHL": 1])
    // Ended in order, it goes as well.
    let ended = try await place.terminal()
    try await ended.page(showing: "Rất hài lòng")
    try await ended.press("2")
    try await ended.page(showing: "Đã ghi: Không hài lòng")
    kill(try ended.pid(), SIGTERM)
    #expect(try await ended.status() == 143)
    ended.close()
    #expect(try await place.counts() == ["RKHL": 1, "KHL": 1])
  }

  @Test func aLockedPageIsEndedByNoKey() async throws {
    let place = try await Place()
    let terminal = try await place.terminal(["--locked"])
    try await terminal.page(showing: "Rất hài lòng")
    try await terminal.press("C-c", "C-z", "C-\\", "C-d", "q", "Escape", "C-s", "C-q")
    let pid = try terminal.pid()
    for signal in [SIGINT, SIGQUIT, SIGTSTP, SIGHUP] { kill(pid, signal) }
    try await terminal.press("5")
    try await terminal.page(showing: "Xin cảm ơn Ông/Bà!")
    kill(pid, SIGTERM)
    #expect(try await terminal.status() == 143)
    terminal.close()
    #expect(try await place.counts() == ["RHL": 1])
  }

  @Test func aDossierIsScannedBeforeItsRating() async throws {
    let place = try await Place(needsDossier: true)
    let terminal = try await place.terminal()
    try await terminal.page(showing: "Xin quét mã vạch")
    // No rating without one.
    try await terminal.press("5")
    try await terminal.page(showing: "│ 5_")
    try await terminal.press("BSpace")
    try await terminal.type("H40-240105-0023\r")
    try await terminal.page(showing: "Hồ sơ: H40-240105-0023", "Rất hài lòng")
    try await terminal.press("5")
    try await terminal.page(showing: "Xin cảm ơn Ông/Bà!")
    // The next citizen waits for nothing; and the one who comes again is told so.
    try await terminal.type("h40-240105-0023\r")
    try await terminal.page(showing: "Hồ sơ: h40-240105-0023")
    try await terminal.press("4")
    try await terminal.page(showing: "Hồ sơ này đã được đánh giá trước đó")
    try await terminal.type("H40-240105-0024\r")
    try await terminal.page(showing: "Hồ sơ: H40-240105-0024")
    try await terminal.press("3")
    try await terminal.page(showing: "Đánh giá: Bình thường")
    try await terminal.press("C-c")
    #expect(try await terminal.status() == 130)
    terminal.close()
    #expect(try await place.counts() == ["RHL": 1, "BT": 1])
  }
}
