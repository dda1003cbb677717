internal import Polling
internal import SQLite
internal import Synchronization

/// From a call to its answer: the queue, the writer's thread behind it, and the task that lets the observer see each
/// commit before its calls are answered.
final class CommitPipeline: Sendable {
  struct Call: Sendable {
    var submissions: [Submission]
    var answer: @Sendable (Result<[Outcome], LedgerError>) -> Void
  }

  /// What the writer hands on: a commit that is on disk, and the answers that wait for its observation.
  private struct Delivery: Sendable {
    var commit: Commit?
    var answers: [(call: Call, result: Result<[Outcome], LedgerError>)]

    init(_ commit: Commit?, _ answers: [(call: Call, result: Result<[Outcome], LedgerError>)]) {
      self.commit = commit
      self.answers = answers
    }

    init(_ calls: [Call], _ error: LedgerError) {
      self.init(nil, calls.map { ($0, .failure(error)) })
    }
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

  init(_ options: SQLiteLedger.Options, onFailure: @escaping @Sendable (String) -> Void) {
    self.options = options
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
    // Bounded by the queue: what is not answered counts against its capacity.
    Task {
      for await delivery in deliveries {
        if let commit = delivery.commit { await observer(commit) }
        for (call, result) in delivery.answers {
          shared.withLock { $0.queue.answered(call.submissions.count) }
          call.answer(result)
        }
      }
      end()
    }
  }

  func submit(_ call: Call) {
    switch shared.withLock({ $0.queue.submit(call, size: call.submissions.count) }) {
    case .taken(let wake): if wake { wakeup.signal() }
    case .refuse(let error): call.answer(.failure(error))
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
    var journal = Journal(store.connection, options)
    while true {
      switch shared.withLock({ $0.queue.take(limit: options.batchLimit) }) {
      case .sleep: wakeup.wait()
      case .end: return
      case .commit(let calls):
        do throws(SQLiteError) {
          guard try journal.hasRoom() else {
            deliver.yield(Delivery(calls, .overloaded))
            continue
          }
          let (outcomes, commit) = try Batch.commit(calls.map(\.submissions), to: store)
          deliver.yield(Delivery(commit, zip(calls, outcomes).map { ($0, .success($1)) }))
        } catch {
          if error.isDiskFull, !store.connection.isInTransaction {
            deliver.yield(Delivery(calls, .diskFull))
            continue
          }
          return fail(error, calls, store, deliver)
        }
        // What was committed is answered whatever becomes of the journal.
        do throws(SQLiteError) { try journal.tidy() } catch { return fail(error, [], store, deliver) }
      }
    }
  }

  /// The first error ends all: what the disk says after it cannot be believed. What is in the journal stays there for
  /// the next start to read, so the file is closed without a checkpoint.
  private func fail(
    _ error: SQLiteError, _ calls: [Call], _ store: LedgerStore, _ deliver: AsyncStream<Delivery>.Continuation
  ) {
    let waiting = shared.withLock { $0.queue.fail() }
    deliver.yield(Delivery(calls + waiting, .outcomeUnknown))
    store.connection.leaveJournal()
    onFailure(error.description)
  }
}

/// Carries what is not `Sendable` to the writer's thread.
///
/// `@unchecked Sendable`: it is taken once, under a lock, and whoever put it in keeps nothing of it.
private final class Handover: @unchecked Sendable {
  private let opened: Mutex<LedgerFactory.Opened?>

  init(_ opened: consuming sending LedgerFactory.Opened) {
    self.opened = Mutex(opened)
  }

  func take() -> LedgerFactory.Opened? {
    opened.withLock { slot in
      defer { slot = nil }
      return slot
    }
  }
}
