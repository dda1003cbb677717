import Foundation
internal import Kiosk
internal import Schema

extension KioskSession {
  /// What the page hears from its helpers.
  private enum Update: Sendable {
    case poll(Binhchon_V1_Poll)
    case delivery(DeliveryState)
    case refused(reason: String)
    /// The dossier of this tap was rated before.
    case alreadyRated(tap: UInt64)
    /// The server cannot take ballots of this version yet.
    case unready(reason: String, version: UInt32)
    /// It answered one for good, after it could not or would not.
    case answered
    case failed(SpoolError)
  }

  private struct PageState {
    var machine: KioskStateMachine
    var scanner = ScanStateMachine()
    var factory: BallotFactory?
    /// To be shown as soon as nobody is in the middle of something.
    var next: Binhchon_V1_Poll?
    /// Why the poll as it is now cannot be shown; nil: it can.
    var unfit: ClientError?
    var open = OpenTaps()
    let clock = DeviceClock()
    let start = ContinuousClock.now

    /// Milliseconds.
    func time(_ instant: ContinuousClock.Instant) -> Int64 { Int64((instant - start) / .milliseconds(1)) }
  }

  /// Often enough that a key which might begin a scan is not waited for.
  private static let tick = Duration.milliseconds(50)

  /// Shows the page until Ctrl-C or a signal; returns what became of the taps.
  func runScreen() async throws -> CastSummary {
    let screen = Screen<Update>(style: console.style)
    let record = TapRecord()
    // On the terminal that the page fills nothing else is written.
    let hasLog = !console.errorIsTerminal
    // Before the page opens, so that a wrong name is told in words.
    let first = try await findUnlessUnreachable()
    let spool = try openSpool()
    // What becomes of an earlier run's ratings, of another poll perhaps, says nothing about the next one.
    let earlier = spool.status.presses
    let feed = ProfileFeed(self, found: first) { if hasLog { console.say($0) } }
    let delivery = KioskDelivery(spool, poll: poll) { report in
      switch report {
      case .delivery(let delivery):
        feed.hear(delivery)
        if hasLog { log(delivery, record) }
        screen.post(.delivery(delivery))
      case .settled(let tap, let outcome):
        record.add(outcome)
        guard tap.sequence > earlier else { break }
        switch outcome {
        case .refused(let refusal):
          let reason = ClientError(refusal, server: nil).reason ?? "UNKNOWN"
          if reason == "ALREADY_RATED" { screen.post(.alreadyRated(tap: tap.sequence)) }
          // The poll has closed, and may open again as another version.
          if reason == "POLL_SEALED" { feed.wake() }
          if !KioskStateMachine.isAboutOneBallot(reason) {
            record.holdUp()
            screen.post(.refused(reason: reason))
          } else if record.goOn() {
            screen.post(.answered)
          }
        case .taken: if record.goOn() { screen.post(.answered) }
        // The server said nothing.
        case .rejected, .unknown: break
        }
      case .unready(let tap, let reason):
        guard tap.sequence > earlier, let ballot = try? tap.ballot() else { break }
        record.holdUp()
        feed.wake()
        screen.post(.unready(reason: reason, version: ballot.pollVersion))
      case .profile(let etag): feed.hear(etag: etag)
      case .notWritten: if hasLog { logNotWritten() }
      case .failed(let error): screen.post(.failed(error))
      }
    }
    if let first { delivery.follow(first.poll) }
    let runner = Task { await delivery.run(service) }
    // The poll may open, close or get a new version while the kiosk stands there.
    let follower = Task {
      if let first { screen.post(.poll(first.poll)) }
      await feed.run(service) { poll in
        delivery.follow(poll)
        screen.post(.poll(poll))
      }
    }
    defer { follower.cancel() }
    var state = PageState(
      machine: KioskStateMachine(
        language: console.language, preferred: options.language, takesDossier: options.takesDossier,
        isLocked: options.isLocked))
    screen.post(.delivery(delivery.delivery))
    // Most of the time nobody is there.
    var drawn: (machine: KioskStateMachine, size: ScreenSize, lines: [Line])?
    do {
      do {
        try await screen.run(&state, tick: Self.tick, hasMouse: true) { state, event in
          defer { takeUp(&state, hasLog: hasLog) }
          return try handle(event, &state, delivery)
        } draw: { state, size in
          if let drawn, drawn.machine == state.machine, drawn.size == size { return drawn.lines }
          let lines = KioskScreen.render(state.machine, size: size, style: console.style).lines
          drawn = (state.machine, size, lines)
          return lines
        }
      } catch is CancellationError {
        // A signal ended the page; what waits is sent all the same.
      }
      _ = try perform(state.machine.handle(.end, now: state.time(.now)), &state, delivery)
    } catch {
      runner.cancel()
      await runner.value
      throw error
    }
    await finish(delivery, runner, record)
    return record.summary
  }

  /// False: the page is to end.
  private func handle(
    _ event: ScreenEvent<Update>, _ state: inout PageState, _ delivery: KioskDelivery
  ) throws -> Bool {
    switch event {
    case .key(.mouse(let mouse), let instant):
      let frame = KioskScreen.render(state.machine, size: TerminalMode.size, style: console.style)
      guard let target = frame.target(of: mouse) else { return true }
      return try perform(state.machine.handle(.touch(target), now: state.time(instant)), &state, delivery)
    case .key(let key, let instant):
      let now = state.time(instant)
      let outputs = state.machine.hasScanner ? state.scanner.take(key, now: now) : [.key(key)]
      return try pass(outputs, now, &state, delivery)
    case .tick(let instant):
      let now = state.time(instant)
      do throws(SpoolError) {
        try state.open.finish(delivery)
      } catch {
        throw ClientError(error, spool: spoolPath)
      }
      return try pass(state.scanner.tick(now: now), now, &state, delivery)
        && perform(state.machine.handle(.tick, now: now), &state, delivery)
    case .resized: break
    case .ended: return false
    case .update(.poll(let poll)): state.next = poll
    case .update(.delivery(let delivery)): state.machine.deliver(delivery)
    case .update(.refused(let reason)): state.machine.refuse(reason: reason)
    case .update(.alreadyRated(let tap)): state.machine.alreadyRated(tap: tap, now: state.time(.now))
    case .update(.unready(let reason, let version)): state.machine.wait(reason: reason, version: version)
    case .update(.answered): state.machine.goOn()
    case .update(.failed(let error)): throw ClientError(error, spool: spoolPath)
    }
    return true
  }

  private func pass(
    _ outputs: [ScanStateMachine.Output], _ now: Int64, _ state: inout PageState, _ delivery: KioskDelivery
  ) throws -> Bool {
    for output in outputs {
      let event: KioskStateMachine.Event =
        switch output {
        case .key(let key): .key(key)
        case .scanned(let text): .scan(text)
        case .unreadable: .unreadableScan
        }
      guard try perform(state.machine.handle(event, now: now), &state, delivery) else { return false }
    }
    return true
  }

  /// Between citizens. A version that no kiosk can show is waited out.
  private func takeUp(_ state: inout PageState, hasLog: Bool) {
    guard let poll = state.next, state.machine.isIdle else { return }
    state.next = nil
    do throws(ClientError) {
      let form = try self.form(of: poll)
      state.factory = BallotFactory(poll: poll, unit: unit, channel: channel, procedure: options.procedure)
      state.machine.show(form, isOpen: poll.status != .closed)
      state.unfit = nil
    } catch {
      state.machine.showNothing()
      if hasLog, state.unfit != error { console.report(error) }
      state.unfit = error
    }
  }

  /// False: the page is to end.
  private func perform(
    _ actions: [KioskStateMachine.Action], _ state: inout PageState, _ delivery: KioskDelivery
  ) throws -> Bool {
    for action in actions {
      switch action {
      case .quit: return false
      case .take(let rating): try take(rating, &state, delivery)
      case .complete(let tap, let answers):
        do throws(SpoolError) {
          try state.open.complete(tap, answers, delivery)
        } catch {
          throw ClientError(error, spool: spoolPath)
        }
      }
    }
    return true
  }

  private func take(
    _ rating: KioskStateMachine.Rating, _ state: inout PageState, _ delivery: KioskDelivery
  ) throws {
    guard let form = state.machine.form, let factory = state.factory else { return }
    let press = press(
      rating.choice, of: form, factory, state.clock.read(), marks: rating.isRepetition ? .repeated : [],
      dossier: rating.dossier, isOpen: rating.isOpen)
    do throws(SpoolError) {
      // Thanked only when it is on the disk.
      guard let tap = try delivery.take([press]).first else {
        return state.machine.notTaken(rating, now: state.time(.now))
      }
      if rating.isOpen { state.open.add(tap) }
      state.machine.taken(rating, tap: tap.sequence, now: state.time(.now))
    } catch {
      guard error.code == .diskFull else { throw ClientError(error, spool: spoolPath) }
      state.machine.notTaken(rating, now: state.time(.now))
      if !console.errorIsTerminal {
        console.say(Text(vi: "đĩa đầy: không nhận được đánh giá", en: "the disk is full: a rating was not taken"))
      }
    }
  }

  /// Nil: the server cannot be reached now, which a kiosk waits for.
  private func findUnlessUnreachable() async throws -> Found? {
    do {
      return try await find()
    } catch let refusal as Refusal where refusal.isTransient {
      return nil
    }
  }
}
