internal import Polling
internal import Schema

/// One row of figures for programs: plain names, integers as numbers, no locale. Fields are only ever added.
struct SliceRecord: Encodable {
  var poll: String
  var pollVersion: UInt32
  var unit: String
  /// Half-open; nil: without an end on that side.
  var from: String?
  var to: String?
  var revision: UInt64
  var ledgerEpoch: String
  var asOfMs: Int64
  /// By dimension; empty for the total.
  var keys: [String: String]
  /// As in ``TallyRecord``.
  var k: UInt32?
  /// Of days before it nothing is published; nil: all days are.
  var publishedFrom: String?
  /// Rolled up: some of it is of units that are no more, without a successor or with several, and stays theirs.
  var endedUnits: Bool?
  /// Nil: left out of what is published; so are all other figures that are nil.
  var ballots: UInt64?
  var flaggedBallots: UInt64?
  var boundBallots: UInt64?
  var lateBallots: UInt64?
  /// As in ``TallyRecord``.
  var singleEntryBallots: UInt64?
  var questions: [TallyRecord.Question]

  init(
    _ row: Binhchon_V1_FigureRow, of figures: Binhchon_V1_GetFiguresResponse, _ dimensions: [SliceWord],
    _ poll: Binhchon_V1_Poll
  ) {
    self.poll = figures.poll
    pollVersion = figures.pollVersion
    unit = figures.unit
    from = figures.days.from.isEmpty ? nil : figures.days.from
    to = figures.days.to.isEmpty ? nil : figures.days.to
    revision = figures.revision
    ledgerEpoch = figures.ledgerEpoch
    asOfMs = figures.asOfMs
    keys = Dictionary(zip(dimensions.map(\.word), row.keys)) { first, _ in first }
    k = figures.k == 0 ? nil : figures.k
    publishedFrom = figures.publishedFrom.isEmpty ? nil : figures.publishedFrom
    endedUnits = row.endedUnits ? true : nil
    ballots = row.ballotsHidden ? nil : row.ballots
    flaggedBallots = row.flaggedBallotsHidden ? nil : row.flaggedBallots
    boundBallots = row.boundBallotsHidden ? nil : row.boundBallots
    lateBallots = row.lateBallotsHidden ? nil : row.lateBallots
    singleEntryBallots = figures.k > 0 ? nil : row.singleEntryBallots
    questions = row.questions.map { counted in
      TallyRecord.Question(counted, poll.questions.first { $0.id == counted.question })
    }
  }

  /// One record per question and choice.
  static func csv(_ figures: Binhchon_V1_GetFiguresResponse, _ dimensions: [SliceWord]) -> String {
    var text = CSV.record(
      ["poll", "poll_version", "unit", "from", "to", "revision"] + dimensions.map(\.word)
        + ["ballots", "flagged_ballots", "question", "choice", "count", "single_entry_ballots", "k", "published_from"])
    for row in figures.rows {
      for question in row.questions {
        for choice in question.choices {
          text += CSV.record(
            [
              figures.poll, String(figures.pollVersion), figures.unit, figures.days.from, figures.days.to,
              String(figures.revision),
            ] + row.keys + [
              row.ballotsHidden ? "" : String(row.ballots), row.flaggedBallotsHidden ? "" : String(row.flaggedBallots),
              question.question, choice.choice, choice.hidden ? "" : String(choice.count),
              figures.k > 0 ? "" : String(row.singleEntryBallots), figures.k > 0 ? String(figures.k) : "",
              figures.publishedFrom,
            ])
        }
      }
    }
    return text
  }
}

extension Binhchon_V1_FigureRow {
  /// As the counts of a window, which everything that is worked out of counts is made for.
  var asWindow: Binhchon_V1_WindowCount {
    var window = Binhchon_V1_WindowCount()
    window.ballots = ballots
    window.ballotsHidden = ballotsHidden
    window.flaggedBallots = flaggedBallots
    window.flaggedBallotsHidden = flaggedBallotsHidden
    window.boundBallots = boundBallots
    window.questions = questions
    return window
  }
}
