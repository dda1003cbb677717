import Polling
import Synchronization
import Testing

@testable import Ledger

/// Group commit, its order, and its bounds.
@Suite(.timeLimit(.minutes(1)))
struct PipelineTests {
  @Test func manyAppendsAtOnceShareCommits() async throws {
    let bench = try await Bench.new()
    let sequences = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for number in 1...2_000 as ClosedRange<UInt64> {
        group.addTask {
          guard case .entered(let sequence, .cast(let record))? = try await bench.append(try Sample.cast(number)).first
          else { return 0 }
          #expect(record.ballot.id == Sample.id(number))
          return sequence
        }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(sequences == Set(2...2_001))
    let commits = bench.commits
    #expect(commits.count < 2_000)
    #expect(commits.map(\.revision) == commits.map(\.revision).sorted())
    #expect(commits.last?.revision == 2_001)
    #expect(try bench.verify().differences == [])
    let cells = bench.cells
    let reopened = try await bench.reopened()
    #expect(reopened.state.cells == cells)
    #expect(reopened.state.revision == 2_001)
    await reopened.ledger.close()
  }

  @Test func theSameIdFromManyAtOnceCountsOnce() async throws {
    let bench = try await Bench.new()
    let words = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<200 {
        group.addTask { try await bench.append(try Sample.cast(1)).first?.word ?? "" }
      }
      return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    }
    #expect(words == ["entered 2": 1, "replayed 2": 199])
    #expect(try bench.verify().ballots == 1)
    await bench.ledger.close()
  }

  private final class Observer: Sendable {
    let revision = Atomic<UInt64>(0)
    let isInside = Atomic(false)
  }

  /// One answer per commit and not one before its observer has returned.
  @Test func answersWaitForTheObserver() async throws {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    let observer = Observer()
    let (ledger, _) = try SQLiteLedger.open(directory: directory.path) { commit in
      #expect(observer.isInside.exchange(true, ordering: .relaxed) == false, "one at a time")
      for _ in 0..<20 { await Task.yield() }
      observer.revision.store(commit.revision, ordering: .relaxed)
      observer.isInside.store(false, ordering: .relaxed)
    }
    _ = try await ledger.append([.publish(try Sample.poll(), by: "admin", at: Sample.time)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...300 as ClosedRange<UInt64> {
        group.addTask {
          for _ in 0..<2 {
            // The second time it is a replay: it too is answered after the commit it refers to was observed.
            let outcome = try await ledger.append([try Sample.cast(number)]).first
            let seen = observer.revision.load(ordering: .relaxed)
            switch outcome {
            case .entered(let sequence, _), .replayed(let sequence, _): #expect(sequence <= seen)
            case .refused, nil: Issue.record("\(String(describing: outcome))")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    await ledger.close()
  }

  /// Ballots of a batch are answered while their commit's observer still thinks, everything else after it.
  @Test func batchesDoNotWaitForTheObserver() async throws {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    let observer = Observer()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let (ledger, state) = try SQLiteLedger.open(directory: directory.path) { commit in
      if commit.revision > 1 { for await _ in gate {} }
      observer.revision.store(commit.revision, ordering: .relaxed)
    }
    #expect(ledger.acknowledgedRevision == 0)
    #expect(state.revision == 0)
    _ = try await ledger.append([.publish(try Sample.poll(), by: "admin", at: Sample.time)])
    #expect(try await ledger.cast(1, 2).isEmpty)
    #expect(observer.revision.load(ordering: .relaxed) == 1)
    #expect(ledger.acknowledgedRevision == 3)
    // A repetition tells of what was not observed either.
    #expect(try await ledger.cast(2, 1) == ["0 replayed 3", "1 replayed 2"])
    #expect(observer.revision.load(ordering: .relaxed) == 1)
    async let plain = ledger.append([try Sample.cast(3)])
    open.finish()
    #expect(try await plain.map(\.word) == ["entered 4"])
    #expect(observer.revision.load(ordering: .relaxed) == 4)
    await ledger.close()
  }

  /// An observer that is too far behind is waited for.
  @Test func batchesWaitForAnObserverFarBehind() async throws {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    var options = SQLiteLedger.Options()
    options.observerLag = 3
    let observer = Observer()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let (ledger, _) = try SQLiteLedger.open(directory: directory.path, options: options) { commit in
      if commit.revision > 1 { for await _ in gate {} }
      observer.revision.store(commit.revision, ordering: .relaxed)
    }
    _ = try await ledger.append([.publish(try Sample.poll(), by: "admin", at: Sample.time)])
    for number in 1...3 as ClosedRange<UInt64> { #expect(try await ledger.cast(number).isEmpty) }
    #expect(observer.revision.load(ordering: .relaxed) == 1)
    async let fourth = ledger.cast(4)
    // It is on disk, and its answer is behind the observer.
    while ledger.acknowledgedRevision < 5 { await Task.yield() }
    open.finish()
    #expect(try await fourth.isEmpty)
    #expect(observer.revision.load(ordering: .relaxed) == 5)
    await ledger.close()
  }

  /// A gate in the observer holds answers up, so that the queue fills.
  @Test func overItsBoundTheWholeCallIsRefused() async throws {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    var options = SQLiteLedger.Options()
    options.queueLimit = 10
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let (reached, atGate) = AsyncStream.makeStream(of: Void.self)
    let (ledger, _) = try SQLiteLedger.open(directory: directory.path, options: options) { commit in
      guard commit.revision > 1 else { return }
      atGate.yield()
      for await _ in gate {}
    }
    _ = try await ledger.append([.publish(try Sample.poll(), by: "admin", at: Sample.time)])
    async let first = ledger.append((1...6).map { try Sample.cast($0) })
    for await _ in reached { break }
    // Six are not answered: four fit, five do not, and of those not one is taken.
    await #expect(throws: LedgerError.overloaded) { try await ledger.append((11...15).map { try Sample.cast($0) }) }
    async let second = ledger.append((7...10).map { try Sample.cast($0) })
    await #expect(throws: LedgerError.overloaded) { try await ledger.append((1...11).map { try Sample.cast($0) }) }
    open.finish()
    #expect(try await first.count == 6)
    #expect(try await second.count == 4)
    // Answered, so there is room again; and nothing of the refused calls was kept.
    #expect(try await ledger.append([try Sample.cast(11)]).map(\.word) == ["entered 12"])
    await ledger.close()
    #expect(try LedgerVerifier.run(directory: directory.path).ballots == 11)
  }

  @Test func closeCommitsWhatWaitsAndRefusesTheRest() async throws {
    let bench = try await Bench.new()
    let results = await withTaskGroup(of: String.self) { group in
      for number in 1...500 as ClosedRange<UInt64> {
        group.addTask {
          do { return try await bench.append(try Sample.cast(number)).count == 1 ? "kept" : "?" } catch {
            return error as? LedgerError == .closed ? "closed" : "\(error)"
          }
        }
      }
      group.addTask {
        await bench.ledger.close()
        return "done"
      }
      return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    }
    #expect(results["kept", default: 0] + results["closed", default: 0] == 500)
    #expect(results["done"] == 1)
    await #expect(throws: LedgerError.closed) { try await bench.append(try Sample.cast(1)) }
    await bench.ledger.close()
    #expect(try bench.verify().ballots == UInt64(results["kept", default: 0]))
  }

  @Test func anEmptyCallHasNoOutcomes() async throws {
    let bench = try await Bench.new()
    #expect(try await bench.ledger.append([]) == [])
    #expect(bench.commits.count == 1)
    await bench.ledger.close()
  }

  /// Repetitions and refusals enter nothing: there is no commit to observe.
  @Test func nothingEnteredIsNoCommit() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(try Sample.cast(1))
    _ = try await bench.append(try Sample.cast(1), try Sample.cast(1, level: "HL"), try Sample.cast(2, poll: "other"))
    #expect(bench.commits.map(\.revision) == [1, 2])
    await bench.ledger.close()
  }

  @Test func aCallBeyondTheBatchLimitIsOneCommit() async throws {
    var options = SQLiteLedger.Options()
    options.batchLimit = 10
    let bench = try await Bench.new(options)
    _ = try await bench.ledger.append((1...100).map { try Sample.cast($0) })
    #expect(bench.commits.map(\.revision) == [1, 101])
    await bench.ledger.close()
  }

  @Test func aCommitNamesThePollsItPublishedAndClosed() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(
      .publish(try Sample.poll(title: "hai"), by: "admin", at: Sample.time), try Sample.cast(1), try Sample.close())
    let commit = try #require(bench.commits.last)
    #expect(commit.polls.map(\.poll.version) == [2, 2])
    #expect(commit.polls.map(\.isClosed) == [false, true])
    let reopened = try await bench.reopened()
    #expect(reopened.state.polls.map(\.poll.title.vi) == ["Mức độ hài lòng", "hai"])
    #expect(reopened.state.polls.map(\.isClosed) == [true, true])
    await reopened.ledger.close()
  }
}
