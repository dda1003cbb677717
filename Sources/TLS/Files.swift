#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// The file's permission bits, nil if it cannot be looked at.
func fileMode(_ path: String) -> UInt32? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  return status.st_mode & 0o7777
}

/// The current time by the system's clock, in seconds since 1970.
func systemTime() -> Int64 { Int64(time(nil)) }

private func systemReason() -> String { String(cString: strerror(errno)) }

/// Reads a whole file at once, so that certificate and key are each one version, at most `limit` bytes.
func readFile(_ path: String, limit: Int = 16 << 20) throws(TLSError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw TLSError(
      .fileUnreadable, "cannot open \(path)", reason: systemReason(),
      advice: "check the path and the file's permissions")
  }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else {
      throw TLSError(
        .fileUnreadable, "cannot read \(path)", reason: systemReason(), advice: "check that it is a file on a good disk"
      )
    }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
    guard bytes.count <= limit else {
      throw TLSError(
        .fileUnreadable, "\(path) is larger than \(limit) bytes", advice: "check that this is the file you meant")
    }
  }
}

/// Puts a secret into a file of mode 0600, whole or not at all: temporary file, sync, rename, sync of the directory.
///
/// - Parameter replacing: whether a file that is there already may be replaced.
/// - Throws: `TLSError` with code `.fileUnwritable`.
public func writePrivateFile(_ text: String, to path: String, replacing: Bool = false) throws(TLSError) {
  func failure(_ what: String, _ path: String) -> TLSError {
    TLSError(
      .fileUnwritable, "cannot \(what) \(path)", reason: systemReason(),
      advice: "check the directory and its permissions")
  }
  let temporary = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).tmp"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw failure("create", temporary) }
  var isPlaced = false
  defer {
    close(descriptor)
    if !isPlaced { unlink(temporary) }
  }
  var rest = ArraySlice(text.utf8)
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { throw failure("write", temporary) }
    rest = rest.dropFirst(count)
  }
  guard fsync(descriptor) == 0 else { throw failure("sync", temporary) }
  if replacing {
    guard rename(temporary, path) == 0 else { throw failure("replace", path) }
    isPlaced = true
  } else {
    // A link fails if the name exists, a rename would not.
    guard link(temporary, path) == 0 else { throw failure("create", path) }
  }
  let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  let directoryDescriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard directoryDescriptor >= 0 else { throw failure("open", directory) }
  defer { close(directoryDescriptor) }
  guard fsync(directoryDescriptor) == 0 else { throw failure("sync", directory) }
}
