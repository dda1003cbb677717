internal import Polling

/// Campaigns as their acts alone make them: every rule is tried again, and everything counted anew.
struct CampaignRecount {
  /// Nil: an act broke a rule, and what follows cannot be told.
  private var books: [RecordID<Campaign>: CampaignBook?] = [:]

  /// Returns what is wrong with the act, if it is one of a campaign.
  mutating func fold(_ entered: EnteredAct) -> String? {
    guard entered.act.register.kind == .campaign else { return nil }
    guard let id = Register.campaign(named: entered.act.register.name) else { return "is of a register of no campaign" }
    guard var book = books[id, default: CampaignBook(id)] else { return nil }
    // Taken out, so that it changes in its place.
    books[id] = .some(nil)
    do {
      try book.fold(entered)
      books[id] = book
      return nil
    } catch {
      return error.message
    }
  }

  /// In the order of their ids; of those that broke a rule none.
  var figures: [CampaignFigures] {
    books.sorted { $0.key < $1.key }.compactMap { $0.value.map { CampaignFigures($0) } }
  }
}
