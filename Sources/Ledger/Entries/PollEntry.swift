internal import Polling

/// The body of an entry that publishes a version of a poll. Written in layout 3, as the definition that ``Polling`` makes;
/// what layouts 1 and 2 lacked is as it was then: nothing left out of figures, ballots pseudonymous.
struct PublishEntry {
  private static let layouts: ClosedRange<UInt8> = 1...3

  var poll: Poll
  var by: String
  var at: Timestamp

  init(poll: Poll, by: String, at: Timestamp) {
    self.poll = poll
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(Self.layouts.upperBound)
    writer.varint(UInt64(poll.version))
    writer.blob(poll.definition)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    let layout = try reader.byte()
    guard Self.layouts.contains(layout) else { throw reader.fail("format of a newer version") }
    if layout < 3 {
      poll = try reader.olderPoll(layout: layout)
    } else {
      let version = try reader.uint32()
      var definition = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[try reader.range()]))
      poll = try definition.definition()
      poll.version = version
      try definition.end()
    }
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }
}

/// The body of an entry that closes a poll.
struct CloseEntry {
  var poll: PollID
  var reason: String
  var by: String
  var at: Timestamp

  init(poll: PollID, reason: String, by: String, at: Timestamp) {
    self.poll = poll
    self.reason = reason
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.string(poll.rawValue)
    writer.string(reason)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    poll = try reader.named { try PollID($0) }
    reason = try reader.string()
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }
}
