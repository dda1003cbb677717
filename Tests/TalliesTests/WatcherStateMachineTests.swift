import Testing

@testable import Tallies

/// One watcher as transcripts: every event in every state. The interval is 1 s, the heartbeat 15 s.
struct WatcherStateMachineTests {
  private static func machine(_ first: WatcherStateMachine.Kind, news: UInt64 = 7) -> WatcherStateMachine {
    WatcherStateMachine(first: first, news: news, interval: seconds(1), heartbeat: seconds(15))
  }

  @Test(arguments: [WatcherStateMachine.Kind.snapshot, .reset, .current])
  func beginning(_ first: WatcherStateMachine.Kind) {
    var machine = Self.machine(first)
    #expect(machine.isReady)
    machine.taken()
    #expect(machine.due(news: 7) == 0)
    #expect(machine.dueWithNews == 0)
    #expect(machine.tell(at: seconds(100), news: 7) == first)
    #expect(!machine.isReady)
    #expect(machine.due(news: 7) == nil)
    #expect(machine.dueWithNews == nil)
  }

  /// News before the first telling: a snapshot or reset will hold them; who was current gets an update instead.
  @Test(arguments: [
    (WatcherStateMachine.Kind.snapshot, WatcherStateMachine.Kind.snapshot), (.reset, .reset), (.current, .update),
  ])
  func newsBeforeTheFirst(_ first: WatcherStateMachine.Kind, _ told: WatcherStateMachine.Kind) {
    var machine = Self.machine(first)
    #expect(machine.due(news: 9) == 0)
    #expect(machine.tell(at: 0, news: 9) == told)
    machine.taken()
    #expect(machine.due(news: 9) == seconds(15))
  }

  @Test func current() {
    var machine = Self.machine(.snapshot)
    #expect(machine.tell(at: seconds(100), news: 7) == .snapshot)
    #expect(machine.tell(at: seconds(200), news: 7) == nil)
    machine.taken()
    machine.taken()
    #expect(machine.due(news: 7) == seconds(115))
    #expect(machine.dueWithNews == seconds(101))
    #expect(machine.tell(at: seconds(114), news: 7) == nil)
    #expect(machine.isReady)
    #expect(machine.tell(at: seconds(115), news: 7) == .current)
    machine.taken()
    #expect(machine.due(news: 7) == seconds(130))
  }

  @Test func behind() {
    var machine = Self.machine(.snapshot)
    #expect(machine.tell(at: seconds(100), news: 7) == .snapshot)
    #expect(machine.due(news: 8) == nil)  // a slow watcher is not told
    #expect(machine.tell(at: seconds(150), news: 8) == nil)
    machine.taken()
    #expect(machine.due(news: 9) == seconds(101))
    #expect(machine.dueWithNews == seconds(101))
    #expect(machine.tell(at: 100_999_000_000, news: 9) == nil)
    #expect(machine.tell(at: seconds(160), news: 9) == .update)
    machine.taken()
    #expect(machine.due(news: 9) == seconds(175))  // one update for all the news
    #expect(machine.due(news: 10) == seconds(161))
    #expect(machine.tell(at: seconds(161), news: 10) == .update)
  }

  @Test func aHeartbeatIsNoMoreOftenThanTheInterval() {
    var machine = WatcherStateMachine(first: .snapshot, news: 0, interval: seconds(60), heartbeat: seconds(15))
    #expect(machine.tell(at: 0, news: 0) == .snapshot)
    machine.taken()
    #expect(machine.due(news: 0) == seconds(60))
  }
}

private func seconds(_ count: Int64) -> Int64 { count * 1_000_000_000 }
