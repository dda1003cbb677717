internal import Polling

/// The body of an entry that casts a ballot: first everything that decides what is counted, then the rest of the
/// ballot, then what the server added.
enum CastEntry {
  private enum Has {
    static let deviceTime: UInt8 = 1
    static let credential: UInt8 = 2
    static let kioskSequence: UInt8 = 4
    static let skew: UInt8 = 8
    static let all: UInt8 = 15
  }

  static func encode(_ record: CastVoteRecord, into writer: inout ByteWriter) {
    let ballot = record.ballot
    writer.byte(EntryKind.format)
    writer.string(ballot.poll.rawValue)
    writer.varint(UInt64(record.countedVersion))
    writer.string(ballot.unit.rawValue)
    writer.byte(ballot.channel.rawValue)
    writer.byte(record.flags.rawValue)
    writer.signed(Int64(record.day.number))
    writer.count(ballot.answers.count)
    for answer in ballot.answers {
      writer.string(answer.question)
      writer.count(answer.choices.count)
      for choice in answer.choices { writer.string(choice) }
    }

    writer.bigEndian(ballot.id.high)
    writer.bigEndian(ballot.id.low)
    writer.varint(UInt64(ballot.pollVersion))
    writer.byte(
      (ballot.deviceTime == nil ? 0 : Has.deviceTime) | (ballot.credential == nil ? 0 : Has.credential)
        | (ballot.kioskSequence == nil ? 0 : Has.kioskSequence) | (record.skewMilliseconds == nil ? 0 : Has.skew))
    if let time = ballot.deviceTime { writer.signed(time.milliseconds) }
    if let credential = ballot.credential { writer.blob(credential) }
    if let sequence = ballot.kioskSequence { writer.varint(sequence) }

    writer.signed(record.receivedTime.milliseconds)
    if let skew = record.skewMilliseconds { writer.signed(skew) }
    writer.string(record.source)
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> CastVoteRecord {
    var reader = ByteReader(bytes)
    try reader.format()
    let counted = try Counted(&reader)
    let tail = try Tail(&reader)
    let source = try reader.string()
    try reader.end()
    let id: BallotID
    do {
      id = try withUnsafeBytes(of: (tail.id.high.bigEndian, tail.id.low.bigEndian)) { try BallotID(bytes: $0) }
    } catch { throw reader.fail("\(error)") }
    let ballot = Ballot(
      id: id, poll: counted.poll, pollVersion: tail.submittedVersion, unit: counted.unit, channel: counted.channel,
      deviceTime: tail.deviceTime.map { Timestamp(milliseconds: $0) }, answers: counted.answers,
      credential: tail.credential.map { Array(bytes[$0]) }, kioskSequence: tail.kioskSequence)
    return CastVoteRecord(
      ballot: ballot, countedVersion: counted.version,
      receivedTime: Timestamp(milliseconds: tail.receivedTime), skewMilliseconds: tail.skew, day: counted.day,
      flags: counted.flags, source: source)
  }

  /// What decides which cells are counted.
  struct Counted {
    var poll: PollID
    var version: UInt32
    var unit: UnitPath
    var channel: Channel
    var flags: RecordFlags
    var day: Day
    var answers: [Answer]

    init(_ part: UnsafeRawBufferPointer) throws(FormatError) {
      var reader = ByteReader(part)
      try self.init(&reader)
      try reader.end()
    }

    init(_ reader: inout ByteReader) throws(FormatError) {
      poll = try reader.named { try PollID($0) }
      version = try reader.uint32()
      unit = try reader.named { try UnitPath($0) }
      guard let channel = Channel(rawValue: try reader.byte()) else { throw reader.fail("unknown channel") }
      self.channel = channel
      flags = RecordFlags(rawValue: try reader.byte())
      guard let number = Int32(exactly: try reader.signed()) else { throw reader.fail("day over 32 bits") }
      day = Day(number: number)
      answers = []
      for _ in 0..<(try reader.count()) {
        let question = try reader.string()
        var choices: [String] = []
        for _ in 0..<(try reader.count()) { choices.append(try reader.string()) }
        answers.append(Answer(question: question, choices: choices))
      }
    }
  }

  /// What a recount needs of every body, without making a single object.
  struct Outline {
    /// The bytes of ``Counted``: equal bytes count equally.
    var counted: Range<Int>
    var poll: Range<Int>
    var pollAndVersion: Range<Int>
    var tail: Tail

    init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
      var reader = ByteReader(bytes)
      try reader.format()
      let start = reader.position
      poll = try reader.range()
      _ = try reader.varint()  // version
      pollAndVersion = start..<reader.position
      _ = try reader.range()  // unit
      _ = try reader.byte()  // channel
      _ = try reader.byte()  // flags
      _ = try reader.varint()  // day
      for _ in 0..<(try reader.count()) {
        _ = try reader.range()
        for _ in 0..<(try reader.count()) { _ = try reader.range() }
      }
      counted = start..<reader.position
      tail = try Tail(&reader)
      _ = try reader.range()  // source
      try reader.end()
    }
  }

  /// Everything after the counted part but the source.
  struct Tail {
    var id: (high: UInt64, low: UInt64)
    var submittedVersion: UInt32
    var deviceTime: Int64?
    var credential: Range<Int>?
    var kioskSequence: UInt64?
    var receivedTime: Int64
    var skew: Int64?

    init(_ reader: inout ByteReader) throws(FormatError) {
      id = (try reader.bigEndian(), try reader.bigEndian())
      submittedVersion = try reader.uint32()
      let has = try reader.byte()
      guard has & ~Has.all == 0 else { throw reader.fail("unknown field") }
      deviceTime = has & Has.deviceTime == 0 ? nil : try reader.signed()
      credential = has & Has.credential == 0 ? nil : try reader.range()
      kioskSequence = has & Has.kioskSequence == 0 ? nil : try reader.varint()
      receivedTime = try reader.signed()
      skew = has & Has.skew == 0 ? nil : try reader.signed()
    }
  }
}
