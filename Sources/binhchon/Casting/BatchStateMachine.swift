internal import Schema

/// Decides what to send on CastBallots calls, and what becomes of each ballot: every ballot gets exactly one outcome,
/// over lost connections too, because what was not answered is sent again under the same ids.
struct BatchStateMachine: Sendable {
  struct Entry: Sendable, Equatable {
    /// Where it came from, from 1.
    var line: Int
    var ballot: Binhchon_V1_Ballot
  }

  enum OnResponse: Equatable {
    /// Outcomes of these; the rest of the batch waits to be sent again, not before `retryAfter`.
    case settled([Settled], retryAfter: Duration?)
    /// The answer does not fit the question: the peer breaks the protocol.
    case mismatch
  }
  struct Settled: Equatable {
    var entry: Entry
    var outcome: CastOutcome
  }

  /// Sent on the call at hand, in order, not answered.
  private var sent: [[Entry]] = []
  /// To be sent again before anything new.
  private var again: [[Entry]] = []
  private let depth: Int

  init(depth: Int) {
    self.depth = depth
  }

  /// Whether another message may go out before the next answer comes in.
  var hasRoom: Bool { sent.count < depth }
  var awaitsAnswer: Bool { !sent.isEmpty }
  var isIdle: Bool { sent.isEmpty && again.isEmpty }

  /// What has to go out again, the oldest first.
  mutating func nextAgain() -> [Entry]? {
    guard hasRoom, !again.isEmpty else { return nil }
    let batch = again.removeFirst()
    sent.append(batch)
    return batch
  }

  mutating func send(_ batch: [Entry]) {
    sent.append(batch)
  }

  mutating func receive(_ response: Binhchon_V1_CastBallotsResponse) -> OnResponse {
    guard let batch = sent.first, batch.count == response.results.count else { return .mismatch }
    var settled: [Settled] = []
    var unsettled: [Entry] = []
    var retryAfter: Duration?
    for (entry, result) in zip(batch, response.results) {
      guard result.ballotID == entry.ballot.ballotID else { return .mismatch }
      switch result.result {
      case .receipt(let receipt): settled.append(Settled(entry: entry, outcome: .taken(receipt)))
      case .refused(let status):
        let refusal = Refusal(status)
        if refusal.isTransient {
          unsettled.append(entry)
          retryAfter = max(retryAfter ?? .zero, refusal.retryAfter ?? .milliseconds(100))
        } else {
          settled.append(Settled(entry: entry, outcome: .refused(refusal)))
        }
      case nil: return .mismatch
      }
    }
    sent.removeFirst()
    if !unsettled.isEmpty { again.append(unsettled) }
    return .settled(settled, retryAfter: retryAfter)
  }

  /// The call ended: what it did not answer goes out again on the next one.
  mutating func callLost() {
    again = sent + again
    sent = []
  }

  /// Everything without an outcome, when there is no patience left.
  mutating func abandon() -> [Entry] {
    defer {
      sent = []
      again = []
    }
    return (sent + again).flatMap { $0 }
  }
}
