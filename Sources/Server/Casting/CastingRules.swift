internal import Polling
internal import RPC
internal import Synchronization

/// What a version of a poll asks of a ballot, as bytes to compare with.
final class CastingRules: Sendable {
  struct Question: Sendable {
    let id: [UInt8]
    let choices: [[UInt8]]
    let votesAllowed: Int
    let isOptional: Bool
    /// Per choice, the questions that are asked because of it, as bits.
    let asks: [UInt64]

    func place(of code: UnsafeRawBufferPointer) -> Int? { choices.firstIndex { code.equals($0) } }
  }

  let precision: TimePrecision
  let questions: [Question]
  /// The questions that are always asked, as bits.
  let asked: UInt64
  /// The questions that must be answered if asked, as bits.
  let required: UInt64

  /// Nil for a poll whose ballots need more than this looks at.
  init?(_ poll: Poll) {
    guard !poll.policy.onePerCredential, poll.questions.count <= 64,
      // Which questions several answers together ask, no one of them tells.
      poll.questions.allSatisfy({ $0.askedIf.map { $0.join == .any || $0.tests.count == 1 } ?? true })
    else { return nil }
    precision = poll.policy.timePrecision
    questions = poll.questions.map { question in
      Question(
        id: Array(question.id.utf8), choices: question.choices.map { Array($0.code.utf8) },
        votesAllowed: Int(question.votesAllowed), isOptional: question.isOptional,
        asks: question.choices.map { choice in
          poll.bits { other in
            other.askedIf?.tests.contains { $0.question == question.id && $0.choices.contains(choice.code) } == true
          }
        })
    }
    asked = poll.bits { $0.askedIf == nil }
    required = poll.bits { !$0.isOptional }
  }

  /// Ballots answer in the poll's order, nearly always.
  func number(of question: UnsafeRawBufferPointer, expected: Int) -> Int? {
    if question.equals(questions[expected].id) { return expected }
    return questions.firstIndex { question.equals($0.id) }
  }
}

extension Poll {
  /// Which of the first 64 questions are such.
  fileprivate func bits(_ isSuch: (Question) -> Bool) -> UInt64 {
    questions.enumerated().reduce(0) { isSuch($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
  }
}

/// The rules of every version that ballots came for, shared by all connections. A version never changes.
final class KnownRules: Sendable {
  private struct Version: Hashable {
    var poll: PollID
    var number: UInt32
  }

  private let known = Mutex<[Version: CastingRules?]>([:])

  /// Nil: ballots of this version go the plain way.
  func rules(of poll: Poll) -> CastingRules? {
    let version = Version(poll: poll.id, number: poll.version)
    if let rules = known.withLock({ $0[version] }) { return rules }
    let rules = CastingRules(poll)
    known.withLock { $0[version] = .some(rules) }
    return rules
  }
}
