import Foundation

/// A file as it was before the first look at it: what is entered is what was checked.
struct CheckedFile: Sendable {
  /// It is not as it was.
  struct Changed: Error {}

  /// Some programs delete what they write anew: microseconds between two looks, and how many.
  private static let patience: (pause: UInt32, looks: Int) = (50_000, 10)

  /// What changes when somebody saves it, or puts another one in its place.
  private struct Stamp: Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int

    init(_ path: String) throws(ClientError) {
      var status = stat()
      guard stat(path, &status) == 0 else { throw FileDigest.unreadable(path, errno) }
      (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  let path: String
  let hash: [UInt8]
  private let stamp: Stamp

  /// - Throws: `ClientError` if it cannot be read.
  init(_ path: String) throws(ClientError) {
    self.path = path
    // Before the hash: what comes while that is taken is seen as well.
    stamp = try Stamp(path)
    hash = try FileDigest.sha256(path)
  }

  /// At next to no cost; misses what was made to look the same.
  ///
  /// - Throws: ``Changed``, `ClientError` if it cannot be read.
  func expectUntouched() throws {
    try expect(stamp) { () throws(ClientError) in try Stamp(path) }
  }

  /// Reads all of it.
  ///
  /// - Throws: ``Changed``, `ClientError` if it cannot be read.
  func expectSame() throws {
    try expectUntouched()
    try expect(hash) { () throws(ClientError) in try FileDigest.sha256(path) }
  }

  private func expect<Sight: Equatable>(_ known: Sight, _ look: () throws(ClientError) -> Sight) throws {
    for number in 1... {
      let seen: Sight
      do { seen = try look() } catch {
        guard error.status == .noInput, number < Self.patience.looks else { throw error }
        usleep(Self.patience.pause)
        continue
      }
      guard seen == known else { throw Changed() }
      return
    }
  }
}
