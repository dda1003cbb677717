import NIOEmbedded
import Testing

@testable import RPC

@Suite struct UnreadBudgetTests {
  @Test func whoLeavesMostIsClosedNotWhoGrows() {
    let budget = UnreadBudget(10)
    let (greedy, slow, other) = (EmbeddedChannel(), EmbeddedChannel(), EmbeddedChannel())
    #expect(budget.note(6, on: greedy).isEmpty)
    #expect(budget.note(3, on: slow).isEmpty)
    #expect(budget.note(1, on: other).isEmpty)
    let closing = budget.note(4, on: slow)
    #expect(closing.count == 1 && closing.first === greedy)
    #expect(budget.current == 5)
    // It alone is what is too much.
    let alone = budget.note(20, on: other)
    #expect(alone.count == 1 && alone.first === other)
    #expect(budget.note(0, on: slow).isEmpty)
    #expect(budget.note(0, on: greedy).isEmpty)
    #expect(budget.current == 0)
  }
}
