/// What somebody pressed.
enum Key: Sendable, Equatable {
  case character(Character)
  case tab
  case backTab
  case left
  case right
  case up
  case down
  case enter
  case backspace
  case interrupt
  case mouse(Mouse)
  case unknown
}

/// A finger or a mouse pressed on a cell; both count from 1.
struct Mouse: Sendable, Equatable {
  var column: Int
  var row: Int
}

/// Cuts the bytes of a terminal into keys. Escape sequences (ECMA-48, 5.4) may come dripped. Presses of the first mouse
/// button are told in xterm's SGR form (1006), and in its first one, which terminals use that do not know the other.
struct KeyDecoder: Sendable {
  private enum State {
    case ground
    case escape
    /// A key in application mode: one more byte.
    case application
    case sequence([UInt8])
    case letter([UInt8], missing: Int)
    /// Button, column, row: three bytes that are no keys.
    case oldMouse([UInt8])
  }
  private var state = State.ground
  private var last: ContinuousClock.Instant?

  /// So long after it an Escape was a key by itself, and not the head of a sequence that was cut on its way: what comes
  /// then may be a scan.
  static let pause = Duration.milliseconds(250)

  mutating func decode(_ bytes: some Sequence<UInt8>, at now: ContinuousClock.Instant) -> [Key] {
    if case .escape = state, let last, now - last > Self.pause { state = .ground }
    last = now
    return bytes.compactMap { decode($0) }
  }

  private mutating func decode(_ byte: UInt8) -> Key? {
    switch state {
    case .ground: return ground(byte)
    case .escape:
      if byte == UInt8(ascii: "[") {
        state = .sequence([])
        return nil
      }
      if byte == UInt8(ascii: "O") {
        state = .application
        return nil
      }
      // A bare Escape, then a key of its own.
      state = .ground
      return ground(byte)
    case .application:
      state = .ground
      return Self.applicationKey(byte)
    case .sequence(let parameters):
      if byte == UInt8(ascii: "M"), parameters.isEmpty {
        state = .oldMouse([])
        return nil
      }
      if (0x40...0x7E).contains(byte) {
        state = .ground
        if parameters.first == UInt8(ascii: "<") { return Self.mouse(parameters.dropFirst(), final: byte) }
        return Self.key(final: byte)
      }
      // Longer than any key sends: forget it rather than grow.
      state = parameters.count < 16 ? .sequence(parameters + [byte]) : .ground
      return nil
    case .oldMouse(let bytes):
      guard bytes.count == 2 else {
        state = .oldMouse(bytes + [byte])
        return nil
      }
      state = .ground
      // Each is 32 more than its value; the first button is 0.
      guard bytes[0] == 32, bytes[1] > 32, byte > 32 else { return .unknown }
      return .mouse(Mouse(column: Int(bytes[1]) - 32, row: Int(byte) - 32))
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
    case 0x08, 0x7F: return .backspace
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

  /// `button;column;row`, then `M` for a press; the first button is 0, whatever has bits beyond is something else.
  private static func mouse(_ parameters: ArraySlice<UInt8>, final byte: UInt8) -> Key {
    let numbers = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      Int(String(decoding: $0, as: UTF8.self))
    }
    guard byte == UInt8(ascii: "M"), numbers.count == 3, numbers[0] == 0, let column = numbers[1], let row = numbers[2],
      column > 0, row > 0
    else { return .unknown }
    return .mouse(Mouse(column: column, row: row))
  }

  /// The digits' block of xterm and VT220: `p`…`y` are 0…9.
  private static func applicationKey(_ byte: UInt8) -> Key {
    switch byte {
    case UInt8(ascii: "p")...UInt8(ascii: "y"): .character(Character(Unicode.Scalar(byte - 0x40)))
    case UInt8(ascii: "k"): .character("+")
    case UInt8(ascii: "m"): .character("-")
    case UInt8(ascii: "o"): .character("/")
    case UInt8(ascii: "M"): .enter
    default: key(final: byte)
    }
  }

  private static func key(final byte: UInt8) -> Key {
    switch byte {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "Z"): .backTab
    default: .unknown
    }
  }
}
