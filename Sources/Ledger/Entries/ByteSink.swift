/// Takes the primitives of FORMAT.md, byte by byte.
protocol ByteSink {
  mutating func byte(_ value: UInt8)
  /// Most significant byte first.
  mutating func bigEndian(_ value: UInt64)
  /// Its length, then the bytes.
  mutating func blob(_ value: [UInt8])
}

extension ByteSink {
  /// Unsigned LEB128, shortest form.
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  /// Signed: zigzag, then varint.
  mutating func signed(_ value: Int64) {
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func count(_ value: Int) {
    varint(UInt64(value))
  }
}

/// Writes into memory that is lent to it, and that has room: what goes beyond it is not written.
struct LentWriter: ByteSink {
  private let memory: UnsafeMutableRawBufferPointer
  private var length = 0

  init(_ memory: UnsafeMutableRawBufferPointer) {
    self.memory = memory
  }

  /// As long as the memory is lent.
  var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<length]) }

  mutating func byte(_ value: UInt8) {
    guard length < memory.count else { return }
    memory[length] = value
    length += 1
  }

  mutating func bigEndian(_ value: UInt64) {
    guard memory.count - length >= 8 else { return }
    memory.storeBytes(of: value.bigEndian, toByteOffset: length, as: UInt64.self)
    length += 8
  }

  mutating func blob(_ value: [UInt8]) {
    count(value.count)
    for byte in value { self.byte(byte) }
  }
}
