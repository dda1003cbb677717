internal import Polling
internal import RPC
internal import Schema

extension Refusal {
  static func unknownVote(_ place: String) -> Refusal {
    Refusal(
      code: .notFound, reason: .unknownVote, message: "no such campaign, or no such vote in it",
      metadata: ["vote": place])
  }

  static let wrongVoteKey = Refusal(
    code: .invalidArgument, reason: .wrongVoteKey, message: "this is not the key that ballots were sealed to")

  static let othersWereQuicker = Refusal(
    code: .aborted, reason: .staleAct, message: "others were quicker, again and again: look again")

  init(_ refusal: NomineeVoteRefusal) {
    func stage(_ message: String) -> Refusal {
      Refusal(code: .failedPrecondition, reason: .voteStage, message: message)
    }
    self =
      switch refusal {
      case .notOpened: Refusal(code: .notFound, reason: .unknownVote, message: "this vote was not opened")
      case .isOpen: stage("this vote is open already")
      case .isClosed: stage("this vote is closed")
      case .notThisKind: stage("this vote is not of this kind: by codes or by name, secret or open")
      case .notEntitled:
        Refusal(
          code: .permissionDenied, reason: .notEntitled,
          message: "the code is none of this vote, or the person is not on its list")
      case .alreadyVoted:
        Refusal(code: .alreadyExists, reason: .alreadyVoted, message: "a ballot was cast with this code or name")
      case .codeTwice: .invalid([Violation("codes", "were made before, some of them")])
      case .tooManyCodes: .invalid([Violation("codes", "must be at most \(NomineeVoteBook.mostCodes) in a vote")])
      case .invalid(let violations): .invalid(violations)
      case .wrongClosing(let problem): .ourFault("a vote cannot be closed: \(problem)")
      }
  }
}
