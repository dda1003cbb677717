internal import SQLite

/// Makes a ledger of a backup.
public enum LedgerRestore {
  public struct Report: Sendable, Equatable {
    /// What the backup holds; its recount was clean.
    public var verified: VerifyReport
    /// Names the restored ledger, so that clients can tell that what came after the backup is not in it.
    public var epoch: String
  }

  /// Puts the backup `path` into `directory` as its ledger, under a new epoch. The directory is made if its parent is
  /// there; it must hold no ledger, and no journal of one, which would undo the restore. When it returns the ledger is on disk;
  /// if it throws there is none.
  ///
  /// - Parameters:
  ///   - secretFingerprint: of the secret that this ledger will be served with: see
  ///     ``SQLiteLedger/Options/secretFingerprint``. Nil: not looked at.
  ///   - progress: called now and then with the entries recounted and how many there are.
  public static func run(
    backup path: String, to directory: String, secretFingerprint: String? = nil,
    progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(LedgerFileError) -> Report {
    guard Files.exists(path) else { throw LedgerFileError(.missing, "there is no file \(path)") }
    let place = LedgerDirectory(path: directory)
    try Files.makeDirectory(directory)
    // Held throughout: nobody serves or makes a ledger here meanwhile.
    let lock = try LedgerLock(place)
    defer { withExtendedLifetime(lock) {} }
    for name in [place.ledger] + place.journals where Files.exists(name) {
      throw LedgerFileError(.exists, "\(name) is there: a backup is restored only where there is no ledger")
    }
    try place.removeUnfinished()
    do throws(LedgerFileError) {
      _ = try LedgerBackup.copy(path, access: .immutable, to: place.unfinished)
      let verified = try LedgerVerifier.run(path: place.unfinished, access: .immutable, progress)
      guard verified.isClean else {
        throw LedgerFileError(.damaged, "\(path) does not recount: \(verified.differences.first ?? "")")
      }
      let epoch = try begin(place.unfinished, after: verified, secretFingerprint)
      try Files.finish(place.unfinished, as: place.ledger, in: [Files.parent(of: directory)])
      return Report(verified: verified, epoch: epoch)
    } catch {
      // The first error is the one to tell.
      try? place.removeUnfinished()
      throw error
    }
  }

  /// Begins a new epoch, and says which one it follows.
  private static func begin(
    _ path: String, after backup: VerifyReport, _ secretFingerprint: String?
  ) throws(LedgerFileError) -> String {
    let epoch = LedgerFactory.newEpoch()
    do {
      let connection = try Connection(path: path, access: .readWrite)
      if let secretFingerprint {
        try Meta.check(secretFingerprint: secretFingerprint, connection, path: path)
      }
      try connection.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
      try Meta.set("restored_from", backup.epoch, connection)
      try Meta.set("restored_revision", "\(backup.revision)", connection)
      try Meta.set("epoch", epoch, connection)
      try connection.execute("COMMIT")
      return epoch
    } catch let error as LedgerFileError {
      throw error
    } catch let error as SQLiteError {
      throw LedgerFileError(error)
    } catch { throw LedgerFileError(.io, "\(error)") }
  }
}
