import Foundation
internal import Kiosk
internal import Schema
import Synchronization

extension KioskSession {
  /// Takes ratings in the language of ``PipeStateMachine`` until the input ends; returns what became of them.
  func runPipe(_ input: ByteSource) async throws -> CastSummary {
    let found = try await findPatiently()
    let record = TapRecord()
    let spool = try openSpool()
    let feed = ProfileFeed(self, found: found) { console.say($0) }
    let delivery = KioskDelivery(spool, poll: poll) { report in
      switch report {
      case .settled(let tap, let outcome):
        record.add(outcome)
        record.attempt { try print(tap, outcome) }
      case .unready: feed.wake()  // Not answered for good: told with what is left.
      case .delivery(let delivery):
        feed.hear(delivery)
        log(delivery, record)
      case .profile(let etag): feed.hear(etag: etag)
      case .notWritten: logNotWritten()
      case .failed(let error): record.fail(ClientError(error, spool: spoolPath))
      }
    }
    delivery.follow(found.poll)
    let runner = Task { await delivery.run(service) }
    let desk = PipeDesk(self, found, delivery, record)
    let follower = Task {
      await feed.run(service) { poll in
        delivery.follow(poll)
        desk.offer(poll)
      }
    }
    let clock = Task {
      while (try? await Task.sleep(for: .milliseconds(200))) != nil {
        do {
          try desk.tick()
        } catch {
          return record.fail(error)
        }
      }
    }
    do {
      do {
        try await record.untilFailure {
          while let bytes = try await input.next() { try desk.take(bytes) }
        }
      } catch is CancellationError {
        // A signal: what was tapped is still sent.
      }
      try desk.end()
    } catch {
      for task in [clock, follower, runner] { task.cancel() }
      for task in [clock, follower, runner] { await task.value }
      throw error
    }
    for task in [clock, follower] { task.cancel() }
    for task in [clock, follower] { await task.value }
    await finish(delivery, runner, record)
    try record.throwFailure()
    return record.summary
  }

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

/// Carries out what the pipe's machine decides. Called by who reads and by who watches the clock, one at a time.
private final class PipeDesk: Sendable {
  private struct State {
    var machine: PipeStateMachine
    var open = OpenTaps()
    /// The tap that reasons may be added to.
    var last: UInt64?
    var form: KioskForm
    var factory: BallotFactory
    /// To be used from the next rating on.
    var next: Binhchon_V1_Poll?
  }

  /// What is to be kept, all in one commit. Only the last one may be open.
  private struct Entry {
    var rating: KioskStateMachine.Rating
    var answers: [PickedAnswer] = []
  }

  private let session: KioskSession
  private let delivery: KioskDelivery
  private let record: TapRecord
  private let clock = DeviceClock()
  private let start = ContinuousClock.now
  private let state: Mutex<State>

  init(_ session: KioskSession, _ found: KioskSession.Found, _ delivery: KioskDelivery, _ record: TapRecord) {
    (self.session, self.delivery, self.record) = (session, delivery, record)
    state = Mutex(
      State(
        machine: PipeStateMachine(form: found.form, takesDossier: session.options.takesDossier), form: found.form,
        factory: BallotFactory(
          poll: found.poll, unit: session.unit, channel: session.channel, procedure: session.options.procedure)))
  }

  private var now: Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }

  func take(_ bytes: [UInt8]) throws {
    try state.withLock { state in
      // Where every rating may be followed by more there is no other moment between two of them.
      if state.next != nil, state.machine.isOpen, PipeStateMachine.beginsAnew(bytes) {
        try perform(state.machine.end(), &state)
      }
      takeUp(&state)
      try perform(state.machine.take(bytes, now: now), &state)
    }
  }

  /// The newest version of the poll, or the same again.
  func offer(_ poll: Binhchon_V1_Poll) {
    state.withLock { $0.next = poll }
  }

  /// Between two ratings. A version that cannot be shown here is not taken up.
  private func takeUp(_ state: inout State) {
    guard let poll = state.next, state.machine.isIdle else { return }
    state.next = nil
    do throws(ClientError) {
      let form = try session.form(of: poll)
      if form == state.form { return }
      state.form = form
      state.factory = BallotFactory(
        poll: poll, unit: session.unit, channel: session.channel, procedure: session.options.procedure)
      state.machine = PipeStateMachine(form: form, takesDossier: session.options.takesDossier)
    } catch {
      session.console.report(error)
    }
  }

  func tick() throws {
    try state.withLock { state in
      try perform(state.machine.tick(now: now), &state)
      try session.explained { () throws(SpoolError) in try state.open.finish(delivery) }
    }
  }

  func end() throws {
    try state.withLock { try perform($0.machine.end(), &$0) }
  }

  private func perform(_ actions: [PipeStateMachine.Action], _ state: inout State) throws {
    // What came together is kept together: one commit.
    var batch: [Entry] = []
    for action in actions {
      switch action {
      case .take(let rating): batch.append(Entry(rating: rating))
      case .complete(let answers):
        if batch.last?.rating.isOpen == true {
          batch[batch.count - 1].rating.isOpen = false
          batch[batch.count - 1].answers = answers
        } else if let last = state.last {
          state.last = nil
          try session.explained { () throws(SpoolError) in try state.open.complete(last, answers, delivery) }
        }
      case .unknown(let key):
        session.console.say(Text(vi: "không có phím “\(key)”", en: "there is no key “\(key)”"))
      case .lacksDossier: refuse(Self.lacksDossier)
      case .badDossier: session.console.report(Self.badDossier)
      }
    }
    try keep(batch, &state)
  }

  private func keep(_ batch: [Entry], _ state: inout State) throws {
    if batch.isEmpty { return }
    let presses = batch.map { entry in
      session.press(
        entry.rating.choice, of: state.form, state.factory, clock.read(), dossier: entry.rating.dossier,
        reasons: entry.answers,
        isOpen: entry.rating.isOpen)
    }
    var taps: [Tap] = []
    do throws(SpoolError) {
      taps = try delivery.take(presses)
    } catch {
      guard error.code == .diskFull else { throw ClientError(error, spool: session.spoolPath) }
    }
    if session.options.acknowledges { for tap in taps { try session.acknowledge(tap) } }
    for _ in taps.count..<batch.count { refuse(Self.noRoom) }
    if taps.count == batch.count, batch.last?.rating.isOpen == true, let tap = taps.last {
      state.open.add(tap)
      state.last = tap.sequence
    }
  }

  private func refuse(_ error: ClientError) {
    session.console.report(error)
    record.add(.rejected(error))
  }

  private static let noRoom = ClientError(
    .tryAgain,
    Text(vi: "bộ nhớ phiếu đã đầy, đánh giá không được nhận", en: "the spool is full, a rating was not taken"),
    reason: "SPOOL_FULL")

  private static let lacksDossier = ClientError(
    .badData,
    Text(
      vi: "cuộc bình chọn này cần mã hồ sơ, đánh giá không được nhận",
      en: "this poll needs a dossier, a rating was not taken"),
    next: Text(vi: "gửi =MÃ và xuống dòng trước mỗi đánh giá", en: "send =NUMBER and a newline before each rating"),
    reason: "DOSSIER_MISSING")

  private static let badDossier = ClientError(
    .badData, Text(vi: "không đọc được mã hồ sơ", en: "a dossier's number cannot be read"),
    next: Text(vi: "1 đến 128 byte, không kể dấu cách", en: "1 to 128 bytes besides spaces"),
    reason: "DOSSIER_UNREADABLE")
}

/// A rating is on the kiosk's disk.
private struct KeptRecord: Encodable {
  var kept: UInt64
}

extension KioskSession {
  fileprivate func acknowledge(_ tap: Tap) throws {
    if console.json {
      try console.print(json: KeptRecord(kept: tap.sequence))
    } else {
      try console.print("kept \(tap.sequence)")
    }
  }

  /// A failure of the spool, as it is told.
  fileprivate func explained(_ work: () throws(SpoolError) -> Void) throws(ClientError) {
    do throws(SpoolError) {
      try work()
    } catch {
      throw ClientError(error, spool: spoolPath)
    }
  }
}
