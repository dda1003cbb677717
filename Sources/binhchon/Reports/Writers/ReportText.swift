/// A report as text, for a terminal or a letter.
enum ReportText {
  static func write(_ document: ReportDocument, _ language: Language) -> String {
    var lines = [document.title(language), ""]
    for fact in document.facts { lines.append("\(fact.label(language)): \(fact.value(language))") }
    for section in document.sections {
      lines += ["", section.title(language)]
      if let table = section.table {
        lines.append("")
        lines += Table(
          headings: table.headings.map { $0(language) },
          sides: table.headings.indices.map { table.wordColumns.contains($0) ? .left : .right },
          rows: table.rows.map { $0.map { $0(language) } }
        ).lines()
      }
      if !section.notes.isEmpty { lines.append("") }
      lines += section.notes.map { $0(language) }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
