internal import Polling

/// Writes the registry in the format that `RegistryFile` reads.
enum RegistryWriter {
  static func yaml(_ registry: UnitRegistry) -> String {
    var lines = ["# version \(registry.version)", "units:"]
    for unit in registry.units {
      lines.append("  - code: \(quoted(unit.code))")
      if unit.segment != unit.code { lines.append("    segment: \(quoted(unit.segment))") }
      lines.append("    kind: \(unit.kind.word)")
      lines.append("    name: \(name(unit.name))")
      lines.append("    placements:")
      for placement in unit.placements {
        var parts = placement.parent.map { ["parent: \(quoted($0))"] } ?? []
        parts.append("from: \(placement.start)")
        if let end = placement.end { parts.append("to: \(end)") }
        lines.append("      - {\(parts.joined(separator: ", "))}")
      }
      if !unit.successions.isEmpty {
        lines.append("    successors:")
        lines += unit.successions.map { "      - {unit: \(quoted($0.successor)), how: \($0.kind.word)}" }
      }
    }
    if !registry.procedures.isEmpty { lines.append("procedures:") }
    for procedure in registry.procedures {
      lines.append("  - code: \(quoted(procedure.code.rawValue))")
      lines.append("    name: \(name(procedure.name))")
      if !procedure.field.isEmpty { lines.append("    field: \(quoted(procedure.field))") }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func name(_ name: LocalizedText) -> String {
    let vi = "vi: \(quoted(name.vi))"
    return name.en.isEmpty ? "{\(vi)}" : "{\(vi), en: \(quoted(name.en))}"
  }

  /// Within braces a comma would end a value.
  private static func quoted(_ text: String) -> String {
    text.contains(",")
      ? "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" : PollWriter.quoted(text)
  }
}
