/// Reads a message as protobuf writers write it: field numbers up to 15, in order, no single field twice. Whatever else
/// is a legal encoding is declined, and is for SwiftProtobuf to read. Never reads outside its bytes.
struct PlainFields {
  private var next: UnsafeRawPointer?
  private var left: Int
  private let count: Int
  private var lastTag: UInt8 = 0
  /// The bytes are not of the plain form; what was read of them means nothing.
  private(set) var isDeclined = false

  /// - Parameter bytes: lent for as long as this is used.
  init(_ bytes: UnsafeRawBufferPointer) {
    next = bytes.baseAddress
    left = bytes.count
    count = bytes.count
  }

  /// Bytes read so far.
  var position: Int { count - left }

  /// The next field's tag; 0 at the end of the message.
  mutating func tag(repeated: UInt8 = 0) -> UInt8 {
    guard left > 0, let next, !isDeclined else { return 0 }
    let tag = next.load(as: UInt8.self)
    guard tag > lastTag && tag < 0x80 || tag == repeated && tag == lastTag else { return decline() }
    lastTag = tag
    advance(1)
    return tag
  }

  mutating func varint() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while left > 0, let next {
      let byte = next.load(as: UInt8.self)
      advance(1)
      if shift == 63, byte > 1 { return UInt64(decline()) }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 { break }
    }
    return UInt64(decline())
  }

  /// A length-delimited field's content.
  mutating func content() -> UnsafeRawBufferPointer {
    let length = varint()
    guard !isDeclined, let next, length <= UInt64(left) else {
      decline()
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    advance(Int(length))
    return UnsafeRawBufferPointer(start: next, count: Int(length))
  }

  @discardableResult mutating func decline() -> UInt8 {
    isDeclined = true
    return 0
  }

  private mutating func advance(_ count: Int) {
    next = next.map { $0 + count }
    left -= count
  }
}
