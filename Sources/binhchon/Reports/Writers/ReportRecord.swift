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
  /// Half-open.
  var from: String
  var to: String
  var beforeFrom: String
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
    from = period.days.start.description
    to = period.days.end.description
    beforeFrom = period.before.start.description
    revision = input.revision
    ledgerEpoch = input.epoch
    self.rulebooks = rulebooks.map {
      Book(
        id: $0.id, legalBasis: $0.legalBasis,
        isInForce: $0.isInForce(on: period.days.start) && $0.isInForce(on: period.days.end.advanced(by: -1)))
    }
    figures = document.figures
  }

  /// One record per figure.
  var csv: String {
    var text = CSV.record([
      "report", "poll", "poll_version", "from", "to", "revision", "figure", "unit", "item", "n", "count", "value",
      "lower", "upper", "ranks", "word", "absent",
    ])
    for figure in figures {
      let count: String =
        switch figure.value {
        case .count(let count), .share(_, let count): String(count)
        case .exact, .estimate, nil: ""
        }
      text += CSV.record([
        report, poll, String(pollVersion), from, to, String(revision), figure.name.rawValue, figure.unit, figure.item,
        String(figure.n), count, figure.shown ?? "", figure.lower ?? "", figure.upper ?? "", figure.ranks ?? "",
        figure.word ?? "", figure.absence?.rawValue ?? "",
      ])
    }
    return text
  }
}
