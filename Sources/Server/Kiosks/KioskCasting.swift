internal import Ledger
internal import Polling
internal import Schema

// Ballots of a kiosk that accounts for its presses: each of them ends in a column of its account, those that are refused
// for good too, and so in an entry of the ledger.

extension BallotService {
  /// What is asked of the ledger for one ballot of a message.
  private struct Ask {
    var place: Int
    var admission: BallotIntake.Admission
    /// Nil: as things stand it is not refused for good.
    var refusal: RefusedPress?

    var submissions: [Submission] {
      [admission.submission] + (refusal.map { [Submission.refusePress($0)] } ?? [])
    }

    /// Whether it is answered for good, unless the ledger knows better.
    var isFinal: Bool {
      if case .admitted(_, let isOpen) = admission { isOpen } else { refusal != nil }
    }
  }

  private typealias Fate = Result<Binhchon_V1_Receipt, Refusal>

  /// One result per ballot, in order, and where the kiosk stands after it.
  func castFromKiosk(
    _ request: Binhchon_V1_CastBallotsRequest, _ caller: Identity
  ) async throws -> Binhchon_V1_CastBallotsResponse {
    try check(request)
    let now = now()
    let message = try KioskMessage(request, from: caller, now: now)
    // What stays here was not answered; an ask takes its place.
    var fates: [Fate] = request.ballots.map { _ in .failure(.ourFault("the ballot was not looked at")) }
    var asks: [Ask] = []
    for (place, ballot) in request.ballots.enumerated() {
      do throws(Refusal) {
        asks.append(try ask(place, ballot, Timestamp(wire: request.sentTimeMs), message, caller, now))
      } catch {
        fates[place] = .failure(error)
      }
    }

    let expected = Set(asks.lazy.filter(\.isFinal).map(\.place))
    var standing = try await cast(asks, message.submission(less: expected, of: request), &fates)
    // The ledger alone knows who rated already, and what it could not take.
    let final = Set(fates.indices.filter { fates[$0].isFinal })
    let duplicates = asks.compactMap { duplicate($0, fates[$0.place], message, now) }
    if !duplicates.isEmpty || final != expected {
      let report = message.submission(less: final, of: request)
      let outcomes = try await enter(duplicates.map { .refusePress($0) } + [report])
      standing = outcomes.last
    }
    watch.heard(of: caller.scope, at: now)

    var response = Binhchon_V1_CastBallotsResponse()
    response.results = zip(request.ballots, fates).map { ballot, fate in
      var result = Binhchon_V1_BallotResult()
      result.ballotID = ballot.ballotID
      switch fate {
      case .success(let receipt): result.receipt = receipt
      case .failure(let refusal): result.refused = refusal.status
      }
      return result
    }
    if case .entered(let revision, .kioskReported(let mark, let number)) = standing {
      response.kiosk = news(mark, revision, poll: request.kiosk.poll, to: caller, now: now)
      response.kiosk.reportNumber = number
    }
    return response
  }

  private func ask(
    _ place: Int, _ ballot: Binhchon_V1_Ballot, _ sentTime: Timestamp?, _ message: KioskMessage, _ caller: Identity,
    _ now: Timestamp
  ) throws(Refusal) -> Ask {
    let admission = try intake.admit(
      ballot, on: board, from: caller, sentTime: sentTime, now: now, field: "ballots[\(place)]",
      press: BallotIntake.Press(
        spool: message.report.spool, mark: message.mark(of: place, ballot), closings: closings))
    guard case .refused(let refusal, let ballot) = admission, refusal.isFinalForPress,
      // An id that tells too much is not kept either.
      board.poll(ballot.poll)?.version(ballot.pollVersion)?.policy.timePrecision.isKept(by: ballot.id) != false
    else { return Ask(place: place, admission: admission) }
    let verdict: RefusedPress.Verdict = refusal.reason == .pollSealed ? .afterSeal : .rejected
    return Ask(
      place: place, admission: admission,
      refusal: message.refused(ballot, verdict, reason: refusal.reason, board: board, at: now))
  }

  private func duplicate(_ ask: Ask, _ fate: Fate, _ message: KioskMessage, _ now: Timestamp) -> RefusedPress? {
    guard case .failure(let refusal) = fate, refusal.reason == .alreadyRated,
      case .admitted(let record, _) = ask.admission
    else { return nil }
    return message.refused(record.ballot, .duplicate, reason: .alreadyRated, board: board, at: now)
  }

  /// Asks the ledger, in pieces; the report goes with the last one.
  ///
  /// - Returns: what the ledger says of the report; nil: it could not take it.
  private func cast(_ asks: [Ask], _ report: Submission, _ fates: inout [Fate]) async throws -> Outcome? {
    var rest = asks[...]
    repeat {
      var submissions: [Submission] = []
      var piece: [(ask: Ask, outcome: Int)] = []
      while let ask = rest.first, submissions.count < Self.mostPerCommit {
        rest = rest.dropFirst()
        piece.append((ask, submissions.count))
        submissions += ask.submissions
      }
      if rest.isEmpty { submissions.append(report) }
      let outcomes: [Outcome]
      do throws(LedgerError) {
        outcomes = try await ledger.append(submissions)
      } catch {
        for (ask, _) in piece { fates[ask.place] = .failure(Refusal(error)) }
        if asks.isEmpty { throw Refusal(error) }
        if rest.isEmpty { return nil }
        continue
      }
      guard outcomes.count == submissions.count else { throw Refusal.ourFault("the ledger gave other outcomes") }
      for (ask, index) in piece {
        let refused = ask.refusal == nil ? nil : outcomes[index + 1]
        fates[ask.place] = fate(outcomes[index], refused, of: ask.admission)
      }
      if rest.isEmpty { return outcomes.last }
    } while !rest.isEmpty
    return nil
  }

  private func fate(_ outcome: Outcome, _ refused: Outcome?, of admission: BallotIntake.Admission) -> Fate {
    // What it was told the first time, if that was for another reason.
    if outcome == .refused(.unknownBallot), let refused, case .replayed = refused,
      let earlier = Refusal(earlierOf: refused)
    {
      return .failure(earlier)
    }
    do throws(Refusal) {
      return .success(try receipt(outcome, of: admission))
    } catch {
      return .failure(error)
    }
  }

  /// Of what only tidies up: the ballots have their answers, and whatever this says is said again by the next message.
  private func enter(_ submissions: [Submission]) async throws(Refusal) -> [Outcome] {
    do {
      return try await ledger.append(submissions)
    } catch {
      throw Refusal(error)
    }
  }

  private func news(
    _ mark: SpoolMark, _ revision: UInt64, poll: String, to caller: Identity, now: Timestamp
  ) -> Binhchon_V1_KioskNews {
    var news = Binhchon_V1_KioskNews()
    news.acknowledgedThrough = mark.acknowledgedThrough
    news.revision = revision
    news.serverTimeMs = now.milliseconds
    news.ledgerEpoch = board.epoch
    news.backedUpThrough = backedUpThrough()
    if let id = try? PollID(poll), let listed = board.poll(id), caller.mayShow(listed) {
      news.profileEtag = KioskProfile(listed, epoch: board.epoch, at: now).etag
    }
    return news
  }
}

extension TimePrecision {
  fileprivate func isKept(by id: BallotID) -> Bool { id.time.floored(to: self) == id.time }
}

extension Refusal {
  /// Whether a kiosk forgets a press that is refused so. What people can mend (no such poll or unit yet, not open yet,
  /// another certificate) and what passes by itself is asked again.
  var isFinalForPress: Bool {
    switch code {
    case .invalidArgument, .alreadyExists: true
    case .notFound, .failedPrecondition: ![.unknownPoll, .unknownUnit, .pollNotOpen].contains(reason)
    default: false
    }
  }
}

extension Result<Binhchon_V1_Receipt, Refusal> {
  fileprivate var isFinal: Bool {
    switch self {
    case .success: true
    case .failure(let refusal): refusal.isFinalForPress
    }
  }
}
