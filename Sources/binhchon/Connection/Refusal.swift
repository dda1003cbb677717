import Foundation
internal import Schema
internal import SwiftProtobuf

/// A google.rpc.Status that came instead of an answer, or in place of one ballot's receipt, its details unpacked.
struct Refusal: Error, Equatable, Sendable {
  /// A google.rpc.Code number.
  var code: Int32
  var message: String
  /// From ErrorInfo, without the `REASON_` prefix; nil: the status carried none.
  var reason: String?
  var metadata: [String: String] = [:]
  /// Messages for people, by language.
  var localized: [Language: String] = [:]
  var violations: [Violation] = []
  /// From RetryInfo.
  var retryAfter: Duration?

  struct Violation: Equatable, Sendable {
    var field: String
    var problem: String
  }

  init(code: Int32, message: String, reason: String? = nil) {
    self.code = code
    self.message = message
    self.reason = reason
  }

  /// Details of kinds we do not know, or that do not parse, are left out: they only explain.
  init(code: Int32, message: String, details: [(typeURL: String, value: Data)]) {
    self.init(code: code, message: message)
    for (typeURL, value) in details {
      switch typeURL.split(separator: "/").last.map(String.init) {
      case Google_Rpc_ErrorInfo.protoMessageName:
        guard let info = try? Google_Rpc_ErrorInfo(serializedBytes: value) else { continue }
        reason = info.reason.isEmpty ? nil : info.reason
        metadata = info.metadata
      case Google_Rpc_LocalizedMessage.protoMessageName:
        guard let text = try? Google_Rpc_LocalizedMessage(serializedBytes: value), !text.message.isEmpty,
          let language = Language(rawValue: String(text.locale.lowercased().prefix(2)))
        else { continue }
        localized[language] = text.message
      case Google_Rpc_BadRequest.protoMessageName:
        guard let request = try? Google_Rpc_BadRequest(serializedBytes: value) else { continue }
        violations += request.fieldViolations.map { Violation(field: $0.field, problem: $0.description_p) }
      case Google_Rpc_RetryInfo.protoMessageName:
        guard let retry = try? Google_Rpc_RetryInfo(serializedBytes: value), retry.hasRetryDelay else { continue }
        // A peer's delay is advice: never more than a minute, never negative.
        retryAfter =
          .seconds(min(60, max(0, retry.retryDelay.seconds)))
          + .nanoseconds(min(999_999_999, max(0, Int64(retry.retryDelay.nanos))))
      default: continue
      }
    }
  }

  init(_ status: Google_Rpc_Status) {
    self.init(
      code: status.code, message: status.message, details: status.details.map { ($0.typeURL, $0.value) })
  }

  /// Whether the same bytes may be taken later: overload, a drain, a lost connection, an unknown outcome.
  var isTransient: Bool {
    switch StatusCode(rawValue: code) {
    case .unavailable, .resourceExhausted, .deadlineExceeded, .aborted, .cancelled: true
    default: false
    }
  }
}

/// google.rpc.Code.
enum StatusCode: Int32, Sendable {
  case ok = 0
  case cancelled = 1
  case unknown = 2
  case invalidArgument = 3
  case deadlineExceeded = 4
  case notFound = 5
  case alreadyExists = 6
  case permissionDenied = 7
  case resourceExhausted = 8
  case failedPrecondition = 9
  case aborted = 10
  case outOfRange = 11
  case unimplemented = 12
  case `internal` = 13
  case unavailable = 14
  case dataLoss = 15
  case unauthenticated = 16

  var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}
