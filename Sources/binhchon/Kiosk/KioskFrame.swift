/// What somebody may touch on a kiosk's page.
enum KioskTarget: Sendable, Equatable {
  case choice(Int)
  case language
  /// To type a dossier's number.
  case dossier
  case reason(Int)
  case confirm
  case skip
  /// No more questions.
  case stop
}

/// A rectangle of a screen, in cells from 0.
struct Area: Sendable, Equatable {
  var row: Int
  var column: Int
  var rows: Int
  var columns: Int

  var bottom: Int { row + rows }
  var right: Int { column + columns }

  func contains(row: Int, column: Int) -> Bool {
    (self.row..<bottom).contains(row) && (self.column..<right).contains(column)
  }
}

/// A drawn page: its lines, and what is where for who touches it.
struct KioskFrame: Sendable, Equatable {
  var canvas: Canvas
  private(set) var targets: [(area: Area, target: KioskTarget)] = []

  init(_ size: ScreenSize, _ style: Style) {
    canvas = Canvas(size: size, style: style)
  }

  var lines: [Line] { canvas.lines }

  mutating func add(_ target: KioskTarget, _ area: Area) {
    targets.append((area, target))
  }

  /// What a finger at this cell means; cells count from 1, as terminals report them.
  func target(of mouse: Mouse) -> KioskTarget? {
    targets.first { $0.area.contains(row: mouse.row - 1, column: mouse.column - 1) }?.target
  }

  static func == (left: KioskFrame, right: KioskFrame) -> Bool {
    left.canvas == right.canvas && left.targets.elementsEqual(right.targets) { $0 == $1 }
  }
}
