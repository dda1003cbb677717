/// A `CastBallotRequest` or `CastBallotsRequest` read by hand: the ballots in it one by one, without a single object.
/// Valid only while its bytes are lent.
///
/// Nil for every encoding but the plain one (see `PlainFields`); what it reads is what SwiftProtobuf reads, which the
/// tests compare.
public struct PlainBallots {
  public private(set) var count = 0
  /// The device's clock when it sent this, Unix milliseconds; 0: not said.
  public private(set) var sentTimeMs: Int64 = 0
  private let bytes: UnsafeRawBufferPointer

  public init?(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    var fields = PlainFields(bytes)
    while true {
      switch fields.tag(repeated: 0x0A) {
      case 0x0A:
        _ = fields.content()
        count += 1
      case 0x10: sentTimeMs = Int64(bitPattern: fields.varint())
      case 0:
        if fields.isDeclined { return nil }
        return
      default: return nil
      }
    }
  }

  /// Every ballot in order; nil for one that is not of the plain form.
  public func makeIterator() -> Iterator { Iterator(fields: PlainFields(bytes)) }

  public struct Iterator {
    fileprivate var fields: PlainFields

    /// Call `count` times.
    public mutating func next() -> PlainBallot? {
      guard fields.tag(repeated: 0x0A) == 0x0A else { return nil }
      return PlainBallot(fields.content())
    }
  }
}

/// One `Ballot` read by hand. Texts are bytes, not known to be UTF-8.
public struct PlainBallot {
  public private(set) var id = UnsafeRawBufferPointer(start: nil, count: 0)
  public private(set) var poll = UnsafeRawBufferPointer(start: nil, count: 0)
  public private(set) var pollVersion: UInt32 = 0
  public private(set) var unit = UnsafeRawBufferPointer(start: nil, count: 0)
  public private(set) var channel: UInt8 = 0
  /// Unix milliseconds; 0: none.
  public private(set) var deviceTimeMs: Int64 = 0
  /// 0: none.
  public private(set) var kioskSequence: UInt64 = 0
  public private(set) var answerCount = 0
  /// The answers as they are encoded, one behind the other: equal bytes are equal answers.
  public private(set) var answerBytes = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Nil also for a ballot with a credential: that is to be hashed, and not done by hand.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var fields = PlainFields(bytes)
    var answers = 0..<0
    while true {
      let start = fields.position
      switch fields.tag(repeated: 0x3A) {
      case 0x0A: id = fields.content()
      case 0x12: poll = fields.content()
      case 0x18:
        guard let version = UInt32(exactly: fields.varint()) else { return nil }
        pollVersion = version
      case 0x22: unit = fields.content()
      case 0x28:
        guard let channel = UInt8(exactly: fields.varint()) else { return nil }
        self.channel = channel
      case 0x30: deviceTimeMs = Int64(bitPattern: fields.varint())
      case 0x3A:
        _ = fields.content()
        answers = (answerCount == 0 ? start : answers.lowerBound)..<fields.position
        answerCount += 1
      case 0x48: kioskSequence = fields.varint()
      case 0:
        if fields.isDeclined { return nil }
        answerBytes = UnsafeRawBufferPointer(rebasing: bytes[answers])
        return
      default: return nil
      }
    }
  }

  public func makeAnswers() -> Answers { Answers(fields: PlainFields(answerBytes)) }

  public struct Answers {
    fileprivate var fields: PlainFields

    /// Call `answerCount` times; nil for an answer that is not of the plain form.
    public mutating func next() -> PlainAnswer? {
      guard fields.tag(repeated: 0x3A) == 0x3A else { return nil }
      return PlainAnswer(fields.content())
    }
  }
}

/// One `Answer` read by hand.
public struct PlainAnswer {
  public private(set) var question = UnsafeRawBufferPointer(start: nil, count: 0)
  public private(set) var choiceCount = 0
  private let bytes: UnsafeRawBufferPointer

  init?(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    var fields = PlainFields(bytes)
    while true {
      switch fields.tag(repeated: 0x12) {
      case 0x0A: question = fields.content()
      case 0x12:
        _ = fields.content()
        choiceCount += 1
      case 0:
        if fields.isDeclined { return nil }
        return
      default: return nil
      }
    }
  }

  public func makeChoices() -> Choices { Choices(fields: PlainFields(bytes)) }

  public struct Choices {
    fileprivate var fields: PlainFields

    /// Call `choiceCount` times; empty after the last.
    public mutating func next() -> UnsafeRawBufferPointer {
      while true {
        switch fields.tag(repeated: 0x12) {
        case 0x0A: _ = fields.content()
        case 0x12: return fields.content()
        default: return UnsafeRawBufferPointer(start: nil, count: 0)
        }
      }
    }
  }
}
