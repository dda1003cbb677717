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

  /// The rows of one sheet and question stand together.
  private struct Sheet: Hashable, Sendable {
    var label: String
    var unit: UnitPath
    var period: DaySpan
    var question: String
  }

  public private(set) var rows: UInt64 = 0
  private var counts: [CellKey: Int64] = [:]
  private var totals: [Asked: Totals] = [:]
  private var open: Sheet?

  public init() {}

  public var isEmpty: Bool { rows == 0 }
  var size: Int { counts.count + totals.count }

  /// Adds a row that has no ``PaperRow/problem(_:_:)``.
  mutating func add(_ row: PaperRow, _ poll: Poll) {
    rows += 1
    let place = Place(unit: row.unit, day: row.period.last)
    switch row.content {
    case .questionnaire(let answers):
      open = nil
      poll.forEachCount(of: answers) { subject, count in add(count, subject, place) }
    case .total(let question, let level, let count, let questionnaires):
      let asked = Asked(place: place, question: question)
      let sheet = Sheet(label: row.label, unit: row.unit, period: row.period, question: question)
      if let questionnaires {
        if sheet != open { totals[asked, default: Totals()].questionnaires += questionnaires }
      } else {
        totals[asked, default: Totals()].questionnaires += count
      }
      open = sheet
      switch level {
      case .choice(let code):
        totals[asked, default: Totals()].votes += count
        if count > 0 { add(count, .votes(question: question, choice: code), place) }
      case .blank, .invalid: totals[asked, default: Totals()].unused += count
      }
    }
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
