internal import Polling
internal import Schema

// UnitRegistry: message ↔ value.

extension UnitRegistry {
  init(_ message: Binhchon_V1_UnitRegistry) throws(Refusal) {
    var units: [RegisteredUnit] = []
    for (index, unit) in message.units.enumerated() {
      units.append(try RegisteredUnit(unit, field: "registry.units[\(index)]"))
    }
    var procedures: [Procedure] = []
    for (index, procedure) in message.procedures.enumerated() {
      try procedure.name.requireTwoLanguages(field: "registry.procedures[\(index)].name")
      do {
        procedures.append(
          Procedure(
            code: try ProcedureCode(procedure.code), name: procedure.name.value, field: procedure.field))
      } catch {
        throw .invalid([Violation("registry.procedures[\(index)].code", error.problem)])
      }
    }
    self.init(units: units, procedures: procedures)
  }

  var message: Binhchon_V1_UnitRegistry {
    var message = Binhchon_V1_UnitRegistry()
    message.version = version
    message.units = units.map(\.message)
    message.procedures = procedures.map { procedure in
      var message = Binhchon_V1_Procedure()
      message.code = procedure.code.rawValue
      message.name = procedure.name.twoLanguages
      message.field = procedure.field
      return message
    }
    return message
  }
}

extension RegisteredUnit {
  fileprivate init(_ message: Binhchon_V1_RegisteredUnit, field: String) throws(Refusal) {
    guard let kind = UInt8(exactly: message.kind.rawValue).flatMap(UnitKind.init) else {
      throw .invalid([Violation("\(field).kind", "is missing or unknown")])
    }
    var placements: [Placement] = []
    for (index, placement) in message.placements.enumerated() {
      let field = "\(field).placements[\(index)]"
      guard let start = Day(iso: placement.from) else {
        throw .invalid([Violation("\(field).from", "must be a day, yyyy-mm-dd")])
      }
      let end = Day(iso: placement.to)
      if end == nil, !placement.to.isEmpty {
        throw .invalid([Violation("\(field).to", "must be a day, yyyy-mm-dd, or empty")])
      }
      placements.append(
        Placement(parent: placement.parent.isEmpty ? nil : placement.parent, start: start, end: end))
    }
    var successions: [Succession] = []
    for (index, succession) in message.successions.enumerated() {
      guard let kind = UInt8(exactly: succession.kind.rawValue).flatMap(Succession.Kind.init) else {
        throw .invalid([Violation("\(field).successions[\(index)].kind", "is missing or unknown")])
      }
      successions.append(Succession(successor: succession.successor, kind: kind))
    }
    try message.name.requireTwoLanguages(field: "\(field).name")
    self.init(
      code: message.code, segment: message.segment.isEmpty ? nil : message.segment, kind: kind,
      name: message.name.value, placements: placements, successions: successions)
  }

  fileprivate var message: Binhchon_V1_RegisteredUnit {
    var message = Binhchon_V1_RegisteredUnit()
    message.code = code
    message.segment = segment
    message.kind = Binhchon_V1_UnitKind(rawValue: Int(kind.rawValue)) ?? .unspecified
    message.name = name.twoLanguages
    message.placements = placements.map { placement in
      var message = Binhchon_V1_UnitPlacement()
      message.parent = placement.parent ?? ""
      message.from = placement.start.description
      message.to = placement.end?.description ?? ""
      return message
    }
    message.successions = successions.map { succession in
      var message = Binhchon_V1_Succession()
      message.successor = succession.successor
      message.kind = Binhchon_V1_SuccessionKind(rawValue: Int(succession.kind.rawValue)) ?? .unspecified
      return message
    }
    return message
  }
}

// Units and procedures are called by their names in Vietnamese and English; others are for questions.

extension Binhchon_V1_LocalizedText {
  /// Refused rather than lost.
  fileprivate func requireTwoLanguages(field: String) throws(Refusal) {
    if !others.isEmpty { throw .invalid([Violation("\(field).others", "is not kept: vi and en only")]) }
  }

  fileprivate var value: LocalizedText { LocalizedText(vi: vi, en: en) }
}

extension LocalizedText {
  fileprivate var twoLanguages: Binhchon_V1_LocalizedText {
    var message = Binhchon_V1_LocalizedText()
    message.vi = vi
    message.en = en
    return message
  }
}
