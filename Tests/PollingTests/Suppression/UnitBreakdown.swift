@testable import Polling

/// The table that a tally by units is: for every unit the sum of all below it, by choice and in total.
struct UnitBreakdown: Hashable, Sendable {
  struct Cell: Hashable, Sendable {
    let unit: UnitPath
    let choice: String
  }

  /// One place of the table.
  struct Place: Hashable, Sendable {
    let unit: UnitPath
    /// Nil: the row's total, n.
    let choice: String?
  }

  let choices: [String]
  /// Sorted; every one with a row.
  let units: [UnitPath]
  /// Of each unit itself, without those below it.
  let counts: [Cell: Int64]
  /// Per unit, those with a row in its subtree, itself included.
  private let subtrees: [UnitPath: [UnitPath]]

  /// - Parameters:
  ///   - counts: per unit, how often each choice was taken there, in the order of `choices`.
  ///   - units: what has a row besides the units that have counts: districts, the whole.
  init(choices: [String], counts: [UnitPath: [Int64]], units: [UnitPath] = []) {
    self.choices = choices
    self.units = Set(counts.keys).union(units).sorted()
    var cells: [Cell: Int64] = [:]
    for (unit, row) in counts {
      for (choice, count) in zip(choices, row) { cells[Cell(unit: unit, choice: choice)] = count }
    }
    self.counts = cells
    let rows = Dictionary(uniqueKeysWithValues: self.units.map { ($0.rawValue, $0) })
    var subtrees: [UnitPath: [UnitPath]] = [:]
    for unit in self.units {
      let path = unit.rawValue
      let ends = path.indices.filter { path[$0] == "/" } + [path.endIndex]
      for end in ends { if let above = rows[String(path[..<end])] { subtrees[above, default: []].append(unit) } }
    }
    self.subtrees = subtrees
  }

  /// Row by row, the choices before the total.
  var places: [Place] {
    units.flatMap { unit in (choices + [nil]).map { Place(unit: unit, choice: $0) } }
  }

  /// The cells that a place of the table is the sum of.
  func cells(of place: Place) -> Set<Cell> {
    Set(
      (subtrees[place.unit] ?? []).flatMap { unit in
        (place.choice.map { [$0] } ?? choices).map { Cell(unit: unit, choice: $0) }
      })
  }

  func value(of place: Place) -> Int64 {
    cells(of: place).reduce(0) { $0 &+ (counts[$1] ?? 0) }
  }

  /// What may be shown by `rule`, if nothing of it was ever shown before. See ``Publication`` for what was.
  func published(by rule: SuppressionRule) -> [Place: Int64] {
    let places = places
    let hidden = rule.suppressed(places.map(cells(of:)), counts: counts)
    return Dictionary(
      uniqueKeysWithValues: places.indices.filter { !hidden.contains($0) }.map { (places[$0], value(of: places[$0])) })
  }
}
