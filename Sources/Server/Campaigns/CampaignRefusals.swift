internal import Polling
internal import RPC
internal import Schema

extension Refusal {
  static func unknownCampaign(_ campaign: String) -> Refusal {
    Refusal(
      code: .notFound, reason: .unknownCampaign, message: "no such campaign",
      metadata: campaign.utf8.count > 64 ? [:] : ["campaign": campaign])
  }

  init(_ refusal: CampaignRefusal) {
    let reason = Binhchon_V1_Reason.allCases.first { $0.words.name == refusal.reason.code } ?? .unspecified
    self.init(
      code: Self.code(of: refusal.reason), reason: reason, message: refusal.description,
      violations: refusal.violations)
    if !refusal.subject.isEmpty { metadata["subject"] = refusal.subject }
    if let expected = refusal.expected { metadata["expected"] = "\(expected)" }
    if let actual = refusal.actual { metadata["actual"] = "\(actual)" }
  }

  private static func code(of reason: CampaignRefusal.Reason) -> Code {
    switch reason {
    case .notPublished, .notFound: .notFound
    case .alreadyExists, .alreadyRecognised, .awardExists: .alreadyExists
    case .invalidField, .unknownField, .reasonNeeded, .documentNeeded: .invalidArgument
    case .wrongRole, .outOfScope, .selfScreening, .otherPersonNeeded: .permissionDenied
    case .tooMuch: .resourceExhausted
    default: .failedPrecondition
    }
  }
}
