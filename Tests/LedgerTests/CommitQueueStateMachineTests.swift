import Testing

@testable import Ledger

/// The queue as transcripts: every event in every state.
struct CommitQueueStateMachineTests {
  typealias Machine = CommitQueueStateMachine<String>

  private func taken(_ machine: inout Machine, limit: Int = 100) -> String {
    switch machine.take(limit: limit) {
    case .commit(let calls): calls.joined(separator: " ")
    case .sleep: "sleep"
    case .end: "end"
    }
  }

  @Test func open() {
    var machine = Machine(capacity: 10)
    #expect(machine.state == .open)
    #expect(machine.submit("a", size: 4) == .taken(wake: false))
    #expect(machine.submit("b", size: 4) == .taken(wake: false))
    #expect(machine.submit("c", size: 3) == .refuse(.overloaded))
    #expect(machine.submit("d", size: 2) == .taken(wake: false))
    #expect(taken(&machine, limit: 9) == "a b")
    #expect(machine.submit("e", size: 1) == .refuse(.overloaded))  // a and b are not answered yet
    machine.answered(4)
    #expect(machine.submit("f", size: 4) == .taken(wake: false))
    #expect(taken(&machine, limit: 1) == "d")  // one call at least
    #expect(taken(&machine) == "f")
    #expect(taken(&machine) == "sleep")
    machine.answered(10)
    #expect(machine.submit("g", size: 10) == .taken(wake: true))
    #expect(machine.submit("h", size: 11) == .refuse(.overloaded))
    #expect(taken(&machine) == "g")
    #expect(machine.state == .open)
  }

  struct Row: CustomStringConvertible, Sendable {
    var description: String
    var sizes: [Int]
    /// What each commit takes, as sizes, with a limit of 8.
    var commits: [String]
  }

  static let rows = [
    Row(description: "small ones fill a commit", sizes: [3, 3, 2, 3, 3], commits: ["3 3 2", "3 3"]),
    Row(description: "small ones pass one that does not fit", sizes: [3, 6, 3, 2], commits: ["3 3 2", "6"]),
    Row(description: "the oldest goes, however large", sizes: [20, 20, 20], commits: ["20", "20", "20"]),
    Row(description: "small ones go beside large ones", sizes: [20, 20, 1, 2, 2], commits: ["20 1 2", "20 2"]),
    Row(description: "of halves one at a time", sizes: [4, 4, 4, 1, 3], commits: ["4 1 3", "4", "4"]),
    Row(description: "nothing is passed for ever", sizes: [1, 8, 7, 7, 7], commits: ["1 7", "8", "7", "7"]),
    Row(description: "one that fills the limit", sizes: [8, 4, 1], commits: ["8 1", "4"]),
  ]

  @Test(arguments: rows)
  func fairness(_ row: Row) {
    var machine = Machine(capacity: 100)
    for size in row.sizes { #expect(machine.submit("\(size)", size: size) == .taken(wake: false)) }
    for commit in row.commits { #expect(taken(&machine, limit: 8) == commit) }
    #expect(taken(&machine) == "sleep")
  }

  @Test func closing() {
    var machine = Machine(capacity: 10)
    #expect(machine.submit("a", size: 1) == .taken(wake: false))
    #expect(machine.close() == false)
    #expect(machine.state == .closing)
    #expect(machine.close() == false)
    #expect(machine.submit("b", size: 1) == .refuse(.closed))
    #expect(taken(&machine) == "a")
    #expect(taken(&machine) == "end")
    machine.answered(1)
    #expect(machine.unanswered == 0)
    machine.end()
    #expect(machine.state == .ended)
  }

  @Test func closingWakesASleepingWriter() {
    var machine = Machine(capacity: 10)
    #expect(taken(&machine) == "sleep")
    #expect(machine.close() == true)
    #expect(machine.close() == false)
    #expect(taken(&machine) == "end")
  }

  @Test(arguments: [false, true])
  func failed(whileClosing: Bool) {
    var machine = Machine(capacity: 10)
    #expect(machine.submit("a", size: 1) == .taken(wake: false))
    #expect(machine.submit("b", size: 1) == .taken(wake: false))
    #expect(machine.submit("c", size: 1) == .taken(wake: false))
    #expect(taken(&machine, limit: 1) == "a")
    if whileClosing { _ = machine.close() }
    #expect(machine.fail() == ["b", "c"])
    #expect(machine.state == .failed)
    #expect(machine.fail() == [])
    #expect(machine.submit("d", size: 1) == .refuse(.outcomeUnknown))
    #expect(machine.close() == false)
    #expect(taken(&machine) == "end")
    machine.answered(3)
    #expect(machine.unanswered == 0)
    machine.end()
    #expect(machine.state == .failed)
    #expect(machine.submit("e", size: 1) == .refuse(.outcomeUnknown))
  }

  @Test func ended() {
    var machine = Machine(capacity: 10)
    machine.end()
    #expect(machine.state == .ended)
    #expect(machine.submit("a", size: 1) == .refuse(.closed))
    #expect(taken(&machine) == "end")
    #expect(machine.close() == false)
    #expect(machine.fail() == [])
    machine.end()
    #expect(machine.state == .ended)
  }
}
