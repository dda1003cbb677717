import Glibc
import Logging

/// The limit on open files: every connection takes one.
enum OpenFiles {
  /// What else is open: ledger, its readers, logs, listeners, files that a reload reads.
  static let reserve = 64

  /// Raises the soft limit as far as the hard one allows, and says so if that is too little for `connections`.
  ///
  /// - Returns: how many connections there may be, so that the ledger and a reload find a descriptor whatever comes in.
  static func raiseLimit(for connections: Int, logger: Logger) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    let most = room(within: isRaised ? limit.rlim_cur : before, wanted: connections)
    if most < connections {
      logger.warning(
        "the limit on open files is too low for limits.connections; raise it (LimitNOFILE= under systemd)",
        metadata: ["limit": "\(limit.rlim_cur)", "wanted": "\(connections)", "connections": "\(most)"])
    }
    return most
  }

  /// One connection at least: a limit as low as that is somebody's mistake, and is said.
  static func room(within limit: rlim_t, wanted: Int) -> Int {
    max(1, min(wanted, Int(clamping: limit) - reserve))
  }
}
