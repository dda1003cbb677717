/// A registry of units, arranged to be asked. Dates decide: a unit has the path that it had on the day.
public struct UnitTree: Sendable {
  public let registry: UnitRegistry
  private let units: [String: RegisteredUnit]
  private let timelines: [String: [UnitTimeline.Stay]]
  private let owners: [UnitPath: [(code: String, stay: UnitTimeline.Stay)]]

  /// - Parameter registry: without faults; where it has some, some units have no path.
  public init(_ registry: UnitRegistry) {
    self.registry = registry
    let units = Dictionary(registry.units.map { ($0.code, $0) }) { first, _ in first }
    self.units = units
    timelines = units.mapValues { UnitTimeline(of: $0, units).stays }
    var owners: [UnitPath: [(code: String, stay: UnitTimeline.Stay)]] = [:]
    for unit in registry.units {
      for stay in timelines[unit.code] ?? [] { owners[stay.path, default: []].append((unit.code, stay)) }
    }
    self.owners = owners
  }

  public subscript(code: String) -> RegisteredUnit? { units[code] }

  /// Nil: there is no such unit on that day.
  public func path(of code: String, on day: Day) -> UnitPath? {
    timelines[code]?.first { $0.contains(day) }?.path
  }

  /// All paths of a unit, in order.
  func stays(of code: String) -> [UnitTimeline.Stay] { timelines[code] ?? [] }

  /// The code of the unit that has this path on that day.
  public func unit(at path: UnitPath, on day: Day) -> String? {
    owners[path]?.first { $0.stay.contains(day) }?.code
  }

  /// The units on that day, by their paths; of `path` and below, or all.
  public func subtree(of path: UnitPath? = nil, on day: Day) -> [(path: UnitPath, unit: RegisteredUnit)] {
    registry.units
      .compactMap { unit in self.path(of: unit.code, on: day).map { ($0, unit) } }
      .filter { path?.contains($0.0) ?? true }
      // Names are ASCII; "/" before them all, so that what is below a unit follows it.
      .sorted {
        $0.0.rawValue.utf8.lazy.map(Self.order).lexicographicallyPrecedes($1.0.rawValue.utf8.lazy.map(Self.order))
      }
  }

  private static func order(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "/") ? 0 : byte }

  /// Which units go on with what this one did, as of a day: itself while it is there; several where it was split; those
  /// of the unit above where nothing is said of itself. Empty: nobody.
  public func successors(of code: String, asOf day: Day) -> [String] {
    var found: [String] = []
    var seen: Set<String> = []
    // No recursion: a chain may be as long as the registry.
    var next = [code]
    while let code = next.popLast() {
      guard seen.insert(code).inserted, let unit = units[code] else { continue }
      guard let end = unit.end, end <= day else {
        if path(of: code, on: day) != nil { found.append(code) }
        continue
      }
      if unit.successions.isEmpty {
        if let parent = unit.placements.last?.parent { next.append(parent) }
      } else {
        next += unit.successions.reversed().map(\.successor)
      }
    }
    return found
  }

  /// Which unit's path begins this one on that day, with as much of it as possible, and what follows.
  ///
  /// A day after the unit's end is one of its days: presses come late.
  func owner(of path: UnitPath, on day: Day) -> (code: String, rest: Substring)? {
    let text = path.rawValue
    var end = text.endIndex
    while true {
      if let prefix = try? UnitPath(String(text[..<end])), let stays = owners[prefix],
        let owner = stays.first(where: { $0.stay.contains(day) })
          ?? stays.filter({ $0.stay.start <= day }).max(by: { $0.stay.start < $1.stay.start })
      {
        return (owner.code, text[end...])
      }
      guard let slash = text[..<end].lastIndex(of: "/") else { return nil }
      end = slash
    }
  }
}

/// Where votes on units of the past are counted today.
public struct UnitRollUp: Sendable {
  /// Whoever is shown what is rolled up.
  public struct Reader: Sendable {
    /// The unit that they may see, with all below it.
    public var scope: UnitPath
    public var today: Day

    public init(scope: UnitPath, today: Day) {
      self.scope = scope
      self.today = today
    }
  }

  private let tree: UnitTree
  private let day: Day
  private let reader: Reader?

  /// - Parameters:
  ///   - day: as of when.
  ///   - reader: for whom; nil: for somebody who may see everything.
  public init(_ tree: UnitTree, to day: Day, for reader: Reader? = nil) {
    self.tree = tree
    self.day = day
    self.reader = reader
  }

  /// Where it is counted, if the reader may see it: as the unit that was voted on, or as what that is today. What it was
  /// in between gives nobody a right.
  func shownUnit(for path: UnitPath, on voted: Day) -> UnitPath? {
    if let reader, !reader.scope.contains(path),
      !reader.scope.contains(unit(for: path, on: voted, asOf: reader.today))
    {
      return nil
    }
    return unit(for: path, on: voted)
  }

  /// The path that a vote on this one, on that day, is counted under: that of the same unit, wherever it stands now, else
  /// that of its only successor, else its own. A part of a unit that is not registered itself moves with it and ends
  /// with it. What was voted after the day is counted where it was voted.
  public func unit(for path: UnitPath, on voted: Day) -> UnitPath {
    unit(for: path, on: voted, asOf: day)
  }

  /// Whether what was voted there stays under the unit's old path as of the day: it is no more, and nobody goes on with it,
  /// or several do, and nobody knows which of them.
  func stays(_ path: UnitPath, on voted: Day) -> Bool {
    guard voted <= day, let (code, _) = tree.owner(of: path, on: voted) else { return false }
    return tree.path(of: code, on: day) == nil && tree.successors(of: code, asOf: day).count != 1
  }

  private func unit(for path: UnitPath, on voted: Day, asOf day: Day) -> UnitPath {
    guard voted <= day else { return path }
    guard let (code, rest) = tree.owner(of: path, on: voted) else { return path }
    if let now = tree.path(of: code, on: day) { return (try? UnitPath(now.rawValue + rest)) ?? path }
    let successors = tree.successors(of: code, asOf: day)
    guard successors.count == 1, let successor = successors.first else { return path }
    return tree.path(of: successor, on: day) ?? path
  }
}
