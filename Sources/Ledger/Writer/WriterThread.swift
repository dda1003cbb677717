internal import Glibc

/// A thread of its own for work that blocks: SQLite and its syncs never hold one of the shared pool's threads.
enum WriterThread {
  private final class Body {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }

  static func start(_ run: @escaping @Sendable () -> Void) throws(LedgerFileError) {
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      throw LedgerFileError(.io, "cannot start the ledger's thread: \(String(cString: strerror(code)))")
    }
    pthread_detach(thread)
  }
}

/// Wakes the writer. Each `signal` ends one `wait`, even one that comes later.
///
/// `@unchecked Sendable`: a POSIX semaphore is made to be used by many threads, and stays at one address from `init`
/// to `deinit`.
final class Wakeup: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    semaphore.initialize(to: sem_t())
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() {
    sem_post(semaphore)
  }

  func wait() {
    // Only a signal handler ends it early; the loop around the writer would bear that too.
    while sem_wait(semaphore) != 0, errno == EINTR {}
  }
}
