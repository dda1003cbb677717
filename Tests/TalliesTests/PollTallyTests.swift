import ManualClock
import Polling
import Synchronization
import Testing

@testable import Tallies

@Suite(.timeLimit(.minutes(1)))
struct PollTallyTests {
  @Test func figures() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    await tally.fold(try Sample.delta(5, channel: .paper), revision: 11)
    let all = await tally.figures(unit: try UnitPath("hai-chau"), channel: nil)
    #expect(all.tally.windows.map(\.ballots) == [105, 0, 105, 105, 105])
    #expect(all.tally.revision == 11)
    #expect((all.poll.rawValue, all.pollVersion, all.isClosed, all.epoch) == ("poll", 1, false, "epoch"))
    let paper = await tally.figures(unit: try UnitPath(Sample.unit), channel: .paper)
    #expect(paper.tally.windows[0].ballots == 5)
    clock.advance(.seconds(86_400))
    let tomorrow = await tally.figures(unit: try UnitPath("hai-chau"), channel: nil)
    #expect(tomorrow.tally.windows.map(\.ballots) == [0, 105, 105, 105, 105])
  }

  @Test func aCommitThatIsIncludedAlreadyChangesNothing() async throws {
    let tally = try Sample.tally(ManualClock())
    await tally.fold(try Sample.delta(5), revision: 10)
    await tally.fold(try Sample.delta(5), revision: 9)
    await tally.update(poll: try Sample.poll(version: 2), isClosed: true, revision: 10)
    let figures = await tally.figures(unit: try UnitPath("hai-chau"), channel: nil)
    #expect(figures.tally.windows[4].ballots == 100)
    #expect(figures.tally.revision == 10)
    #expect(!figures.isClosed)
  }

  @Test func snapshotThenOneUpdatePerInterval() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    await tally.fold(try Sample.delta(1), revision: 11)
    await tally.fold(try Sample.delta(1), revision: 12)
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    #expect(await watch.next()?.words == "update 12: 102 102")
    // After a pause news are told at once, but no sooner than the interval.
    await clock.hasSleeper(until: .seconds(16))
    clock.advance(.seconds(3))
    await tally.fold(try Sample.delta(1), revision: 13)
    #expect(await watch.next()?.words == "update 13: 103 103")
    await tally.fold(try Sample.delta(1), revision: 14)
    await clock.hasSleeper(until: .seconds(5))
    clock.advance(.seconds(1))
    #expect(await watch.next()?.words == "update 14: 104 104")
  }

  /// Whoever is slow gets fewer events and newer ones, never a queue; what others get does not depend on it.
  @Test func aSlowWatcherGetsTheNewestOnce() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var slow = try Watching(tally, isQuick: false)
    await until { slow.watcher.isHolding }
    var quick = try Watching(tally)
    #expect(await quick.next()?.words == "snapshot 10: 100 100")
    for revision in 11...20 as ClosedRange<UInt64> {
      await tally.fold(try Sample.delta(1), revision: revision)
      await clock.hasSleeper(until: .seconds(revision - 10))
      clock.advance(.seconds(1))
      #expect(await quick.next()?.figures?.tally.revision == revision)
    }
    #expect(await slow.takeNext()?.words == "snapshot 10: 100 100")
    // At once, but sweeps keep a pace.
    await clock.hasSleeper(until: .milliseconds(10_050))
    clock.advance(.milliseconds(50))
    #expect(await slow.takeNext()?.words == "update 20: 110 110")
    // It is told that it is current like anybody.
    await clock.hasSleeper(until: .seconds(25))
    clock.advance(.seconds(15))
    #expect(await slow.takeNext()?.words == "current 20")
  }

  /// Nothing new is told as "current", with a revision that does not go back.
  @Test func heartbeats() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try Watching(tally, unit: "hai-chau/quay-01")
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    // What happens elsewhere is not this watcher's news, but what it is told includes it.
    await tally.fold(try Sample.delta(1, unit: "hai-chau/quay-02"), revision: 11)
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    await clock.hasSleeper(until: .seconds(15))
    clock.advance(.seconds(14))
    #expect(await watch.next()?.words == "current 11")
    await clock.hasSleeper(until: .seconds(30))
    clock.advance(.seconds(15))
    #expect(await watch.next()?.words == "current 11")
  }

  @Test func channelsAreWatchedApart() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var paper = try Watching(tally, channel: .paper)
    var kiosk = try Watching(tally, channel: .kiosk)
    #expect(await paper.next()?.words == "snapshot 10: 0 0")
    #expect(await kiosk.next()?.words == "snapshot 10: 100 100")
    await tally.fold(try Sample.delta(1, channel: .paper), revision: 11)
    clock.advance(.seconds(1))
    #expect(await paper.next()?.words == "update 11: 1 1")
    clock.advance(.seconds(14))
    #expect(await kiosk.next()?.words == "current 11")
  }

  struct Since: CustomStringConvertible, Sendable {
    var description: String
    var position: WatchPosition?
    var first: String
  }

  static let sinces = [
    Since(description: "nothing", position: nil, first: "snapshot 11: 101 101"),
    Since(
      description: "the newest", position: WatchPosition(epoch: "epoch", revision: 11), first: "current 11"),
    Since(
      description: "an older one", position: WatchPosition(epoch: "epoch", revision: 10), first: "snapshot 11: 101 101"),
    Since(
      description: "from the future", position: WatchPosition(epoch: "epoch", revision: 12), first: "reset 11: 101 101"),
    Since(
      description: "of another ledger", position: WatchPosition(epoch: "other", revision: 11),
      first: "reset 11: 101 101"),
  ]

  @Test(arguments: sinces)
  func since(_ since: Since) async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    await tally.fold(try Sample.delta(1), revision: 11)
    var watch = try Watching(tally, since: since.position)
    #expect(await watch.next()?.words == since.first)
    await tally.fold(try Sample.delta(1), revision: 12)
    clock.advance(.seconds(1))
    #expect(await watch.next()?.words == "update 12: 102 102")
  }

  /// Who has the newest revision, but as it looked yesterday, does not have today's windows.
  @Test func sinceYesterday() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    await tally.fold(try Sample.delta(1), revision: 11)
    clock.advance(.seconds(86_400))
    var watch = try Watching(tally, since: WatchPosition(epoch: "epoch", revision: 11))
    #expect(await watch.next()?.words == "snapshot 11: 0 101")
  }

  /// A revision from before the restart: nobody knows on which day it was seen.
  @Test func sinceTheStart() async throws {
    let tally = try Sample.tally(ManualClock())
    var watch = try Watching(tally, since: WatchPosition(epoch: "epoch", revision: 10))
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
  }

  /// 09:00 in the morning: midnight comes after 15 hours, and the day's change is news.
  @Test func midnight() async throws {
    // 10 seconds before.
    let clock = ManualClock(wall: 1_602_694_790_000)
    let tally = try Sample.tally(clock)
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    await clock.hasSleeper(until: .seconds(10))
    clock.advance(.seconds(10))
    let event = await watch.next()
    #expect(event?.words == "update 10: 0 100")
    #expect(event?.figures?.tally.windows[1].ballots == 100)
    #expect(event?.figures?.tally.today.description == "2020-10-15")
  }

  /// The wall's clock is put back over midnight: figures follow with the next heartbeat, the watch goes on.
  @Test func theWallsClockIsPut() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    await clock.hasSleeper(until: .seconds(15))
    clock.setWall(1_602_640_800_000 - 86_400_000)
    clock.advance(.seconds(15))
    let event = await watch.next()
    #expect(event?.words == "update 10: 0 100")
    #expect(event?.figures?.tally.today.description == "2020-10-13")
  }

  @Test func closingAndPublishingAreNews() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    await tally.update(poll: try Sample.poll(version: 2), isClosed: false, cells: try Sample.delta(1), revision: 11)
    clock.advance(.seconds(1))
    let published = await watch.next()
    #expect(published?.words == "update 11: 101 101")
    #expect(published?.figures?.pollVersion == 2)
    await tally.update(poll: try Sample.poll(version: 2), isClosed: true, revision: 12)
    clock.advance(.seconds(1))
    #expect(await watch.next()?.words == "update 12: 101 101 closed")
  }

  @Test func watchersOfTheSameShareOneObject() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var one = try Watching(tally)
    let first = await one.next()?.figures
    var other = try Watching(tally)
    #expect(await other.next()?.figures === first)
    var elsewhere = try Watching(tally, unit: "hai-chau/quay-02")
    #expect(await elsewhere.next()?.figures !== first)
    await tally.fold(try Sample.delta(1), revision: 11)
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    let second = await one.next()?.figures
    #expect(second?.tally.revision == 11)
    #expect(await other.next()?.figures === second)
  }

  // MARK: Rounds

  /// 300 watchers whose time has come at once, and one who is told something else.
  private static func crowd(_ tally: PollTally) async throws -> [Watching] {
    var crowd: [Watching] = []
    for _ in 0..<300 { crowd.append(try Watching(tally)) }
    crowd.append(try Watching(tally, unit: "hai-chau/quay-02"))
    for index in crowd.indices { #expect(await crowd[index].next() != nil) }
    return crowd
  }

  @Test func manyAreToldInRoundsAndShareWhatTheyAreTold() async throws {
    let clock = ManualClock()
    let carrier = FakeCarrier()
    let tally = try Sample.tally(clock, carrier: carrier)
    var crowd = try await Self.crowd(tally)
    let before = carrier.rounds.count
    await tally.fold(try Sample.delta(1), revision: 11)
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    for index in 0..<300 { #expect(await crowd[index].next()?.words == "update 11: 101 101") }
    let rounds = carrier.rounds[before...].map { $0.map(\.watchers.count) }
    #expect(rounds == [[256], [44]])
    let figures = carrier.rounds[before...].flatMap { $0 }.map { $0.event.figures }
    #expect(figures.allSatisfy { $0 === figures[0] })
  }

  /// What is folded while a round is under way is told in the next; who was told before hears it at the next interval,
  /// who is told after does not hear it twice.
  @Test func newsDuringARound() async throws {
    let clock = ManualClock()
    let folding = Mutex<PollTally?>(nil)
    let carrier = FakeCarrier { _ in
      guard let tally = folding.withLock({ $0.take() }), let delta = try? Sample.delta(1) else { return }
      await tally.fold(delta, revision: 12)
    }
    let tally = try Sample.tally(clock, carrier: carrier)
    var crowd = try await Self.crowd(tally)
    await tally.fold(try Sample.delta(1), revision: 11)
    folding.withLock { $0 = tally }
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    var revisions: [UInt64] = []
    for index in 0..<300 { revisions.append(await crowd[index].next()?.figures?.tally.revision ?? 0) }
    #expect(revisions.filter { $0 == 11 }.count == 256)
    #expect(revisions.filter { $0 == 12 }.count == 44)
    await clock.hasSleeper(until: .seconds(2))
    clock.advance(.seconds(1))
    for index in 0..<300 where revisions[index] == 11 {
      #expect(await crowd[index].next()?.figures?.tally.revision == 12)
    }
    // The others are at peace until their heartbeat.
    await clock.hasSleeper(until: .seconds(15))
    clock.advance(.seconds(13))
    await clock.hasSleeper(until: .seconds(16))
    clock.advance(.seconds(1))
    for index in 0..<300 where revisions[index] == 12 { #expect(await crowd[index].next()?.words == "current 12") }
  }

  @Test func whoLeavesDuringARoundIsForgotten() async throws {
    let clock = ManualClock()
    let leaving = Mutex<(PollTally, [Task<Void, Never>])?>(nil)
    let carrier = FakeCarrier { _ in
      guard let (tally, tasks) = leaving.withLock({ $0.take() }) else { return }
      for task in tasks { task.cancel() }
      await until { await tally.watcherCount == 1 }
    }
    let tally = try Sample.tally(clock, carrier: carrier)
    var crowd = try await Self.crowd(tally)
    leaving.withLock { $0 = (tally, crowd[1...].map(\.task)) }
    await tally.fold(try Sample.delta(1), revision: 11)
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    for watch in crowd[1...] { await watch.task.value }
    // Who came in their place is not taken for one of them.
    var late = try Watching(tally, isQuick: false)
    #expect(await late.takeNext()?.words == "snapshot 11: 101 101")
    #expect(await crowd[0].next()?.words == "update 11: 101 101")
    await tally.fold(try Sample.delta(1), revision: 12)
    await clock.hasSleeper(until: .seconds(2))
    clock.advance(.seconds(1))
    #expect(await crowd[0].next()?.words == "update 12: 102 102")
    #expect(await late.takeNext()?.words == "update 12: 102 102")
    #expect(await tally.watcherCount == 2)
  }

  @Test func finishingDuringARound() async throws {
    let clock = ManualClock()
    let finishing = Mutex<PollTally?>(nil)
    let carrier = FakeCarrier { _ in await finishing.withLock { $0.take() }?.finishWatches() }
    let tally = try Sample.tally(clock, carrier: carrier)
    let crowd = try await Self.crowd(tally)
    let before = carrier.rounds.count
    finishing.withLock { $0 = tally }
    await tally.fold(try Sample.delta(1), revision: 11)
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    for watch in crowd { await watch.task.value }
    #expect(await tally.watcherCount == 0)
    #expect(carrier.rounds.count == before + 1)
  }

  // MARK: Ending

  @Test func endsWithItsTask() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    watch.task.cancel()
    #expect(await watch.next()?.words == nil)
    #expect(await tally.watcherCount == 0)
  }

  @Test func aSlowWatcherEndsWithItsTask() async throws {
    let tally = try Sample.tally(ManualClock())
    var watch = try Watching(tally, isQuick: false)
    await until { watch.watcher.isHolding }
    watch.task.cancel()
    #expect(await watch.next()?.words == nil)
    // What it takes now is nobody's news.
    watch.watcher.take()
    #expect(await tally.watcherCount == 0)
  }

  @Test func finishingEndsAllOfThem() async throws {
    let tally = try Sample.tally(ManualClock())
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    await tally.finishWatches()
    #expect(await watch.next()?.words == nil)
    var late = try Watching(tally)
    #expect(await late.next()?.words == nil)
    // Figures are still shown.
    #expect(await tally.figures(unit: try UnitPath("hai-chau"), channel: nil).tally.revision == 10)
    await tally.fold(try Sample.delta(1), revision: 11)
  }

  /// Many watchers beside a stream of commits: each sees revisions rise, figures that belong to them, and the last.
  @Test func neverGoesBackAndArrivesAtTheLast() async throws {
    let tally = PollTally(
      poll: try Sample.poll(), isClosed: false, cells: [:], revision: 0, epoch: "epoch",
      clock: .system(wall: { Timestamp(milliseconds: 1_602_640_800_000) }), carrier: FakeCarrier())
    let last: UInt64 = 2_000
    await withTaskGroup(of: UInt64.self) { group in
      for index in 0..<50 {
        group.addTask {
          guard var watch = try? Watching(tally, interval: .milliseconds(index % 5)) else { return 0 }
          defer { watch.task.cancel() }
          var seen: UInt64 = 0
          while let event = await watch.next() {
            guard let figures = event.figures else { continue }
            #expect(figures.tally.revision >= seen)
            // One ballot per revision.
            #expect(figures.tally.windows[4].ballots == Int64(figures.tally.revision))
            seen = figures.tally.revision
            if seen == last { return seen }
          }
          return seen
        }
      }
      for revision in 1...last {
        guard let delta = try? Sample.delta(1) else { return }
        await tally.fold(delta, revision: revision)
      }
      for await seen in group { #expect(seen == last) }
    }
  }
}
