internal import Ledger
internal import NIOCore
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.BallotService: takes ballots, answers once they are on disk.
struct BallotService: Sendable {
  static let mostPerMessage = 10_000
  /// Of a message or a burst: more would hold everybody else's ballots up behind one commit.
  static let mostPerCommit = 512
  static let casters: Set<Role> = [.kiosk, .clerk, .secondClerk]

  var ledger: any Ledger
  var board: TallyBoard
  var access: Access
  var intake: BallotIntake
  var now: @Sendable () -> Timestamp
  var closings: PollClosings
  var watch: KioskWatch
  /// The sequence up to which the newest backup of the ledger reaches; 0: there is none.
  var backedUpThrough: @Sendable () -> UInt64
  let rules = KnownRules()

  func register(in router: inout Router) {
    router.handle(BallotMethods.castBallot) { try await refusing(castBallot)($0, $1) }
    router.addShortcut(to: BallotMethods.castBallot) { CastDesk(self, port: $0) }
    router.handle(BallotMethods.castBallots.encoded) { try await castBallots($0, $1, $2) }
    router.handle(BallotMethods.voidBallot) { try await refusing(voidBallot)($0, $1) }
  }

  /// One ballot the plain way: what ``CastDesk`` leaves, and the measure of what it does.
  func castBallot(
    _ request: Binhchon_V1_CastBallotRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_CastBallotResponse {
    let caller = try access.caller(context, roles: Self.casters)
    guard request.hasBallot else { throw Refusal.invalid([Violation("ballot", "is missing")]) }
    let admission = try intake.admit(
      request.ballot, on: board, from: caller, sentTime: Timestamp(wire: request.sentTimeMs), now: now(),
      field: "ballot")
    var response = Binhchon_V1_CastBallotResponse()
    response.receipt = try receipt(try await ledger.outcome(of: admission.submission), of: admission)
    return response
  }

  func castBallots(
    _ requests: RequestStream<EncodedMessage>, _ context: CallContext, _ writer: ResponseWriter<EncodedMessage>
  ) async throws {
    do {
      let caller = try access.caller(context, roles: Self.casters)
      var quick = QuickMessage(caller: caller, service: self)
      for try await request in requests {
        let response: ByteBuffer
        if let quickly = try await quick.cast(request.bytes) {
          response = quickly
        } else {
          let message: Binhchon_V1_CastBallotsRequest = try request.decoded()
          response =
            message.hasKiosk
            ? try await castFromKiosk(message, caller).encoded() : try await cast(message, from: caller).encoded()
        }
        try await writer.write(EncodedMessage(decoding: response))
      }
    } catch let refusal as Refusal {
      throw refusal.rpcError
    }
  }

  /// One result per ballot, in order. A refused ballot does not hold up the others; what befalls the disk befalls all of
  /// a commit.
  private func cast(
    _ request: Binhchon_V1_CastBallotsRequest, from caller: Identity
  ) async throws -> Binhchon_V1_CastBallotsResponse {
    try check(request)
    let now = now()
    let sentTime = Timestamp(wire: request.sentTimeMs)
    var admissions: [BallotIntake.Admission] = []
    // Per ballot: its refusal, or its place among the admissions.
    var fates: [Result<Int, Refusal>] = []
    for (index, ballot) in request.ballots.enumerated() {
      do throws(Refusal) {
        let admission = try intake.admit(
          ballot, on: board, from: caller, sentTime: sentTime, now: now, field: "ballots[\(index)]")
        fates.append(.success(admissions.count))
        admissions.append(admission)
      } catch {
        fates.append(.failure(error))
      }
    }

    var outcomes: [Result<Outcome, Refusal>] = []
    for start in stride(from: 0, to: admissions.count, by: Self.mostPerCommit) {
      let piece = admissions[start..<min(start + Self.mostPerCommit, admissions.count)]
      do throws(LedgerError) {
        outcomes += try await ledger.append(piece.map(\.submission)).map { .success($0) }
      } catch {
        outcomes += piece.map { _ in .failure(Refusal(error)) }
      }
    }

    var response = Binhchon_V1_CastBallotsResponse()
    response.results = zip(request.ballots, fates).map { ballot, fate in
      var result = Binhchon_V1_BallotResult()
      result.ballotID = ballot.ballotID
      do throws(Refusal) {
        let place = try fate.get()
        result.receipt = try receipt(try outcomes[place].get(), of: admissions[place])
      } catch {
        result.refused = error.status
      }
      return result
    }
    return response
  }

  func check(_ request: Binhchon_V1_CastBallotsRequest) throws(Refusal) {
    guard request.ballots.count <= Self.mostPerMessage else {
      throw Refusal.invalid([Violation("ballots", "are more than \(Self.mostPerMessage) in one message")])
    }
    // Nobody has so many; while the ballots wait for the disk they would fill memory.
    guard request.presses.count <= Self.mostPerMessage, request.kiosk.days.count <= Self.mostPerMessage else {
      throw Refusal.invalid([Violation("presses", "or kiosk.days are more than \(Self.mostPerMessage) in one message")])
    }
    guard request.hasKiosk || request.presses.isEmpty else {
      throw Refusal.invalid([Violation("presses", "say nothing without a kiosk's report")])
    }
  }

  func voidBallot(
    _ request: Binhchon_V1_VoidBallotRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_VoidBallotResponse {
    let caller = try access.caller(context, roles: [.admin])
    let id: BallotID
    do { id = try BallotID(bytes: request.ballotID) } catch { throw Refusal.invalid(error) }
    guard !request.reason.isEmpty, request.reason.utf8.count <= 1000 else {
      throw Refusal.invalid([Violation("reason", "must be 1 to 1000 bytes")])
    }
    let outcome = try await ledger.outcome(
      of: .void(id, within: caller.scope, reason: request.reason, by: caller.description, at: now()))
    var response = Binhchon_V1_VoidBallotResponse()
    switch outcome {
    case .entered: response.replayed = false
    case .replayed: response.replayed = true
    case .refused(let refusal): throw Refusal(refusal)
    }
    return response
  }

  func receipt(
    _ outcome: Outcome, of admission: BallotIntake.Admission
  ) throws(Refusal) -> Binhchon_V1_Receipt {
    if case .refused(let reason, _) = admission, outcome == .refused(.unknownBallot) { throw reason }
    if let earlier = Refusal(earlierOf: outcome) { throw earlier }
    return try CastReplies.receipt(outcome, epoch: board.epoch)
  }
}

extension Timestamp {
  /// Unix milliseconds as messages carry them: 0 is "not said".
  init?(wire milliseconds: Int64) {
    guard milliseconds != 0 else { return nil }
    self.init(milliseconds: milliseconds)
  }
}

extension BallotIntake.Admission {
  var submission: Submission {
    switch self {
    case .admitted(let record, let isOpen): .cast(record, isOpen: isOpen)
    case .refused(_, let ballot): .recall(ballot)
    }
  }
}
