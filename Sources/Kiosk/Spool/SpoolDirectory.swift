internal import Glibc

/// The files of one kiosk's spool, and who may use them. The lock is let go of with the last reference, and by the
/// kernel when the process dies.
final class SpoolDirectory: Sendable {
  let path: String
  private let descriptor: Int32

  var spool: String { path + "/spool.db" }
  var journal: String { spool + "-wal" }
  /// What is being made; renamed when it is whole.
  var unfinished: String { path + "/spool.db.new" }

  /// Makes the directory where there is none, and takes it.
  init(_ path: String) throws(SpoolError) {
    self.path = path
    try SpoolDirectory.make(path)
    let lock = path + "/spool.lock"
    descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SpoolDirectory.failure("cannot open", lock) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // Not closed here: what throws when all of it is there is taken down by `deinit`. Closed twice, the number would by
      // then be another file's, of another thread.
      let reason = errno
      if reason == EWOULDBLOCK { throw SpoolError(.locked, "\(path) is in use by another kiosk process") }
      throw SpoolError(.io, "cannot lock \(lock): \(String(cString: strerror(reason)))")
    }
  }

  deinit {
    // Said, not only left to the close: a child that is just being made may still have the descriptor for a moment.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  var hasSpool: Bool { access(spool, F_OK) == 0 }
  /// Until somebody takes it away.
  var hasSetAside: Bool { access(path + "/damaged-1.db", F_OK) == 0 }

  /// Puts what was made under its name. A name is safe only after its directory was synced; that of the directory too,
  /// which may be as new, whoever made it.
  func finish() throws(SpoolError) {
    // The journal is made with the same permissions.
    if chmod(unfinished, 0o600) != 0 { throw SpoolDirectory.failure("cannot set the mode of", unfinished) }
    try SpoolDirectory.sync(unfinished)
    if rename(unfinished, spool) != 0 { throw SpoolDirectory.failure("cannot rename to", spool) }
    try SpoolDirectory.sync(path)
    try SpoolDirectory.syncParent(of: path)
  }

  func removeUnfinished() throws(SpoolError) {
    for name in [unfinished, unfinished + "-journal"] where unlink(name) != 0 && errno != ENOENT {
      throw SpoolDirectory.failure("cannot remove", name)
    }
  }

  /// Moves the spool out of the way, with its journal: nothing of it is ever deleted. Also a journal without a spool,
  /// which is what an end in the middle of this leaves: beside a new spool it must not stay.
  ///
  /// - Returns: what the spool is now called; nil: there was nothing.
  func setAside() throws(SpoolError) -> String? {
    var number = 1
    func name() -> String { "\(path)/damaged-\(number).db" }
    while access(name(), F_OK) == 0 || access(name() + "-wal", F_OK) == 0 { number += 1 }
    var moved = false
    for (from, to) in [(spool, name()), (journal, name() + "-wal")] where access(from, F_OK) == 0 {
      if rename(from, to) != 0 { throw SpoolDirectory.failure("cannot rename to", to) }
      moved = true
    }
    // Made anew by whoever opens the file.
    unlink(spool + "-shm")
    if moved { try SpoolDirectory.sync(path) }
    return moved ? name() : nil
  }

  /// A file's bytes, or a directory's names.
  static func sync(_ path: String) throws(SpoolError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw failure("cannot sync", path) }
  }

  /// With all that is missing above it, each one synced where it is named.
  private static func make(_ path: String) throws(SpoolError) {
    if mkdir(path, 0o700) == 0 { return try syncParent(of: path) }
    switch errno {
    case EEXIST: return
    case ENOENT:
      let parent = parent(of: path)
      guard parent != path else { throw failure("cannot make the directory", path) }
      try make(parent)
      if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("cannot make the directory", path) }
      try syncParent(of: path)
    default: throw failure("cannot make the directory", path)
    }
  }

  private static func syncParent(of path: String) throws(SpoolError) {
    let parent = parent(of: path)
    let descriptor = open(parent, O_RDONLY | O_CLOEXEC)
    // A directory above that we may use and not read is somebody else's to keep.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if fsync(descriptor) != 0 { throw failure("cannot sync", parent) }
  }

  private static func parent(of path: String) -> String {
    var names = path.split(separator: "/", omittingEmptySubsequences: true)
    guard names.popLast() != nil, !names.isEmpty else { return path.hasPrefix("/") ? "/" : "." }
    return (path.hasPrefix("/") ? "/" : "") + names.joined(separator: "/")
  }

  /// What `errno` says.
  static func failure(_ what: String, _ path: String) -> SpoolError {
    let code: SpoolError.Code = errno == ENOSPC ? .diskFull : .io
    return SpoolError(code, "\(what) \(path): \(String(cString: strerror(errno)))")
  }
}
