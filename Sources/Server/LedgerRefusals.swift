internal import Ledger
internal import RPC
internal import Schema

// What the ledger says, as callers are told it.

extension Refusal {
  init(_ error: LedgerError) {
    switch error {
    case .overloaded:
      self.init(
        code: .resourceExhausted, reason: .overloaded, message: "too much waits to be committed",
        retryAfterMilliseconds: 250)
    case .diskFull:
      self.init(
        code: .resourceExhausted, reason: .diskFull, message: "the disk is full; nothing of this call was kept",
        retryAfterMilliseconds: 5000)
    case .outcomeUnknown:
      self.init(
        code: .unavailable, reason: .outcomeUnknown,
        message: "the disk failed; what was sent may be kept or not: retry with the same ids")
    case .closed:
      self.init(code: .unavailable, reason: .draining, message: "the server is shutting down")
    }
  }

  init(_ refusal: Outcome.Refusal) {
    switch refusal {
    case .conflict:
      self.init(
        code: .alreadyExists, reason: .ballotConflict, message: "this ballot id is used for a ballot with other content"
      )
    case .voided:
      self.init(code: .failedPrecondition, reason: .ballotVoided, message: "the ballot with this id was voided")
    case .alreadyRated:
      self.init(code: .alreadyExists, reason: .alreadyRated, message: "this credential has already rated in this poll")
    case .unknownPoll:
      self.init(code: .notFound, reason: .unknownPoll, message: "no such poll or version")
    case .pollClosed:
      self.init(code: .failedPrecondition, reason: .pollNotOpen, message: "the poll is closed or not open yet")
    case .anonymityFixed:
      self.init(
        code: .failedPrecondition, reason: .anonymityFixed,
        message: "the anonymity that a poll was published with first cannot be changed")
    case .unknownBallot:
      self.init(code: .notFound, reason: .unknownBallot, message: "no ballot has this id")
    case .kioskCodeRefused:
      self.init(
        code: .permissionDenied, reason: .codeRefused,
        message: "the code is wrong, expired, withdrawn, or was used for another key")
    case .keyTaken:
      self.init(code: .alreadyExists, reason: .keyTaken, message: "this key is that of another certificate")
    case .renewedLately:
      self.init(
        code: .resourceExhausted, reason: .tooSoon, message: "this kiosk renewed its certificate less than an hour ago",
        retryAfterMilliseconds: 3_600_000)
    case .staleAct(let last):
      self.init(
        code: .aborted, reason: .staleAct, message: "something else was entered here since (act \(last)): look again")
    case .badActName:
      self.init(code: .invalidArgument, reason: .invalidField, message: "a register or an act may not be called that")
    case .unknownAct:
      self.init(code: .notFound, reason: .unknownAct, message: "there is no such act, or it was reversed")
    }
  }

  /// What a kiosk was told when its press was refused for good; nil: it was not.
  init?(earlierOf outcome: Outcome) {
    let reason: String
    switch outcome {
    case .entered(_, .pressRefused(.duplicate, _)), .replayed(_, .pressRefused(.duplicate, _)):
      self.init(.alreadyRated)
      return
    case .entered(_, .pressRefused(.afterSeal, _)), .replayed(_, .pressRefused(.afterSeal, _)):
      self = .sealed
      return
    case .entered(_, .pressRefused(.rejected, let name)), .replayed(_, .pressRefused(.rejected, let name)):
      reason = name
    default: return nil
    }
    self.init(
      code: .invalidArgument,
      reason: Binhchon_V1_Reason.allCases.first { $0.words.name == reason } ?? .invalidField,
      message: "this press was refused before, for good")
  }

  /// For what cannot happen while our own rooms keep their contracts.
  static func ourFault(_ message: String) -> Refusal {
    Refusal(code: .internal, reason: .unspecified, message: message)
  }
}

extension Ledger {
  /// - Throws: ``Refusal`` when the ledger could not take it.
  func outcome(of submission: Submission) async throws(Refusal) -> Outcome {
    let outcomes: [Outcome]
    do {
      outcomes = try await append([submission])
    } catch {
      throw Refusal(error)
    }
    guard let outcome = outcomes.first else { throw .ourFault("the ledger gave no outcome") }
    return outcome
  }
}

/// A unary handler that speaks in refusals, as a handler that throws what goes over the wire.
func refusing<Request, Response>(
  _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
) -> @Sendable (Request, CallContext) async throws -> Response {
  { request, context in
    do {
      return try await handler(request, context)
    } catch let refusal as Refusal {
      throw refusal.rpcError
    }
  }
}
