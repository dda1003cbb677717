/// Which path a unit has from when to when: its own moves, and those of the units above it.
struct UnitTimeline {
  struct Stay: Hashable, Sendable {
    var path: UnitPath
    var start: Day
    /// Nil: still.
    var end: Day?

    func contains(_ day: Day) -> Bool { start <= day && (end.map { day < $0 } ?? true) }

    func overlaps(_ other: Stay) -> Bool {
      (other.end.map { start < $0 } ?? true) && (end.map { other.start < $0 } ?? true)
    }
  }

  private static let mostLevels = 8

  /// In order. None for days on which it would be below itself, too deep, or below a unit that is not there.
  private(set) var stays: [Stay] = []
  private(set) var hasCycle = false
  private(set) var isTooDeep = false

  init(of unit: RegisteredUnit, _ units: [String: RegisteredUnit]) {
    climb(unit, units, from: nil, to: nil, below: [])
  }

  /// - Parameter below: the units from the one this is about up to this one, the lowest first.
  private mutating func climb(
    _ unit: RegisteredUnit, _ units: [String: RegisteredUnit], from start: Day?, to end: Day?, below: [RegisteredUnit]
  ) {
    if below.contains(where: { $0.code == unit.code }) {
      hasCycle = true
      return
    }
    let chain = below + [unit]
    if chain.count > Self.mostLevels {
      isTooDeep = true
      return
    }
    for placement in unit.placements {
      let from = start.map { max($0, placement.start) } ?? placement.start
      let to = [end, placement.end].compactMap { $0 }.min()
      if let to, to <= from { continue }
      if let code = placement.parent {
        if let parent = units[code] { climb(parent, units, from: from, to: to, below: chain) }
      } else if let path = try? UnitPath(chain.reversed().map(\.segment).joined(separator: "/")) {
        stays.append(Stay(path: path, start: from, end: to))
      }
    }
  }
}
