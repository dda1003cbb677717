internal import Polling

/// The body of an entry that casts a ballot: first everything that decides what is counted, then the rest of the
/// ballot, then what the server added.
enum CastEntry {
  private enum Has {
    static let deviceTime: UInt8 = 1
    static let credential: UInt8 = 2
    static let kioskSequence: UInt8 = 4
    static let skew: UInt8 = 8
    static let spool: UInt8 = 16
    static let procedure: UInt8 = 32
    static let all: UInt8 = 63
  }

  /// - Returns: where the part lies that decides what is counted.
  @discardableResult
  static func encode(_ record: CastVoteRecord, into writer: inout ByteWriter) -> Range<Int> {
    let ballot = record.ballot
    let start = writer.length + 1
    encodeHead(
      poll: ballot.poll, countedVersion: record.countedVersion, unit: ballot.unit, channel: ballot.channel,
      into: &writer)
    encodeCircumstances(flags: record.flags, day: record.day, answers: ballot.answers.count, into: &writer)
    for answer in ballot.answers { writer.answer(answer) }
    let end = writer.length
    encodeRest(
      id: ballot.id, submittedVersion: ballot.pollVersion, deviceTime: ballot.deviceTime,
      credential: ballot.credential, kioskSequence: ballot.kioskSequence, procedure: ballot.procedure,
      receivedTime: record.receivedTime, skewMilliseconds: record.skewMilliseconds, spool: record.spool, into: &writer)
    writer.string(record.source)
    return start..<end
  }

  /// From the beginning through the channel.
  static func encodeHead(
    poll: PollID, countedVersion: UInt32, unit: UnitPath, channel: Channel, into writer: inout ByteWriter
  ) {
    writer.byte(EntryKind.format)
    writer.string(poll.rawValue)
    writer.varint(UInt64(countedVersion))
    writer.string(unit.rawValue)
    writer.byte(channel.rawValue)
  }

  /// From the flags through the number of answers.
  static func encodeCircumstances(flags: RecordFlags, day: Day, answers: Int, into writer: inout ByteWriter) {
    writer.byte(flags.rawValue)
    writer.signed(Int64(day.number))
    writer.count(answers)
  }

  /// Without a credential, a procedure and a spool: the id, the version, which fields there are, and four numbers of 64 bits.
  static let longestRestWithoutCredential = 16 + 5 + 1 + 4 * 10

  /// From the ballot id through the spool; the source follows.
  static func encodeRest(
    id: BallotID, submittedVersion: UInt32, deviceTime: Timestamp?, credential: [UInt8]?, kioskSequence: UInt64?,
    procedure: ProcedureCode? = nil, receivedTime: Timestamp, skewMilliseconds: Int64?, spool: SpoolID? = nil,
    into writer: inout some ByteSink
  ) {
    writer.bigEndian(id.high)
    writer.bigEndian(id.low)
    writer.varint(UInt64(submittedVersion))
    writer.byte(
      (deviceTime == nil ? 0 : Has.deviceTime) | (credential == nil ? 0 : Has.credential)
        | (kioskSequence == nil ? 0 : Has.kioskSequence) | (skewMilliseconds == nil ? 0 : Has.skew)
        | (spool == nil ? 0 : Has.spool) | (procedure == nil ? 0 : Has.procedure))
    if let deviceTime { writer.signed(deviceTime.milliseconds) }
    if let credential { writer.blob(credential) }
    if let kioskSequence { writer.varint(kioskSequence) }
    if let procedure { writer.blob(Array(procedure.rawValue.utf8)) }

    writer.signed(receivedTime.milliseconds)
    if let skewMilliseconds { writer.signed(skewMilliseconds) }
    if let spool {
      writer.bigEndian(spool.high)
      writer.bigEndian(spool.low)
    }
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> CastVoteRecord {
    var reader = ByteReader(bytes)
    try reader.format()
    let counted = try Counted(&reader)
    let tail = try Tail(&reader)
    let procedure = try ProcedureCode(tail, in: bytes)
    let source = try reader.string()
    try reader.end()
    let ballot = Ballot(
      id: try BallotID(tail), poll: counted.poll, pollVersion: tail.submittedVersion, unit: counted.unit,
      channel: counted.channel,
      deviceTime: tail.deviceTime.map { Timestamp(milliseconds: $0) }, answers: counted.answers,
      credential: tail.credential.map { Array(bytes[$0]) }, kioskSequence: tail.kioskSequence, procedure: procedure)
    return CastVoteRecord(
      ballot: ballot, countedVersion: counted.version,
      receivedTime: Timestamp(milliseconds: tail.receivedTime), skewMilliseconds: tail.skew, day: counted.day,
      flags: counted.flags, source: source, spool: tail.spool)
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
      channel = try reader.channel()
      flags = RecordFlags(rawValue: try reader.byte())
      day = try reader.day()
      answers = try reader.answers()
    }
  }

  /// What a recount needs of every body, without making a single object.
  struct Outline {
    /// The bytes of ``Counted``: equal bytes count equally.
    var counted: Range<Int>
    var poll: Range<Int>
    var pollAndVersion: Range<Int>
    var flags: RecordFlags
    var tail: Tail
    var source: Range<Int>
    /// The spool, if there is one, and the source with its length: equal bytes are of one account.
    var spoolAndSource: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
      var reader = ByteReader(bytes)
      try reader.format()
      let start = reader.position
      poll = try reader.range()
      _ = try reader.varint()  // version
      pollAndVersion = start..<reader.position
      _ = try reader.range()  // unit
      _ = try reader.byte()  // channel
      flags = RecordFlags(rawValue: try reader.byte())
      _ = try reader.varint()  // day
      for _ in 0..<(try reader.count()) {
        _ = try reader.range()
        for _ in 0..<(try reader.count()) { _ = try reader.range() }
      }
      counted = start..<reader.position
      tail = try Tail(&reader)
      let tailEnd = reader.position
      source = try reader.range()
      spoolAndSource = (tail.spool == nil ? tailEnd : tailEnd - 16)..<reader.position
      try reader.end()
    }
  }

  /// Everything after the counted part but the source.
  struct Tail {
    /// Where it begins in the body.
    var offset: Int
    var id: (high: UInt64, low: UInt64)
    var submittedVersion: UInt32
    var deviceTime: Int64?
    var credential: Range<Int>?
    var kioskSequence: UInt64?
    var procedure: Range<Int>?
    var receivedTime: Int64
    var skew: Int64?
    var spool: SpoolID?

    init(_ reader: inout ByteReader) throws(FormatError) {
      offset = reader.position
      id = (try reader.bigEndian(), try reader.bigEndian())
      submittedVersion = try reader.uint32()
      let has = try reader.byte()
      guard has & ~Has.all == 0 else { throw reader.fail("unknown field") }
      deviceTime = has & Has.deviceTime == 0 ? nil : try reader.signed()
      credential = has & Has.credential == 0 ? nil : try reader.range()
      kioskSequence = has & Has.kioskSequence == 0 ? nil : try reader.varint()
      procedure = has & Has.procedure == 0 ? nil : try reader.range()
      receivedTime = try reader.signed()
      skew = has & Has.skew == 0 ? nil : try reader.signed()
      spool = has & Has.spool == 0 ? nil : try reader.spool()
    }
  }
}

extension BallotID {
  init(_ tail: CastEntry.Tail) throws(FormatError) {
    do {
      self = try withUnsafeBytes(of: (tail.id.high.bigEndian, tail.id.low.bigEndian)) { try BallotID(bytes: $0) }
    } catch { throw FormatError(offset: tail.offset, problem: "\(error)") }
  }
}

extension ProcedureCode {
  /// - Parameter bytes: the body that the tail is of.
  init?(_ tail: CastEntry.Tail, in bytes: UnsafeRawBufferPointer) throws(FormatError) {
    guard let range = tail.procedure else { return nil }
    do {
      try self.init(String(decoding: bytes[range], as: UTF8.self))
    } catch { throw FormatError(offset: range.lowerBound, problem: "\(error)") }
  }
}
