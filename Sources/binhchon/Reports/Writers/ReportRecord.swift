internal import Polling

/// A report for programs: what it is of, and its figures. Fields are only ever added.
struct ReportRecord: Encodable {
  struct Book: Encodable {
    var id: String
    var legalBasis: String
    var isInForce: Bool
  }

  var report: String
  var poll: String
  var pollVersion: UInt32
  var unit: String
  /// Half-open; empty: without an end on that side.
  var from: String
  var to: String
  /// Empty: nothing before is in the report.
  var beforeFrom: String
  /// Nil: all that was counted. Else figures that could tell how fewer people rated are left out.
  var k: UInt32?
  /// When the figures were published; nil with `k`. Unix milliseconds.
  var publishedAtMs: Int64?
  /// Of days before it nothing is published.
  var publishedFrom: String?
  /// yyyy-mm-dd. Nil: counted for the units that were voted on.
  var rollUpTo: String?
  var revision: UInt64
  var ledgerEpoch: String
  var rulebooks: [Book]
  var figures: [ReportFigure]

  init(_ document: ReportDocument, of input: ReportInput, _ rulebooks: [Rulebook]) {
    let period = input.period
    report = document.form.rawValue
    poll = input.poll.id.rawValue
    pollVersion = input.poll.version
    unit = input.unit.rawValue
    from = period?.days.start.description ?? ""
    to = period?.days.end.description ?? ""
    beforeFrom = input.before == nil ? "" : period?.before.start.description ?? ""
    k = input.publication?.k
    publishedAtMs = input.publication?.asOf
    publishedFrom = input.publication.flatMap { $0.firstDay.isEmpty ? nil : $0.firstDay }
    rollUpTo = input.rollUp?.day.description
    revision = input.revision
    ledgerEpoch = input.epoch
    self.rulebooks = rulebooks.map {
      Book(id: $0.id, legalBasis: $0.legalBasis, isInForce: $0.isInForce(throughout: period))
    }
    figures = document.figures
  }

  /// One record per figure.
  var csv: String {
    var text = CSV.record([
      "report", "poll", "poll_version", "from", "to", "revision", "figure", "unit", "item", "n", "count", "value",
      "lower", "upper", "ranks", "word", "absent", "k",
      "published_from",
    ])
    for figure in figures {
      let count: String =
        switch figure.value {
        case .count(let count), .share(_, let count): String(count)
        case .exact, .estimate, nil: ""
        }
      text += CSV.record([
        report, poll, String(pollVersion), from, to, String(revision), figure.name.rawValue, figure.unit, figure.item,
        figure.n.map { String($0) } ?? "", count, figure.shown ?? "", figure.lower ?? "", figure.upper ?? "",
        figure.ranks ?? "", figure.word ?? "", figure.absence?.rawValue ?? "", k.map { String($0) } ?? "",
        publishedFrom ?? "",
      ])
    }
    return text
  }
}
