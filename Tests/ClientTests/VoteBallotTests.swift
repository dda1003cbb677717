import Polling
import Schema
import Testing

@testable import binhchon

/// What is typed, as a ballot of a vote on nominees.
struct VoteBallotTests {
  private static func state(
    _ method: Binhchon_V1_NomineeVoteMethod, most: UInt32 = 0
  ) -> Binhchon_V1_NomineeVoteState {
    var state = Binhchon_V1_NomineeVoteState()
    (state.method, state.most) = (method, most)
    state.nominees = ["m1", "m2", "m3"].map { id in
      var nominee = Binhchon_V1_NomineeOnSheet()
      (nominee.id, nominee.name) = (id, "Mô hình \(id)")
      return nominee
    }
    return state
  }

  static let methods: [(Binhchon_V1_NomineeVoteMethod, UInt32)] = [
    (.approval, 0), (.choose, 2), (.scale, 5), (.jury, 10),
  ]

  /// A code is spent once, also by a ballot that says nothing.
  @Test(arguments: methods) func aBlankBallotIsNotSent(_ method: Binhchon_V1_NomineeVoteMethod, most: UInt32) throws {
    let state = Self.state(method, most: most)
    for blank in [[], [""], ["", ""], ["="]] {
      let error = #expect(throws: ClientError.self, "\(blank)") { try state.ballot(blank) }
      #expect(error?.status == .badData && error?.reason == "INVALID_BALLOT", "\(blank)")
    }
    let choice = state.method == .approval || state.method == .choose ? "m2" : "m2=3"
    #expect(try state.ballot([choice]).marks.map(\.nominee.rawValue) == ["m2"])
  }

  /// After which the key of a secret vote opens nothing any more, and is removed.
  @Test func aVoteIsClosedForGood() {
    let phases: [(Binhchon_V1_NomineeVotePhase, Bool)] = [
      (.unspecified, false), (.open, false), (.counted, true), (.tooFew, true), (.givenUp, true),
      (.UNRECOGNIZED(99), false),
    ]
    for (phase, isClosed) in phases { #expect(phase.isClosed == isClosed, "\(phase)") }
  }
}
