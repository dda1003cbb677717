public import Polling

/// Many ballots that keep every rule of their polls, already as the bodies of their entries: one buffer and one array
/// of plain numbers, so that a ballot costs no object and no count of references on its way to the disk.
///
/// For ballots without a credential; those with one are cast as ``Submission/cast(_:isOpen:)``, which is also the
/// reference for what becomes of these.
///
/// A ballot is `begin`, then each `answer` followed by its `choice`s, then `end`.
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
  /// Of the ballot begun last; kept for the next ones, which are likely to have the same.
  private var template: CastTemplate?
  /// Where the ballot begins that has not ended.
  private var begun: Int?

  public init() {}

  public var count: Int { ballots.count }

  public var isEmpty: Bool { ballots.isEmpty }

  /// The bodies, one after the other.
  var bytes: [UInt8] { writer.bytes }

  /// Begins a ballot, and abandons one that has not ended.
  ///
  /// - Parameter answers: how many follow. A ballot that has others in the end is refused as one of no poll we know.
  public mutating func begin(_ template: CastTemplate, flags: RecordFlags, day: Day, answers: Int) {
    abandon()
    begun = writer.length
    if self.template !== template { self.template = template }
    writer.append(template.head)
    CastEntry.encodeCircumstances(flags: flags, day: day, answers: answers, into: &writer)
  }

  /// - Parameters:
  ///   - question: the id of a question of the poll, in UTF-8.
  ///   - choices: how many follow.
  public mutating func answer(question: UnsafeRawBufferPointer, choices: Int) {
    writer.blob(question)
    writer.count(choices)
  }

  /// - Parameter code: the code of a choice of the question, in UTF-8.
  public mutating func choice(_ code: UnsafeRawBufferPointer) {
    writer.blob(code)
  }

  /// Adds the ballot begun; without one nothing happens.
  ///
  /// - Parameters:
  ///   - submittedVersion: as the client named it; 0: the newest.
  ///   - isOpen: whether the poll's own times allow it now.
  public mutating func end(
    id: BallotID, submittedVersion: UInt32, deviceTime: Timestamp?, kioskSequence: UInt64?, receivedTime: Timestamp,
    skewMilliseconds: Int64?, isOpen: Bool
  ) {
    guard let start = begun, let template else { return }
    begun = nil
    let countedEnd = writer.length
    CastEntry.encodeRest(
      id: id, submittedVersion: submittedVersion, deviceTime: deviceTime, credential: nil,
      kioskSequence: kioskSequence, receivedTime: receivedTime, skewMilliseconds: skewMilliseconds, into: &writer)
    writer.append(template.source)
    // It begins after the number of the layout.
    ballots.append(
      Ballot(id: id, body: start..<writer.length, counted: start + 1..<countedEnd, isOpen: isOpen))
  }

  /// Drops the ballot begun, if there is one.
  public mutating func abandon() {
    if let begun { writer.removeAll(from: begun) }
    begun = nil
  }

  /// Drops all ballots and the one begun.
  public mutating func removeAll(keepingCapacity: Bool = false) {
    ballots.removeAll(keepingCapacity: keepingCapacity)
    writer.removeAll(keepingCapacity: keepingCapacity)
    begun = nil
  }
}
