public import Polling

extension NomineeVoteBook {
  /// Takes what was entered in its register: every rule holds again, and what was counted is counted again.
  ///
  /// - Parameter entered: the act after the one that was folded last.
  /// - Throws: `LedgerFileError` for an act that the rules do not allow; nothing has changed then.
  public mutating func fold(_ entered: EnteredAct) throws(LedgerFileError) {
    func wrong(_ problem: String) -> LedgerFileError {
      LedgerFileError(.damaged, "act \(entered.number) of vote \(entered.act.register.name) \(problem)")
    }
    let event = try NomineeVoteEvent(entered.act, in: definition)
    guard event.body(in: definition) == entered.act.body else { throw wrong("is not written as it would be") }
    guard entered.act.counts.isEmpty, entered.act.reverses == nil else { throw wrong("counts in a poll") }
    do { try take(event, by: Self.person(by: entered.act.by)) } catch { throw wrong("breaks a rule: \(error)") }
    guard balances else { throw wrong("counts more or fewer votes than were allowed") }
  }

  /// Unit and name of who entered an act as role, unit and name.
  public static func person(by: String) -> String {
    by.firstIndex(of: "/").map { String(by[by.index(after: $0)...]) } ?? by
  }
}
