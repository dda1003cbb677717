public import Polling

/// Many ballots that keep every rule of their polls, already as the bodies of their entries: one buffer and one array
/// of plain numbers, so that a ballot costs no object and no count of references on its way to the disk.
///
/// For ballots without a credential; those with one are cast as ``Submission/cast(_:isOpen:)``, which is also the
/// reference for what becomes of these.
public struct CastBatch: Sendable {
  struct Ballot {
    var id: BallotID
    /// Its body in `bytes`, and the part of it that decides what is counted.
    var body: Range<Int>
    var counted: Range<Int>
    var isOpen: Bool
  }

  private(set) var ballots: [Ballot] = []
  private var writer = ByteWriter()

  public init() {}

  public var count: Int { ballots.count }

  public var isEmpty: Bool { ballots.isEmpty }

  /// The bodies, one after the other.
  var bytes: [UInt8] { writer.bytes }

  /// Makes room for so many ballots of the usual size.
  public mutating func reserveCapacity(_ count: Int) {
    ballots.reserveCapacity(count)
    writer.reserveCapacity(count * 160)
  }

  /// - Parameters:
  ///   - submittedVersion: as the client named it; 0: the newest.
  ///   - isOpen: whether the poll's own times allow it now.
  public mutating func append(
    _ kind: CastKind, id: BallotID, submittedVersion: UInt32, deviceTime: Timestamp?, kioskSequence: UInt64?,
    receivedTime: Timestamp, skewMilliseconds: Int64?, isOpen: Bool
  ) {
    let start = writer.length
    // Not byte by byte into the array, which would be asked each time whether it is shared and has room.
    withUnsafeTemporaryAllocation(byteCount: CastEntry.longestRestWithoutCredential, alignment: 1) { memory in
      var rest = LentWriter(memory)
      CastEntry.encodeRest(
        id: id, submittedVersion: submittedVersion, deviceTime: deviceTime, credential: nil,
        kioskSequence: kioskSequence, receivedTime: receivedTime, skewMilliseconds: skewMilliseconds, into: &rest)
      kind.append(around: rest.written, to: &writer)
    }
    // The counted part begins after the number of the layout.
    ballots.append(
      Ballot(
        id: id, body: start..<writer.length, counted: start + 1..<start + kind.headLength, isOpen: isOpen))
  }
}
