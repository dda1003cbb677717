/// What is counted of one poll, by the unit that was voted on and day; counted ballots only. Numbers that are missing are 0.
public struct DailyCounts: Hashable, Sendable {
  public struct Cell: Hashable, Sendable {
    public var unit: UnitPath
    public var day: Day
    public var subject: CellKey.Subject

    public init(unit: UnitPath, day: Day, subject: CellKey.Subject) {
      self.unit = unit
      self.day = day
      self.subject = subject
    }
  }

  public var cells: [Cell: Int64]

  public init(_ cells: [Cell: Int64] = [:]) {
    self.cells = cells
  }

  /// Of counted ballots only.
  public init(counting cells: [CellKey: Int64]) {
    self.init()
    for (key, count) in cells where count != 0 && key.flags.isCounted {
      self.cells[Cell(unit: key.unit, day: key.day, subject: key.subject), default: 0] &+= count
    }
  }

  /// All days before `day` as one, which only the total contains.
  func lumping(before day: Day) -> DailyCounts {
    var lumped: [Cell: Int64] = [:]
    for (cell, count) in cells where count != 0 {
      var cell = cell
      if cell.day < day { cell.day = PublicationState.older }
      lumped[cell, default: 0] &+= count
    }
    return DailyCounts(lumped)
  }
}

/// A state of a poll's counts together with what of it was published. Kept, also over a restart: what is published next
/// must not tell of a few people even to those who remember it.
public struct PublicationState: Hashable, Sendable {
  /// A figure of a publication.
  public struct Place: Hashable, Sendable {
    /// With all below it.
    public var unit: UnitPath
    public var window: Window
    public var subject: CellKey.Subject

    public init(unit: UnitPath, window: Window, subject: CellKey.Subject) {
      self.unit = unit
      self.window = window
      self.subject = subject
    }
  }

  /// Stands for all days that are too old for any window but the total.
  public static let older = Day(number: .min)

  /// The ledger sequence that the counts include.
  public var revision: UInt64
  public var today: Day
  public var counts: DailyCounts
  public var shown: Set<Place>
  /// The counts are of entries that the ledger lost when it was restored: `revision` is none of what it has now.
  public var isOfLostEntries: Bool

  public init(
    revision: UInt64, today: Day, counts: DailyCounts, shown: Set<Place>, isOfLostEntries: Bool = false
  ) {
    self.revision = revision
    self.today = today
    self.counts = counts
    self.shown = shown
    self.isOfLostEntries = isOfLostEntries
  }

  /// The first day that can be in another window than the total, now or later.
  static func horizon(_ today: Day) -> Day {
    let (year, month, _) = today.civil
    let first = Day(year: year, month: month, day: 1) ?? today
    return min(first, today.advanced(by: -max(1, today.weekday)))
  }

  static func contains(_ window: Window, _ day: Day, today: Day) -> Bool {
    window == .total || day != older && window.contains(day, today: today)
  }

  /// What is shown.
  public var values: [Place: Int64] { values(of: counts) }

  /// What would be shown in the same places, were these the counts.
  func values(of counts: DailyCounts) -> [Place: Int64] {
    var values = Dictionary(uniqueKeysWithValues: shown.map { ($0, Int64(0)) })
    // Each path is compared once, not for every cell.
    let units = Set(shown.lazy.map(\.unit))
    var containing: [UnitPath: [UnitPath]] = [:]
    for unit in Set(counts.cells.keys.lazy.map(\.unit)) { containing[unit] = units.filter { $0.contains(unit) } }
    for (cell, count) in counts.cells {
      for window in Window.allCases where Self.contains(window, cell.day, today: today) {
        for unit in containing[cell.unit] ?? [] {
          let place = Place(unit: unit, window: window, subject: cell.subject)
          if let sum = values[place] { values[place] = sum &+ count }
        }
      }
    }
    return values
  }

  /// Nil: left out.
  public func value(_ place: Place) -> Int64? {
    guard shown.contains(place) else { return nil }
    return counts.cells.reduce(0) { sum, cell in
      cell.key.subject == place.subject && place.unit.contains(cell.key.unit)
        && Self.contains(place.window, cell.key.day, today: today) ? sum &+ cell.value : sum
    }
  }
}
