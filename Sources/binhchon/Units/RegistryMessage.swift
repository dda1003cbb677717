internal import Polling
internal import Schema

// UnitRegistry: value ↔ message, on the client's side.

extension Binhchon_V1_UnitRegistry {
  init(_ registry: UnitRegistry) {
    self.init()
    version = registry.version
    units = registry.units.map(Binhchon_V1_RegisteredUnit.init)
    procedures = registry.procedures.map { procedure in
      var message = Binhchon_V1_Procedure()
      message.code = procedure.code.rawValue
      message.name.vi = procedure.name.vi
      message.name.en = procedure.name.en
      message.field = procedure.field
      return message
    }
  }

  /// What a newer server says beyond what we know is left out.
  var value: UnitRegistry {
    UnitRegistry(
      version: version, units: units.compactMap(\.value),
      procedures: procedures.compactMap { procedure in
        (try? ProcedureCode(procedure.code)).map {
          Procedure(
            code: $0, name: LocalizedText(vi: procedure.name.vi, en: procedure.name.en), field: procedure.field)
        }
      })
  }
}

extension Binhchon_V1_RegisteredUnit {
  fileprivate init(_ unit: RegisteredUnit) {
    self.init()
    code = unit.code
    segment = unit.segment
    kind = Binhchon_V1_UnitKind(rawValue: Int(unit.kind.rawValue)) ?? .unspecified
    name.vi = unit.name.vi
    name.en = unit.name.en
    placements = unit.placements.map { placement in
      var message = Binhchon_V1_UnitPlacement()
      message.parent = placement.parent ?? ""
      message.from = placement.start.description
      message.to = placement.end?.description ?? ""
      return message
    }
    successions = unit.successions.map { succession in
      var message = Binhchon_V1_Succession()
      message.successor = succession.successor
      message.kind = Binhchon_V1_SuccessionKind(rawValue: Int(succession.kind.rawValue)) ?? .unspecified
      return message
    }
  }

  fileprivate var value: RegisteredUnit? {
    guard let kind = UInt8(exactly: kind.rawValue).flatMap(UnitKind.init) else { return nil }
    return RegisteredUnit(
      code: code, segment: segment, kind: kind, name: LocalizedText(vi: name.vi, en: name.en),
      placements: placements.compactMap { placement in
        Day(iso: placement.from).map {
          RegisteredUnit.Placement(
            parent: placement.parent.isEmpty ? nil : placement.parent, start: $0, end: Day(iso: placement.to))
        }
      },
      successions: successions.compactMap { succession in
        UInt8(exactly: succession.kind.rawValue).flatMap(RegisteredUnit.Succession.Kind.init).map {
          RegisteredUnit.Succession(successor: succession.successor, kind: $0)
        }
      })
  }
}
