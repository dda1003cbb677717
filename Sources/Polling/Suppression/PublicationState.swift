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

  public init(revision: UInt64, today: Day, counts: DailyCounts, shown: Set<Place>) {
    self.revision = revision
    self.today = today
    self.counts = counts
    self.shown = shown
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
  public var values: [Place: Int64] {
    Dictionary(uniqueKeysWithValues: shown.map { ($0, value($0) ?? 0) })
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
