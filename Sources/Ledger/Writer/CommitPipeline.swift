internal import Polling
internal import SQLite
internal import Synchronization

/// From a call to its answer: the queue, the writer's thread behind it, and the task that lets the observer see each
/// commit. Ballots that came in a ``CastBatch`` are answered by the writer as soon as they are on disk; everything else
/// waits for the observer.
final class CommitPipeline: Sendable {
  /// What the writer hands on: a commit that is on disk, and the answers that wait for its observation.
  private struct Delivery: Sendable {
    var commit: Commit?
    var replies: [Reply]
  }

  private struct Shared {
    var queue: CommitQueueStateMachine<Call>
    var isDone = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  private let options: SQLiteLedger.Options
  private let onFailure: @Sendable (String) -> Void
  private let shared: Mutex<Shared>
  private let wakeup = Wakeup()
  /// What the writer has answered for; all of it is handed on to the observer.
  private let acknowledged: Atomic<UInt64>
  /// Commits that the observer has seen.
  private let observed = Atomic<Int>(0)

  init(_ options: SQLiteLedger.Options, revision: UInt64, onFailure: @escaping @Sendable (String) -> Void) {
    self.options = options
    acknowledged = Atomic(revision)
    self.onFailure = onFailure
    shared = Mutex(Shared(queue: CommitQueueStateMachine(capacity: options.queueLimit)))
  }

  func start(
    _ opened: sending LedgerFactory.Opened, observer: @escaping @Sendable (Commit) async -> Void
  ) throws(LedgerFileError) {
    let (deliveries, deliver) = AsyncStream.makeStream(of: Delivery.self)
    let hand = Handover(opened)
    try WriterThread.start { [self] in
      if let opened = hand.take() {
        // The file is closed when this returns, and only then may another process have it.
        let lock = writeAll(opened, deliver)
        withExtendedLifetime(lock) {}
      }
      deliver.finish()
    }
    // Bounded by the queue, for what is not answered counts against its capacity; and by `observerLag` for casts, which
    // are answered before they are observed.
    Task {
      for await delivery in deliveries {
        if let commit = delivery.commit {
          await observer(commit)
          observed.add(1, ordering: .relaxed)
        }
        give(delivery.replies)
      }
      end()
    }
  }

  func submit(_ call: Call) {
    switch shared.withLock({ $0.queue.submit(call, size: call.size) }) {
    case .taken(let wake): if wake { wakeup.signal() }
    case .refuse(let error): Reply.failure(error, call).give()
    }
  }

  func requestClose() {
    if shared.withLock({ $0.queue.close() }) { wakeup.signal() }
  }

  func close() async {
    requestClose()
    await withCheckedContinuation { continuation in
      let isDone = shared.withLock { shared in
        if !shared.isDone { shared.closers.append(continuation) }
        return shared.isDone
      }
      if isDone { continuation.resume() }
    }
  }

  /// See ``Ledger/acknowledgedRevision``.
  var acknowledgedRevision: UInt64 { acknowledged.load(ordering: .acquiring) }

  /// Whoever is answered finds room again.
  private func give(_ replies: [Reply]) {
    if replies.isEmpty { return }
    let size = replies.reduce(0) { $0 + $1.size }
    shared.withLock { $0.queue.answered(size) }
    for reply in replies { reply.give() }
  }

  private func end() {
    let closers = shared.withLock { shared in
      shared.queue.end()
      shared.isDone = true
      defer { shared.closers = [] }
      return shared.closers
    }
    for closer in closers { closer.resume() }
  }

  // MARK: - The writer's thread

  private func writeAll(
    _ opened: consuming LedgerFactory.Opened, _ deliver: AsyncStream<Delivery>.Continuation
  ) -> LedgerLock {
    let lock = opened.lock
    write(opened.store, deliver)
    return lock
  }

  private func write(_ store: LedgerStore, _ deliver: AsyncStream<Delivery>.Continuation) {
    var journal = Journal(store.connection, pageSize: store.pageSize, options)
    var handedOn = 0

    func answer(_ replies: [Reply], after commit: Commit?) {
      if commit != nil { handedOn += 1 }
      // One that is far behind is waited for: what it has not seen is kept in memory.
      let isBehind = handedOn - observed.load(ordering: .relaxed) > options.observerLag
      let direct = isBehind ? [] : replies.filter(\.isForCasts)
      let waiting = direct.isEmpty ? replies : replies.filter { !$0.isForCasts }
      // Before anybody can have been answered, also by whoever delivers.
      acknowledged.store(store.knowledge.lastSequence, ordering: .releasing)
      if commit != nil || !waiting.isEmpty { deliver.yield(Delivery(commit: commit, replies: waiting)) }
      give(direct)
    }

    while true {
      switch shared.withLock({ $0.queue.take(limit: options.batchLimit) }) {
      case .sleep: wakeup.wait()
      case .end: return close(store, deliver)
      case .commit(let calls):
        do throws(SQLiteError) {
          guard try journal.hasRoom() else {
            answer(calls.map { .failure(.overloaded, $0) }, after: nil)
            continue
          }
          let (replies, commit) = try Batch.commit(calls, to: store)
          answer(replies, after: commit)
        } catch {
          if error.isDiskFull, !store.connection.isInTransaction {
            answer(calls.map { .failure(.diskFull, $0) }, after: nil)
            continue
          }
          return fail(error, calls, store, deliver)
        }
        store.tidy()
        // What was committed is answered whatever becomes of the journal.
        do throws(SQLiteError) {
          try journal.tidy(hasErased: store.urns.hasErased)
          store.urns.hasErased = false
        } catch { return fail(error, [], store, deliver) }
      }
    }
  }

  /// A ledger that is closed has everything in its tables, unless the disk is full: then the next start gathers it.
  private func close(_ store: LedgerStore, _ deliver: AsyncStream<Delivery>.Continuation) {
    do throws(SQLiteError) { try store.settle() } catch {
      if !error.isDiskFull || store.connection.isInTransaction { fail(error, [], store, deliver) }
    }
  }

  /// The first error ends all: what the disk says after it cannot be believed. What is in the journal stays there for
  /// the next start to read, so the file is closed without a checkpoint.
  private func fail(
    _ error: SQLiteError, _ calls: [Call], _ store: LedgerStore, _ deliver: AsyncStream<Delivery>.Continuation
  ) {
    let waiting = shared.withLock { $0.queue.fail() }
    deliver.yield(Delivery(commit: nil, replies: (calls + waiting).map { .failure(.outcomeUnknown, $0) }))
    store.connection.leaveJournal()
    onFailure(error.description)
  }
}

/// Carries what is not `Sendable` to the writer's thread: it is taken once, and whoever put it in keeps nothing of it.
private final class Handover: Sendable {
  private let opened: Mutex<LedgerFactory.Opened?>

  init(_ opened: consuming sending LedgerFactory.Opened) {
    self.opened = Mutex(opened)
  }

  func take() -> sending LedgerFactory.Opened? {
    opened.withLock { slot in
      let taken = slot
      slot = nil
      return taken
    }
  }
}
