public import Polling

/// What can be asked of a ledger beside its writer.
public protocol LedgerReader: Sendable {
  /// Every kiosk that stands in this unit or below, with each of its spools: those that anything was heard of, and those
  /// that have a certificate and were never heard of. Everything acknowledged before the call is in it.
  func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount]

  /// The correction list of a poll, in the order of arrival: presses that came after its seal.
  func corrections(poll: PollID) async throws(LedgerFileError) -> [Correction]
}

extension SQLiteLedger: LedgerReader {
  public func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount] {
    throw LedgerFileError(.missing, "kiosks are not accounted for yet")
  }

  public func corrections(poll: PollID) async throws(LedgerFileError) -> [Correction] {
    throw LedgerFileError(.missing, "there are no correction lists yet")
  }
}
