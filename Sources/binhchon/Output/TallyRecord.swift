internal import Polling
internal import Schema

/// A tally for programs: plain names, integers as numbers, no locale. Fields are only ever added.
struct TallyRecord: Encodable {
  struct Choice: Encodable {
    var choice: String
    /// Nil: left out of what is published; so are all other figures that are nil.
    var count: UInt64?
    /// Hundredths of a percent; those of a question add up to 10000. Nil: no data, or the question takes several choices.
    var shareHundredths: UInt64?
  }
  struct Question: Encodable {
    var question: String
    var choices: [Choice]
    var undervotes: UInt64?
    /// Of a question with levels; nil: it has none, or no data.
    var levels: Levels?
  }
  /// A fraction as it was counted, not in lowest terms.
  struct Fraction: Encodable {
    var numerator: UInt64
    var denominator: UInt64
  }
  struct Ends: Encodable {
    var lower: Double
    var upper: Double
  }
  struct Levels: Encodable {
    /// n: blanks are in none of these figures.
    var answers: UInt64
    /// Answers in the two best levels, of all.
    var topTwo: Fraction
    /// Wilson's interval of 95 % around it.
    var topTwoInterval: Ends
    /// The levels' numbers from 1 for the worst added up, over n.
    var meanLevel: Fraction?
  }
  struct Channel: Encodable {
    var channel: String
    var ballots: UInt64?
  }
  struct Window: Encodable {
    var window: String
    var ballots: UInt64?
    var flaggedBallots: UInt64?
    var boundBallots: UInt64?
    /// Of n, paper that one person entered and nobody a second time. Nil where figures are published ones.
    var singleEntryBallots: UInt64?
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
  /// Nil: all that was counted. Else this is what is published, without what would tell of fewer than so many people.
  var k: UInt32?
  /// Of days before it nothing is published; nil: all days are.
  var publishedFrom: String?
  /// Whether any of these figures has paper that was entered once; of published ones: whether the poll has.
  var singleEntry: Bool
  var windows: [Window]

  /// - Parameter definition: for what only it tells: which questions have levels, and in which order. Nil: counts only.
  init(_ tally: Binhchon_V1_Tally, of definition: Binhchon_V1_Poll? = nil) {
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
    k = tally.k == 0 ? nil : tally.k
    publishedFrom = tally.publishedFrom.isEmpty ? nil : tally.publishedFrom
    singleEntry = tally.hasSingleEntry
    windows = tally.windows.map { window in
      Window(
        window: window.window.word, ballots: window.ballotsHidden ? nil : window.ballots,
        flaggedBallots: window.flaggedBallotsHidden ? nil : window.flaggedBallots,
        boundBallots: window.boundBallotsHidden ? nil : window.boundBallots,
        singleEntryBallots: tally.k > 0 ? nil : window.singleEntryBallots,
        questions: window.questions.map { question in
          Question(question, definition?.questions.first { $0.id == question.question })
        },
        channels: window.channels.map {
          Channel(channel: $0.channel.word, ballots: $0.hidden ? nil : $0.ballots)
        })
    }
  }
}

extension Binhchon_V1_Tally {
  var hasSingleEntry: Bool { singleEntry || windows.contains { $0.singleEntryBallots > 0 } }
}

extension TallyRecord.Question {
  init(_ counted: Binhchon_V1_QuestionCount, _ asked: Binhchon_V1_Question?) {
    question = counted.question
    undervotes = counted.undervotesHidden ? nil : counted.undervotes
    let isWhole = !counted.choices.contains(where: \.hidden)
    let shares = asked.flatMap {
      $0.kind == .multiple || !isWhole ? nil : Shares.ofSum(counted.choices.map(\.count))
    }
    choices = counted.choices.enumerated().map { place, choice in
      TallyRecord.Choice(
        choice: choice.choice, count: choice.hidden ? nil : choice.count, shareHundredths: shares?[place])
    }
    levels = asked.flatMap { LevelCounts(of: $0, in: counted) }.flatMap { TallyRecord.Levels($0) }
  }
}

extension TallyRecord.Levels {
  fileprivate init?(_ levels: LevelCounts) {
    guard let top = levels.topTwoBox else { return nil }
    let interval = top.wilson()
    answers = levels.total
    topTwo = TallyRecord.Fraction(numerator: top.count, denominator: top.total)
    topTwoInterval = TallyRecord.Ends(lower: interval.lower, upper: interval.upper)
    meanLevel = levels.sum().map { TallyRecord.Fraction(numerator: $0, denominator: levels.total) }
  }
}

extension LevelCounts {
  /// Nil: the question has no levels, or some are left out of what is published. Choices that only older versions of the poll had are no level of this one.
  init?(of question: Binhchon_V1_Question, in counted: Binhchon_V1_QuestionCount?) {
    guard question.kind == .ordinal, counted?.choices.contains(where: \.hidden) != true else { return nil }
    self.init(
      question.choices.map { level in counted?.choices.first { $0.choice == level.code }?.count ?? 0 })
  }
}

extension TallyRecord {
  static let csvHeader = CSV.record([
    "poll", "poll_version", "unit", "channel", "revision", "as_of", "window", "ballots", "flagged_ballots", "question",
    "choice", "count", "single_entry_ballots", "k", "published_from",
  ])

  /// One record per window, question and choice.
  var csv: String {
    var text = ""
    for window in windows {
      for question in window.questions {
        for choice in question.choices {
          text += CSV.record([
            poll, String(pollVersion), unit, channel ?? "", String(revision), asOf, window.window,
            window.ballots.map { String($0) } ?? "", window.flaggedBallots.map { String($0) } ?? "",
            question.question, choice.choice, choice.count.map { String($0) } ?? "",
            window.singleEntryBallots.map { String($0) } ?? "", k.map { String($0) } ?? "", publishedFrom ?? "",
          ])
        }
      }
    }
    return text
  }
}
