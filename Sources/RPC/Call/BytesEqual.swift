internal import Glibc

extension UnsafeRawBufferPointer {
  /// Equal byte for byte. Not generic: names are compared with each call.
  public func equals(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    return other.withUnsafeBytes { other in
      // No address: no bytes.
      guard let ours = baseAddress, let theirs = other.baseAddress else { return true }
      return memcmp(ours, theirs, count) == 0
    }
  }
}
