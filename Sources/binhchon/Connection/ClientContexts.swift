import Foundation
import Synchronization
internal import TLS

/// The TLS context of a client whose certificate may be renewed while it runs: made anew when its files have changed.
final class ClientContexts: Sendable {
  private struct Current {
    var context: TLSContext
    var files: [FileStamp?]
  }
  private let current: Mutex<Current>

  /// Reads the files. Throws `TLSError` for files that are no certificate, no key, or not a pair.
  init(_ configuration: TLSConfiguration) throws(TLSError) {
    // Looked at before they are read: what is replaced in between is read again the next time.
    let files = FileStamp.all(configuration)
    current = Mutex(Current(context: try TLSContext(configuration), files: files))
  }

  /// For the next connection. Looks at the files, and reads them if they have changed: not for an event loop.
  func latest() -> TLSContext {
    current.withLock { current in
      let files = FileStamp.all(current.context.configuration)
      // Files that are being replaced may be none or no pair for a moment. The old ones are good meanwhile, and the
      // next connection looks again.
      if files != current.files, let context = try? TLSContext(current.context.configuration) {
        current = Current(context: context, files: files)
      }
      return current.context
    }
  }
}

/// What tells a file from the one that was there before, also behind a link that was changed.
private struct FileStamp: Equatable {
  private var device: UInt64
  private var number: UInt64
  private var size: Int64
  private var seconds: Int64
  private var nanoseconds: Int64

  /// Nil: there is no such file.
  private init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
    size = Int64(status.st_size)
    seconds = Int64(status.st_mtim.tv_sec)
    nanoseconds = Int64(status.st_mtim.tv_nsec)
  }

  static func all(_ configuration: TLSConfiguration) -> [FileStamp?] {
    [configuration.trustRootsFile, configuration.certificateChainFile, configuration.privateKeyFile].map { path in
      path.flatMap(FileStamp.init)
    }
  }
}
