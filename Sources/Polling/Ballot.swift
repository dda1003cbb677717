/// The way a ballot came to us.
public enum Channel: UInt8, Sendable, CaseIterable {
  case kiosk = 1
  case counter = 2
  case qr = 3
  case web = 4
  case paper = 5
  case phone = 6
}

public struct Answer: Hashable, Sendable {
  public var question: String
  public var choices: [String]

  public init(question: String, choices: [String]) {
    self.question = question
    self.choices = choices
  }
}

/// What a citizen marked, as the client submitted it. Two submissions under one id are the same when these are equal.
public struct Ballot: Hashable, Sendable {
  public var id: BallotID
  public var poll: PollID
  /// As submitted; 0: the newest. ``CastVoteRecord/countedVersion`` says which one that was.
  public var pollVersion: UInt32
  public var unit: UnitPath
  public var channel: Channel
  /// By the device's clock, floored to the poll's time precision. Nil: the device has no clock.
  public var deviceTime: Timestamp?
  public var answers: [Answer]
  /// HMAC-SHA-256 of the dossier number under the server's pepper, 32 bytes. The number itself is never kept.
  public var credential: [UInt8]?
  /// The press's number on its kiosk, from 1.
  public var kioskSequence: UInt64?
  /// What it is about, if it says so.
  public var procedure: ProcedureCode?

  public init(
    id: BallotID, poll: PollID, pollVersion: UInt32, unit: UnitPath, channel: Channel, deviceTime: Timestamp?,
    answers: [Answer], credential: [UInt8]? = nil, kioskSequence: UInt64? = nil, procedure: ProcedureCode? = nil
  ) {
    self.id = id
    self.poll = poll
    self.pollVersion = pollVersion
    self.unit = unit
    self.channel = channel
    self.deviceTime = deviceTime
    self.answers = answers
    self.credential = credential
    self.kioskSequence = kioskSequence
    self.procedure = procedure
  }
}

extension Poll {
  /// Every rule of this version that the ballot breaks; empty: it may be cast. Whether the unit is one of the poll's
  /// and whether the poll is open are questions of their own.
  public func violations(in ballot: Ballot) -> [Violation] {
    var found: [Violation] = []
    if ballot.id.time.floored(to: policy.timePrecision) != ballot.id.time {
      found.append(Violation("ballot_id", "carries a clock finer than the poll's time precision"))
    }
    if let time = ballot.deviceTime, time.floored(to: policy.timePrecision) != time {
      found.append(Violation("device_time_ms", "is finer than the poll's time precision"))
    }
    if policy.timePrecision.hidesOrder, ballot.kioskSequence != nil {
      found.append(Violation("kiosk_sequence", "tells an order that is finer than the poll's time precision"))
    }
    if let credential = ballot.credential {
      if credential.count != 32 { found.append(Violation("credential", "is no hash of 32 bytes")) }
      if policy.anonymity == .anonymous { found.append(Violation("credential", "is not taken by an anonymous poll")) }
    } else if policy.onePerCredential {
      found.append(Violation("credential", "is required by this poll"))
    }
    // A peer chooses how many answers there are; beyond this they are not worth looking at.
    guard ballot.answers.count <= questions.count else {
      found.append(Violation("answers", "are more than the \(questions.count) questions"))
      return found
    }
    let before = found.count
    var answered: [String] = []
    for (index, answer) in ballot.answers.enumerated() {
      guard let question = questions.first(where: { $0.id.isBytewise(answer.question) }) else {
        found.append(Violation("answers[\(index)].question", "is not in this version of the poll"))
        continue
      }
      if answered.contains(question.id) {
        found.append(Violation("answers[\(index)].question", "is answered twice"))
      }
      answered.append(question.id)
      if let problem = question.problem(with: answer.choices) {
        found.append(Violation("answers[\(index)].choices", problem))
      }
    }
    // What is asked follows from answers that are in order.
    let isInOrder = found.count == before
    for question in questions where question.askedIf == nil || isInOrder {
      let isAsked = question.isAsked(after: ballot.answers)
      if isAsked, !question.isOptional, !answered.contains(question.id) {
        found.append(Violation("answers", "leave out question \(question.id)"))
      } else if !isAsked, let index = answered.firstIndex(of: question.id) {
        found.append(Violation("answers[\(index)].question", "is not asked after the other answers"))
      }
    }
    return found
  }
}

extension Question {
  /// The first thing wrong with these choices as an answer.
  fileprivate func problem(with chosen: [String]) -> String? {
    if chosen.count > votesAllowed { return "are more than the \(votesAllowed) allowed" }
    if chosen.isEmpty, !isOptional { return "are missing" }
    for choice in chosen where !choices.contains(where: { $0.code.isBytewise(choice) }) {
      return "name a choice that is not in the question"
    }
    if chosen.count > 1, Set(chosen).count != chosen.count { return "name one choice twice" }
    return nil
  }
}
