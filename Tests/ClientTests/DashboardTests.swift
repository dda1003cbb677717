import Foundation
import Schema
import Testing

@testable import binhchon

/// What there is to see, without a server.
enum DashboardSamples {
  static let now: Int64 = 1_700_000_004_000

  static func board(_ language: Language = .vi) throws -> Dashboard { Dashboard(try WatchModelTests.model(language)) }

  static func update(_ revision: UInt64 = 1_234, unit: String = "hai-chau") -> FeedEvent {
    var tally = Samples.tally(revision: revision, flagged: 7)
    tally.unit = unit
    return .update(Samples.update(.snapshot, tally))
  }

  static func figures(_ revision: UInt64 = 1_234) -> Dashboard.Figures {
    func row(_ key: String, _ counts: [UInt64]) -> Binhchon_V1_FigureRow {
      .with { row in
        row.keys = [key]
        row.ballots = counts.reduce(0, +)
        row.questions = Samples.window(.today, counts).questions
      }
    }
    let units = Binhchon_V1_GetFiguresResponse.with {
      $0.revision = revision
      $0.rows = [
        row("hai-chau/mot-cua/quay-01", [2, 1, 2, 20, 75]), row("hai-chau/mot-cua/quay-02", [10, 5, 17, 90, 75]),
        row("hai-chau/mot-cua/quay-04", [0, 0, 0, 3, 0]),
      ]
    }
    let days = Binhchon_V1_GetFiguresResponse.with {
      $0.rows = [
        row("2023-11-02", [0, 0, 0, 0, 10]), row("2023-11-14", [0, 0, 0, 0, 150]),
        row("2023-11-15", [0, 0, 0, 0, 300]),
      ]
    }
    let hours = Binhchon_V1_GetHoursResponse.with {
      $0.day = "2023-11-15"
      $0.ballots = [UInt64](repeating: 0, count: 24)
      $0.ballots.replaceSubrange(7..<12, with: [20, 60, 120, 80, 20])
    }
    return Dashboard.Figures(units: units, hours: hours, days: days)
  }

  static func alerts() -> [Binhchon_V1_Alert] {
    [
      .with {
        $0.key = "drop/hai-chau-hai-long/hai-chau/mot-cua/quay-02"
        $0.kind = .drop
        $0.poll = "hai-chau-hai-long"
        $0.unit = "hai-chau/mot-cua/quay-02"
        $0.sinceMs = 1_699_981_200_000
        ($0.words.vi, $0.words.en) = (
          "hài lòng giảm còn 61 % (n = 48), trước đó 90 %", "satisfied fell to 61% (n = 48) from 90%"
        )
      },
      .with {
        $0.key = "silent/kiosk/hai-chau/mot-cua/quay-03"
        $0.kind = .silent
        $0.unit = "hai-chau/mot-cua"
        $0.kiosk = "kiosk/hai-chau/mot-cua/quay-03"
        $0.sinceMs = 1_699_990_000_000
        ($0.words.vi, $0.words.en) = ("máy im lặng 2 giờ", "kiosk silent for 2 h")
        $0.acts = 3
        $0.acknowledgedBy = "official/hai-chau/lan"
        $0.owner = "Anh Minh"
        $0.dueMs = 1_699_999_000_000
        $0.comments = [.with { ($0.text, $0.by) = ("đã gọi", "official/hai-chau/lan") }]
      },
    ]
  }

  /// With everything on it.
  static func full(_ language: Language = .vi) throws -> Dashboard {
    var board = try board(language)
    _ = board.handle(.feed(update(unit: "hai-chau/mot-cua"), watch: 0), now: now)
    let view = Dashboard.View(unit: "hai-chau/mot-cua", window: .today, today: "2023-11-15")
    _ = board.handle(.figures(.success(figures()), of: view), now: now)
    _ = board.handle(.alerts(.success(alerts())), now: now)
    return board
  }

  static let lost = Refusal(code: StatusCode.unavailable.rawValue, message: "gone")
  static let forbidden = Refusal(
    code: StatusCode.permissionDenied.rawValue, message: "not for you", reason: "WRONG_ROLE")
}

@Suite struct DashboardTests {
  typealias Samples = DashboardSamples
  private static let now = DashboardSamples.now
  private static let view = Dashboard.View(unit: "hai-chau", window: .today, today: "2023-11-15")

  private static func press(_ board: inout Dashboard, _ keys: Key...) -> [Dashboard.Action] {
    keys.flatMap { board.handle(.key($0), now: now) }
  }

  private static func type(_ board: inout Dashboard, _ text: String) {
    for character in text { #expect(board.handle(.key(.character(character)), now: now).isEmpty) }
  }

  @Test func figuresAndAlertsAreAskedForWhenTheyMayHaveChanged() throws {
    var board = try Samples.board()
    #expect(board.handle(.tick, now: 0).isEmpty)
    #expect(board.handle(.feed(Samples.update(5), watch: 0), now: 1_000) == [.figures(Self.view), .alerts])
    // One question at a time.
    #expect(board.handle(.feed(Samples.update(6), watch: 0), now: 60_000).isEmpty)
    #expect(board.handle(.figures(.success(Samples.figures(5)), of: Self.view), now: 61_000) == [.figures(Self.view)])
    #expect(board.handle(.figures(.success(Samples.figures(6)), of: Self.view), now: 61_100).isEmpty)
    #expect(board.handle(.alerts(.success([])), now: 61_200) == [.alerts])
    #expect(board.handle(.alerts(.success([])), now: 61_300).isEmpty)
    // Nothing has changed: nobody asks for figures.
    #expect(board.handle(.tick, now: 65_000).isEmpty)
    #expect(board.handle(.tick, now: 66_200) == [.alerts])
    #expect(board.handle(.feed(Samples.update(7), watch: 0), now: 66_300) == [.figures(Self.view)])
    #expect(board.handle(.figures(.success(Samples.figures(7)), of: Self.view), now: 66_400).isEmpty)
    // Not every update is worth it.
    #expect(board.handle(.feed(Samples.update(8), watch: 0), now: 66_500).isEmpty)
    #expect(board.handle(.tick, now: 69_300) == [.figures(Self.view)])
    // A clock that was put back asks at once.
    #expect(board.handle(.alerts(.success([])), now: 5) == [.alerts])
  }

  @Test func nothingIsAskedOverALostConnection() throws {
    var board = try Samples.board()
    _ = board.handle(.feed(Samples.update(5), watch: 0), now: 1_000)
    #expect(board.handle(.feed(.lost(Samples.lost), watch: 0), now: 2_000).isEmpty)
    #expect(board.handle(.figures(.failure(Samples.lost), of: Self.view), now: 2_100).isEmpty)
    #expect(board.handle(.alerts(.failure(Samples.lost)), now: 2_200).isEmpty)
    #expect(board.handle(.tick, now: 90_000).isEmpty)
    #expect(board.watch.request(interval: 0).sinceRevision == 5)
    #expect(board.handle(.feed(Samples.update(9), watch: 0), now: 91_000) == [.figures(Self.view), .alerts])
  }

  @Test func whatIsRefusedForGoodIsSaidAndNotAskedAgain() throws {
    var board = try Samples.board()
    _ = board.handle(.feed(Samples.update(5), watch: 0), now: 1_000)
    #expect(board.handle(.figures(.failure(Samples.forbidden), of: Self.view), now: 1_100).isEmpty)
    #expect(board.handle(.alerts(.failure(Samples.forbidden)), now: 1_200).isEmpty)
    #expect(board.handle(.feed(Samples.update(9), watch: 0), now: 99_000).isEmpty)
    guard case .refused = board.figures, case .refused = board.alerts else {
      Issue.record("refusals are forgotten")
      return
    }
    #expect(board.watch.tally?.revision == 9)
  }

  @Test func unitsAreSortedChosenAndDrilledInto() throws {
    var board = try Samples.full()
    // Counter 03 has no ballot, counter 04 no name.
    func names() -> [String] { board.rows.map { $0.unit.suffix(2).description } }
    #expect(names() == ["01", "02", "03", "04"])
    _ = Self.press(&board, .character("s"))
    #expect(names() == ["02", "01", "04", "03"])
    _ = Self.press(&board, .character("s"))
    #expect(names() == ["02", "01", "04", "03"])
    _ = Self.press(&board, .character("s"))
    #expect(names() == ["01", "02", "03", "04"])
    _ = Self.press(&board, .down, .character("j"), .up, .character("k"), .up, .down)
    #expect(board.unitPlace == 1)
    let chosen = board.rows[1].unit
    // The cursor stays on its line, wherever that goes.
    _ = Self.press(&board, .character("s"))
    #expect(board.rows[board.unitPlace].unit == chosen)

    #expect(Self.press(&board, .enter) == [.watch])
    #expect(board.watch.unit == chosen && board.watchNumber == 1 && board.rows.isEmpty)
    // What the watch before still says is not of this unit.
    _ = board.handle(.feed(Samples.update(99), watch: 0), now: Self.now)
    #expect(board.watch.tally == nil)
    let view = Dashboard.View(unit: chosen, window: .today, today: "2023-11-15")
    #expect(board.handle(.feed(Samples.update(unit: chosen), watch: 1), now: Self.now) == [.figures(view)])
    // Nor are figures that were asked for before.
    _ = board.handle(.figures(.success(Samples.figures()), of: Self.view), now: Self.now)
    #expect(board.figures == .waiting)
    #expect(Self.press(&board, .backspace).first == .watch)
    #expect(board.watch.unit == "hai-chau/mot-cua" && board.watchNumber == 2)
    _ = board.handle(.feed(Samples.update(unit: "hai-chau/mot-cua"), watch: 2), now: Self.now)
    _ = board.handle(
      .figures(
        .success(Samples.figures()), of: .init(unit: "hai-chau/mot-cua", window: .today, today: "2023-11-15")),
      now: Self.now)
    #expect(board.rows[board.unitPlace].unit == chosen)
    // This is where it began.
    #expect(Self.press(&board, .backspace).isEmpty)
  }

  @Test func thereIsNothingBelowACounter() throws {
    var board = try Samples.board()
    let unit = "hai-chau/mot-cua/quay-01"
    _ = board.handle(.feed(Samples.update(unit: unit), watch: 0), now: Self.now)
    let view = Dashboard.View(unit: unit, window: .today, today: "2023-11-15")
    var figures = Samples.figures()
    figures.units.rows = [figures.units.rows[0]]
    _ = board.handle(.figures(.success(figures), of: view), now: Self.now)
    #expect(board.rows.map(\.unit) == [unit])
    #expect(Self.press(&board, .enter).isEmpty)
    #expect(board.notice != nil && board.path.isEmpty)
  }

  @Test func windowsQuestionsAndLanguages() throws {
    var board = try Samples.full()
    _ = board.handle(.alerts(.success(Samples.alerts())), now: Self.now)
    // A window that was chosen is asked for at once.
    #expect(
      Self.press(&board, .character("w")) == [
        .figures(.init(unit: "hai-chau/mot-cua", window: .yesterday, today: "2023-11-15"))
      ])
    _ = Self.press(&board, .left, .left)
    #expect(board.watch.window == .total)
    _ = Self.press(&board, .right)
    #expect(board.watch.window == .today)
    _ = Self.press(&board, .character("4"), .character("9"), .character("0"))
    #expect(board.watch.window == .thisMonth)
    _ = Self.press(&board, .character("l"))
    #expect(board.language == .en)
    _ = Self.press(&board, .character("n"))
    #expect(board.watch.question == 0)
    _ = Self.press(&board, .character("?"))
    #expect(board.isHelping)
    // Whatever key: help goes, and that is all.
    #expect(Self.press(&board, .character("q")).isEmpty && !board.isHelping)
    #expect(Self.press(&board, .character("q")) == [.quit])
    #expect(Self.press(&board, .interrupt) == [.interrupt])
  }

  private static func updates(_ actions: [Dashboard.Action]) -> [Binhchon_V1_UpdateAlertRequest] {
    actions.compactMap { if case .update(let request) = $0 { request } else { nil } }
  }

  @Test func alertsAreActedOn() throws {
    var board = try Samples.full()
    // Not where units are chosen.
    #expect(Self.updates(Self.press(&board, .character(" "), .character("o"))).isEmpty && board.prompt == nil)
    _ = Self.press(&board, .character("a"))
    let acknowledged = Self.updates(Self.press(&board, .character(" ")))
    #expect(acknowledged.map(\.key) == [Samples.alerts()[0].key] && acknowledged.map(\.after) == [0])
    #expect(acknowledged.first?.change == .acknowledge(""))

    _ = Self.press(&board, .down)
    #expect(Self.updates(Self.press(&board, .character(" "))).isEmpty && board.notice != nil)
    _ = Self.press(&board, .character("o"))
    // What is there already can be mended.
    _ = Self.press(&board, .backspace, .backspace, .backspace, .backspace)
    Self.type(&board, "Lan")
    let assigned = Self.updates(Self.press(&board, .enter))
    #expect(assigned.first?.assign.owner == "Anh Lan" && assigned.first?.after == 3)
    #expect(assigned.first?.assign.dueMs == 1_699_999_000_000)

    _ = Self.press(&board, .character("d"))
    Self.type(&board, "soon")
    #expect(Self.updates(Self.press(&board, .enter)).isEmpty && board.notice != nil && board.prompt != nil)
    _ = Self.press(&board, .backspace, .backspace, .backspace, .backspace)
    Self.type(&board, "+1")
    let due = Self.updates(Self.press(&board, .enter))
    // 16/11/2023 17:00.
    #expect(due.first?.assign.dueMs == 1_700_128_800_000 && due.first?.assign.owner == "Anh Minh")

    _ = Self.press(&board, .character("c"))
    #expect(Self.updates(Self.press(&board, .enter)).isEmpty)
    _ = Self.press(&board, .character("c"))
    Self.type(&board, "q?")
    #expect(Self.updates(Self.press(&board, .enter)).first?.change == .comment("q?"))
    _ = Self.press(&board, .character("x"))
    #expect(Self.updates(Self.press(&board, .enter)).first?.change == .close(""))
    for key in [Key.backspace, .interrupt] {
      _ = Self.press(&board, .character("c"))
      #expect(Self.press(&board, key).isEmpty && board.prompt == nil)
    }
    _ = Self.press(&board, .character("c"))
    Self.type(&board, String(repeating: "a", count: 500))
    #expect(board.prompt?.text.count == AlertPrompt.mostTyped)
  }

  @Test func whatBecameOfAnActIsSaidAndShown() throws {
    var board = try Samples.full()
    _ = Self.press(&board, .character("a"))
    var alert = Samples.alerts()[0]
    (alert.acknowledgedBy, alert.acts) = ("official/hai-chau/o", 1)
    _ = board.handle(.alerts(.success(Samples.alerts())), now: Self.now)
    // There is news: it is asked for at once.
    #expect(board.handle(.updated(.success(alert)), now: Self.now) == [.alerts])
    #expect(board.listedAlerts.first?.acknowledgedBy == "official/hai-chau/o" && board.notice?.en == "recorded")
    // What was asked before the act tells of before it.
    let later = Self.now + Dashboard.alertsInterval
    _ = board.handle(.alerts(.success([alert])), now: Self.now)
    #expect(board.handle(.tick, now: later) == [.alerts])
    var commented = alert
    (commented.comments, commented.acts) = ([.with { $0.text = "đã gọi" }], 2)
    #expect(board.handle(.updated(.success(commented)), now: later).isEmpty)
    #expect(board.handle(.alerts(.success([alert])), now: later) == [.alerts])
    #expect(board.listedAlerts == [commented])
    let stale = Refusal(code: StatusCode.aborted.rawValue, message: "look again", reason: "STALE_ACT")
    _ = board.handle(.alerts(.success([alert])), now: later)
    #expect(board.handle(.updated(.failure(stale)), now: later) == [.alerts])
    #expect(board.notice != nil)
    alert.closedBy = "official/hai-chau/o"
    _ = board.handle(.updated(.success(alert)), now: Self.now)
    #expect(board.listedAlerts.isEmpty)
    _ = Self.press(&board, .down, .up, .character(" "), .character("o"), .enter)
    #expect(board.prompt == nil)
  }
}

@Suite struct DueTimeTests {
  /// 15/11/2023 05:13 in Hà Nội.
  @Test(
    arguments: [
      ("+0", "15/11/2023 17:00:00"), ("+3", "18/11/2023 17:00:00"), ("+3 08:30", "18/11/2023 08:30:00"),
      ("15/11", "15/11/2023 17:00:00"), ("14/11", "14/11/2024 17:00:00"), ("1/1", "01/01/2024 17:00:00"),
      ("29/2", "29/02/2024 17:00:00"), ("25/12/2026 14:30", "25/12/2026 14:30:00"), ("", nil), ("+", nil), ("+-1", nil),
      ("32/1", nil), ("30/2", nil), ("25-12", nil), ("25/12/26", nil), ("25/12 24:00", nil), ("25/12 1", nil),
      ("mai", nil),
      ("1/2/3/4", nil), ("99999999999999999999/1", nil), ("+4000", nil), ("25/12 1:2 3", nil),
    ] as [(String, String?)])
  func times(_ text: String, _ expected: String?) {
    let time = DueTime.milliseconds(text, now: DashboardSamples.now)
    #expect(time.map { LocalTime.spoken(milliseconds: $0) } == expected)
  }
}

@Suite struct SparklineTests {
  @Test func heights() {
    #expect(Sparkline.text([0, 1, 50, 99, 100, nil], unicode: true) == " ▁▄██?")
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7, 8], unicode: false) == " .:-=+*#@")
    #expect(Sparkline.text([], unicode: true) == "" && Sparkline.text([0, 0], unicode: true) == "  ")
    #expect(Sparkline.text([.max, 1], unicode: true) == "█▁")
  }
}
