import Foundation
internal import Kiosk
internal import Schema

extension KioskSession {
  /// What the page hears from its helpers.
  private enum Update: Sendable {
    case poll(Binhchon_V1_Poll)
    case delivery(DeliveryState)
    case refused(reason: String)
    /// The server cannot take ballots of this version yet.
    case unready(reason: String, version: UInt32)
    /// It took some of it.
    case taken
    case failed(SpoolError)
  }

  private struct PageState {
    var machine: KioskStateMachine
    var factory: BallotFactory?
    /// To be shown as soon as nobody is in the middle of something.
    var next: Binhchon_V1_Poll?
    /// Why the poll as it is now cannot be shown; nil: it can.
    var unfit: ClientError?
    let clock = DeviceClock()
  }

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
    let delivery = KioskDelivery(spool) { report in
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
          screen.post(.refused(reason: ClientError(refusal, server: nil).reason ?? "UNKNOWN"))
        case .taken: if record.goOn() { screen.post(.taken) }
        case .rejected, .unknown: break
        }
      case .unready(let tap, let reason):
        guard tap.sequence > earlier, let ballot = try? tap.ballot() else { break }
        record.holdUp()
        feed.wake()
        screen.post(.unready(reason: reason, version: ballot.pollVersion))
      case .notWritten: if hasLog { logNotWritten() }
      case .failed(let error): screen.post(.failed(error))
      }
    }
    let runner = Task { await delivery.run(service) }
    // The poll may open, close or get a new version while the kiosk stands there.
    let follower = Task {
      if let first { screen.post(.poll(first.poll)) }
      await feed.run(service) { screen.post(.poll($0)) }
    }
    defer { follower.cancel() }
    var state = PageState(machine: KioskStateMachine(language: console.language))
    let start = ContinuousClock.now
    func now() -> Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }
    screen.post(.delivery(delivery.delivery))
    do {
      try await screen.run(&state, tick: .milliseconds(200)) { state, event in
        defer { takeUp(&state, hasLog: hasLog) }
        switch event {
        case .key(let key): return try press(key, &state, delivery, now())
        case .tick: state.machine.tick(now: now())
        case .resized: break
        case .ended: return false
        case .update(.poll(let poll)): state.next = poll
        case .update(.delivery(let delivery)): state.machine.deliver(delivery)
        case .update(.refused(let reason)): state.machine.refuse(reason: reason)
        case .update(.unready(let reason, let version)): state.machine.wait(reason: reason, version: version)
        case .update(.taken): state.machine.goOn()
        case .update(.failed(let error)): throw ClientError(error, spool: spoolPath)
        }
        return true
      } draw: { state, size in
        KioskScreen.render(state.machine, size: size, style: console.style)
      }
    } catch is CancellationError {
      // A signal ended the page; what waits is sent all the same.
    } catch {
      runner.cancel()
      await runner.value
      throw error
    }
    await finish(delivery, runner, record)
    return record.summary
  }

  /// Between citizens. A version that no kiosk can show is waited out.
  private func takeUp(_ state: inout PageState, hasLog: Bool) {
    guard let poll = state.next, state.machine.isIdle else { return }
    state.next = nil
    do throws(ClientError) {
      let form = try self.form(of: poll)
      state.factory = BallotFactory(poll: poll, unit: unit, channel: channel)
      state.machine.show(form, isOpen: poll.status != .closed)
      state.unfit = nil
    } catch {
      state.machine.showNothing()
      if hasLog, state.unfit != error { console.report(error) }
      state.unfit = error
    }
  }

  /// False: the page is to end.
  private func press(_ key: Key, _ state: inout PageState, _ delivery: KioskDelivery, _ now: Int64) throws -> Bool {
    switch state.machine.press(key, now: now) {
    case .none: return true
    case .quit: return false
    case .take(let choice, let isRepetition):
      guard let form = state.machine.form, let factory = state.factory else { return true }
      let press = press(choice, of: form, factory, state.clock.read(), marks: isRepetition ? .repeated : [])
      do throws(SpoolError) {
        // Thanked only when it is on the disk.
        if try delivery.take([press]).isEmpty {
          state.machine.notTaken(now: now)
        } else {
          state.machine.taken(choice: choice, now: now)
        }
      } catch {
        guard error.code == .diskFull else { throw ClientError(error, spool: spoolPath) }
        state.machine.notTaken(now: now)
        if !console.errorIsTerminal {
          console.say(Text(vi: "đĩa đầy: không nhận được đánh giá", en: "the disk is full: a rating was not taken"))
        }
      }
      return true
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
