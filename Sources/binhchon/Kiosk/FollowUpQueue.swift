internal import Polling

/// What is asked of one citizen after the rating, one question after the other. What depends on an answer waits for it.
struct FollowUpQueue: Sendable, Equatable {
  private var rest: ArraySlice<KioskForm.FollowUp>
  /// The rating, and what was answered since.
  private var given: [Answer]
  private(set) var answers: [PickedAnswer] = []

  /// - Parameters:
  ///   - followUps: in the order in which they are asked.
  ///   - rating: the answer to the first question.
  init(_ followUps: [KioskForm.FollowUp], after rating: Answer) {
    rest = followUps[...]
    given = [rating]
    dropUnasked()
  }

  /// What is asked now. Nil: nothing more.
  var next: KioskForm.FollowUp? { rest.first }
  /// With the one that is asked now; at most, for some may depend on answers still to come.
  var count: Int { rest.count }

  /// Goes on to the next question.
  ///
  /// - Parameter picked: places among the choices of this one; none: it was skipped.
  mutating func answer(_ picked: Set<Int>) {
    guard let followUp = rest.popFirst() else { return }
    let choices = picked.sorted().filter(followUp.choices.indices.contains).map { followUp.choices[$0].code }
    if !choices.isEmpty {
      answers.append(PickedAnswer(question: followUp.question, choices: choices))
      given.append(Answer(question: followUp.question, choices: choices))
    }
    dropUnasked()
  }

  private mutating func dropUnasked() {
    while true {
      let open = Set(rest.map(\.question))
      // The questions that one depends on come before it: the first waits for nothing.
      let first = rest.first?.question
      let possible = rest.filter { followUp in
        guard let condition = followUp.askedIf, !condition.holds(in: given) else { return true }
        return followUp.question != first && condition.tests.contains { open.contains($0.question) }
      }
      if possible.count == rest.count { return }
      rest = possible[...]
    }
  }
}
