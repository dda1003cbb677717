/// What the rows of one entry add up to. Its memory grows with units, days and levels, not with rows.
///
/// A sheet counts on the last day of its period: all of its votes had been given by then.
public struct PaperSums: Hashable, Sendable {
  /// More of them are no batch that a person could look through.
  public static let mostCells = 50_000

  private struct Place: Hashable, Sendable {
    var unit: UnitPath
    var day: Day
  }

  private struct Asked: Hashable, Sendable {
    var place: Place
    var question: String
  }

  /// Of a question on sheets of totals.
  private struct Totals: Hashable, Sendable {
    var questionnaires: Int64 = 0
    var votes: Int64 = 0
    var unused: Int64 = 0
  }

  public private(set) var rows: UInt64 = 0
  private var counts: [CellKey: Int64] = [:]
  private var totals: [Asked: Totals] = [:]
  /// The rows of one sheet and question stand together.
  private var open: PaperSheetPlace?

  public init() {}

  public var isEmpty: Bool { rows == 0 }
  var size: Int { counts.count + totals.count }

  /// Adds rows that stand together.
  ///
  /// - Throws: ``PaperRefusal`` for the first one that has a ``PaperRow/problem(_:_:)``; some are added then.
  mutating func add(_ rows: PaperRows, _ manifest: PaperManifest, _ poll: Poll) throws(PaperRefusal) {
    var chunk = ChunkSums(rows, manifest, poll)
    open = try chunk.add(after: open)
    self.rows += UInt64(rows.count)
    for (pattern, count) in chunk.questionnaires {
      let place = Place(unit: rows.units[Int(pattern.unit)].path, day: pattern.day)
      poll.forEachCount(of: rows.answers(in: pattern.example)) { subject, each in add(each * count, subject, place) }
    }
    for (mark, sum) in chunk.totals { add(rows, mark, sum) }
  }

  private mutating func add(_ rows: PaperRows, _ mark: ChunkSums.Mark, _ sum: ChunkSums.Sum) {
    let place = Place(unit: rows.units[Int(mark.unit)].path, day: mark.day)
    let question = rows.names[Int(mark.question)]
    var total = totals[Asked(place: place, question: question)] ?? Totals()
    total.questionnaires += sum.questionnaires
    switch mark.level {
    case .choice(let code):
      total.votes += sum.count
      if sum.count > 0 { add(sum.count, .votes(question: question, choice: rows.names[Int(code)]), place) }
    case .blank, .invalid: total.unused += sum.count
    }
    totals[Asked(place: place, question: question)] = total
  }

  /// The end of a file ends its last sheet.
  mutating func endFile() {
    open = nil
  }

  private mutating func add(_ count: Int64, _ subject: CellKey.Subject, _ place: Place) {
    counts[Self.cell(subject, place), default: 0] += count
  }

  private static func cell(_ subject: CellKey.Subject, _ place: Place) -> CellKey {
    CellKey(subject: subject, unit: place.unit, channel: .paper, flags: [], day: place.day)
  }

  /// What all of it counts. Blank and invalid are votes not used; a question that no sheet has is not counted at all.
  public func cells(in poll: Poll) -> [CellKey: Int64] {
    var cells = counts
    var sheets: [Place: Int64] = [:]
    for (asked, total) in totals {
      let allowed = Int64(poll.questions.first { $0.id == asked.question }?.votesAllowed ?? 1)
      let unused = total.questionnaires * allowed - total.votes
      if unused > 0 { cells[Self.cell(.undervotes(question: asked.question), asked.place), default: 0] += unused }
      sheets[asked.place] = max(sheets[asked.place] ?? 0, total.questionnaires)
    }
    for (place, count) in sheets where count > 0 { cells[Self.cell(.ballots, place), default: 0] += count }
    return cells
  }

  /// Where sheets do not add up in themselves, for people; empty: they do.
  func problems(in poll: Poll) -> [String] {
    var most: [Place: Int64] = [:]
    for (asked, total) in totals { most[asked.place] = max(most[asked.place] ?? 0, total.questionnaires) }
    var found: [String] = []
    for (asked, total) in totals {
      guard let question = poll.questions.first(where: { $0.id == asked.question }) else { continue }
      let (place, allowed) = ("\(asked.place.unit) \(asked.place.day) \(question.id)", Int64(question.votesAllowed))
      let fits =
        allowed == 1
        ? total.votes + total.unused == total.questionnaires
        : total.unused <= total.questionnaires && total.votes <= (total.questionnaires - total.unused) * allowed
      if !fits { found.append("\(place): \(total.votes) + \(total.unused) of \(total.questionnaires)") }
      let all = most[asked.place] ?? 0
      if question.askedIf == nil, total.questionnaires != all {
        found.append("\(place): \(total.questionnaires) questionnaires, other questions have \(all)")
      }
    }
    return found.sorted()
  }
}
