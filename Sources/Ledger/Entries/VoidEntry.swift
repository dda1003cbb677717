internal import Polling

/// The body of an entry that takes a ballot out of the count.
struct VoidEntry {
  var ballot: BallotID
  /// The sequence of the entry that cast it.
  var sequence: UInt64
  var reason: String
  var by: String
  var at: Timestamp

  init(ballot: BallotID, sequence: UInt64, reason: String, by: String, at: Timestamp) {
    self.ballot = ballot
    self.sequence = sequence
    self.reason = reason
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.bigEndian(ballot.high)
    writer.bigEndian(ballot.low)
    writer.varint(sequence)
    writer.string(reason)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    ballot = try reader.ballotID()
    sequence = try reader.varint()
    reason = try reader.string()
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }
}
