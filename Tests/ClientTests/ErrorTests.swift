import Foundation
import Schema
import SwiftProtobuf
import Testing

@testable import binhchon

@Suite struct ErrorTests {
  @Test(
    arguments: [
      (StatusCode.invalidArgument, nil, SysExit.badData), (.notFound, "UNKNOWN_POLL", .badData),
      (.alreadyExists, "BALLOT_CONFLICT", .badData), (.failedPrecondition, "POLL_NOT_OPEN", .badData),
      (.permissionDenied, "OUT_OF_SCOPE", .notPermitted), (.unauthenticated, "NO_IDENTITY", .notPermitted),
      (.resourceExhausted, "OVERLOADED", .tryAgain), (.resourceExhausted, "DISK_FULL", .tryAgain),
      (.unavailable, nil, .unreachable), (.unavailable, "OUTCOME_UNKNOWN", .tryAgain),
      (.unavailable, "DRAINING", .tryAgain), (.deadlineExceeded, nil, .tryAgain), (.unimplemented, nil, .protocol),
      (.internal, nil, .internalError), (.unknown, nil, .internalError), (.dataLoss, nil, .protocol),
    ] as [(StatusCode, String?, SysExit)])
  func exitCodes(_ code: StatusCode, _ reason: String?, _ expected: SysExit) {
    let error = ClientError(Refusal(code: code.rawValue, message: "m", reason: reason), server: "h:1")
    #expect(error.status == expected)
    #expect(error.reason == reason ?? code.name)
    for language in Language.allCases {
      #expect(error.lines(language)[0].hasPrefix("binhchon: "))
      #expect(error.lines(language)[0].hasSuffix("[\(reason ?? code.name)]"))
    }
  }

  @Test func everyReasonOfTheSchemaHasAnExitCode() {
    for reason in Binhchon_V1_Reason.allCases where reason != .unspecified {
      let error = ClientError(Refusal(code: 9, message: "", reason: "\(reason)"), server: nil)
      #expect(error.status != .internalError)
    }
  }

  @Test func aCodeFromTheFutureIsAnInternalError() {
    #expect(ClientError(Refusal(code: 99, message: "?"), server: nil).status == .internalError)
  }

  @Test func detailsAreUnpacked() throws {
    var info = Google_Rpc_ErrorInfo()
    info.reason = "INVALID_FIELD"
    info.domain = "binhchon"
    var local = Google_Rpc_LocalizedMessage()
    local.locale = "vi"
    local.message = "Một trường không hợp lệ."
    var request = Google_Rpc_BadRequest()
    var violation = Google_Rpc_BadRequest.FieldViolation()
    violation.field = "ballot.unit"
    violation.description_p = "is missing"
    request.fieldViolations = [violation]
    var retry = Google_Rpc_RetryInfo()
    retry.retryDelay = .with { $0.seconds = 2 }
    var status = Google_Rpc_Status()
    status.code = 3
    status.message = "a field breaks its rule"
    status.details = try [
      Google_Protobuf_Any(message: info), Google_Protobuf_Any(message: local), Google_Protobuf_Any(message: request),
      Google_Protobuf_Any(message: retry),
    ]
    let refusal = Refusal(status)
    #expect(refusal.reason == "INVALID_FIELD")
    #expect(refusal.retryAfter == .seconds(2))
    #expect(refusal.why?(.vi) == "Một trường không hợp lệ. (ballot.unit is missing)")
    #expect(refusal.why?(.en) == "a field breaks its rule (ballot.unit is missing)")
  }

  @Test func garbageDetailsAreLeftOut() {
    let refusal = Refusal(
      code: 8, message: "m",
      details: [("type.googleapis.com/google.rpc.ErrorInfo", Data([0xFF])), ("", Data()), ("x/y.Z", Data([1]))])
    #expect(refusal == Refusal(code: 8, message: "m"))
  }

  @Test func aPeersDelayIsBounded() throws {
    for (seconds, expected) in [(Int64.max, Duration.seconds(60)), (.min, .zero)] {
      var retry = Google_Rpc_RetryInfo()
      retry.retryDelay = .with { $0.seconds = seconds }
      let refusal = Refusal(
        code: 8, message: "",
        details: [("type.googleapis.com/google.rpc.RetryInfo", try retry.serializedData())])
      #expect(refusal.retryAfter == expected)
    }
  }

  @Test func whatTheServerRepeatsIsSaidOnce() {
    var refusal = Refusal(code: 9, message: "this ballot was voided", reason: "BALLOT_VOIDED")
    #expect(ClientError(refusal, server: nil).why == nil)
    refusal.message = "voided on 3 May"
    #expect(ClientError(refusal, server: nil).why?(.en) == "voided on 3 May")
  }

  @Test func aFieldThatTheMessageNamesIsNotNamedAgain() {
    var refusal = Refusal(code: 3, message: "a rule is broken: ballot.unit is missing")
    refusal.violations = [.init(field: "ballot.unit", problem: "is missing")]
    refusal.localized[.vi] = "Dữ liệu chưa hợp lệ."
    #expect(refusal.why?(.en) == "a rule is broken: ballot.unit is missing")
    #expect(refusal.why?(.vi) == "Dữ liệu chưa hợp lệ. (ballot.unit is missing)")
  }

  @Test func asJSON() throws {
    let error = ClientError(.badData, Text(vi: "sai", en: "wrong"), reason: "INVALID_FIELD")
    #expect(
      try JSONLine.encode(error.json(.en)) == #"{"error":{"exit":65,"reason":"INVALID_FIELD","what":"wrong"}}"#)
  }
}
