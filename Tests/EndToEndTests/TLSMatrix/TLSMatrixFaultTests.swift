import FaultRun
import Testing

/// "Revoked means out" and everybody else as their certificates say, over the real server (P9; the table is `TLSMatrix`).
@Suite struct TLSMatrixFaultTests {
  @Test(.timeLimit(.minutes(10)))
  func everyCellIsAsTheTableSays() async throws {
    let cells = TLSMatrix.Cell.all
    let run = FaultRun("P9", cases: cells.count)
    let failures = Shared(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (position, number) in run.cases.enumerated() {
        // A server each: a few at once.
        if position >= 3 { try await group.next() }
        let cell = cells[number % cells.count]
        group.addTask {
          do {
            let (outcome, felt) = try await TLSMatrixRoom(cell).outcome()
            if outcome != cell.expected || felt != nil { failures.update { $0 += 1 } }
            #expect(outcome == cell.expected, "\(cell); \(run.replay(number))")
            #expect(felt == nil, "\(cell): a good kiosk beside it; \(run.replay(number))")
          } catch {
            failures.update { $0 += 1 }
            Issue.record("\(cell): \(error); \(run.replay(number))")
          }
        }
      }
      try await group.waitForAll()
    }
    print("P9: \(run.cases.count) cells, \(failures.value) not as the table says")
  }

  /// The harness itself: what must not be overlooked.
  @Test(
    .timeLimit(.minutes(2)),
    arguments: [
      (.crlNotConfigured, .full, .revoked), (.denyListNotConfigured, .full, .denied), (.notReloaded, .open, .revoked),
      (.notReloaded, .resumed, .denied), (.notReloaded, .midReload, .revoked), (.clockStands, .open, .expired),
      (.clockStands, .resumed, .expired), (.clockStands, .crlExpired, .good),
    ] as [(TLSMatrixRoom.Planted, TLSMatrix.Situation, TLSMatrix.Caller)])
  func plantedMistakesAreSeen(
    planted: TLSMatrixRoom.Planted, situation: TLSMatrix.Situation, caller: TLSMatrix.Caller
  ) async throws {
    let cell = TLSMatrix.Cell(situation: situation, caller: caller, version: .tls13)
    let (outcome, _) = try await TLSMatrixRoom(cell, planted: planted, bound: .seconds(2)).outcome()
    #expect(outcome == .works)
    #expect(outcome != cell.expected)
  }
}
