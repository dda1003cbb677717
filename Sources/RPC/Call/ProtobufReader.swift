/// Bytes that are not the protobuf message they should be.
enum EnvelopeError: Error, Hashable, Sendable {
  case truncated
  case malformedVarint
  case malformedTag
  case nestedTooDeep
  case invalidUTF8
  /// More repeated elements than a peer has any use for; each costs far more memory here than bytes there.
  case tooManyElements
  /// A name longer than any that is used; what is done with names takes more than linear time.
  case nameTooLong
}

/// Reads protobuf fields from borrowed bytes. Every step is checked against the end of the bytes; what is not known is
/// skipped. Accepts and refuses what swift-protobuf does, which the tests compare.
struct ProtobufReader {
  struct Tag: Hashable {
    let field: UInt32
    let wireType: WireType
  }

  enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
  }

  /// Valid only inside the closure that lent them.
  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  private let end: Int
  private var levelsLeft: Int

  /// A hundred levels of messages and groups, this one among them.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(bytes, bytes.indices, levelsLeft: 99)
  }

  private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, levelsLeft: Int) {
    self.bytes = bytes
    self.position = range.lowerBound
    self.end = range.upperBound
    self.levelsLeft = levelsLeft
  }

  /// The next field's tag, nil at the end of the message.
  mutating func nextTag() throws(EnvelopeError) -> Tag? {
    guard position < end else { return nil }
    // A tag is at most 32 bits: five bytes, the last one with four bits.
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while true {
      guard position < end else { throw .truncated }
      let byte = bytes[position]
      position += 1
      if shift == 28, byte > 0x0f { throw .malformedTag }
      value |= UInt32(byte & 0x7f) &<< shift
      if byte & 0x80 == 0 { break }
      shift += 7
    }
    guard let wireType = WireType(rawValue: UInt8(value & 7)), value >> 3 != 0 else { throw .malformedTag }
    return Tag(field: value >> 3, wireType: wireType)
  }

  mutating func varint() throws(EnvelopeError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      guard position < end else { throw .truncated }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) &<< shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    throw .malformedVarint
  }

  /// Where a length-delimited field's content lies, counted from the first byte lent.
  mutating func content() throws(EnvelopeError) -> Range<Int> {
    let length = try varint()
    guard let length = Int(exactly: length), length <= end - position else { throw .truncated }
    let range = position..<(position + length)
    position = range.upperBound
    return range
  }

  mutating func string() throws(EnvelopeError) -> String {
    let range = try content()
    guard let string = String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self) else {
      throw .invalidUTF8
    }
    return string
  }

  mutating func byteArray() throws(EnvelopeError) -> [UInt8] {
    let range = try content()
    return [UInt8](bytes[range])
  }

  /// A reader of the message inside a length-delimited field.
  mutating func message() throws(EnvelopeError) -> ProtobufReader {
    guard levelsLeft > 0 else { throw .nestedTooDeep }
    return ProtobufReader(bytes, try content(), levelsLeft: levelsLeft - 1)
  }

  /// Skips the value of a field nobody here knows.
  mutating func skip(_ tag: Tag) throws(EnvelopeError) {
    switch tag.wireType {
    case .varint:
      _ = try varint()
    case .fixed64:
      try advance(by: 8)
    case .lengthDelimited:
      _ = try content()
    case .fixed32:
      try advance(by: 4)
    case .endGroup:
      throw .malformedTag
    case .startGroup:
      guard levelsLeft > 0 else { throw .nestedTooDeep }
      levelsLeft -= 1
      while true {
        guard let inner = try nextTag() else { throw .truncated }
        if inner.wireType == .endGroup {
          guard inner.field == tag.field else { throw .malformedTag }
          break
        }
        try skip(inner)
      }
      levelsLeft += 1
    }
  }

  private mutating func advance(by count: Int) throws(EnvelopeError) {
    guard end - position >= count else { throw .truncated }
    position += count
  }
}
