internal import Polling

extension ReportBuilder {
  /// Form 01: what the questionnaires say of each counter, and the officers' scores by every formula that the rulebook
  /// has for them: offices have published two that differ, so each says which it is.
  mutating func officers() throws -> [ReportDocument.Section] {
    var sections: [ReportDocument.Section] = []
    for book in rulebooks {
      let formulas = book.formulas.filter { $0.isOfDossiers(in: book) }
      let indicators = book.indicators.filter { $0.source == .dossier }
      guard !indicators.isEmpty else { continue }
      var table = ReportTable(
        headings: [
          Text(vi: "Quầy", en: "Counter"), Text(vi: "Số phiếu", en: "Ballots"),
          Text(vi: "Gắn hồ sơ", en: "With a dossier"),
        ] + indicators.map { Text(verbatim: "\($0.code) (n)") }
          + formulas.map { Text(verbatim: $0.indicators.joined(separator: "+")) })
      for (path, row) in input.desks {
        table.rows.append([input.name(of: path)] + (try officer(book, indicators, formulas, path, row)))
      }
      table.rows.append(
        [Text(vi: "Tất cả", en: "All")] + (try officer(book, indicators, formulas, input.unit.rawValue, input.total)))
      table.hasTotal = true
      sections.append(
        ReportDocument.Section(
          title: Text(vi: "Kết quả từ phiếu đánh giá", en: "Results from questionnaires"), table: table,
          notes: indicators.map { Text(vi: "Chỉ số \($0.code): ", en: "Indicator \($0.code): ") + Text($0.title) }
            + formulas.map {
              Text(verbatim: "\($0.indicators.joined(separator: "+")): ") + Text($0.title)
                + Text(verbatim: " [\(book.id)/\($0.id)]")
            }))
    }
    return sections
  }

  private mutating func officer(
    _ book: Rulebook, _ indicators: [Indicator], _ formulas: [ScoreFormula], _ path: String, _ row: Row?
  ) throws -> [Text] {
    let counts = dossiers(book, row)
    let n = Self.ballots(row)
    var cells = [
      count(.ballots, n, of: n, unit: path),
      count(.bound, row?.boundBallotsHidden == true ? nil : row?.boundBallots ?? 0, of: n, unit: path),
    ]
    for code in indicators { cells.append(indicator(code.code, counts, unit: path)) }
    for formula in formulas {
      cells.append(
        try score(book, formula, counts, period: [:], unit: path, item: "\(book.id)/\(formula.id)").points)
    }
    return cells
  }
}
