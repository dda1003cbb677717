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
    func follow(_ code: String) {
      guard seen.insert(code).inserted, let unit = units[code] else { return }
      guard let end = unit.end, end <= day else {
        if path(of: code, on: day) != nil { found.append(code) }
        return
      }
      if unit.successions.isEmpty {
        if let parent = unit.placements.last?.parent { follow(parent) }
      } else {
        for succession in unit.successions { follow(succession.successor) }
      }
    }
    follow(code)
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
  private let tree: UnitTree
  private let day: Day

  /// - Parameter day: as of when.
  public init(_ tree: UnitTree, to day: Day) {
    self.tree = tree
    self.day = day
  }

  /// The path that a vote on this one, on that day, is counted under: that of the same unit, wherever it stands now, else
  /// that of its only successor, else its own. A part of a unit that is not registered itself moves with it and ends
  /// with it.
  public func unit(for path: UnitPath, on voted: Day) -> UnitPath {
    guard let (code, rest) = tree.owner(of: path, on: voted) else { return path }
    if let now = tree.path(of: code, on: day) { return (try? UnitPath(now.rawValue + rest)) ?? path }
    let successors = tree.successors(of: code, asOf: day)
    guard successors.count == 1, let successor = successors.first else { return path }
    return tree.path(of: successor, on: day) ?? path
  }
}
