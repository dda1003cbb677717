public import Polling

extension Register {
  /// Where a campaign is.
  public static func campaign(_ id: RecordID<Campaign>) -> Register {
    Register(.campaign, id.rawValue)
  }

  /// The campaign of a register's name; nil: it is of no such form.
  public static func campaign(named name: String) -> RecordID<Campaign>? {
    try? RecordID(name)
  }
}

extension CampaignBook {
  /// Takes what was entered in its register: every rule holds again.
  ///
  /// - Parameter entered: the act after the one that was folded last.
  /// - Throws: `LedgerFileError` for an act that the rules do not allow; nothing has changed then.
  public mutating func fold(_ entered: EnteredAct) throws(LedgerFileError) {
    func wrong(_ problem: String) -> LedgerFileError {
      LedgerFileError(.damaged, "act \(entered.number) of register \(entered.act.register.name) \(problem)")
    }
    let act = entered.act
    let event = try CampaignEvent(act)
    guard let person = CampaignPerson(by: act.by) else { throw wrong("is of nobody who may") }
    guard act.counts.isEmpty, act.reverses == nil else { throw wrong("counts what no campaign counts") }
    let isNew: Bool
    do {
      isNew = try take(event, by: person, at: act.at, number: entered.number, size: act.body.count)
    } catch {
      throw wrong("breaks a rule: \(error)")
    }
    guard isNew else { throw wrong("says nothing new") }
  }
}
