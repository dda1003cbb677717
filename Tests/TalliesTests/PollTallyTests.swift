import Polling
import Testing

@testable import Tallies

@Suite(.timeLimit(.minutes(1)))
struct PollTallyTests {
  private static func watch(
    _ tally: PollTally, unit: String = "hai-chau", channel: Channel? = nil, interval: Duration = .seconds(1),
    since: WatchPosition? = nil
  ) async throws -> TallyWatch.Iterator {
    await tally.watch(unit: try UnitPath(unit), channel: channel, interval: interval, since: since)
      .makeAsyncIterator()
  }

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
    var watch = try await Self.watch(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    await tally.fold(try Sample.delta(1), revision: 11)
    await tally.fold(try Sample.delta(1), revision: 12)
    async let next = watch.next()
    await clock.hasSleeper(until: .seconds(1))
    clock.advance(.seconds(1))
    #expect(await next?.words == "update 12: 102 102")
    // A watcher that is slow gets the newest, once.
    for revision in 13...50 as ClosedRange<UInt64> { await tally.fold(try Sample.delta(1), revision: revision) }
    clock.advance(.seconds(100))
    #expect(await watch.next()?.words == "update 50: 140 140")
  }

  /// Nothing new is told as "current", with a revision that does not go back.
  @Test func heartbeats() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try await Self.watch(tally, unit: "hai-chau/quay-01")
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    // What happens elsewhere is not this watcher's news, but what it is told includes it.
    await tally.fold(try Sample.delta(1, unit: "hai-chau/quay-02"), revision: 11)
    async let next = watch.next()
    await clock.hasSleeper(until: .seconds(15))
    clock.advance(.seconds(15))
    #expect(await next?.words == "current 11")
    async let after = watch.next()
    await clock.hasSleeper(until: .seconds(30))
    clock.advance(.seconds(15))
    #expect(await after?.words == "current 11")
  }

  @Test func channelsAreWatchedApart() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var paper = try await Self.watch(tally, channel: .paper)
    var kiosk = try await Self.watch(tally, channel: .kiosk)
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
    var watch = try await Self.watch(tally, since: since.position)
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
    var watch = try await Self.watch(tally, since: WatchPosition(epoch: "epoch", revision: 11))
    #expect(await watch.next()?.words == "snapshot 11: 0 101")
  }

  /// A revision from before the restart: nobody knows on which day it was seen.
  @Test func sinceTheStart() async throws {
    let tally = try Sample.tally(ManualClock())
    var watch = try await Self.watch(tally, since: WatchPosition(epoch: "epoch", revision: 10))
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
  }

  /// 09:00 in the morning: midnight comes after 15 hours, and the day's change is news.
  @Test func midnight() async throws {
    // 10 seconds before.
    let clock = ManualClock(wall: 1_602_694_790_000)
    let tally = try Sample.tally(clock)
    var watch = try await Self.watch(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    async let next = watch.next()
    await clock.hasSleeper(until: .seconds(10))
    clock.advance(.seconds(10))
    let event = await next
    #expect(event?.words == "update 10: 0 100")
    #expect(event?.figures?.tally.windows[1].ballots == 100)
    #expect(event?.figures?.tally.today.description == "2020-10-15")
  }

  /// The wall's clock is put back over midnight: figures follow, the watch goes on.
  @Test func theWallsClockIsPut() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try await Self.watch(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    clock.setWall(1_602_640_800_000 - 86_400_000)
    clock.advance(.seconds(1))
    let event = await watch.next()
    #expect(event?.words == "update 10: 0 100")
    #expect(event?.figures?.tally.today.description == "2020-10-13")
  }

  @Test func closingAndPublishingAreNews() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try await Self.watch(tally)
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
    var one = try await Self.watch(tally)
    var other = try await Self.watch(tally)
    var elsewhere = try await Self.watch(tally, unit: "hai-chau/quay-02")
    let first = await one.next()?.figures
    #expect(first === (await other.next()?.figures))
    #expect(first !== (await elsewhere.next()?.figures))
    await tally.fold(try Sample.delta(1), revision: 11)
    clock.advance(.seconds(1))
    let second = await one.next()?.figures
    #expect(second?.tally.revision == 11)
    #expect(second === (await other.next()?.figures))
  }

  @Test func endsWithItsTask() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    let watch = await tally.watch(unit: try UnitPath("hai-chau"), channel: nil, interval: .seconds(1))
    let task = Task {
      var words: [String] = []
      for await event in watch { words.append(event.words) }
      return words
    }
    await clock.hasSleeper(until: .seconds(15))
    task.cancel()
    #expect(await task.value == ["snapshot 10: 100 100"])
    await Self.until { await tally.watcherCount == 0 }
  }

  @Test func endsWithItsLastReference() async throws {
    let tally = try Sample.tally(ManualClock())
    var watch: TallyWatch? = await tally.watch(unit: try UnitPath("hai-chau"), channel: nil, interval: .seconds(1))
    #expect(await tally.watcherCount == 1)
    #expect(watch != nil)
    watch = nil
    await Self.until { await tally.watcherCount == 0 }
  }

  @Test func finishingEndsAllOfThem() async throws {
    let clock = ManualClock()
    let tally = try Sample.tally(clock)
    var watch = try await Self.watch(tally)
    #expect(await watch.next()?.words == "snapshot 10: 100 100")
    async let waiting = watch.next()
    await clock.hasSleeper(until: .seconds(15))
    await tally.finishWatches()
    #expect(await waiting?.words == nil)
    var late = try await Self.watch(tally)
    #expect(await late.next()?.words == nil)
    // Figures are still shown.
    #expect(await tally.figures(unit: try UnitPath("hai-chau"), channel: nil).tally.revision == 10)
    await tally.fold(try Sample.delta(1), revision: 11)
  }

  /// Many watchers beside a stream of commits: each sees revisions rise, figures that belong to them, and the last.
  @Test func neverGoesBackAndArrivesAtTheLast() async throws {
    let tally = PollTally(
      poll: try Sample.poll(), isClosed: false, cells: [:], revision: 0, epoch: "epoch",
      clock: .system(wall: { Timestamp(milliseconds: 1_602_640_800_000) }))
    let last: UInt64 = 2_000
    await withTaskGroup(of: UInt64.self) { group in
      for index in 0..<50 {
        group.addTask {
          guard let unit = try? UnitPath("hai-chau") else { return 0 }
          var seen: UInt64 = 0
          let watch = await tally.watch(unit: unit, channel: nil, interval: .milliseconds(index % 5))
          for await event in watch {
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

  private static func until(_ condition: () async -> Bool) async {
    while !(await condition()) { await Task.yield() }
  }
}
