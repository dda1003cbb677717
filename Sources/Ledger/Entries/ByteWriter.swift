/// Writes the primitives of FORMAT.md.
struct ByteWriter: ByteSink {
  private(set) var bytes: [UInt8] = []

  var length: Int { bytes.count }

  /// Keeps the memory for the next one.
  mutating func removeAll(keepingCapacity: Bool = true) {
    bytes.removeAll(keepingCapacity: keepingCapacity)
  }

  mutating func reserveCapacity(_ count: Int) {
    bytes.reserveCapacity(count)
  }

  /// What is encoded already.
  mutating func append(_ encoded: [UInt8]) {
    bytes.append(contentsOf: encoded)
  }

  mutating func append(_ encoded: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: encoded)
  }

  mutating func byte(_ value: UInt8) {
    bytes.append(value)
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
