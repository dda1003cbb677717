/// The name of one comment: a UUIDv4 (RFC 9562, section 5.4) made by the client, of nothing else that is known. It tells no
/// time and no ballot.
public struct CommentID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  /// Reads 16 bytes, most significant first.
  ///
  /// - Throws: for anything but a UUIDv4; a ballot's id is none.
  public init(bytes: some Collection<UInt8>) throws(InvalidValue) {
    guard bytes.count == 16 else { throw InvalidValue(field: "comment_id", problem: "must be 16 bytes") }
    var words: (UInt64, UInt64) = (0, 0)
    for byte in bytes { words = (words.0 << 8 | words.1 >> 56, words.1 << 8 | UInt64(byte)) }
    guard words.0 >> 12 & 0xF == 4, words.1 >> 62 == 0b10 else {
      throw InvalidValue(field: "comment_id", problem: "must be a UUIDv4")
    }
    (high, low) = words
  }

  /// Makes an id of 122 random bits.
  public init(random: (UInt64, UInt64)) {
    high = random.0 & ~0xF000 | 0x4000
    low = random.1 & ~(0b11 << 62) | 1 << 63
  }

  public var bytes: [UInt8] {
    [high, low].flatMap { word in
      stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  /// The usual 8-4-4-4-12 form.
  public var description: String {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
  }

  /// Nil: no comment is called so.
  public init?(_ text: String) {
    guard text.utf8.count == 36 else { return nil }
    let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
    var bytes: [UInt8] = []
    for group in groups {
      var rest = group
      while let first = rest.popFirst(), let second = rest.popFirst() {
        guard let high = Character(Unicode.Scalar(first)).hexDigitValue,
          let low = Character(Unicode.Scalar(second)).hexDigitValue
        else { return nil }
        bytes.append(UInt8(high << 4 | low))
      }
    }
    guard let id = try? CommentID(bytes: bytes) else { return nil }
    self = id
  }

  public static func < (left: CommentID, right: CommentID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// What somebody wrote, with as little beside it as it takes to act on it: no ballot, no kiosk, no time finer than a day.
public struct Comment: Hashable, Sendable {
  public var id: CommentID
  public var poll: PollID
  public var version: UInt32
  /// Of the version's ``Poll/texts``.
  public var question: String
  public var unit: UnitPath
  public var day: Day
  public var text: String

  public init(
    id: CommentID, poll: PollID, version: UInt32, question: String, unit: UnitPath, day: Day, text: String
  ) {
    self.id = id
    self.poll = poll
    self.version = version
    self.question = question
    self.unit = unit
    self.day = day
    self.text = text
  }
}
