internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// Where ballots come from again and again: one caller, poll and version, unit and channel. What the rules say of these
/// is found out once, so that a ballot's own part is what is left to look at.
final class CastingPlace {
  private let poll: [UInt8]
  private let version: UInt32
  private let unit: [UInt8]
  private let channel: UInt8
  private let newest: Poll
  private let rules: CastingRules
  private let template: CastTemplate
  private var kinds = CastingKinds()

  /// Nil where a ballot like this one is refused whatever it says, or needs more than this looks at.
  init?(_ ballot: PlainBallot, from caller: Identity, on board: TallyBoard, _ known: KnownRules) {
    guard ballot.poll.count <= 64, ballot.unit.count <= 8 * 65,
      let id = try? PollID(String(decoding: ballot.poll, as: UTF8.self)),
      let path = try? UnitPath(String(decoding: ballot.unit, as: UTF8.self)),
      let channel = Channel(rawValue: ballot.channel), caller.scope.contains(path), caller.mayUse(channel),
      let listed = board.poll(id), let definition = listed.version(ballot.pollVersion),
      listed.hasUnit(path, inVersion: ballot.pollVersion), let rules = known.rules(of: definition)
    else { return nil }
    poll = Array(ballot.poll)
    version = ballot.pollVersion
    unit = Array(ballot.unit)
    self.channel = ballot.channel
    newest = listed.newest
    self.rules = rules
    template = CastTemplate(
      poll: id, countedVersion: definition.version, unit: path, channel: channel, source: caller.description)
  }

  func isPlace(of ballot: PlainBallot) -> Bool {
    ballot.pollVersion == version && ballot.channel == channel && ballot.unit.equals(unit) && ballot.poll.equals(poll)
  }

  /// Appends the ballot to the batch as `BallotIntake` would record it, if it keeps every rule. Nil: nothing appended.
  func append(_ ballot: PlainBallot, sentTime: Timestamp?, now: Timestamp, to batch: inout CastBatch) -> TakenBallot? {
    let precision = rules.precision
    guard let id = BallotID(ballot.id), id.time.floored(to: precision) == id.time,
      ballot.answerCount <= rules.questions.count
    else { return nil }
    if precision.hidesOrder, ballot.kioskSequence != 0 { return nil }
    let deviceTime = ballot.deviceTimeMs == 0 ? nil : Timestamp(milliseconds: ballot.deviceTimeMs)
    if let deviceTime, deviceTime.floored(to: precision) != deviceTime { return nil }
    let skew = precision.skew(sentTime: sentTime, now: now)
    let (day, flags) = BucketRule.day(deviceTime: deviceTime, receivedTime: now, skewMilliseconds: skew ?? 0)

    let kind = kinds.kind(of: ballot.answerBytes, flags: flags, day: day) {
      var maker = CastKind.Maker(
        template, key: ballot.answerBytes, flags: flags, day: day, answers: ballot.answerCount)
      return append(answersOf: ballot, to: &maker) ? maker.make() : nil
    }
    guard let kind else { return nil }
    batch.append(
      kind, id: id, submittedVersion: version, deviceTime: deviceTime,
      kioskSequence: ballot.kioskSequence == 0 ? nil : ballot.kioskSequence, receivedTime: now.floored(to: precision),
      skewMilliseconds: skew, isOpen: newest.isOpen(at: now))
    return TakenBallot(id: id, day: day, flags: flags)
  }

  /// False: they break a rule, or are written in an unusual way.
  private func append(answersOf ballot: PlainBallot, to maker: inout CastKind.Maker) -> Bool {
    var answered: UInt64 = 0
    var asked = rules.asked
    var answers = ballot.makeAnswers()
    for place in 0..<ballot.answerCount {
      guard let answer = answers.next(), let number = rules.number(of: answer.question, expected: place),
        answered & 1 << UInt64(number) == 0
      else { return false }
      answered |= 1 << UInt64(number)
      let question = rules.questions[number]
      guard answer.choiceCount <= question.votesAllowed, answer.choiceCount > 0 || question.isOptional else {
        return false
      }
      maker.answer(question: answer.question, choices: answer.choiceCount)
      guard append(choicesOf: answer, to: question, asking: &asked, &maker) else { return false }
    }
    return answered & ~asked == 0 && rules.required & asked & ~answered == 0
  }

  private func append(
    choicesOf answer: PlainAnswer, to question: CastingRules.Question, asking asked: inout UInt64,
    _ maker: inout CastKind.Maker
  ) -> Bool {
    var choices = answer.makeChoices()
    // Polls have up to 200 choices.
    var chosen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for _ in 0..<answer.choiceCount {
      let code = choices.next()
      guard let place = question.place(of: code), place < 256 else { return false }
      let bit: UInt64 = 1 << UInt64(place % 64)
      let isNew =
        switch place / 64 {
        case 0: chosen.0.insert(bit)
        case 1: chosen.1.insert(bit)
        case 2: chosen.2.insert(bit)
        default: chosen.3.insert(bit)
        }
      guard isNew else { return false }
      asked |= question.asks[place]
      maker.choice(code)
    }
    return true
  }
}

/// What a receipt says of a ballot that was taken into a batch.
struct TakenBallot {
  var id: BallotID
  var day: Day
  var flags: RecordFlags
}

extension BallotID {
  var halves: (UInt64, UInt64) { (high, low) }

  /// Without a look at each byte.
  fileprivate init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    try? self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

extension UInt64 {
  fileprivate mutating func insert(_ bit: UInt64) -> Bool {
    defer { self |= bit }
    return self & bit == 0
  }
}
