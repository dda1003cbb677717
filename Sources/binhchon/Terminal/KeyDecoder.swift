/// What somebody pressed.
enum Key: Sendable, Equatable {
  case character(Character)
  case tab
  case backTab
  case left
  case right
  case enter
  case interrupt
  case unknown
}

/// Cuts the bytes of a terminal into keys. Escape sequences (ECMA-48, 5.4) may come dripped.
struct KeyDecoder: Sendable {
  private enum State {
    case ground
    case escape
    case sequence([UInt8])
    case letter([UInt8], missing: Int)
  }
  private var state = State.ground

  mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    bytes.compactMap { decode($0) }
  }

  private mutating func decode(_ byte: UInt8) -> Key? {
    switch state {
    case .ground: return ground(byte)
    case .escape:
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") {
        state = .sequence([])
        return nil
      }
      // A bare Escape, then a key of its own.
      state = .ground
      return ground(byte)
    case .sequence(let parameters):
      if (0x40...0x7E).contains(byte) {
        state = .ground
        return Self.key(final: byte)
      }
      // Longer than any key sends: forget it rather than grow.
      state = parameters.count < 16 ? .sequence(parameters + [byte]) : .ground
      return nil
    case .letter(let bytes, let missing):
      guard byte & 0xC0 == 0x80 else {
        state = .ground
        return ground(byte)
      }
      if missing > 1 {
        state = .letter(bytes + [byte], missing: missing - 1)
        return nil
      }
      state = .ground
      return String(validating: bytes + [byte], as: UTF8.self)?.first.map(Key.character) ?? .unknown
    }
  }

  private mutating func ground(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x03: return .interrupt
    case 0x09: return .tab
    case 0x0A, 0x0D: return .enter
    case 0x1B:
      state = .escape
      return nil
    case 0x20...0x7E: return .character(Character(Unicode.Scalar(byte)))
    case 0xC2...0xDF:
      state = .letter([byte], missing: 1)
      return nil
    case 0xE0...0xEF:
      state = .letter([byte], missing: 2)
      return nil
    case 0xF0...0xF4:
      state = .letter([byte], missing: 3)
      return nil
    default: return .unknown
    }
  }

  private static func key(final byte: UInt8) -> Key {
    switch byte {
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "Z"): .backTab
    default: .unknown
    }
  }
}
