import Polling
import Schema
import Testing

@testable import Kiosk

/// Two failures of others that are public: a form that arrived once and was counted ten times, because its answer was
/// lost; and 1,006 forms that became 1,514 rows behind a slow server, because the clients sent again.
@Suite struct PublicFailureTests {
  /// A server that takes its time: what is sent to it is done, sooner or later, also when nobody waits any more.
  private struct SlowServer {
    var rows: [BallotID: Int] = [:]
    var copies = 0

    mutating func take(_ taps: [Tap]) -> [Binhchon_V1_BallotResult] {
      copies += taps.count
      return taps.map { tap in
        let isKnown = rows[tap.id] != nil
        if !isKnown { rows[tap.id] = 1 }
        return Samples.receipt(of: tap.id, replayed: isKnown)
      }
    }
  }

  /// Sends everything in the store, in simulated time.
  ///
  /// - Parameter answer: what comes back for a message and after how many milliseconds; nil: nothing ever does.
  private func send(
    _ store: ModelStore, _ server: inout SlowServer,
    answer: (_ message: Int, _ taps: [Tap], inout SlowServer) -> ([Binhchon_V1_BallotResult], after: Int64)?
  ) throws -> (messages: Int, hasEnded: Bool) {
    var machine = SyncStateMachine()
    var now: Int64 = 0
    var messages = 0
    var late: [(attempt: Int, results: [Binhchon_V1_BallotResult], at: Int64)] = []
    var action = machine.tapped()
    for _ in 0..<10_000 {
      switch action {
      case .rest: return (messages, true)
      case .read(let after, let limit):
        action = machine.read(try store.pending(after: after, limit: limit), now: now, jitter: 0.5)
      case .send(let attempt, let taps, let until):
        messages += 1
        if let (results, after) = answer(messages, taps, &server) { late.append((attempt, results, now + after)) }
        action = .wait(until: until)
      case .pause(let until), .wait(let until):
        if let next = late.indices.min(by: { late[$0].at < late[$1].at }), late[next].at <= until {
          let (attempt, results, time) = late.remove(at: next)
          now = max(now, time)
          let reply = machine.replied(attempt: attempt, results, now: now, jitter: 0.5)
          try store.settle(reply.settled)
          action = reply.then == .carryOn ? .wait(until: until) : reply.then
        } else {
          now = max(now, until)
          action = machine.elapsed(now: now, jitter: 0.5)
        }
      case .carryOn: return (messages, false)
      }
    }
    return (messages, false)
  }

  @Test func oneFormSentTenTimesIsOneRow() throws {
    let store = ModelStore()
    _ = try store.take(at: Samples.wall)
    var server = SlowServer()
    let sent = try send(store, &server) { message, taps, server in
      let results = server.take(taps)
      return message < 10 ? nil : (results, after: 20)
    }
    #expect(sent.hasEnded)
    #expect(sent.messages == 10)
    #expect(server.copies == 10)
    #expect(server.rows.count == 1)
    #expect(try store.pending(after: 0, limit: 10) == [])
  }

  @Test(arguments: [Int64(20), 29_000, 31_000, 70_000, 200_000])
  func oneThousandAndSixFormsOverASlowServerAreOneThousandAndSixRows(_ answerTime: Int64) throws {
    let store = ModelStore()
    for _ in 0..<1_006 { _ = try store.take(at: Samples.wall) }
    var server = SlowServer()
    let sent = try send(store, &server) { _, taps, server in (server.take(taps), after: answerTime) }
    #expect(sent.hasEnded)
    #expect(server.rows.count == 1_006)
    #expect(try store.pending(after: 0, limit: 10) == [])
    // Slower than the kiosk waits at first: copies arrive, rows do not.
    #expect(answerTime < 30_000 ? server.copies == 1_006 : server.copies > 1_006)
  }
}
