internal import NIOCore
internal import Polling
internal import RPC
internal import Schema
internal import SwiftProtobuf

/// Why a call, or one ballot of a batch, is refused: what the caller's program, and the person before it, need to know.
struct Refusal: Error, Equatable {
  var code: Code
  var reason: Binhchon_V1_Reason
  /// Short, English, without personal data.
  var message: String
  var violations: [Violation] = []
  var metadata: [String: String] = [:]
  var retryAfterMilliseconds: Int32?

  /// The refusal as it goes over the wire (google.rpc.Status with its details).
  var status: Google_Rpc_Status {
    var info = Google_Rpc_ErrorInfo()
    info.reason = reason.words.name
    info.domain = "binhchon"
    info.metadata = metadata
    var localized = Google_Rpc_LocalizedMessage()
    localized.locale = "vi"
    localized.message = reason.words.vietnamese

    var details: [any Message] = [info, localized]
    if !violations.isEmpty {
      var request = Google_Rpc_BadRequest()
      request.fieldViolations = violations.map { violation in
        var field = Google_Rpc_BadRequest.FieldViolation()
        field.field = violation.field
        field.description_p = violation.problem
        return field
      }
      details.append(request)
    }
    if let retryAfterMilliseconds {
      var retry = Google_Rpc_RetryInfo()
      retry.retryDelay.seconds = Int64(retryAfterMilliseconds / 1000)
      retry.retryDelay.nanos = retryAfterMilliseconds % 1000 * 1_000_000
      details.append(retry)
    }

    var status = Google_Rpc_Status()
    status.code = Int32(code.rawValue)
    status.message = message
    // Packing a message of ours without required fields cannot fail; without details the status still says enough.
    status.details = details.compactMap { try? Google_Protobuf_Any(message: $0) }
    return status
  }

  var rpcError: RPCError {
    RPCError(
      code, message, details: status.details.map { StatusDetail(typeURL: $0.typeURL, value: Array($0.value)) })
  }
}

extension Refusal {
  static func invalid(_ violations: [Violation], message: String = "the request breaks a rule") -> Refusal {
    let isBallotID = violations.contains { $0.field == "ballot_id" || $0.field.hasSuffix(".ballot_id") }
    let first = violations.first.map { ": \($0.field) \($0.problem)" } ?? ""
    return Refusal(
      code: .invalidArgument, reason: isBallotID ? .invalidBallotID : .invalidField, message: message + first,
      violations: violations)
  }

  static func invalid(_ value: InvalidValue) -> Refusal {
    invalid([Violation(value.field, value.problem)])
  }

  static func unknownPoll(_ poll: String) -> Refusal {
    Refusal(code: .notFound, reason: .unknownPoll, message: "no such poll or version", metadata: ["poll": poll])
  }

  static func unknownUnit(_ unit: String) -> Refusal {
    Refusal(code: .notFound, reason: .unknownUnit, message: "no such unit in this poll", metadata: ["unit": unit])
  }
}

extension Refusal {
  /// - Parameter problem: which of what was asked for is not.
  static func notPublished(_ problem: String) -> Refusal {
    Refusal(
      code: .failedPrecondition, reason: .notPublished,
      message: "role auditor or admin sees it; published figures leave out what tells of a few people: \(problem)")
  }
}
