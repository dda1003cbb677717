import Foundation
import Testing

@testable import binhchon

@Suite struct FileDigestTests {
  /// The first one is the example of FIPS 180-4.
  @Test func digests() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "digest-\(UUID())")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("abc".utf8).write(to: file)
    #expect(
      try FileDigest.sha256(file.path).map { String($0, radix: 16) }.prefix(4).joined(separator: " ") == "ba 78 16 bf")
    // More than is read at a time.
    try Data(repeating: UInt8(ascii: "a"), count: 1_000_000 + 1 << 20).write(to: file)
    let long = try FileDigest.sha256(file.path)
    #expect(long.count == 32)
    try Data(repeating: UInt8(ascii: "a"), count: 1_000_000 + 1 << 20 - 1).write(to: file)
    #expect(try FileDigest.sha256(file.path) != long)
  }
}
