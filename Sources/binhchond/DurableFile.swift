import Glibc

/// Files that are there after a power cut once a call has returned.
enum DurableFile {
  /// Makes a new file with this content; never overwrites.
  static func write(_ text: String, to path: String, mode: mode_t) throws(Failure) {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure("make", path) }
    defer { Glibc.close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw failure("write", path) }
      rest = rest.dropFirst(written)
    }
    guard fsync(descriptor) == 0 else { throw failure("sync", path) }
  }

  /// Makes names added to or removed from a directory durable.
  static func syncDirectory(_ path: String) throws(Failure) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", path) }
  }

  private static func failure(_ act: String, _ path: String) -> Failure {
    Failure(.cannotCreate, "cannot \(act) \(path): \(String(cString: strerror(errno)))")
  }
}
