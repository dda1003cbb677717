import Schema
import Testing

@testable import binhchon

@Suite struct DashboardScreenTests {
  typealias Samples = DashboardSamples

  private static func page(
    _ board: Dashboard, columns: Int, rows: Int = 24, style: Style = .plain, later: Int64 = 0
  ) -> String {
    DashboardScreen.render(
      board, nowMilliseconds: Samples.now + later, size: ScreenSize(columns: columns, rows: rows), style: style
    ).map { line in
      var text = line.rendered(style, columns: columns)
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  @Test func sixtyColumns() throws {
    print(Self.page(try Samples.full(), columns: 60))
    var board = try Samples.full(.en)
    _ = board.handle(.key(.character("a")), now: Samples.now)
    _ = board.handle(.key(.down), now: Samples.now)
    print(Self.page(board, columns: 60, style: .ascii))
    print(Self.page(board, columns: 80))
    board = try Samples.full()
    _ = board.handle(.feed(.lost(Samples.lost), watch: 0), now: Samples.now)
    print(Self.page(board, columns: 80))
    print(Self.page(board, columns: 120, rows: 36))
  }
}
