extension UnitRegistry {
  static let mostUnits = 50_000
  static let mostProcedures = 10_000
  static let mostPlacements = 20
  static let mostSuccessions = 50

  /// Everything that is wrong with it, in one pass; empty: it may be published.
  public func faults() -> [RegistryFault] {
    // Beyond a limit nothing is looked at: a peer chooses how much there is.
    if units.count > Self.mostUnits { return [RegistryFault(.tooMany, field: "units", subject: "\(units.count)")] }
    if procedures.count > Self.mostProcedures {
      return [RegistryFault(.tooMany, field: "procedures", subject: "\(procedures.count)")]
    }
    var check = RegistryCheck()
    check.procedures(procedures)
    check.units(units)
    return check.faults
  }
}

private struct RegistryCheck {
  private(set) var faults: [RegistryFault] = []
  private var known: [String: RegisteredUnit] = [:]

  mutating func procedures(_ procedures: [Procedure]) {
    var codes: Set<ProcedureCode> = []
    for (index, procedure) in procedures.enumerated() {
      let (field, subject) = ("procedures[\(index)]", procedure.code.rawValue)
      if !codes.insert(procedure.code).inserted { add(.codeTwice, field, subject) }
      if procedure.name.vi.isEmpty { add(.nameMissing, field, subject) }
    }
  }

  mutating func units(_ units: [RegisteredUnit]) {
    for (index, unit) in units.enumerated() {
      let field = "units[\(index)]"
      // Only names are hashed: a peer's text may be made to take hours.
      guard Name.isValid(unit.code) else {
        add(.badCode, field, "")
        continue
      }
      if known[unit.code] != nil { add(.codeTwice, field, unit.code) }
      known[unit.code] = unit
      if !Name.isValid(unit.segment) { add(.badSegment, field, unit.code) }
      if unit.name.vi.isEmpty { add(.nameMissing, field, unit.code) }
    }
    for (index, unit) in units.enumerated() where Name.isValid(unit.code) {
      placements(of: unit, "units[\(index)]")
      successions(of: unit, "units[\(index)]")
    }
    // Placements that overlap make more paths the deeper they are: beyond all numbers.
    if !faults.contains(where: { [.overlap, .emptyPlacement, .tooMany].contains($0.code) }) { paths(of: units) }
  }

  private mutating func add(_ code: RegistryFault.Code, _ field: String, _ subject: String, _ other: String = "") {
    faults.append(RegistryFault(code, field: field, subject: subject, other: other))
  }

  private mutating func placements(of unit: RegisteredUnit, _ field: String) {
    if unit.placements.isEmpty { add(.noPlacement, field, unit.code) }
    if unit.placements.count > UnitRegistry.mostPlacements { return add(.tooMany, "\(field).placements", unit.code) }
    for (index, placement) in unit.placements.enumerated() {
      let field = "\(field).placements[\(index)]"
      if let end = placement.end, end <= placement.start { add(.emptyPlacement, field, unit.code) }
      if index > 0 {
        let before = unit.placements[index - 1]
        if before.end.map({ $0 > placement.start }) ?? true {
          add(.overlap, field, unit.code, "\(placement.start)")
        } else if let end = before.end, end < placement.start {
          add(.gap, field, unit.code, "\(end)")
        }
      }
      guard let parent = placement.parent else { continue }
      guard Name.isValid(parent), let above = known[parent] else {
        add(.unknownParent, field, unit.code, Name.isValid(parent) ? parent : "")
        continue
      }
      guard let begin = above.placements.first?.start else { continue }
      let staysLonger = above.end.map { end in placement.end.map { $0 > end } ?? true } ?? false
      if placement.start < begin || staysLonger { add(.outlivesParent, field, unit.code, parent) }
    }
  }

  private mutating func successions(of unit: RegisteredUnit, _ field: String) {
    guard !unit.successions.isEmpty else { return }
    if unit.successions.count > UnitRegistry.mostSuccessions { return add(.tooMany, "\(field).successions", unit.code) }
    let isSplit = unit.successions.contains { $0.kind == .split }
    let kinds = Set(unit.successions.map(\.kind))
    if isSplit != (unit.successions.count > 1) || kinds.count > 1 {
      add(.successorNumber, "\(field).successions", unit.code)
    }
    for (index, succession) in unit.successions.enumerated() {
      let field = "\(field).successions[\(index)]"
      let name = Name.isValid(succession.successor) ? succession.successor : ""
      guard name != unit.code, let successor = known[name] else {
        add(.unknownSuccessor, field, unit.code, name)
        continue
      }
      guard let end = unit.end else {
        add(.successorOfLiving, field, unit.code, name)
        continue
      }
      if successor.placement(on: end) == nil { add(.successorAbsent, field, unit.code, name) }
    }
  }

  /// What can only be seen of paths: cycles, depth, and two units in one place.
  private mutating func paths(of units: [RegisteredUnit]) {
    var stays: [UnitPath: [(field: String, code: String, stay: UnitTimeline.Stay)]] = [:]
    for (index, unit) in units.enumerated()
    where Name.isValid(unit.code) && unit.placements.count <= UnitRegistry.mostPlacements {
      let field = "units[\(index)]"
      let timeline = UnitTimeline(of: unit, known)
      if timeline.hasCycle { add(.cycle, field, unit.code) }
      if timeline.isTooDeep { add(.tooDeep, field, unit.code) }
      for stay in timeline.stays { stays[stay.path, default: []].append((field, unit.code, stay)) }
    }
    for (_, all) in stays.sorted(by: { $0.key < $1.key }) where all.count > 1 {
      let ordered = all.sorted { ($0.stay.start, $0.code) < ($1.stay.start, $1.code) }
      for (before, after) in zip(ordered, ordered.dropFirst())
      where before.code != after.code && before.stay.overlaps(after.stay) {
        add(.pathTwice, after.field, after.code, before.code)
      }
    }
  }
}
