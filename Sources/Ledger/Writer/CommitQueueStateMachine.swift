/// What waits to be committed, and whether anything more is taken. Pure: its owner holds the lock, wakes the writer
/// and answers the calls.
struct CommitQueueStateMachine<Call> {
  enum State: Equatable {
    case open
    /// Takes nothing more; what waits is still committed.
    case closing
    /// The disk failed: nothing is taken or committed any more.
    case failed
    /// The writer has gone.
    case ended
  }

  enum SubmitAction: Equatable {
    /// Taken. True: the writer sleeps and is to be woken.
    case taken(wake: Bool)
    case refuse(LedgerError)
  }

  enum TakeAction {
    /// To be committed as one transaction.
    case commit([Call])
    /// Nothing waits: sleep until woken.
    case sleep
    /// Nothing waits and nothing will.
    case end
  }

  /// The most submissions that may be taken and not answered.
  let capacity: Int
  private(set) var state = State.open
  private var waiting: [(call: Call, size: Int)] = []
  /// Submissions taken and not answered, those being committed included.
  private(set) var unanswered = 0
  private var isWriterAsleep = false

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// - Parameter size: submissions in the call, taken all or none.
  mutating func submit(_ call: Call, size: Int) -> SubmitAction {
    switch state {
    case .open:
      guard size <= capacity - unanswered else { return .refuse(.overloaded) }
      unanswered += size
      waiting.append((call, size))
      return .taken(wake: wake())
    case .closing: return .refuse(.closed)
    case .failed: return .refuse(.outcomeUnknown)
    case .ended: return .refuse(.closed)
    }
  }

  /// The writer is ready for a batch of whole calls: the oldest, and of the others those that fit into `limit`
  /// submissions together with it, or into half of that beside a large one; of those that are half of `limit` or more,
  /// one. So a commit is not much longer than its longest call, and small calls do not wait for all large ones that came
  /// before them.
  mutating func take(limit: Int) -> TakeAction {
    switch state {
    case .open, .closing:
      guard let oldest = waiting.first else {
        if state == .closing { return .end }
        isWriterAsleep = true
        return .sleep
      }
      var room = max(limit - oldest.size, limit / 2)
      var batch = [oldest.call]
      var left: [(call: Call, size: Int)] = []
      var hasLarge = 2 * oldest.size >= limit
      for (index, next) in waiting.enumerated().dropFirst() {
        if room == 0 {
          left += waiting[index...]
          break
        }
        let isLarge = 2 * next.size >= limit
        if next.size <= room, !(hasLarge && isLarge) {
          room -= next.size
          hasLarge = hasLarge || isLarge
          batch.append(next.call)
        } else {
          left.append(next)
        }
      }
      waiting = left
      return .commit(batch)
    case .failed, .ended: return .end
    }
  }

  /// That many submissions were answered, however.
  mutating func answered(_ size: Int) {
    unanswered -= size
  }

  /// Takes nothing more. True: the writer sleeps and is to be woken.
  mutating func close() -> Bool {
    guard state == .open else { return false }
    state = .closing
    return wake()
  }

  /// The disk failed while a batch was committed. Returns whatever else waits, to be answered with "unknown".
  mutating func fail() -> [Call] {
    guard state == .open || state == .closing else { return [] }
    state = .failed
    defer { waiting.removeAll() }
    return waiting.map(\.call)
  }

  /// The writer has gone and everything is answered. After a failure it stays failed.
  mutating func end() {
    if state != .failed { state = .ended }
  }

  private mutating func wake() -> Bool {
    defer { isWriterAsleep = false }
    return isWriterAsleep
  }
}
