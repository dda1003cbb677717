extension UnsafeRawBufferPointer {
  /// Equal byte for byte. Not generic: names are compared with each call.
  @inlinable public func equals(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}
