import Foundation
internal import Polling
internal import Schema

/// What became of one ballot.
enum CastOutcome: Sendable, Equatable {
  case taken(Binhchon_V1_Receipt)
  /// For good: sending it again would not help.
  case refused(Refusal)
  /// Not a ballot at all; never sent.
  case rejected(ClientError)
  /// Nobody answered for it: it may be kept or not.
  case unknown

  var word: String {
    switch self {
    case .taken(let receipt): receipt.replayed ? "replayed" : (receipt.counted ? "counted" : "flagged")
    case .refused: "refused"
    case .rejected: "rejected"
    case .unknown: "unconfirmed"
    }
  }
}

/// One ballot's outcome for programs.
struct CastRecord: Encodable {
  var line: Int?
  var ballotId: String?
  var outcome: String
  var day: String?
  var clockFlagged: Bool?
  var ledgerEpoch: String?
  var choices: [String: [String]]?
  var reason: String?
  var message: String?

  init(line: Int? = nil, ballot: Binhchon_V1_Ballot?, outcome: CastOutcome, language: Language) {
    self.line = line
    ballotId = ballot.flatMap { try? BallotID(bytes: $0.ballotID).description }
    choices = ballot.map {
      Dictionary($0.answers.map { ($0.question, $0.choices) }, uniquingKeysWith: { first, _ in first })
    }
    self.outcome = outcome.word
    switch outcome {
    case .taken(let receipt):
      day = receipt.day
      clockFlagged = receipt.clockFlagged
      ledgerEpoch = receipt.ledgerEpoch
    case .refused(let refusal):
      let error = ClientError(refusal, server: nil)
      reason = error.reason
      message = (error.why ?? error.what)(language)
    case .rejected(let error):
      reason = error.reason
      message = [error.what, error.why].compactMap { $0?(language) }.joined(separator: ": ")
    case .unknown: break
    }
  }
}

/// How many of each.
struct CastSummary: Sendable, Equatable, Encodable {
  private(set) var counted = 0
  private(set) var replayed = 0
  private(set) var flagged = 0
  private(set) var refused = 0
  private(set) var unconfirmed = 0
  /// By reason code.
  private(set) var reasons: [String: Int] = [:]

  var total: Int { counted + replayed + flagged + refused + unconfirmed }

  mutating func add(_ outcome: CastOutcome) {
    switch outcome {
    case .taken(let receipt):
      if receipt.replayed { replayed += 1 } else if receipt.counted { counted += 1 } else { flagged += 1 }
    case .refused(let refusal):
      refused += 1
      reasons[ClientError(refusal, server: nil).reason ?? "UNKNOWN", default: 0] += 1
    case .rejected(let error):
      refused += 1
      reasons[error.reason ?? "INVALID_FIELD", default: 0] += 1
    case .unknown: unconfirmed += 1
    }
  }

  /// Those nobody answered for.
  mutating func addUnconfirmed(_ count: Int) {
    unconfirmed += count
  }

  func text(_ figures: Figures) -> String {
    func n(_ value: Int) -> String { figures.count(UInt64(max(0, value))) }
    var parts: [Text] = [Text(vi: "\(n(counted)) phiếu được tính", en: "\(n(counted)) counted")]
    if replayed > 0 { parts.append(Text(vi: "\(n(replayed)) đã có từ trước", en: "\(n(replayed)) replayed")) }
    if flagged > 0 { parts.append(Text(vi: "\(n(flagged)) bị gắn cờ", en: "\(n(flagged)) flagged")) }
    if refused > 0 {
      let why = reasons.sorted { $0.key < $1.key }.map { "\($0.key) \(n($0.value))" }.joined(separator: ", ")
      parts.append(Text(vi: "\(n(refused)) bị từ chối (\(why))", en: "\(n(refused)) refused (\(why))"))
    }
    if unconfirmed > 0 {
      parts.append(Text(vi: "\(n(unconfirmed)) chưa được xác nhận", en: "\(n(unconfirmed)) not confirmed"))
    }
    return parts.map { $0(figures.language) }.joined(separator: ", ")
  }

  var status: SysExit {
    if unconfirmed > 0 { return .tryAgain }
    return refused > 0 ? .badData : .ok
  }
}

extension CastOutcome {
  var label: Text {
    switch self {
    case .taken(let receipt) where receipt.replayed: Text(vi: "đã có từ trước", en: "replayed")
    case .taken(let receipt) where !receipt.counted: Text(vi: "bị gắn cờ, không tính", en: "flagged, not counted")
    case .taken(let receipt) where receipt.late: Text(vi: "được tính, đến muộn", en: "counted, late")
    case .taken: Text(vi: "được tính", en: "counted")
    case .refused, .rejected: Text(vi: "bị từ chối", en: "refused")
    case .unknown: Text(vi: "chưa được xác nhận", en: "not confirmed")
    }
  }
}
