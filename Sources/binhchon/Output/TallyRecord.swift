internal import Schema

/// A tally for programs: plain names, integers as numbers, no locale. Fields are only ever added.
struct TallyRecord: Encodable {
  struct Choice: Encodable {
    var choice: String
    var count: UInt64
  }
  struct Question: Encodable {
    var question: String
    var choices: [Choice]
    var undervotes: UInt64
  }
  struct Channel: Encodable {
    var channel: String
    var ballots: UInt64
  }
  struct Window: Encodable {
    var window: String
    var ballots: UInt64
    var flagged_ballots: UInt64
    var questions: [Question]
    var channels: [Channel]
  }

  var poll: String
  var poll_version: UInt32
  var unit: String
  /// Nil: all.
  var channel: String?
  var revision: UInt64
  var ledger_epoch: String
  var as_of: String
  var as_of_ms: Int64
  var today: String
  var status: String
  var windows: [Window]

  init(_ tally: Binhchon_V1_Tally) {
    poll = tally.poll
    poll_version = tally.pollVersion
    unit = tally.unit
    channel = tally.channel == .unspecified ? nil : tally.channel.word
    revision = tally.revision
    ledger_epoch = tally.ledgerEpoch
    as_of = LocalTime.iso(milliseconds: tally.asOfMs)
    as_of_ms = tally.asOfMs
    today = tally.today
    status = tally.status.word
    windows = tally.windows.map { window in
      Window(
        window: window.window.word, ballots: window.ballots, flagged_ballots: window.flaggedBallots,
        questions: window.questions.map { question in
          Question(
            question: question.question,
            choices: question.choices.map { Choice(choice: $0.choice, count: $0.count) },
            undervotes: question.undervotes)
        },
        channels: window.channels.map { Channel(channel: $0.channel.word, ballots: $0.ballots) })
    }
  }
}

extension TallyRecord {
  static let csvHeader = CSV.record([
    "poll", "poll_version", "unit", "channel", "revision", "as_of", "window", "ballots", "flagged_ballots", "question",
    "choice", "count",
  ])

  /// One record per window, question and choice.
  var csv: String {
    var text = ""
    for window in windows {
      for question in window.questions {
        for choice in question.choices {
          text += CSV.record([
            poll, String(poll_version), unit, channel ?? "", String(revision), as_of, window.window,
            String(window.ballots), String(window.flagged_ballots), question.question, choice.choice,
            String(choice.count),
          ])
        }
      }
    }
    return text
  }
}
