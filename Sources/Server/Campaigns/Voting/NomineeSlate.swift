internal import Polling

/// Whom a vote of a campaign is about, and by which rules.
struct NomineeSlate: Equatable {
  var version: UInt32
  var unit: UnitPath
  var rules: NomineeVote
  /// Those who stand for a vote, in the order in which they were registered.
  var nominees: [VoteDefinition.Nominee]
}

extension NomineeSlate {
  /// Nil: nothing was published of the campaign, or it has no vote.
  init?(_ book: CampaignBook) {
    guard let campaign = book.campaign, let rules = campaign.vote else { return nil }
    version = campaign.version
    unit = campaign.unit
    self.rules = rules
    nominees = zip(book.register.nominations, book.cases).filter { $0.1.state == .voting }.map { nomination, _ in
      VoteDefinition.Nominee(nomination.id, name: nomination.nominee.name)
    }
  }
}
