import Testing

@testable import binhchond

@Suite struct MemoryReturnTests {
  private func machine(open count: Int) -> MemoryReturnStateMachine {
    var machine = MemoryReturnStateMachine()
    for _ in 0..<count { machine.opened(resident: 0) }
    return machine
  }

  /// Closes until it is time; nil if it never is.
  private func closed(_ machine: inout MemoryReturnStateMachine, _ most: Int) -> Int? {
    (1...most).first { _ in machine.closed(resident: 0) == .waitForTheRest }
  }

  @Test(arguments: [(499, nil), (500, 500), (800, 500), (1000, 500), (10_000, 5000)] as [(Int, Int?)])
  func halfAndHundreds(open: Int, after: Int?) {
    var machine = machine(open: open)
    #expect(closed(&machine, open) == after)
  }

  @Test func onceForAll() {
    var machine = machine(open: 10_000)
    #expect(closed(&machine, 10_000) == 5000)
    // While it waits for the rest.
    #expect(closed(&machine, 2000) == nil)
    machine.opened(resident: 0)
    machine.gaveBack(resident: 0)
    // From 3001 on.
    #expect(closed(&machine, 3001) == 1501)
  }

  @Test func comingAndGoingIsNoReason() {
    var machine = machine(open: 2000)
    for _ in 0..<10_000 {
      #expect(machine.closed(resident: 0) == .ignore)
      machine.opened(resident: 0)
    }
  }

  @Test func aFewThatWereLarge() {
    let much = MemoryReturnStateMachine.mostGrowth
    var machine = MemoryReturnStateMachine()
    // What the process has before anybody comes is its own.
    for _ in 0..<5 { machine.opened(resident: 100) }
    #expect(machine.closed(resident: much + 99) == .ignore)
    #expect(machine.closed(resident: much + 100) == .waitForTheRest)
    #expect(machine.closed(resident: much * 2) == .ignore)
    machine.gaveBack(resident: 200)
    #expect(machine.closed(resident: much + 199) == .ignore)
    #expect(machine.closed(resident: much + 200) == .waitForTheRest)
  }
}
