import Glibc
import Logging

/// The limit on open files: every connection takes one.
enum OpenFiles {
  /// Raises the soft limit as far as the hard one allows, and says so if that is too little for `connections`.
  static func raiseLimit(for connections: Int, logger: Logger) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    // What else is open: ledger, logs, listeners.
    let needed = UInt64(connections) + 64
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 || limit.rlim_cur < needed {
      logger.warning(
        "the limit on open files is below limits.connections; raise it (LimitNOFILE= under systemd)",
        metadata: ["limit": "\(limit.rlim_cur)", "connections": "\(connections)"])
    }
  }
}
