public import Polling

extension PaperBatch {
  /// Takes what was entered in its register: every rule holds again, and what was counted is counted again.
  ///
  /// - Parameters:
  ///   - entered: the act after the one that was folded last.
  ///   - poll: the version that the manifest names.
  /// - Throws: `LedgerFileError` for an act that the rules do not allow; nothing has changed then.
  public mutating func fold(_ entered: EnteredAct, poll: Poll) throws(LedgerFileError) {
    func wrong(_ problem: String) -> LedgerFileError {
      LedgerFileError(.damaged, "act \(entered.number) of register \(entered.act.register.name) \(problem)")
    }
    let event = try PaperEvent(entered.act)
    guard let person = PaperPerson(by: entered.act.by) else { throw wrong("is of nobody who may") }
    let counts = event == .accept ? self.counts(in: poll) : [:]
    let reverses = event == .confirmReversal ? acceptance : nil
    var next = self
    do {
      try next.take(event, by: person, at: entered.act.at, number: entered.number, poll: poll)
    } catch {
      throw wrong("breaks a rule: \(error)")
    }
    let expected = counts.isEmpty ? [] : [ActCounts(poll: poll.id, version: poll.version, cells: counts)]
    guard entered.act.counts == expected, entered.act.reverses == reverses else {
      throw wrong("counts what its batch does not say")
    }
    self = next
  }
}
