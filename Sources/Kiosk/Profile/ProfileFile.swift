internal import Glibc
public import Schema
internal import SwiftProtobuf

/// The newest profile on the kiosk's own disk, beside its spool: what it shows while the server cannot be reached.
public struct ProfileFile: Sendable {
  /// The kept file is there and is no profile, or cannot be read. One line for whoever looks after the kiosk.
  public struct Unreadable: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// What the file begins with; then CRC-32 of the rest, most significant byte first; then a `GetProfileResponse`.
  private static let magic = Array("BCprof1\n".utf8)
  /// No frame is longer (proto/PROTOCOL.md), so no profile is.
  private static let longest = 8 << 20

  private let directory: String

  private var path: String { directory + "/profile" }

  /// - Parameter directory: the spool's.
  public init(directory: String) {
    self.directory = directory
  }

  /// What is kept; nil: nothing is.
  public func read() throws(Unreadable) -> Binhchon_V1_GetProfileResponse? {
    guard let bytes = try contents() else { return nil }
    let head = Self.magic.count + 4
    guard bytes.count >= head, bytes.starts(with: Self.magic) else {
      throw Unreadable(description: "\(path): no profile")
    }
    let body = Array(bytes[head...])
    let sum = bytes[Self.magic.count..<head].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard CRC32.of(body) == sum else { throw Unreadable(description: "\(path): damaged") }
    do {
      return try Binhchon_V1_GetProfileResponse(serializedBytes: body)
    } catch {
      throw Unreadable(description: "\(path): damaged, \(error)")
    }
  }

  /// Takes the place of what was kept; on the disk when this returns, and never half of it. The directory must be there.
  public func keep(_ profile: Binhchon_V1_GetProfileResponse) throws(SpoolError) {
    let body: [UInt8]
    do {
      body = try profile.serializedBytes()
    } catch {
      throw SpoolError(.io, "the profile cannot be encoded: \(error)")
    }
    let sum = CRC32.of(body)
    let bytes = Self.magic + withUnsafeBytes(of: sum.bigEndian) { Array($0) } + body
    let unfinished = path + ".new"
    try write(bytes, to: unfinished)
    if rename(unfinished, path) != 0 { throw SpoolDirectory.failure("cannot rename to", path) }
    try SpoolDirectory.sync(directory)
  }

  private func write(_ bytes: [UInt8], to path: String) throws(SpoolError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SpoolDirectory.failure("cannot open", path) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SpoolDirectory.failure("cannot write", path) }
      rest = rest.dropFirst(count)
    }
    if fsync(descriptor) != 0 { throw SpoolDirectory.failure("cannot sync", path) }
  }

  private func contents() throws(Unreadable) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Unreadable(description: SpoolDirectory.failure("cannot open", path).message)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Unreadable(description: SpoolDirectory.failure("cannot read", path).message) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= Self.longest else { throw Unreadable(description: "\(path): too long for a profile") }
    }
  }
}

/// CRC-32 as in zlib, a bit at a time: for some kilobytes now and then.
private enum CRC32 {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
    }
    return ~sum
  }
}
