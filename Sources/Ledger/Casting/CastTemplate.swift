public import Polling

/// What many ballots share, encoded once: where they are cast, in which version of which poll, and by whom.
public final class CastTemplate: Sendable {
  /// The body of their entries from its beginning through the channel.
  let head: [UInt8]
  /// The last field of their entries.
  let source: [UInt8]

  /// - Parameters:
  ///   - countedVersion: the version of the poll that the ballots are checked against and counted in.
  ///   - source: which client brings them (``CastVoteRecord/source``).
  public init(poll: PollID, countedVersion: UInt32, unit: UnitPath, channel: Channel, source: String) {
    var writer = ByteWriter()
    CastEntry.encodeHead(poll: poll, countedVersion: countedVersion, unit: unit, channel: channel, into: &writer)
    head = writer.bytes
    writer.removeAll()
    writer.string(source)
    self.source = writer.bytes
  }
}
