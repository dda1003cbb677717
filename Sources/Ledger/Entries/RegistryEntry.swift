public import Polling

/// The body of an entry that publishes a version of the registry of units.
struct RegistryEntry {
  var registry: UnitRegistry
  var by: String
  var at: Timestamp

  init(registry: UnitRegistry, by: String, at: Timestamp) {
    self.registry = registry
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.registry(registry)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    registry = try reader.registry()
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }

  /// Whether both say the same, versions aside: byte for byte, for texts that look alike may differ.
  static func isSame(_ one: UnitRegistry, _ other: UnitRegistry) -> Bool {
    var (first, second) = (ByteWriter(), ByteWriter())
    var other = other
    other.version = one.version
    first.registry(one)
    second.registry(other)
    return first.bytes == second.bytes
  }
}

extension UnitRegistry {
  /// Whether publishing the one after the other would change nothing.
  public func saysTheSame(as other: UnitRegistry) -> Bool { RegistryEntry.isSame(self, other) }
}

private enum PlacementHas {
  static let parent: UInt8 = 1
  static let end: UInt8 = 2
  static let all: UInt8 = 3
}

extension ByteWriter {
  fileprivate mutating func registry(_ registry: UnitRegistry) {
    varint(UInt64(registry.version))
    count(registry.units.count)
    for unit in registry.units { self.unit(unit) }
    count(registry.procedures.count)
    for procedure in registry.procedures {
      string(procedure.code.rawValue)
      string(procedure.name.vi)
      string(procedure.name.en)
      string(procedure.field)
    }
  }

  private mutating func unit(_ unit: RegisteredUnit) {
    string(unit.code)
    string(unit.segment)
    byte(unit.kind.rawValue)
    string(unit.name.vi)
    string(unit.name.en)
    count(unit.placements.count)
    for placement in unit.placements {
      byte((placement.parent == nil ? 0 : PlacementHas.parent) | (placement.end == nil ? 0 : PlacementHas.end))
      if let parent = placement.parent { string(parent) }
      signed(Int64(placement.start.number))
      if let end = placement.end { signed(Int64(end.number)) }
    }
    count(unit.successions.count)
    for succession in unit.successions {
      string(succession.successor)
      byte(succession.kind.rawValue)
    }
  }
}

extension ByteReader {
  fileprivate mutating func registry() throws(FormatError) -> UnitRegistry {
    var registry = UnitRegistry(version: try uint32(), units: [])
    for _ in 0..<(try count()) { registry.units.append(try unit()) }
    for _ in 0..<(try count()) {
      registry.procedures.append(
        Procedure(
          code: try named { try ProcedureCode($0) }, name: LocalizedText(vi: try string(), en: try string()),
          field: try string()))
    }
    return registry
  }

  private mutating func unit() throws(FormatError) -> RegisteredUnit {
    let (code, segment) = (try string(), try string())
    guard let kind = UnitKind(rawValue: try byte()) else { throw fail("unknown kind of unit") }
    var unit = RegisteredUnit(
      code: code, segment: segment, kind: kind, name: LocalizedText(vi: try string(), en: try string()),
      placements: [])
    for _ in 0..<(try count()) {
      let has = try byte()
      guard has & ~PlacementHas.all == 0 else { throw fail("unknown field") }
      unit.placements.append(
        RegisteredUnit.Placement(
          parent: has & PlacementHas.parent == 0 ? nil : try string(), start: try day(),
          end: has & PlacementHas.end == 0 ? nil : try day()))
    }
    for _ in 0..<(try count()) {
      let successor = try string()
      guard let kind = RegisteredUnit.Succession.Kind(rawValue: try byte()) else {
        throw fail("unknown kind of succession")
      }
      unit.successions.append(RegisteredUnit.Succession(successor: successor, kind: kind))
    }
    return unit
  }
}
