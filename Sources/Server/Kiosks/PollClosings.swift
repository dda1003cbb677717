internal import Ledger
internal import Polling
internal import Synchronization

/// When polls were closed by hand.
final class PollClosings: Sendable {
  private let closings = Mutex<[PollID: Timestamp]>([:])

  subscript(_ poll: PollID) -> Timestamp? { closings.withLock { $0[poll] } }

  func note(_ polls: [PublishedPoll]) {
    closings.withLock { closings in
      for poll in polls { closings[poll.poll.id] = poll.closedAt }
    }
  }
}
