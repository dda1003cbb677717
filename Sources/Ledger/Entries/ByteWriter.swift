/// Writes the primitives of FORMAT.md.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  var length: Int { bytes.count }

  /// Keeps the memory for the next one.
  mutating func removeAll(keepingCapacity: Bool = true) {
    bytes.removeAll(keepingCapacity: keepingCapacity)
  }

  /// Takes back what was written from there on.
  mutating func removeAll(from position: Int) {
    bytes.removeSubrange(position...)
  }

  /// What is encoded already.
  mutating func append(_ encoded: [UInt8]) {
    bytes.append(contentsOf: encoded)
  }

  mutating func byte(_ value: UInt8) {
    bytes.append(value)
  }

  /// Unsigned LEB128, shortest form.
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Signed: zigzag, then varint.
  mutating func signed(_ value: Int64) {
    varint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func count(_ value: Int) {
    varint(UInt64(value))
  }

  /// Its length in UTF-8, then the bytes.
  mutating func string(_ value: String) {
    count(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }

  mutating func blob(_ value: [UInt8]) {
    count(value.count)
    bytes.append(contentsOf: value)
  }

  mutating func blob(_ value: UnsafeRawBufferPointer) {
    count(value.count)
    bytes.append(contentsOf: value)
  }

  /// Most significant byte first.
  mutating func bigEndian(_ value: UInt64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
