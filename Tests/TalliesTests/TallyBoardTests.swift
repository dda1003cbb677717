import ManualClock
import Polling
import Testing

@testable import Tallies

@Suite(.timeLimit(.minutes(1)))
struct TallyBoardTests {
  private static func board(_ polls: [(Poll, Bool)] = [], revision: UInt64 = 10) throws -> TallyBoard {
    TallyBoard(
      epoch: "epoch", revision: revision, polls: polls.map { (poll: $0.0, isClosed: $0.1) },
      cells: [try PollID("poll"): try Sample.delta(7)], clock: ManualClock().clock,
      carrier: FakeCarrier())
  }

  @Test func beginsWithWhatTheLedgerHeld() async throws {
    let board = try Self.board([
      (try Sample.poll(), true), (try Sample.poll("a"), false), (try Sample.poll(version: 2), true),
    ])
    #expect(board.all.map(\.newest.id.rawValue) == ["a", "poll"])
    let listed = try #require(board.poll(try PollID("poll")))
    #expect(listed.isClosed)
    #expect(listed.newest.version == 2)
    #expect(listed.versions.map(\.version) == [1, 2])
    #expect(listed.version(0)?.version == 2)
    #expect(listed.version(1)?.version == 1)
    #expect(listed.version(3) == nil)
    let figures = await listed.tally.figures(unit: try UnitPath("hai-chau"), channel: nil)
    #expect((figures.pollVersion, figures.isClosed, figures.tally.revision) == (2, true, 10))
    #expect(figures.tally.windows[4].ballots == 7)
    #expect(board.poll(try PollID("nowhere"))?.isClosed == nil)
  }

  @Test func unitsOfAVersion() throws {
    var second = try Sample.poll(version: 2)
    second.units.append(Unit(path: try UnitPath("hai-chau/quay-02"), name: LocalizedText(vi: "", en: "")))
    let board = try Self.board([(try Sample.poll(), false), (second, false)])
    let listed = try #require(board.poll(try PollID("poll")))
    let (first, added) = (try UnitPath("hai-chau/quay-01"), try UnitPath("hai-chau/quay-02"))
    #expect(listed.hasUnit(first, inVersion: 1))
    #expect(!listed.hasUnit(added, inVersion: 1))
    #expect(listed.hasUnit(added, inVersion: 2))
    #expect(listed.hasUnit(added, inVersion: 0))
    #expect(!listed.hasUnit(added, inVersion: 3))
    #expect(!listed.hasUnit(try UnitPath("hai-chau"), inVersion: 0))
  }

  /// Whoever was answered before the fold reads a tally after it.
  @Test func caughtUpWaitsForTheFold() async throws {
    let board = try Self.board([(try Sample.poll(), false)])
    let id = try PollID("poll")
    await board.caughtUp(to: 10)
    async let eleven: Void = board.caughtUp(to: 11)
    async let thirteen = Task {
      await board.caughtUp(to: 13)
      return await board.poll(id)?.tally.figures(unit: try UnitPath("hai-chau"), channel: nil).tally
    }.value
    for revision in 11...13 as ClosedRange<UInt64> {
      await board.fold([id: try Sample.delta(1)], published: [], revision: revision)
    }
    await eleven
    #expect(try await thirteen?.revision == 13)
    #expect(try await thirteen?.windows[4].ballots == 10)
    await board.caughtUp(to: 13)
    await board.caughtUp(to: 0)
  }

  /// A commit without any count, say of a poll's closing, moves it as well.
  @Test func caughtUpAfterACommitWithoutCounts() async throws {
    let board = try Self.board([(try Sample.poll(), false)])
    async let waiting: Void = board.caughtUp(to: 11)
    await board.fold([:], published: [], revision: 11)
    await waiting
  }

  /// One commit that publishes a poll, takes ballots in it and in another, and closes it.
  @Test func foldsACommitForAllItsPolls() async throws {
    let board = try Self.board([(try Sample.poll(), false)])
    let (old, new) = (try PollID("poll"), try PollID("new"))
    await board.fold(
      [old: try Sample.delta(1), new: try Sample.delta(2)],
      published: [(try Sample.poll("new"), false), (try Sample.poll("new", version: 2), false)], revision: 14)
    let listed = try #require(board.poll(new))
    #expect(listed.versions.count == 2)
    #expect(!listed.isClosed)
    let unit = try UnitPath("hai-chau")
    let figures = await listed.tally.figures(unit: unit, channel: nil)
    #expect((figures.tally.windows[4].ballots, figures.tally.revision, figures.pollVersion) == (2, 14, 2))
    let others = await board.poll(old)?.tally.figures(unit: unit, channel: nil)
    #expect(others?.tally.windows[4].ballots == 8)
    #expect(others?.tally.revision == 14)

    await board.fold([:], published: [(try Sample.poll("new", version: 2), true)], revision: 15)
    #expect(board.poll(new)?.isClosed == true)
    #expect(board.poll(new)?.versions.count == 2)
    let closed = await board.poll(new)?.tally.figures(unit: unit, channel: nil)
    #expect(closed?.isClosed == true)
    #expect(closed?.tally.windows[4].ballots == 2)
    // The other poll was not touched.
    #expect(await board.poll(old)?.tally.figures(unit: unit, channel: nil).tally.revision == 14)
  }

  @Test func finishing() async throws {
    let board = try Self.board([(try Sample.poll(), false)])
    let tally = try #require(board.poll(try PollID("poll"))?.tally)
    var watch = try Watching(tally)
    #expect(await watch.next()?.words == "snapshot 10: 7 7")
    await board.finishWatches()
    #expect(await watch.next()?.words == nil)
  }
}
