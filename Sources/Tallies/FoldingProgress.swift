internal import Synchronization

/// How far the commits have been folded, and who waits for it to be further.
final class FoldingProgress: Sendable {
  private struct Waiter {
    var revision: UInt64
    var continuation: CheckedContinuation<Void, Never>
  }

  private let revision: Atomic<UInt64>
  private let waiters = Mutex<[Waiter]>([])

  init(_ revision: UInt64) {
    self.revision = Atomic(revision)
  }

  /// Everything up to `revision` is folded.
  func reached(_ revision: UInt64) {
    let ready = waiters.withLock { waiters in
      // Under the lock: whoever looked before and found too little is among the waiters by now.
      self.revision.store(revision, ordering: .releasing)
      guard !waiters.isEmpty else { return [Waiter]() }
      let ready = waiters.filter { $0.revision <= revision }
      waiters.removeAll { $0.revision <= revision }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  /// Returns when everything up to `revision` is folded; at once and without a lock if it is already.
  func wait(for revision: UInt64) async {
    if self.revision.load(ordering: .acquiring) >= revision { return }
    await withCheckedContinuation { continuation in
      let isReached = waiters.withLock { waiters in
        if self.revision.load(ordering: .relaxed) >= revision { return true }
        waiters.append(Waiter(revision: revision, continuation: continuation))
        return false
      }
      if isReached { continuation.resume() }
    }
  }
}
