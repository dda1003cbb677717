import ManualClock
import Polling
import Testing

@testable import Tallies

/// Watchers who come again with what they have, while the wall's clock steps.
@Suite(.timeLimit(.minutes(1)))
struct ResumingTests {
  /// They have tomorrow's figures, and it is today again: the revision is the same, the figures are not.
  @Test func whoHasTheFiguresOfAnotherDayIsNotCurrent() async throws {
    let clock = ManualClock()
    let morning = clock.clock.wall().milliseconds
    let tally = try Sample.tally(clock)
    await tally.fold(try Sample.delta(5), revision: 11)
    let position = WatchPosition(epoch: "epoch", revision: 11)
    var current = try Watching(tally, since: position)
    #expect(await current.next()?.words == "current 11")

    clock.setWall(morning + 86_400_000)
    var tomorrow = try Watching(tally, since: position)
    #expect(await tomorrow.next()?.words == "snapshot 11: 0 105")
    clock.setWall(morning)
    var back = try Watching(tally, since: position)
    #expect(await back.next()?.words == "snapshot 11: 105 105")
    for watching in [current, tomorrow, back] { watching.task.cancel() }
  }
}
