internal import CSQLite3
internal import SQLite

/// Copies a ledger into one file while a server goes on writing it.
public enum LedgerBackup {
  public struct Report: Sendable, Equatable {
    /// What the copy holds; its recount was clean.
    public var verified: VerifyReport
    public var bytes: Int64

    public init(verified: VerifyReport, bytes: Int64) {
      self.verified = verified
      self.bytes = bytes
    }
  }

  private static let pagesPerStep: Int32 = 2_048

  /// Copies the ledger in `directory`, as it is at one moment, to the file `target`, which must not exist: first to
  /// `target` + ".partial" (one left over from an interrupted backup is replaced), then, recounted and synced, by
  /// renaming. When it returns the backup is on disk; if it throws there is none. While it runs the server's journal
  /// cannot be emptied and grows.
  ///
  /// - Parameter progress: called now and then with the pages copied and how many there are.
  public static func run(
    directory: String, to target: String, progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws(LedgerFileError) -> Report {
    let source = LedgerDirectory(path: directory).ledger
    guard Files.exists(source) else { throw LedgerFileError(.missing, "there is no ledger in \(directory)") }
    guard !Files.exists(target) else {
      throw LedgerFileError(.exists, "\(target) exists: a backup never replaces a file")
    }
    let partial = target + ".partial"
    try Files.remove(partial)
    do throws(LedgerFileError) {
      let bytes = try copy(source, access: .readOnly, to: partial, progress)
      let report = try LedgerVerifier.run(backup: partial)
      guard report.isClean else {
        throw LedgerFileError(
          .damaged, "the copy of \(source) does not recount: \(report.differences.first ?? "")")
      }
      guard !Files.exists(target) else { throw LedgerFileError(.exists, "\(target) appeared meanwhile") }
      try Files.finish(partial, as: target)
      return Report(verified: report, bytes: bytes)
    } catch {
      // The first error is the one to tell.
      try? Files.remove(partial)
      throw error
    }
  }

  /// Tells the server of the ledger in `directory`, now or later, that there is this backup: kiosks may forget what it
  /// holds. It is on disk when this returns.
  public static func note(_ backup: Report, directory: String) throws(LedgerFileError) {
    try BackupMark(epoch: backup.verified.epoch, revision: backup.verified.revision).write(directory)
  }

  /// Returns the number of bytes.
  static func copy(
    _ source: String, access: Connection.Access, to partial: String,
    _ progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws(LedgerFileError) -> Int64 {
    do throws(SQLiteError) {
      let from = try Connection(path: source, access: access)
      let to = try Connection(path: partial, access: .create)
      // We sync once at the end, and a copy that was interrupted is thrown away.
      try to.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")
      // A transaction of our own: a writer's commits neither show in the copy nor make it begin anew.
      try from.execute("BEGIN")
      _ = try from.integer("SELECT count(*) FROM meta")
      guard let backup = sqlite3_backup_init(to.handle, "main", from.handle, "main") else {
        throw to.error(sqlite3_extended_errcode(to.handle), "beginning the backup")
      }
      var code = SQLITE_OK
      while code == SQLITE_OK {
        code = sqlite3_backup_step(backup, pagesPerStep)
        let total = Int64(sqlite3_backup_pagecount(backup))
        progress(total - Int64(sqlite3_backup_remaining(backup)), total)
      }
      let pages = Int64(sqlite3_backup_pagecount(backup))
      let finished = sqlite3_backup_finish(backup)
      guard code == SQLITE_DONE, finished == SQLITE_OK else {
        throw to.error(code == SQLITE_DONE ? finished : code, "copying the ledger")
      }
      return pages * (try from.pageSize)
    } catch {
      throw LedgerFileError(error)
    }
  }
}
