/// What the rows of one chunk add up to, by their places in its names: each way in which a row can count is checked once,
/// whatever number of rows count so.
struct ChunkSums {
  /// What a row of a sheet counts to.
  struct Mark: Hashable {
    var unit: UInt32
    var day: Day
    var question: UInt32
    var level: PaperRows.Level
    /// Whether the row says all questionnaires of its sheet.
    var isOfSheet: Bool
  }

  struct Sum {
    var count: Int64 = 0
    var questionnaires: Int64 = 0
  }

  /// Questionnaires that say the same.
  struct Pattern: Hashable {
    var unit: UInt32
    var day: Day
    var answers: ArraySlice<UInt32>
    /// Where the first of them is.
    var example: Range<Int> { answers.indices }
  }

  private let rows: PaperRows
  private let manifest: PaperManifest
  private let poll: Poll
  private(set) var totals: [Mark: Sum] = [:]
  private(set) var questionnaires: [Pattern: Int64] = [:]

  init(_ rows: PaperRows, _ manifest: PaperManifest, _ poll: Poll) {
    self.rows = rows
    self.manifest = manifest
    self.poll = poll
  }

  /// - Parameter open: the sheet and question that the row before is on.
  /// - Returns: the one that the last row is on.
  mutating func add(after open: PaperSheetPlace?) throws(PaperRefusal) -> PaperSheetPlace? {
    var open = open
    var last: PaperRows.Row?
    for (index, row) in rows.packed.enumerated() {
      switch row.content {
      case .questionnaire(let range):
        let pattern = Pattern(unit: row.unit, day: row.period.last, answers: rows.answers[range])
        let before = questionnaires[pattern]
        try check(row, index, isKnown: before != nil)
        questionnaires[pattern] = (before ?? 0) + 1
        (open, last) = (nil, nil)
      case .total(let question, let level, let count, let questionnaires):
        let mark = Mark(
          unit: row.unit, day: row.period.last, question: question, level: level, isOfSheet: questionnaires != nil)
        let before = totals[mark]
        try check(row, index, isKnown: before != nil)
        var sum = before ?? Sum()
        sum.count += count
        if let questionnaires {
          let isOpen = last.map { $0.isOnSheet(of: row) && $0.question == question } ?? (open == rows.place(of: row))
          if !isOpen { sum.questionnaires += questionnaires }
        } else {
          sum.questionnaires += count
        }
        totals[mark] = sum
        last = row
      }
    }
    return last.map { rows.place(of: $0) } ?? open
  }

  /// - Parameter isKnown: a row with the same names had no problem.
  private func check(_ row: PaperRows.Row, _ index: Int, isKnown: Bool) throws(PaperRefusal) {
    if isKnown, manifest.period.contains(row.period), row.hasPossibleCounts,
      rows.names[Int(row.label)].utf8.count <= PaperRow.longestLabel
    {
      return
    }
    if let problem = rows[index].problem(manifest, poll) { throw .row(number: row.number, problem: problem) }
  }
}

/// On which sheet a row is, and of which question.
struct PaperSheetPlace: Hashable, Sendable {
  var label: NameBytes
  var unit: UnitPath
  var period: DaySpan
  var question: String
}

extension PaperRows {
  /// Nil: a questionnaire is a sheet of its own.
  func place(of row: Row) -> PaperSheetPlace? {
    row.question.map { question in
      PaperSheetPlace(
        label: NameBytes(names[Int(row.label)]), unit: units[Int(row.unit)].path, period: row.period,
        question: names[Int(question)])
    }
  }
}

extension PaperRows.Row {
  /// Its place. Nil: it is a questionnaire.
  var question: UInt32? {
    guard case .total(let question, _, _, _) = content else { return nil }
    return question
  }

  /// Whether both, which stand together, are on one sheet of totals.
  func isOnSheet(of other: PaperRows.Row) -> Bool {
    label == other.label && unit == other.unit && period == other.period
  }

  fileprivate var hasPossibleCounts: Bool {
    guard case .total(_, _, let count, let questionnaires) = content else { return true }
    return (0...PaperRow.mostCounted).contains(count) && (0...PaperRow.mostCounted).contains(questionnaires ?? 0)
  }
}
