internal import Schema

/// What a watcher knows: the newest figures, how old they are, and how the connection stands.
struct WatchModel: Sendable, Equatable {
  enum Link: Sendable, Equatable {
    case connecting
    case live
    case reconnecting
  }

  private(set) var poll: Binhchon_V1_Poll
  private(set) var tally: Binhchon_V1_Tally?
  private(set) var link = Link.connecting
  /// The window whose bars are large.
  private(set) var window = Binhchon_V1_Window.today
  private(set) var question = 0
  private(set) var language: Language
  private(set) var unit: String
  let channel: Binhchon_V1_Channel

  init(poll: Binhchon_V1_Poll, unit: String, channel: Binhchon_V1_Channel, language: Language) {
    self.poll = poll
    self.unit = unit
    self.channel = channel
    self.language = language
  }

  /// The window so many places on, from the last to the first again.
  mutating func moveWindow(_ step: Int) {
    let all = Binhchon_V1_Window.named
    let place = all.firstIndex(of: window) ?? 0
    window = all[(place + step + all.count) % all.count]
  }

  /// - Parameter number: from 1; others are no window.
  mutating func showWindow(_ number: Int) {
    let all = Binhchon_V1_Window.named
    if (1...all.count).contains(number) { window = all[number - 1] }
  }

  mutating func nextQuestion() {
    question = (question + 1) % max(1, poll.questions.count)
  }

  mutating func changeLanguage() {
    language = language == .vi ? .en : .vi
  }

  /// From now on about another unit: what was known is not of it.
  mutating func show(unit: String) {
    self.unit = unit
    tally = nil
    link = .connecting
  }

  /// Takes an update; false: it says nothing new (an older revision of the same ledger).
  @discardableResult
  mutating func receive(_ update: Binhchon_V1_WatchTallyResponse) -> Bool {
    link = .live
    let new = update.tally
    switch update.kind {
    case .current:
      guard var known = tally, known.ledgerEpoch == new.ledgerEpoch else { return false }
      known.revision = max(known.revision, new.revision)
      known.asOfMs = max(known.asOfMs, new.asOfMs)
      tally = known
      return true
    case .snapshot, .update, .reset, .unspecified, .UNRECOGNIZED:
      // A figure never goes back, unless the ledger is another one.
      if update.kind != .reset, let known = tally, known.ledgerEpoch == new.ledgerEpoch,
        new.revision < known.revision
      {
        return false
      }
      tally = new
      return true
    }
  }

  /// A newer version of the poll: its labels are shown from now on.
  mutating func republished(_ poll: Binhchon_V1_Poll) {
    self.poll = poll
  }

  mutating func disconnected() {
    link = .reconnecting
  }

  /// Whether the figures are of a version of the poll whose labels we do not have.
  var isOutdated: Bool { (tally?.pollVersion ?? 0) > poll.version }

  /// What to ask for, first or after a lost connection.
  func request(interval: UInt32) -> Binhchon_V1_WatchTallyRequest {
    var request = Binhchon_V1_WatchTallyRequest()
    request.poll = poll.id
    request.unit = unit
    request.channel = channel
    request.intervalMs = interval
    request.sinceRevision = tally?.revision ?? 0
    request.sinceEpoch = tally?.ledgerEpoch ?? ""
    return request
  }

  /// Seconds since the figures were known to be current, by a clock that runs like the server's.
  func age(nowMilliseconds: Int64) -> Int64? {
    guard let tally else { return nil }
    let (age, overflow) = nowMilliseconds.subtractingReportingOverflow(tally.asOfMs)
    return overflow ? nil : max(0, age / 1_000)
  }
}

/// The figures of one question in one window, ready to be drawn.
struct QuestionFigures: Sendable, Equatable {
  struct Level: Sendable, Equatable {
    var code: String
    var label: Text
    var count: UInt64
    /// Hundredths of a percent; nil: nothing to divide, or a count of the question is left out.
    var share: UInt64?
    /// Left out of what is published: the count says nothing.
    var isHidden = false
  }
  var levels: [Level]
  /// Ballots that were asked the question.
  var ballots: UInt64
  /// Left out of what is published, or worked out of counts that are.
  var areBallotsHidden: Bool
  var isOrdered: Bool
  var undervotes: UInt64

  /// - Parameter question: the poll's question; choices that only older versions had are shown after its own.
  init(_ question: Binhchon_V1_Question, in window: Binhchon_V1_WindowCount?) {
    let counted = window?.questions.first { $0.question == question.id }
    var counts: [String: UInt64] = [:]
    for choice in counted?.choices ?? [] { counts[choice.choice] = choice.count }
    let hidden = Set((counted?.choices ?? []).filter(\.hidden).map(\.choice))
    areBallotsHidden =
      question.hasAskedIf
      ? !hidden.isEmpty || counted?.undervotesHidden == true : window?.ballotsHidden == true
    let labels = Dictionary(
      question.choices.map { ($0.code, $0.label.text) }, uniquingKeysWith: { first, _ in first })
    let codes =
      question.choices.map(\.code) + (counted?.choices.map(\.choice) ?? []).filter { labels[$0] == nil }
    let values = codes.map { counts[$0] ?? 0 }
    undervotes = counted?.undervotes ?? 0
    if question.hasAskedIf {
      // Every ballot that was asked uses its votes or leaves them.
      let allowed = question.kind == .multiple ? UInt64(max(1, question.votesAllowed)) : 1
      ballots = values.reduce(undervotes, &+) / allowed
    } else {
      ballots = window?.ballots ?? 0
    }
    // Blanks leave numerator and denominator where one choice is taken; several choices are shares of the ballots.
    let shares =
      question.kind == .multiple
      ? Shares.each(values, of: ballots) : Shares.ofSum(values)
    levels = codes.indices.map { index in
      Level(
        code: codes[index], label: labels[codes[index]] ?? Text(verbatim: codes[index]), count: values[index],
        share: hidden.isEmpty ? shares?[index] : nil, isHidden: hidden.contains(codes[index]))
    }
    isOrdered = question.kind.isOrdered
  }
}
