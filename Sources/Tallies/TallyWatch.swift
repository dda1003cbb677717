/// What one watcher is told, for one consumer. See ``PollTally/watch(unit:channel:interval:since:)``.
public struct TallyWatch: AsyncSequence, Sendable {
  public typealias Element = WatchEvent
  public typealias Failure = Never

  private let registration: Registration

  init(tally: PollTally, id: WatchHub.ID) {
    registration = Registration(tally: tally, id: id)
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(registration: registration)
  }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let registration: Registration

    public mutating func next() async -> WatchEvent? {
      let (tally, id) = (registration.tally, registration.id)
      return await withTaskCancellationHandler {
        await tally.next(id)
      } onCancel: {
        Task { await tally.end(id) }
      }
    }
  }

  /// Ends the watch when nobody can ask any more.
  fileprivate final class Registration: Sendable {
    let tally: PollTally
    let id: WatchHub.ID

    init(tally: PollTally, id: WatchHub.ID) {
      self.tally = tally
      self.id = id
    }

    deinit {
      Task { [tally, id] in await tally.end(id) }
    }
  }
}
