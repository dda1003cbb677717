/// UTF-8 (RFC 3629). What is not well-formed is told byte by byte, never replaced.
enum UTF8Letters {
  static func decode(_ bytes: some Collection<UInt8>, into letters: inout LetterCollector) {
    var decoder = UTF8.ForwardParser()
    let bytes = Array(bytes)
    var iterator = bytes.makeIterator()
    var position = 0
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .emptyInput: return
      case .valid(let encoded):
        letters.append(UTF8.decode(encoded))
        position += encoded.count
      case .error(let length):
        for byte in bytes[position..<min(position + length, bytes.count)] { letters.appendUndefined(byte) }
        position += length
      }
    }
  }

  static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }
}

/// UTF-16 to UTF-8, as the bytes come: a reader behind it sees one kind of text only.
struct UTF16Transcoder {
  private let isBigEndian: Bool
  private var halfUnit: UInt8?
  private var highSurrogate: UInt16?

  init(isBigEndian: Bool) {
    self.isBigEndian = isBigEndian
  }

  /// A surrogate without its other half comes out as the bytes of its own: ill-formed UTF-8, which is told later.
  mutating func transcode(_ bytes: some Sequence<UInt8>, into output: inout [UInt8]) {
    for byte in bytes {
      guard let first = halfUnit else {
        halfUnit = byte
        continue
      }
      halfUnit = nil
      let unit = isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
      append(unit, to: &output)
    }
  }

  mutating func finish(into output: inout [UInt8]) {
    if let high = highSurrogate { Self.append(value: UInt32(high), to: &output) }
    if let half = halfUnit { output += [0xFF, half] }
    (highSurrogate, halfUnit) = (nil, nil)
  }

  private mutating func append(_ unit: UInt16, to output: inout [UInt8]) {
    if let high = highSurrogate {
      highSurrogate = nil
      if (0xDC00...0xDFFF).contains(unit) {
        let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
        return Self.append(value: value, to: &output)
      }
      Self.append(value: UInt32(high), to: &output)
    }
    if (0xD800...0xDBFF).contains(unit) {
      highSurrogate = unit
    } else {
      Self.append(value: UInt32(unit), to: &output)
    }
  }

  private static func append(value: UInt32, to output: inout [UInt8]) {
    switch value {
    case 0..<0x80: output.append(UInt8(value))
    case 0x80..<0x800:
      output += [0xC0 | UInt8(value >> 6), 0x80 | UInt8(value & 0x3F)]
    case 0x800..<0x10000:
      output += [0xE0 | UInt8(value >> 12), 0x80 | UInt8(value >> 6 & 0x3F), 0x80 | UInt8(value & 0x3F)]
    default:
      output += [
        0xF0 | UInt8(value >> 18 & 7), 0x80 | UInt8(value >> 12 & 0x3F), 0x80 | UInt8(value >> 6 & 0x3F),
        0x80 | UInt8(value & 0x3F),
      ]
    }
  }
}
