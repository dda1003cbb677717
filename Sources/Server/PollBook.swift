internal import Ledger
internal import Polling
internal import Synchronization

/// The polls as the ledger last said: every version, and which is the newest.
final class PollBook: Sendable {
  private struct Entry {
    var versions: [UInt32: Poll] = [:]
    var newest: PublishedPoll
  }

  private let entries = Mutex<[PollID: Entry]>([:])

  /// Takes in what was published or closed, in the ledger's order.
  func update(_ polls: [PublishedPoll]) {
    guard !polls.isEmpty else { return }
    entries.withLock { entries in
      for published in polls {
        let poll = published.poll
        var entry = entries[poll.id] ?? Entry(newest: published)
        entry.versions[poll.version] = poll
        if poll.version >= entry.newest.poll.version { entry.newest = published }
        entries[poll.id] = entry
      }
    }
  }

  func newest(_ poll: PollID) -> PublishedPoll? {
    entries.withLock { $0[poll]?.newest }
  }

  /// One version of a poll; closing it closes every version.
  func version(_ version: UInt32, of poll: PollID) -> PublishedPoll? {
    entries.withLock { entries in
      guard let entry = entries[poll], let poll = entry.versions[version] else { return nil }
      return PublishedPoll(poll: poll, isClosed: entry.newest.isClosed)
    }
  }

  /// The newest version of every poll, by name.
  func all() -> [PublishedPoll] {
    entries.withLock { $0.values.map(\.newest) }.sorted { $0.poll.id < $1.poll.id }
  }
}
