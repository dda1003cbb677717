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
    var flaggedBallots: UInt64
    var questions: [Question]
    var channels: [Channel]
  }

  var poll: String
  var pollVersion: UInt32
  var unit: String
  /// Nil: all.
  var channel: String?
  var revision: UInt64
  var ledgerEpoch: String
  var asOf: String
  var asOfMs: Int64
  var today: String
  var status: String
  var windows: [Window]

  init(_ tally: Binhchon_V1_Tally) {
    poll = tally.poll
    pollVersion = tally.pollVersion
    unit = tally.unit
    channel = tally.channel == .unspecified ? nil : tally.channel.word
    revision = tally.revision
    ledgerEpoch = tally.ledgerEpoch
    asOf = LocalTime.iso(milliseconds: tally.asOfMs)
    asOfMs = tally.asOfMs
    today = tally.today
    status = tally.status.word
    windows = tally.windows.map { window in
      Window(
        window: window.window.word, ballots: window.ballots, flaggedBallots: window.flaggedBallots,
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
            poll, String(pollVersion), unit, channel ?? "", String(revision), asOf, window.window,
            String(window.ballots), String(window.flaggedBallots), question.question, choice.choice,
            String(choice.count),
          ])
        }
      }
    }
    return text
  }
}
