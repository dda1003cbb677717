internal import Polling
internal import Schema

/// The counts that a report is made of, all of one revision of the ledger or of one publication.
struct ReportInput: Sendable {
  typealias Row = Binhchon_V1_FigureRow

  /// Which publication the figures are of, where they are not all that was counted.
  struct Publication: Sendable, Equatable {
    /// Figures that could tell how fewer people rated are left out.
    var k: UInt32
    /// When it was made. Unix milliseconds.
    var asOf: Int64
    /// Of days before it nothing is published; empty: all days are.
    var firstDay: String
  }

  /// As of when former units' ballots are counted for their successors.
  struct RollUp: Sendable {
    var day: Day
    /// Of the units of that day, by their paths.
    var names: [String: LocalizedText]
    /// Some are of units that are no more and have no successor, or several: they stay where they were.
    var hasUnitsThatEnded: Bool
  }

  var poll: Polling.Poll
  /// Whose figures: this unit with all below it.
  var unit: UnitPath
  /// Nil: from the beginning on.
  var period: ReportPeriod?
  var revision: UInt64
  var epoch: String
  /// Nil: all that was counted.
  var publication: Publication?
  /// Of the period.
  var total: Row
  /// Empty for a publication, of which channels are no part.
  var channels: [Row]
  /// By the unit's children, each with all below it.
  var units: [Row]
  /// By the very units that were voted on; of a publication, by those with none below.
  var counters: [Row]
  /// By the spans of ``ReportPeriod/span``; empty where there is no ``before``.
  var course: [Row]
  /// Of the days before the period. Nil: there are none, or they are not published.
  var before: Row?
  /// Nil: counted for the units that were voted on.
  var rollUp: RollUp?
}

extension ReportInput {
  /// The units right below, those of the poll without a ballot too, in the order of their paths.
  var places: [(path: String, row: Row?)] {
    if rollUp != nil { return Self.filled([], units) }
    let depth = unit.rawValue.utf8.count { $0 == UInt8(ascii: "/") } + 1
    let children = poll.units.map(\.path).filter {
      unit.contains($0) && $0.rawValue.utf8.count { $0 == UInt8(ascii: "/") } == depth
    }
    return Self.filled(children.map(\.rawValue), units)
  }

  /// The units without another one below, those of the poll without a ballot too.
  var desks: [(path: String, row: Row?)] {
    if rollUp != nil { return Self.filled([], counters) }
    let within = poll.units.map(\.path).filter { unit.contains($0) }
    let leaves = within.filter { leaf in !within.contains { $0 != leaf && leaf.contains($0) } }
    return Self.filled(leaves.map(\.rawValue), counters)
  }

  /// The spans of the course, those without a ballot too.
  var spans: [(name: String, row: Row?)] {
    guard let period else { return [] }
    var names: [String] = []
    var day = period.days.start
    while day < period.days.end {
      let name = period.span.name(of: day)
      if names.last != name { names.append(name) }
      day = day.advanced(by: 1)
    }
    let rows = Dictionary(course.map { ($0.keys.first ?? "", $0) }) { first, _ in first }
    return names.map { ($0, rows[$0]) }
  }

  private static func filled(_ paths: [String], _ rows: [Row]) -> [(path: String, row: Row?)] {
    let known = Dictionary(rows.map { ($0.keys.first ?? "", $0) }) { first, _ in first }
    return Set(paths).union(known.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { ($0, known[$0]) }
  }

  func name(of path: String) -> Text {
    if let name = rollUp?.names[path] { return Text(name) }
    guard let name = poll.units.first(where: { $0.path.rawValue == path })?.name else { return Text(verbatim: path) }
    return Text(name)
  }
}

extension CalendarSpan {
  var dimension: Binhchon_V1_FigureDimension {
    switch self {
    case .day: .day
    case .week: .week
    case .month: .month
    case .quarter: .quarter
    case .year: .year
    }
  }
}

extension ReportInput.Row {
  func counts(of question: Question) -> Binhchon_V1_QuestionCount? { questions.first { $0.question == question.id } }

  /// Whether a choice of it is left out: then no share and no mean can be told.
  func isHidden(_ question: Question) -> Bool { counts(of: question)?.choices.contains(where: \.hidden) ?? false }
}

extension LevelCounts {
  /// Nil: the question has no order, the row is none, or some of its counts are left out.
  init?(_ question: Question, in row: ReportInput.Row?) {
    guard question.kind.isOrdered, let row, !row.isHidden(question) else { return nil }
    let counted = row.counts(of: question)
    self.init(question.choices.map { level in counted?.choices.first { $0.choice == level.code }?.count ?? 0 })
  }
}
