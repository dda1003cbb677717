internal import Polling

extension ReportBuilder {
  /// Form 02: every unit's indicators, its own score and its appraiser's, and their grades.
  mutating func offices() throws -> [ReportDocument.Section] {
    var sections: [ReportDocument.Section] = []
    for book in rulebooks {
      for formula in book.formulas where !formula.isOfDossiers(in: book) {
        let indicators = formula.indicators.compactMap { code in book.indicators.first { $0.code == code } }
        var table = ReportTable(
          headings: [Text(vi: "Đơn vị", en: "Unit"), Text(vi: "Số phiếu", en: "Ballots")]
            + indicators.map { Text(verbatim: $0.source == .dossier ? "\($0.code) (n)" : "\($0.code)*") } + [
              Text(vi: "Điểm tự chấm", en: "Own score"), Text(vi: "Xếp loại", en: "Grade"),
              Text(vi: "Điểm thẩm định", en: "Appraised score"), Text(vi: "Xếp loại", en: "Grade"),
            ])
        let end = table.headings.count
        table.wordColumns = [0, end - 3, end - 1]
        for (path, row) in input.places {
          table.rows.append([input.name(of: path)] + (try office(book, formula, indicators, path, row)))
        }
        sections.append(
          ReportDocument.Section(
            title: Text(formula.title) + Text(verbatim: " [\(book.id)/\(formula.id)]"), table: table,
            notes: indicators.map { Text(vi: "Chỉ số \($0.code): ", en: "Indicator \($0.code): ") + Text($0.title) }
              + [Text(vi: "*: tự chấm · thẩm định", en: "*: own · appraised"), grades(formula)]))
      }
    }
    return sections
  }

  private mutating func office(
    _ book: Rulebook, _ formula: ScoreFormula, _ indicators: [Indicator], _ path: String, _ row: Row?
  ) throws -> [Text] {
    let counts = dossiers(book, row)
    let stated = scores?.entries[path]
    var cells = [count(.ballots, Self.ballots(row), of: Self.ballots(row), unit: path)]
    for each in indicators {
      if each.source == .dossier {
        cells.append(indicator(each.code, counts, unit: path))
      } else {
        let marks = [("own", stated?.own[each.code]), ("appraised", stated?.appraised[each.code])]
        let words = marks.map { mark($1, unit: path, item: "\(each.code)/\($0)") }
        cells.append(marks.allSatisfy { $0.1 == nil } ? Shown.absence(.notStated) : Shown.joined(words, by: " · "))
      }
    }
    for (word, marks) in [("own", stated?.own), ("appraised", stated?.appraised)] {
      let (points, grade) = try score(
        book, formula, counts, period: marks ?? [:], unit: path, item: "\(book.id)/\(formula.id)/\(word)")
      cells += [points, grade]
    }
    return cells
  }

  private mutating func mark(_ mark: UInt32?, unit: String, item: String) -> Text {
    note(
      ReportFigure(
        name: .indicator, unit: unit, item: item, n: mark == nil ? 0 : 1, value: mark.map { .count(UInt64($0)) },
        absence: mark == nil ? .notStated : nil))
    return mark.map { Text(verbatim: String($0)) } ?? Shown.absence(.notStated)
  }

  private func grades(_ formula: ScoreFormula) -> Text {
    Text(vi: "Xếp loại: ", en: "Grades: ")
      + Shown.joined(
        formula.grades.map { grade in
          Text(grade.label) + Text(vi: " từ ", en: " from ") + Shown.decimal(grade.from)
        }, by: ", ")
  }
}
