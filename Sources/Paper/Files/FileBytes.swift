internal import Glibc

/// The system did not let us read.
public struct FileFailure: Error, Hashable, Sendable {
  public var path: String
  public var errno: Int32
}

/// The bytes of a file, front to back, 64 KiB at a time.
final class FileBytes {
  private let descriptor: Int32
  private let path: String
  private let ownsDescriptor: Bool
  private(set) var bytesRead = 0
  private var pushedBack: [UInt8] = []

  /// - Parameter path: `-` for standard input.
  init(_ path: String) throws(FileFailure) {
    self.path = path
    ownsDescriptor = path != "-"
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(path: path, errno: errno) }
  }

  deinit {
    if ownsDescriptor { close(descriptor) }
  }

  /// Nil for what is no regular file: a pipe.
  var size: Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Empty at the end.
  func next() throws(FileFailure) -> [UInt8] {
    if !pushedBack.isEmpty {
      defer { pushedBack = [] }
      return pushedBack
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      while true {
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        if got >= 0 {
          count = got
          return
        }
        guard errno == EINTR else {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else { throw FileFailure(path: path, errno: failure) }
    bytesRead += bytes.count
    return bytes
  }

  /// The first bytes, at least `count` where there are so many; they come again.
  func peek(_ count: Int) throws(FileFailure) -> [UInt8] {
    var first: [UInt8] = []
    while first.count < count {
      let more = try next()
      if more.isEmpty { break }
      first += more
    }
    pushedBack = first
    return first
  }
}
