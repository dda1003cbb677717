import Foundation
internal import Polling
internal import Schema

/// One run of a kiosk: where it stands, and how it talks to the server.
struct KioskSession: Sendable {
  let service: any PollingService
  let poll: String
  let unit: String
  let channel: Binhchon_V1_Channel
  let console: Console
  /// How long to wait at the end for ballots without an answer.
  let patience: Duration

  // MARK: Full screen

  /// What the page hears from its helpers.
  private enum Update: Sendable {
    case poll(Binhchon_V1_Poll)
    case delivery(DeliveryState)
    case refused(reason: String)
  }

  private struct PageState {
    var machine: KioskStateMachine
    var factory: BallotFactory?
    var random = SystemRandomNumberGenerator()
  }

  /// Shows the page until Ctrl-C or a signal; returns what became of the taps.
  func runScreen() async throws -> CastSummary {
    let screen = Screen<Update>(style: console.style)
    let record = TapRecord()
    let queue = CastQueue(service: service) { report in
      switch report {
      case .delivery(let delivery): screen.post(.delivery(delivery))
      case .settled(_, let outcome):
        record.add(outcome)
        if case .refused(let refusal) = outcome {
          screen.post(.refused(reason: ClientError(refusal, server: nil).reason ?? "UNKNOWN"))
        }
      }
    }
    // Before the page opens, so that a wrong name is told in words.
    let first = try await findUnlessUnreachable()
    // The poll may open, close or get a new version while the kiosk stands there.
    let follower = Task {
      if let first { screen.post(.poll(first)) }
      while !Task.isCancelled {
        try await Task.sleep(for: .seconds(first == nil ? 1 : 15))
        // Unreachable or refused: the page goes on with what it has, and asks again.
        if let current = try? await service.poll(named: poll) { screen.post(.poll(current)) }
      }
    }
    defer { follower.cancel() }
    var state = PageState(machine: KioskStateMachine(language: console.language))
    let start = ContinuousClock.now
    func now() -> Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }
    do {
      try await screen.run(&state, tick: .milliseconds(200)) { state, event in
        switch event {
        case .key(let key): return press(key, &state, queue, now())
        case .tick: state.machine.tick(now: now())
        case .resized: break
        case .ended: return false
        case .update(.poll(let poll)):
          state.factory = BallotFactory(poll: poll, unit: unit, channel: channel)
          state.machine.show(try KioskForm(poll), isOpen: poll.status != .closed)
        case .update(.delivery(let delivery)): state.machine.deliver(delivery)
        case .update(.refused(let reason)): state.machine.refuse(reason: reason)
        }
        return true
      } draw: { state, size in
        KioskScreen.render(state.machine, size: size, style: console.style)
      }
    } catch is CancellationError {
      // A signal ended the page; what waits is sent all the same.
    }
    await finish(queue)
    return record.summary
  }

  private func press(_ key: Key, _ state: inout PageState, _ queue: CastQueue, _ now: Int64) -> Bool {
    switch state.machine.press(key, now: now) {
    case .none: return true
    case .quit: return false
    case .cast(let choice):
      guard let form = state.machine.form, let factory = state.factory else { return true }
      // The page asks only while there is room, and nobody else fills the queue.
      _ = queue.tap(factory.make(form.answers(choice), now: .now, random: &state.random))
      return true
    }
  }

  /// Nil: the server cannot be reached now, which a kiosk waits for.
  private func findUnlessUnreachable() async throws -> Binhchon_V1_Poll? {
    do {
      return try await find().poll
    } catch let refusal as Refusal where refusal.isTransient {
      return nil
    }
  }

  // MARK: Keys from a pipe

  /// Casts a ballot per key until the input ends; returns what became of them.
  func runPipe(_ input: ByteSource) async throws -> CastSummary {
    let (found, form) = try await findPatiently()
    let factory = BallotFactory(poll: found, unit: unit, channel: channel)
    let record = TapRecord()
    let queue = CastQueue(service: service) { [console] report in
      switch report {
      case .settled(let tap, let outcome):
        record.add(outcome)
        record.attempt { try Self.print(tap, outcome, console) }
      case .delivery(let delivery):
        if record.isNewlyUnreachable(delivery) {
          let count = console.figures.count(UInt64(delivery.waiting))
          let why =
            delivery.barredBy.map {
              Text(vi: "máy chủ từ chối chứng thư này [\($0)]", en: "the server refuses this certificate [\($0)]")
            } ?? Text(vi: "không liên lạc được với máy chủ", en: "the server cannot be reached")
          console.say(
            Text(vi: "\(why.vi): \(count) đang chờ gửi", en: "\(why.en): \(count) waiting to be sent"))
        }
      }
    }
    var random = SystemRandomNumberGenerator()
    do {
      while let bytes = try await input.next() {
        for byte in bytes {
          let key = Character(Unicode.Scalar(byte))
          if key.isWhitespace { continue }
          guard let choice = form.choice(for: key) else {
            console.say(Text(vi: "không có phím “\(key)”", en: "there is no key “\(key)”"))
            continue
          }
          await queue.waitForRoom()
          // Without room we were stopped while waiting for it.
          if !queue.tap(factory.make(form.answers(choice), now: .now, random: &random)) {
            record.add(.unknown)
            throw CancellationError()
          }
        }
      }
    } catch is CancellationError {
      // A signal: what was tapped is still sent.
    }
    await finish(queue)
    try record.throwFailure()
    return record.summary
  }

  /// The poll, if it can be shown here.
  private func find() async throws -> (poll: Binhchon_V1_Poll, form: KioskForm) {
    let found = try await service.poll(named: poll)
    guard found.units.contains(where: { $0.path == unit }) else {
      let known = found.units.map(\.path).joined(separator: " ")
      throw ClientError(
        .badData, Text(vi: "cuộc bình chọn không có đơn vị “\(unit)”", en: "the poll has no unit “\(unit)”"),
        next: Text(vi: "chọn một trong: \(known)", en: "choose one of: \(known)"), reason: "UNKNOWN_UNIT")
    }
    return (found, try KioskForm(found))
  }

  private func findPatiently() async throws -> (Binhchon_V1_Poll, KioskForm) {
    let end = ContinuousClock.now + patience
    var pace = RetryPace()
    while true {
      do {
        return try await find()
      } catch let refusal as Refusal where refusal.isTransient {
        let wait = pace.next(jitter: .random(in: 0..<1), asked: refusal.retryAfter)
        guard ContinuousClock.now + wait < end else { throw refusal }
        try await Task.sleep(for: wait)
      }
    }
  }

  private static func print(
    _ tap: CastQueueStateMachine.Tap, _ outcome: CastOutcome, _ console: Console
  ) throws {
    let record = CastRecord(
      line: tap.number, ballot: tap.ballot, outcome: outcome, language: console.language)
    if console.json { return try console.print(json: record) }
    let choice = tap.ballot.answers.first?.choices.joined(separator: ",") ?? ""
    let reason = record.reason.map { " [\($0)]" } ?? ""
    try console.print("\(tap.number) \(choice) \(record.ballotId ?? "") \(outcome.label(console.language))\(reason)")
  }

  /// Waits for what was tapped. A signal ends the wait; if one brought us here, the next ends the process.
  private func finish(_ queue: CastQueue) async {
    let notice = Task { [console] in
      // What is answered at once is not worth a word.
      try await Task.sleep(for: .seconds(1))
      let count = console.figures.count(UInt64(queue.count))
      console.say(
        Text(vi: "\(count) đang chờ gửi; Ctrl-C để bỏ", en: "\(count) waiting to be sent; Ctrl-C gives them up"))
    }
    defer { notice.cancel() }
    if Task.isCancelled {
      let bound = min(patience, .seconds(5))
      await Task { await queue.finish(within: bound) }.value
    } else {
      await queue.finish(within: patience)
    }
  }
}
