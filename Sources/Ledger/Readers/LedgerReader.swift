public import Polling
internal import SQLite

/// What can be asked of a ledger beside its writer.
public protocol LedgerReader: Sendable {
  /// Every kiosk that stands in this unit or below, with each of its spools: those that anything was heard of, and those
  /// that have a certificate and were never heard of. Ordered by kiosk, the spool that reported last first. Everything
  /// acknowledged before the call is in it.
  func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount]

  /// The correction list of a poll, in the order of arrival: presses that came after its seal.
  ///
  /// - Parameters:
  ///   - after: only those with a higher sequence.
  ///   - limit: the first so many.
  func corrections(poll: PollID, after: UInt64, limit: Int) async throws(LedgerFileError) -> [Correction]

  /// What the entries after a sequence, the first so many of them, add to the figures of slices. Everything acknowledged
  /// before the call is among those that there are.
  ///
  /// - Parameter today: of this day, and the one before, hours are told apart.
  func sliceCounts(after: UInt64, limit: Int, today: Day) async throws(LedgerFileError) -> SliceCounts
}

extension SQLiteLedger: LedgerReader {
  public func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount] {
    try await readings.read { (connection) throws(SQLiteError) in
      try KioskAccounts(connection, within: unit).accounts
    }
  }

  public func corrections(
    poll: PollID, after: UInt64 = 0, limit: Int = .max
  ) async throws(LedgerFileError) -> [Correction] {
    try await readings.read { (connection) throws(SQLiteError) in
      try RefusedPresses.corrections(connection, poll: poll, after: after, limit: limit)
    }
  }

  public func sliceCounts(after: UInt64, limit: Int, today: Day) async throws(LedgerFileError) -> SliceCounts {
    try await readings.read { (connection) throws(SQLiteError) in
      try SliceCounts(connection, after: after, limit: limit, today: today)
    }
  }
}
