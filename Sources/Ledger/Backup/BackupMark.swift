internal import Glibc

/// How far the newest good backup of a ledger reaches: `backed-up`, a line of epoch and revision beside the ledger. Not in
/// the ledger, into which only the server's connection writes: a backup is made by another process.
struct BackupMark: Equatable {
  /// Of the ledger that the backup is of.
  var epoch: String
  /// The sequence of the backup's last entry.
  var revision: UInt64

  private static let name = "/backed-up"
  /// A line has an epoch of 32 and a number of at most 20 digits.
  private static let longest = 64

  /// Nil: there is none, or none that can be read: as if there were no backup, and nobody forgets anything.
  static func read(_ directory: String) -> BackupMark? {
    let descriptor = open(directory + name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: longest)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count > 0, bytes[count - 1] == UInt8(ascii: "\n") else { return nil }
    let words = String(decoding: bytes[..<(count - 1)], as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0].utf8.count == 32, let revision = UInt64(words[1]) else { return nil }
    return BackupMark(epoch: String(words[0]), revision: revision)
  }

  /// Leaves a mark, unless there is one of the same ledger that reaches as far. It is on disk when this returns.
  func write(_ directory: String) throws(LedgerFileError) {
    if let there = BackupMark.read(directory), there.epoch == epoch, there.revision >= revision { return }
    let path = directory + BackupMark.name
    // Of this process: two backups at once do not write into one another's.
    let unfinished = path + ".new-\(getpid())"
    do throws(LedgerFileError) {
      // Backups may be another user's than the server's, and the mark says nothing secret.
      try Files.write(Array("\(epoch) \(revision)\n".utf8), to: unfinished, mode: 0o644)
    } catch {
      // The first error is the one to tell.
      try? Files.remove(unfinished)
      throw error
    }
    // A mark that is lost costs nothing but room on kiosks.
    try Files.finish(unfinished, as: path)
  }

  static func remove(_ directory: String) throws(LedgerFileError) {
    try Files.remove(directory + name)
  }
}
