internal import Ledger
internal import Polling
internal import Schema

// Ballots of a kiosk that accounts for its presses: every one of them ends in a column of its account, those that are
// refused for good too, and so on a line of the ledger.

extension BallotService {
  private typealias Fate = Result<Binhchon_V1_Receipt, Refusal>

  /// What is asked of the ledger for one ballot.
  private struct Asked {
    /// Of the ballot in the message.
    var place: Int
    var admission: BallotIntake.Admission
    /// If it is refused for good as things stand.
    var refused: RefusedPress?

    var submissions: [Submission] {
      [admission.submission] + (refused.map { [Submission.refusePress($0)] } ?? [])
    }
  }

  /// One result per ballot, in order, and where the kiosk stands after it.
  func castFromKiosk(
    _ request: Binhchon_V1_CastBallotsRequest, _ caller: Identity
  ) async throws -> Binhchon_V1_CastBallotsResponse {
    try check(request)
    let now = now()
    let message = try KioskMessage(request, from: caller, now: now)
    var fates: [Fate?] = request.ballots.map { _ in nil }
    var asked: [Asked] = []
    for (place, ballot) in request.ballots.enumerated() {
      do throws(Refusal) {
        asked.append(try ask(place, ballot, message, caller, Timestamp(wire: request.sentTimeMs), now))
      } catch {
        fates[place] = .failure(error)
      }
    }

    // What will be answered for good, unless the ledger says otherwise.
    let expected = answered(request, fates + [], unless: .unknown(asked.map(\.place)))
    var standing = try await append(asked, message.report(answered: expected), &fates)
    let duplicates = asked.compactMap { one in duplicate(one, fates[one.place], message, now) }
    let answered = answered(request, fates, unless: .unanswered)
    if !duplicates.isEmpty || answered.count != expected.count {
      let report = message.report(answered: answered)
      standing = try await enter(duplicates.map { .refusePress($0) } + [.reportKiosk(report)]).last
    }
    watch.heard(of: message.report, at: now)

    var response = Binhchon_V1_CastBallotsResponse()
    response.results = zip(request.ballots, fates).map { result($0, $1) }
    response.kiosk = news(standing, poll: request.kiosk.poll, now: now)
    return response
  }
}
