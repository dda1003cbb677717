import Polling
import Testing

@testable import Paper
@testable import binhchon

/// What files and peers write does not steer the terminal.
@Suite struct SteeringTests {
  static let hostile = "a\u{1B}[2Jb\u{1B}]52;c;cm0gLXJm\u{07}c\u{9B}2J\u{202E}d\u{2066}e\u{7F}\r\nf\tg"

  static func steers(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      $0.properties.generalCategory == .control || (0x202A...0x202E).contains($0.value)
        || (0x2066...0x2069).contains($0.value)
    }
  }

  @Test func everyControlCharacter() {
    for value in UInt32(0)...0x2FFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(Steering.contains(scalar) == Self.steers(String(Character(scalar))), "\(value)")
      if Steering.contains(scalar) { #expect(TextWidth.of(scalar) == 1) }
    }
  }

  @Test func textsAreShownAsSigns() {
    #expect(
      Style.plain.shown(Self.hostile) == "a�[2Jb�]52;c;cm0gLXJm�c�2J�d�e�  f g")
    #expect(Style.ascii.shown("\u{1B}[2J đ") == "?[2J d")
    #expect(Style.plain.shown("a\r\nb\u{1B}", keepsBreaks: true) == "a \nb�")
  }

  @Test func lines() {
    for style in [Style.plain, .ascii] {
      #expect(!Self.steers(Line(Self.hostile, .bad).rendered(style, columns: .max)))
    }
    // Ours are still there.
    let coloured = Style(colors: .eight, unicode: true)
    #expect(Line("x\u{1B}[2J", .bad).rendered(coloured, columns: 3) == "\u{1B}[31mx�…\u{1B}[0m")
    // Only as long as the screen is wide.
    #expect(Line("\u{1B}\u{1B}").width == 2)
  }

  @Test func pagesOfAScreen() {
    var canvas = Canvas(size: ScreenSize(columns: 12, rows: 1), style: .plain)
    canvas.write("a\u{1B}[2J\nb", row: 0, column: 0)
    #expect(canvas.lines == [Line("a�[2J b")])
  }

  @Test func tables() {
    var table = Table(headings: ["A", "B"], sides: [.left, .left])
    table.rows = [["x\ny\u{1B}", "z"]]
    #expect(table.lines() == ["A     B", "x y�  z"])
  }

  /// The words of `binhchon import` about a hostile file.
  @Test func findings() throws {
    var report = PaperReport()
    report.add(Finding(.unknownUnit, row: 2, column: 0, value: Self.hostile))
    let console = Console(
      language: .vi, json: false, verbosity: 0, style: .plain, errorStyle: .plain, outputIsTerminal: true,
      errorIsTerminal: true)
    let talk = ImportTalk(console: console, poll: try Polling.Poll(try Samples.poll()))
    let lines = talk.findings(report).map { $0.rendered(.plain, columns: .max) }
    #expect(lines.count == 2 && !lines.contains(where: Self.steers))
    #expect(lines.last?.contains("a�[2Jb�]52") == true)
    // Nor do they add lines of their own.
    report.format = .workbook(sheet: "a\nkhông có lỗi\u{1B}[1A")
    let about = talk.columns(report, file: "a.xlsx").map { $0.rendered(.plain, columns: .max) }
    #expect(about.first == "a.xlsx: Excel, trang “a không có lỗi�[1A”" && !about.contains(where: Self.steers))
  }
}
