internal import NIOCore

/// Protobuf fields, appended to a buffer. Default values are left out, as proto3 wants it.
extension ByteBuffer {
  mutating func writeVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    writeInteger(UInt8(truncatingIfNeeded: rest))
  }

  mutating func writeVarintField(_ field: UInt8, _ value: UInt64) {
    guard value != 0 else { return }
    writeInteger(field << 3)
    writeVarint(value)
  }

  mutating func writeStringField(_ field: UInt8, _ value: String) {
    guard !value.isEmpty else { return }
    writeLengthPrefix(field, value.utf8.count)
    writeString(value)
  }

  mutating func writeBytesField(_ field: UInt8, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    writeLengthPrefix(field, value.count)
    writeBytes(value)
  }

  /// What stands before the content of a length-delimited field. Field numbers below 16: a tag of one byte.
  mutating func writeLengthPrefix(_ field: UInt8, _ length: Int) {
    writeInteger(field << 3 | 2)
    writeVarint(UInt64(length))
  }
}

/// How many bytes the functions above append.
enum ProtobufSize {
  static func varint(_ value: UInt64) -> Int {
    max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
  }

  /// A length-delimited field that is left out when empty.
  static func field(ofLength length: Int) -> Int {
    length == 0 ? 0 : element(ofLength: length)
  }

  /// A length-delimited element of a repeated field, there even if empty.
  static func element(ofLength length: Int) -> Int {
    1 + varint(UInt64(length)) + length
  }

  static func field(varint value: UInt64) -> Int {
    value == 0 ? 0 : 1 + varint(value)
  }
}
