import Testing

@testable import Tallies

/// One watcher as transcripts: every event in every state. The interval is 1 s, the heartbeat 15 s.
struct WatcherStateMachineTests {
  private static func machine(_ first: WatcherStateMachine.Kind) -> WatcherStateMachine {
    WatcherStateMachine(first: first, interval: .seconds(1), heartbeat: .seconds(15))
  }

  @Test(arguments: [WatcherStateMachine.Kind.snapshot, .reset, .current])
  func beginning(_ first: WatcherStateMachine.Kind) {
    var machine = Self.machine(first)
    #expect(machine.due == nil)
    #expect(machine.tell(at: .seconds(100)) == nil)  // nobody asks
    machine.ask()
    #expect(machine.isAsking)
    #expect(machine.due == .zero)
    #expect(machine.tell(at: .seconds(100)) == first)
    #expect(!machine.isAsking)
    #expect(machine.due == nil)
  }

  /// News before the first telling: a snapshot or reset will hold them; who was current gets an update instead.
  @Test(arguments: [
    (WatcherStateMachine.Kind.snapshot, WatcherStateMachine.Kind.snapshot), (.reset, .reset), (.current, .update),
  ])
  func newsBeforeTheFirst(_ first: WatcherStateMachine.Kind, _ told: WatcherStateMachine.Kind) {
    var machine = Self.machine(first)
    machine.changed()
    machine.changed()
    machine.ask()
    #expect(machine.due == .zero)
    #expect(machine.tell(at: .zero) == told)
    machine.ask()
    #expect(machine.due == .seconds(15))
  }

  @Test func current() {
    var machine = Self.machine(.snapshot)
    machine.ask()
    #expect(machine.tell(at: .seconds(100)) == .snapshot)
    #expect(machine.tell(at: .seconds(200)) == nil)
    machine.ask()
    machine.ask()
    #expect(machine.due == .seconds(115))
    #expect(machine.tell(at: .seconds(114)) == nil)
    #expect(machine.isAsking)
    #expect(machine.tell(at: .seconds(115)) == .current)
    machine.ask()
    #expect(machine.due == .seconds(130))
  }

  @Test func behind() {
    var machine = Self.machine(.snapshot)
    machine.ask()
    #expect(machine.tell(at: .seconds(100)) == .snapshot)
    machine.changed()
    #expect(machine.due == nil)  // a slow watcher is not told
    #expect(machine.tell(at: .seconds(150)) == nil)
    machine.changed()
    machine.ask()
    #expect(machine.due == .seconds(101))
    #expect(machine.tell(at: .milliseconds(100_999)) == nil)
    #expect(machine.tell(at: .seconds(160)) == .update)
    machine.ask()
    #expect(machine.due == .seconds(175))  // one update for all the news
    machine.changed()
    #expect(machine.due == .seconds(161))
    #expect(machine.tell(at: .seconds(161)) == .update)
  }

  @Test func aHeartbeatIsNoMoreOftenThanTheInterval() {
    var machine = WatcherStateMachine(first: .snapshot, interval: .seconds(60), heartbeat: .seconds(15))
    machine.ask()
    #expect(machine.tell(at: .zero) == .snapshot)
    machine.ask()
    #expect(machine.due == .seconds(60))
  }
}
