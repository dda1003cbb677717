/// Why bytes are no entry.
struct FormatError: Error, Equatable, CustomStringConvertible {
  var offset: Int
  var problem: String

  var description: String { "byte \(offset): \(problem)" }
}

/// Reads the primitives of FORMAT.md, each in the one form that the writer gives it, so that equal values have equal
/// bytes. Never reads outside its buffer.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  func fail(_ problem: String) -> FormatError {
    FormatError(offset: position, problem: problem)
  }

  mutating func byte() throws(FormatError) -> UInt8 {
    guard position < bytes.count else { throw fail("ends too soon") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func varint() throws(FormatError) -> UInt64 {
    // Nearly all of them are lengths of one byte.
    if position < bytes.count, bytes[position] < 0x80 { return UInt64(try byte()) }
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      let next = try byte()
      if shift == 63, next > 1 { throw fail("number over 64 bits") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 {
        if next == 0, shift > 0 { throw fail("number not in its shortest form") }
        return value
      }
    }
    throw fail("number over 64 bits")
  }

  mutating func signed() throws(FormatError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func uint32() throws(FormatError) -> UInt32 {
    guard let value = UInt32(exactly: try varint()) else { throw fail("number over 32 bits") }
    return value
  }

  /// The number of things that follow, of at least a byte each.
  mutating func count() throws(FormatError) -> Int {
    let value = try varint()
    guard value <= UInt64(bytes.count - position) else { throw fail("more announced than there is") }
    return Int(value)
  }

  /// Where the next string or blob lies.
  mutating func range() throws(FormatError) -> Range<Int> {
    let length = try count()
    defer { position += length }
    return position..<position + length
  }

  mutating func string() throws(FormatError) -> String {
    let range = try range()
    guard let string = String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self) else {
      throw fail("text is no UTF-8")
    }
    return string
  }

  mutating func blob() throws(FormatError) -> [UInt8] {
    Array(bytes[try range()])
  }

  mutating func flag() throws(FormatError) -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw fail("neither 0 nor 1")
    }
  }

  mutating func bigEndian() throws(FormatError) -> UInt64 {
    guard bytes.count - position >= 8 else { throw fail("ends too soon") }
    defer { position += 8 }
    return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  func end() throws(FormatError) {
    guard position == bytes.count else { throw fail("goes on after its end") }
  }

  /// A value of Polling whose text must keep the rule of its type.
  mutating func named<Value>(_ make: (String) throws -> Value) throws(FormatError) -> Value {
    let text = try string()
    do { return try make(text) } catch { throw fail("\(error)") }
  }
}
