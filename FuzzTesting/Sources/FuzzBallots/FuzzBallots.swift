import SwiftProtobuf

@testable import Schema

/// Any bytes as ballots: what the hand codec takes, SwiftProtobuf reads in the same way, or it has a text that is no
/// UTF-8, which equals no name of a poll.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  guard let plain = PlainBallots(bytes) else { return 0 }
  let message = try? Binhchon_V1_CastBallotsRequest(serializedBytes: Array(bytes))
  if let message {
    precondition(plain.count == message.ballots.count && plain.sentTimeMs == message.sentTimeMs)
  }
  var ballots = plain.makeIterator()
  for index in 0..<plain.count {
    guard let ballot = ballots.next() else { return 0 }
    check(ballot, message?.ballots[index])
  }
  return 0
}

private func check(_ plain: PlainBallot, _ message: Binhchon_V1_Ballot?) {
  if let message {
    precondition(plain.id.elementsEqual(message.ballotID) && plain.poll.elementsEqual(message.poll.utf8))
    precondition(plain.pollVersion == message.pollVersion && plain.unit.elementsEqual(message.unit.utf8))
    precondition(Int(plain.channel) == message.channel.rawValue && plain.deviceTimeMs == message.deviceTimeMs)
    precondition(plain.kioskSequence == message.kioskSequence && message.credential.isEmpty)
    precondition(plain.answerCount == message.answers.count)
  }
  var answers = plain.makeAnswers()
  for index in 0..<plain.answerCount {
    guard let answer = answers.next() else { return }
    let expected = message?.answers[index]
    if let expected {
      precondition(answer.question.elementsEqual(expected.question.utf8))
      precondition(answer.choiceCount == expected.choices.count)
    }
    var choices = answer.makeChoices()
    for place in 0..<answer.choiceCount {
      let choice = choices.next()
      if let expected { precondition(choice.elementsEqual(expected.choices[place].utf8)) }
    }
  }
}
