public import Schema
internal import SwiftProtobuf

/// What became of a press for good.
public enum Verdict: Sendable, Equatable {
  /// In the published figures.
  case counted
  /// Kept, and left out of the published figures.
  case flagged
  /// The dossier had rated already.
  case duplicate
  /// In the published figures, though the poll had closed when it arrived.
  case late
  /// It arrived after the poll's seal: kept on the correction list, in no figure.
  case afterSeal
  /// Not kept: no repetition helps. A name of `binhchon.v1.Reason`, or of google.rpc.Code.
  case rejected(reason: String)

  var isRejected: Bool {
    if case .rejected = self { true } else { false }
  }

  /// As the spool keeps it.
  var code: Int64 {
    switch self {
    case .counted: 1
    case .flagged: 2
    case .duplicate: 3
    case .rejected: 4
    case .late: 5
    case .afterSeal: 6
    }
  }

  var reason: String {
    if case .rejected(let reason) = self { reason } else { "" }
  }
}

/// A tap and its answer.
public struct Settlement: Sendable, Equatable {
  public var tap: Tap
  public var verdict: Verdict
  /// As the server gave it.
  public var result: Binhchon_V1_BallotResult

  /// The ledger that has it; empty: none, as far as the server said.
  var ledgerEpoch = ""

  init(tap: Tap, verdict: Verdict, result: Binhchon_V1_BallotResult, ledgerEpoch: String = "") {
    self.tap = tap
    self.verdict = verdict
    self.result = result
    self.ledgerEpoch = ledgerEpoch.isEmpty ? result.receipt.ledgerEpoch : ledgerEpoch
  }
}

/// What one ballot's result says.
enum BallotAnswer: Equatable {
  case settled(Verdict)
  /// Later, not before this many milliseconds; 0: the server does not say.
  case later(Int64)
  /// The server does not take this from us. People have to mend that, and then it will.
  case barred(reason: String)
  /// The server knows no such poll, version or unit, or the poll is not open: also for people to mend, be it by
  /// publishing it. Others may go on.
  case unready(reason: String)
  /// Nothing that settles it: no answer, or the server's own fault. It goes again, after the others.
  case none

  init(_ result: Binhchon_V1_BallotResult) {
    switch result.result {
    case .receipt(let receipt): self = .settled(!receipt.counted ? .flagged : receipt.late ? .late : .counted)
    case .refused(let status): self = BallotAnswer(Refused(status))
    case nil: self = .none
    }
  }

  private init(_ refused: Refused) {
    switch refused.code {
    // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE; and OK, which is no refusal.
    case 0, 1, 4, 8, 10, 14: self = .later(refused.retryAfter)
    case 7, 16: self = .barred(reason: refused.reason ?? (refused.code == 7 ? "PERMISSION_DENIED" : "UNAUTHENTICATED"))
    // UNKNOWN, UNIMPLEMENTED, INTERNAL, DATA_LOSS: nothing was said about the ballot.
    case 2, 12, 13, 15: self = .none
    // NOT_FOUND, FAILED_PRECONDITION.
    case 5, 9:
      let reason = refused.reason ?? "CODE_\(refused.code)"
      let isUnready = ["UNKNOWN_POLL", "UNKNOWN_UNIT", "POLL_NOT_OPEN"].contains(reason)
      self =
        isUnready
        ? .unready(reason: reason)
        : .settled(reason == "POLL_SEALED" ? .afterSeal : .rejected(reason: reason))
    default:
      self = .settled(
        refused.reason == "ALREADY_RATED" ? .duplicate : .rejected(reason: refused.reason ?? "CODE_\(refused.code)"))
    }
  }
}

/// The parts of a google.rpc.Status that decide something here.
private struct Refused {
  var code: Int32
  var reason: String?
  /// Milliseconds.
  var retryAfter: Int64 = 0

  init(_ status: Google_Rpc_Status) {
    code = status.code
    for detail in status.details {
      // What does not parse only explains.
      if detail.isA(Google_Rpc_ErrorInfo.self), let info = try? Google_Rpc_ErrorInfo(unpackingAny: detail) {
        reason = info.reason.isEmpty ? nil : info.reason
      } else if detail.isA(Google_Rpc_RetryInfo.self), let retry = try? Google_Rpc_RetryInfo(unpackingAny: detail) {
        // A peer's delay is advice: never more than a minute, never negative.
        retryAfter =
          min(60, max(0, retry.retryDelay.seconds)) * 1_000
          + Int64(min(999_999_999, max(0, retry.retryDelay.nanos))) / 1_000_000
      }
    }
  }
}
