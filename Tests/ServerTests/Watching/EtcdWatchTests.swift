import Foundation
import RPC
import Schema
import Testing

@testable import Server
@testable import Tallies

/// What went wrong with etcd's watches in twelve years, and what ours do there. They differ: ours show states, not each change,
/// so that nothing can be compacted away under a watcher, and a ledger that was restored has another epoch. Numbers are those
/// of issues and pull requests of etcd-io/etcd, if nothing else is said.
@Suite(.timeLimit(.minutes(2)))
struct EtcdWatchTests {
  private func withBench(_ body: (WatchBench) async throws -> Void) async throws {
    let bench = try await WatchBench()
    do {
      try await body(bench)
    } catch {
      await bench.close()
      throw error
    }
    await bench.close()
  }

  /// 15220, 15237: a progress notification with another revision than what had been delivered by then. Here commits are
  /// on disk before they are in the figures, and "current" is said all the while.
  @Test func issue15220ProgressIsNeverAheadOfWhatWasTold() async throws {
    try await withBench { bench in
      try await bench.cast(2)
      var watch = try await bench.watch().makeAsyncIterator()
      let first = try #require(try await watch.next())
      #expect(first.total == 2)
      bench.server.hold()
      try bench.submit(3)
      for _ in 0..<3 {
        let response = try #require(try await watch.next())
        #expect(response.kind == .current)
        #expect(response.tally.revision == first.tally.revision)
      }
      bench.server.release()
      let second = try #require(try await watch.figures())
      #expect(second.total == 5)
      #expect(second.tally.revision == first.tally.revision + 3)
    }
  }

  /// 17557, 17566: a watch to which nothing happens was told of no progress. And its revision resumes, though it is one of
  /// others' entries.
  @Test func issue17557AWatchWithoutNewsIsToldThatItIsCurrent() async throws {
    try await withBench { bench in
      var watch = try await bench.watch(unit: "hai-chau/mot-cua/quay-02").makeAsyncIterator()
      #expect(try await watch.next()?.kind == .snapshot)
      try await bench.cast(4, at: "01")
      let revision = bench.revision
      var heard: UInt64 = 0
      while heard < revision {
        let response = try #require(try await watch.next())
        #expect(response.kind == .current)
        heard = response.tally.revision
      }
      var resumed = try await bench.watch(
        unit: "hai-chau/mot-cua/quay-02", epoch: bench.server.epoch, since: heard
      ).makeAsyncIterator()
      #expect(try await resumed.next()?.kind == .current)
      try await bench.cast(1, at: "02")
      #expect(try await resumed.figures()?.total == 1)
    }
  }

  /// 20221, 19487, 9775: a watch from a revision of the future got old events, or none before it came, or a panic.
  @Test func issue20221AFutureRevisionIsResetAtOnce() async throws {
    try await withBench { bench in
      try await bench.cast(2)
      var watch = try await bench.watch(epoch: bench.server.epoch, since: bench.revision + 100).makeAsyncIterator()
      let first = try #require(try await watch.next())
      #expect(first.kind == .reset)
      #expect(first.total == 2)
      try await bench.cast(1)
      let second = try #require(try await watch.figures())
      #expect(second.total == 3)
      #expect(second.tally.revision == bench.revision)
      var last = try await bench.watch(epoch: bench.server.epoch, since: .max).makeAsyncIterator()
      #expect(try await last.next()?.kind == .reset)
    }
  }

  /// 14303, and microsoft/etcd3 33: the ledger was restored from a backup, the watcher has a higher revision, and hears
  /// nothing until there are as many entries again, or takes others' for its own.
  @Test func issue14303ARestoredLedgerResetsItsWatchers() async throws {
    try await withBench { bench in
      try await bench.cast(2)
      let backup = try bench.backUp()
      try await bench.cast(5)
      let (epoch, revision) = (bench.server.epoch, bench.revision)
      try await bench.restore(backup)
      var watch = try await bench.watch(epoch: epoch, since: revision).makeAsyncIterator()
      let first = try #require(try await watch.next())
      #expect(first.kind == .reset)
      #expect(first.total == 2)
      #expect(first.tally.ledgerEpoch != epoch)
      #expect(first.tally.revision < revision)
      // As many entries again: the revision alone would say that nothing had changed.
      try await bench.cast(5)
      #expect(try await watch.figures()?.total == 7)
      #expect(bench.revision == revision)
      var again = try await bench.watch(epoch: epoch, since: revision).makeAsyncIterator()
      #expect(try await again.next()?.kind == .reset)
    }
  }

  /// 8411: a member that had come back by a snapshot told its watchers of nothing any more.
  @Test func issue8411WatchesGoOnAfterARestore() async throws {
    try await withBench { bench in
      try await bench.cast(1)
      try await bench.restore(try bench.backUp())
      var watch = try await bench.watch().makeAsyncIterator()
      #expect(try await watch.next()?.total == 1)
      for total in 2...4 as ClosedRange<UInt64> {
        try await bench.cast(1)
        #expect(try await watch.figures()?.total == total)
      }
    }
  }

  /// 15271: after reconnecting, what was shown lay before what the watcher had seen. Here the server dies with entries that
  /// are on its disk and in no figures.
  @Test func issue15271NothingGoesBackOverACrash() async throws {
    try await withBench { bench in
      try await bench.cast(3)
      var watch = try await bench.watch().makeAsyncIterator()
      let seen = try #require(try await watch.next())
      bench.server.crash()
      try await bench.cast(2)
      try await bench.crash()
      var resumed = try await bench.watch(epoch: seen.tally.ledgerEpoch, since: seen.tally.revision).makeAsyncIterator()
      let first = try #require(try await resumed.next())
      #expect(first.kind == .snapshot)
      #expect(first.tally.ledgerEpoch == seen.tally.ledgerEpoch)
      #expect(first.tally.revision == seen.tally.revision + 2)
      #expect(first.total == 5)
    }
  }

  /// 18089, 19179, 8668, 18053: events were lost, or the watch ended or said nothing, where history had been compacted.
  @Test func issue18089ARevisionOfLongAgoIsAsGoodAsAnyOther() async throws {
    try await withBench { bench in
      for _ in 0..<20 { try await bench.cast(5) }
      for revision in [1, 2, 50, bench.revision - 1] {
        var watch = try await bench.watch(epoch: bench.server.epoch, since: revision).makeAsyncIterator()
        let first = try #require(try await watch.next())
        #expect(first.kind == .snapshot)
        #expect(first.total == 100)
      }
    }
  }

  /// Jepsen's report on etcd 3.4.3: a watch from revision 0 begins now, not at the first revision.
  @Test func jepsen343RevisionZeroIsARevisionLikeOthers() async throws {
    try await withBench { bench in
      try await bench.cast(2)
      for epoch in ["", bench.server.epoch] {
        var watch = try await bench.watch(epoch: epoch, since: 0).makeAsyncIterator()
        let first = try #require(try await watch.next())
        #expect(first.kind == .snapshot)
        #expect(first.total == 2)
      }
    }
  }

  /// 17529: a slow watcher made others starve, and lost what it was too late for.
  @Test func issue17529ASlowWatcherHoldsUpNobodyAndGetsTheNewest() async throws {
    try await withBench { bench in
      var slow = try await bench.watch().makeAsyncIterator()
      var quick = try await bench.watch().makeAsyncIterator()
      #expect(try await slow.next()?.total == 0)
      #expect(try await quick.next()?.total == 0)
      for total in 1...30 as ClosedRange<UInt64> {
        try await bench.cast(1)
        #expect(try await quick.figures()?.total == total)
      }
      // At most one that waited for it, and then the newest.
      let late = try #require(try await slow.figures()?.total)
      if late < 30 { #expect(try await slow.figures()?.total == 30) }
    }
  }

  /// 18879: after many watches had gone at once, new ones were told nothing.
  @Test func issue18879AfterManyWatchesHaveGoneANewOneWorks() async throws {
    try await withBench { bench in
      var watches: [WatchBench.Watch] = []
      for _ in 0..<300 { watches.append(try await bench.watch()) }
      // None of them has read anything.
      try await bench.cast(1)
      for watch in watches { watch.cancel() }
      var new = try await bench.watch().makeAsyncIterator()
      #expect(try await new.next()?.total == 1)
      try await bench.cast(1)
      #expect(try await new.figures()?.total == 2)
    }
  }

  /// 6136, 13122, 18704: watches that were cancelled stayed on the server.
  @Test func issue13122CancelledWatchesLeaveNothing() async throws {
    try await withBench { bench in
      let tally = try #require(bench.server.tally)
      var watches: [WatchBench.Watch] = []
      for index in 0..<100 {
        let watch = try await bench.watch(unit: index.isMultiple(of: 2) ? "" : "hai-chau/mot-cua/quay-01")
        if index.isMultiple(of: 3) {
          var events = watch.makeAsyncIterator()
          #expect(try await events.next()?.kind == .snapshot)
        }
        watches.append(watch)
      }
      for watch in watches { watch.cancel() }
      watches = []
      while await tally.watcherCount > 0 { await Task.yield() }
    }
  }

  /// 8231, 6651: a watch was not told that it had ended, or one that was made meanwhile was never answered.
  @Test func issue8231AServerThatStopsEndsEveryWatch() async throws {
    try await withBench { bench in
      var open = try await bench.watch().makeAsyncIterator()
      #expect(try await open.next()?.kind == .snapshot)
      let unread = try await bench.watch()
      await bench.server.board.finishWatches()
      let ended = await #expect(throws: RPCError.self) { while try await open.next() != nil {} }
      #expect(ended?.code == .unavailable)
      for watch in [unread, try await bench.watch()] {
        let error = await #expect(throws: RPCError.self) { for try await _ in watch {} }
        #expect(error?.code == .unavailable)
      }
    }
  }

  /// What was told before a connection broke was delivered again after it, or left out: clients of etcd count revisions on
  /// by themselves (8668). Here a position says all.
  @Test func resumingTellsNothingTwiceAndLeavesNothingOut() async throws {
    try await withBench { bench in
      var (epoch, revision, total): (String, UInt64, UInt64) = ("", 0, 0)
      for round in 0..<30 {
        if round.isMultiple(of: 3) { try await bench.cast(1 + round % 4) }
        let watch = try await bench.watch(epoch: epoch, since: revision)
        var events = watch.makeAsyncIterator()
        let first = try #require(try await events.next())
        if first.tally.revision == revision {
          #expect(first.kind == .current, "round \(round)")
        } else {
          total = try #require(first.total)
        }
        (epoch, revision) = (first.tally.ledgerEpoch, first.tally.revision)
        #expect(revision == bench.revision)
        #expect(total == revision - 1)
        watch.cancel()
      }
    }
  }
}
