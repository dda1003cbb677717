internal import Glibc

/// The files of a ledger's directory.
struct LedgerDirectory {
  var path: String

  var ledger: String { path + "/ledger.db" }
  var lock: String { path + "/ledger.lock" }
  /// What SQLite keeps beside it.
  var journals: [String] { ["-wal", "-shm", "-journal"].map { ledger + $0 } }
  /// What is being made; renamed when it is whole.
  var unfinished: String { path + "/ledger.db.new" }

  /// With the journal that a crash may have left beside it.
  func removeUnfinished() throws(LedgerFileError) {
    for name in [unfinished, unfinished + "-journal"] { try Files.remove(name) }
  }
}

/// What SQLite does not do for us: making names durable. A new name is safe only after its directory was synced.
enum Files {
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  static func makeDirectory(_ path: String) throws(LedgerFileError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("cannot make the directory", path) }
  }

  static func remove(_ path: String) throws(LedgerFileError) {
    if unlink(path) != 0, errno != ENOENT { throw failure("cannot remove", path) }
  }

  /// Gives a file that was made under another name its own, once its bytes are safe, and makes that safe too. If it
  /// throws, it is under neither.
  ///
  /// - Parameter directories: that must be synced too, for they may be as new as the file.
  static func finish(
    _ unfinished: String, as name: String, in directories: [String] = []
  ) throws(LedgerFileError) {
    var made = unfinished
    do throws(LedgerFileError) {
      try sync(unfinished)
      if rename(unfinished, name) != 0 { throw failure("cannot rename to", name) }
      made = name
      for directory in [parent(of: name)] + directories { try sync(directory) }
    } catch {
      // The first error is the one to tell.
      try? remove(made)
      throw error
    }
  }

  /// Makes or replaces a small file. It is on disk when this returns; its name is not, before the directory is synced.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(LedgerFileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("cannot make", path) }
    defer { close(descriptor) }
    if fchmod(descriptor, mode) != 0 { throw failure("cannot change the mode of", path) }
    // A file takes so few bytes at once, or has no room for them.
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure("cannot write", path) }
    if fsync(descriptor) != 0 { throw failure("cannot sync", path) }
  }

  /// Syncs a file or a directory.
  static func sync(_ path: String) throws(LedgerFileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw failure("cannot sync", path) }
  }

  static func parent(of path: String) -> String {
    var names = path.split(separator: "/", omittingEmptySubsequences: true)
    guard names.popLast() != nil, !names.isEmpty else { return path.hasPrefix("/") ? "/" : "." }
    return (path.hasPrefix("/") ? "/" : "") + names.joined(separator: "/")
  }

  private static func failure(_ what: String, _ path: String) -> LedgerFileError {
    LedgerFileError(.io, "\(what) \(path): \(String(cString: strerror(errno)))")
  }
}
