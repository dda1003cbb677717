internal import Glibc

/// Held by whoever may write a ledger: one process, one writer. Let go of with the last reference, and by the kernel
/// when the process dies.
final class LedgerLock: Sendable {
  private let descriptor: Int32

  init(_ directory: LedgerDirectory) throws(LedgerFileError) {
    descriptor = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LedgerFileError(.io, "cannot open \(directory.lock): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // Not closed here: what throws when all of it is there is taken down by `deinit`. Closed twice, the number would by
      // then be another file's, of another thread.
      let reason = errno
      if reason == EWOULDBLOCK {
        throw LedgerFileError(.locked, "\(directory.path) is in use by another process")
      }
      throw LedgerFileError(.io, "cannot lock \(directory.lock): \(String(cString: strerror(reason)))")
    }
  }

  deinit {
    // Said, not only left to the close: a child that is just being made may still have the descriptor for a moment.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
