import Foundation
internal import Kiosk
internal import Schema

extension KioskSession {
  /// Takes a ballot per key until the input ends; returns what became of them.
  func runPipe(_ input: ByteSource) async throws -> CastSummary {
    let found = try await findPatiently()
    let form = found.form
    let factory = BallotFactory(poll: found.poll, unit: unit, channel: channel)
    let record = TapRecord()
    let spool = try openSpool()
    let delivery = KioskDelivery(spool) { report in
      switch report {
      case .settled(let tap, let outcome):
        record.add(outcome)
        record.attempt { try print(tap, outcome) }
      case .unready: break  // Not answered for good: told with what is left.
      case .delivery(let delivery): log(delivery, record)
      case .notWritten: logNotWritten()
      case .failed(let error): record.attempt { throw ClientError(error, spool: spoolPath) }
      }
    }
    let runner = Task { await delivery.run(service) }
    let clock = DeviceClock()
    do {
      while let bytes = try await input.next() {
        // What came together is kept together: one commit.
        let presses = choices(bytes, form).map { press($0, of: form, factory, clock.read()) }
        for _ in 0..<(presses.count - (try take(presses, delivery))) { record.add(.rejected(Self.noRoom)) }
      }
    } catch is CancellationError {
      // A signal: what was tapped is still sent.
    } catch {
      runner.cancel()
      await runner.value
      throw error
    }
    await finish(delivery, runner, record)
    try record.throwFailure()
    return record.summary
  }

  private func choices(_ bytes: some Sequence<UInt8>, _ form: KioskForm) -> [Int] {
    bytes.compactMap { byte in
      let key = Character(Unicode.Scalar(byte))
      if key.isWhitespace { return nil }
      guard let choice = form.choice(for: key) else {
        console.say(Text(vi: "không có phím “\(key)”", en: "there is no key “\(key)”"))
        return nil
      }
      return choice
    }
  }

  /// How many were taken.
  private func take(_ presses: [Press], _ delivery: KioskDelivery) throws(ClientError) -> Int {
    if presses.isEmpty { return 0 }
    do throws(SpoolError) {
      let taken = try delivery.take(presses).count
      if taken < presses.count { console.report(Self.noRoom) }
      return taken
    } catch {
      guard error.code == .diskFull else { throw ClientError(error, spool: spoolPath) }
      console.report(Self.noRoom)
      return 0
    }
  }

  private static let noRoom = ClientError(
    .tryAgain,
    Text(vi: "bộ nhớ phiếu đã đầy, đánh giá không được nhận", en: "the spool is full, a rating was not taken"),
    reason: "SPOOL_FULL")

  private func findPatiently() async throws -> Found {
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

  private func print(_ tap: Tap, _ outcome: CastOutcome) throws {
    // What cannot be read was told as its outcome.
    let ballot = try? tap.ballot()
    let number = Int(clamping: tap.sequence)
    let record = CastRecord(line: number, ballot: ballot, outcome: outcome, language: console.language)
    if console.json { return try console.print(json: record) }
    let choice = ballot?.answers.first?.choices.joined(separator: ",") ?? ""
    let reason = record.reason.map { " [\($0)]" } ?? ""
    try console.print("\(number) \(choice) \(record.ballotId ?? "") \(outcome.label(console.language))\(reason)")
  }
}
