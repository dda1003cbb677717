import Foundation
internal import Polling
internal import Schema

/// Casts ballots so that none is lost and none counts twice.
struct Caster: Sendable {
  let service: any PollingService
  /// How long to go on trying without any answer.
  let patience: Duration

  static let batchSize = 100
  static let depth = 4

  /// Casts one ballot, repeating it under its id until it is answered for good. Throws the last `Refusal`.
  func cast(_ ballot: Binhchon_V1_Ballot) async throws -> Binhchon_V1_Receipt {
    var request = Binhchon_V1_CastBallotRequest()
    request.ballot = ballot
    return try await repeating { left in
      request.sentTimeMs = Timestamp.now.milliseconds
      return try await service.castBallot(request, timeout: left).receipt
    }
  }

  private func repeating<Answer>(_ call: (_ timeout: Duration) async throws -> Answer) async throws -> Answer {
    let end = ContinuousClock.now + patience
    var pace = RetryPace()
    while true {
      do {
        return try await call(max(.milliseconds(1), min(.seconds(10), end - .now)))
      } catch let refusal as Refusal where refusal.isTransient {
        let wait = pace.next(jitter: .random(in: 0..<1), asked: refusal.retryAfter)
        guard ContinuousClock.now + wait < end else { throw refusal }
        try await Task.sleep(for: wait)
      }
    }
  }

  /// Leaves a comment, repeating it under its id until it is answered for good. Throws the last `Refusal`.
  func leave(_ request: Binhchon_V1_LeaveCommentRequest) async throws {
    _ = try await repeating { try await service.leaveComment(request, timeout: $0) }
  }

  /// Casts what `next` gives, a batch at a time, nil at the end; a batch shorter than `batchSize` is answered before
  /// the next one is asked for. Outcomes come in the order of the answers. Throws the last `Refusal` when patience ran
  /// out, after every ballot without an answer was reported as unknown.
  func cast(
    batches next: () async throws -> [BatchStateMachine.Entry]?,
    outcome report: (BatchStateMachine.Entry, CastOutcome) throws -> Void
  ) async throws {
    var machine = BatchStateMachine(depth: Self.depth)
    do {
      try await run(&machine, next, report)
    } catch {
      for entry in machine.abandon() { try report(entry, .unknown) }
      throw error
    }
  }

  private func run(
    _ machine: inout BatchStateMachine, _ next: () async throws -> [BatchStateMachine.Entry]?,
    _ report: (BatchStateMachine.Entry, CastOutcome) throws -> Void
  ) async throws {
    var pace = RetryPace()
    var lastAnswer = ContinuousClock.now
    var isEnded = false
    var isDraining = false
    while !(isEnded && machine.isIdle) {
      var call: (any BallotStream)?
      do {
        let stream = try await service.castBallots()
        call = stream
        while !(isEnded && machine.isIdle) {
          if let batch = machine.nextAgain() {
            try await send(batch, on: stream)
          } else if machine.hasRoom, !isEnded, !(isDraining && machine.awaitsAnswer) {
            guard let batch = try await next() else {
              isEnded = true
              continue
            }
            isDraining = batch.count < Self.batchSize
            if !machine.awaitsAnswer { lastAnswer = .now }
            machine.send(batch)
            try await send(batch, on: stream)
          } else {
            guard let response = try await stream.receive() else {
              throw Refusal(code: StatusCode.unavailable.rawValue, message: "the server ended the call")
            }
            let (settled, retryAfter) = try take(response, &machine)
            for one in settled { try report(one.entry, one.outcome) }
            if !settled.isEmpty {
              lastAnswer = .now
              pace.reset()
            }
            if let retryAfter {
              guard .now - lastAnswer < patience else {
                throw Refusal(code: StatusCode.resourceExhausted.rawValue, message: "the server stays overloaded")
              }
              try await Task.sleep(for: pace.next(jitter: .random(in: 0..<1), asked: retryAfter))
            }
          }
        }
        try await stream.finish()
      } catch let refusal as Refusal where refusal.isTransient {
        call?.cancel()
        machine.callLost()
        let wait = pace.next(jitter: .random(in: 0..<1), asked: refusal.retryAfter)
        guard .now + wait - lastAnswer < patience else { throw refusal }
        try await Task.sleep(for: wait)
      } catch {
        call?.cancel()
        throw error
      }
    }
  }

  private func take(
    _ response: Binhchon_V1_CastBallotsResponse, _ machine: inout BatchStateMachine
  ) throws(ClientError) -> ([BatchStateMachine.Settled], Duration?) {
    switch machine.receive(response) {
    case .settled(let settled, let retryAfter): return (settled, retryAfter)
    case .mismatch:
      throw ClientError(
        .protocol, Text(vi: "máy chủ trả lời sai giao thức", en: "the server broke the protocol"),
        why: Text(
          vi: "câu trả lời không khớp với các phiếu đã gửi", en: "its answer does not match what was sent"))
    }
  }

  private func send(_ batch: [BatchStateMachine.Entry], on stream: any BallotStream) async throws {
    var request = Binhchon_V1_CastBallotsRequest()
    request.ballots = batch.map(\.ballot)
    request.sentTimeMs = Timestamp.now.milliseconds
    try await stream.send(request)
  }
}
