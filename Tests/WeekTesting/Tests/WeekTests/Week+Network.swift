import NIOCore
import Polling
import RPC
import Schema
import SeededRandom

@testable import Kiosk
@testable import Ledger

/// What becomes of an event, and of a message on its way.
extension Week {
  func handle(_ event: Event, at time: Int64) async throws {
    switch event {
    case .timer, .request, .reply, .failure: break
    default: tell("\(event)")
    }
    switch event {
    case .press(let number, let leavesInTake): try press(number, leavesInTake: leavesInTake)
    case .complete(let number, let incarnation, let tap): try complete(number, incarnation, tap)
    case .timer(let number, let incarnation):
      // One that was set before another was is nobody's any more.
      guard kiosks[number].incarnation == incarnation, kiosks[number].timer == time else { return }
      try act(number) { session, now, jitter in try session.elapsed(now: now, jitter: jitter) }
    case .request(let exchange, let bytes, let isWhole): try await serve(exchange, bytes, isWhole: isWhole)
    case .reply(let exchange, let bytes): try hear(exchange, bytes)
    case .failure(let exchange): try fail(exchange, .unreachable())
    case .kioskOff(let number, let isReboot):
      kiosks[number].crash()
      if isReboot { kiosks[number].reboot(at: clock.now) }
    case .kioskOn(let number): try start(number)
    case .setClock(let number, let error): kiosks[number].clockError = error
    case .setServerClock(let error): clock.error = error
    case .cutOff(let number, let isCutOff): kiosks[number].isCutOff = isCutOff
    case .fullKiosk(let number, let isFull):
      try isFull ? MemoryDisk.fill(kiosks[number].disk) : MemoryDisk.makeRoom(kiosks[number].disk)
    case .fullServer(let isFull):
      try isFull ? MemoryDisk.fill(server.ledger.disk) : MemoryDisk.makeRoom(server.ledger.disk)
    case .serverDies(.none): try serverDied()
    case .serverDies(let fault): server.ledger.fault = fault
    case .serverUp: try await serverUp()
    case .backup: try takeBackup()
    case .restore(let keepsEpoch): try restore(keepsEpoch: keepsEpoch)
    case .clone(let number): try clone(number)
    case .publish(let poll): try await publish(poll)
    case .close(let poll): try await close(poll)
    }
  }

  // MARK: - The kiosk

  /// Lets a kiosk's session decide, and does what it says.
  func act(
    _ number: Int, _ decide: (inout SyncSession, Int64, Double) throws -> SyncStateMachine.Action
  ) throws {
    let kiosk = kiosks[number]
    guard var session = kiosk.session else { return }
    kiosk.session = nil
    let action = try decide(&session, clock.now, jitter)
    kiosk.session = session
    switch action {
    case .carryOn, .read: return
    case .rest(let until):
      (kiosk.attempt, kiosk.isAtRest) = (nil, true)
      wake(number, until)
    case .pause(let until):
      (kiosk.attempt, kiosk.isAtRest) = (nil, false)
      wake(number, until)
    case .wait(let until): wake(number, until)
    case .send(let attempt, let taps, let until):
      (kiosk.attempt, kiosk.isAtRest) = (attempt, false)
      wake(number, until)
      try send(number, session, attempt, taps)
    }
  }

  private func wake(_ number: Int, _ until: Int64) {
    let time = max(clock.now, until)
    kiosks[number].timer = time
    at(time, .timer(number, incarnation: kiosks[number].incarnation))
  }

  private func send(_ number: Int, _ session: SyncSession, _ attempt: Int, _ taps: [Tap]) throws {
    let kiosk = kiosks[number]
    outcome.messages += 1
    tell("\(kiosk.name) sends \(taps.map(\.sequence)) in attempt \(attempt)")
    let settledThrough: UInt64?
    var bytes = ByteBuffer()
    var end = KioskEnd()
    let isConnected = server.isUp && !kiosk.isCutOff
    if isConnected {
      let message = try session.message(taps, reading: kiosk.reading(clock.now))
      settledThrough = message.settledThrough
      bytes = try end.say(message.request)
    } else {
      settledThrough = nil
    }
    let exchange = Exchange(number, kiosk.incarnation, attempt, settledThrough, end, restores: outcome.restores)
    guard isConnected else {
      // Sometimes it learns of it, sometimes it must wait.
      if clock.now >= WeekPlan.week || happens(0.7) { after(1...500, .failure(exchange)) }
      return
    }
    carry(bytes, exchange, isRequest: true)
  }

  private func hear(_ exchange: Exchange, _ bytes: ByteBuffer) throws {
    let kiosk = kiosks[exchange.kiosk]
    // A reply to what was given up is sometimes there before that is known.
    guard kiosk.incarnation == exchange.incarnation, kiosk.attempt == exchange.attempt || happens(0.3) else { return }
    // A request that was sent twice is answered twice, on two connections.
    var end = exchange.end
    switch try end.hear(bytes) {
    case .nothing: try fail(exchange, .unreachable())
    case .failed(let status):
      let isRefused = status.code == .invalidArgument
      try fail(exchange, isRefused ? .refused(reason: "\(status.code)") : .unreachable())
    case .reply(let response):
      tell("\(kiosk.name) hears of \(response.results.count) in attempt \(exchange.attempt): \(response.kiosk)")
      // Only a message after everything was settled shows a kiosk what a ledger that was put back has lost.
      if exchange.settledThrough.map({ $0 >= kiosk.store?.status.presses ?? 0 }) ?? true {
        kiosk.heardAfter = exchange.restores
      }
      if response.hasKiosk, isOfThisLedger(kiosk) {
        oracle.acknowledged(response.kiosk.acknowledgedThrough, of: kiosk.spool)
      }
      try act(exchange.kiosk) { session, now, jitter in
        try session.replied(
          attempt: exchange.attempt, response, settledThrough: exchange.settledThrough, now: now, jitter: jitter)
      }
    }
  }

  /// What a ledger said that is no more is not to be found in this one: the kiosk will learn that, and offer it again.
  func isOfThisLedger(_ kiosk: WeekKiosk) -> Bool { kiosk.heardAfter == outcome.restores }

  private func fail(_ exchange: Exchange, _ failure: SyncFailure) throws {
    guard kiosks[exchange.kiosk].incarnation == exchange.incarnation else { return }
    try act(exchange.kiosk) { session, now, jitter in
      try session.failed(attempt: exchange.attempt, failure, now: now, jitter: jitter)
    }
  }

  // MARK: - The way

  private func carry(_ bytes: ByteBuffer, _ exchange: Exchange, isRequest: Bool) {
    let chances = plan.chances(at: clock.now)
    func delay() -> ClosedRange<Int64> { happens(chances.late) ? 1...9_000 : 1...50 }
    if happens(chances.lost) {
      // By a connection that breaks, or in silence.
      if happens(0.5) { after(delay(), .failure(exchange)) }
      return
    }
    var part = bytes
    if happens(chances.cut) {
      let length = Int.random(in: 0...bytes.readableBytes, using: &random)
      part = bytes.getSlice(at: bytes.readerIndex, length: length) ?? ByteBuffer()
    }
    let isWhole = part.readableBytes == bytes.readableBytes
    guard isRequest else { return after(delay(), .reply(exchange, part)) }
    after(delay(), .request(exchange, part, isWhole: isWhole))
    while happens(chances.doubled) { after(1...20_000, .request(exchange, bytes, isWhole: true)) }
  }

  private func serve(_ exchange: Exchange, _ bytes: ByteBuffer, isWhole: Bool) async throws {
    guard server.isUp else {
      if clock.now >= WeekPlan.week || happens(0.5) { after(1...50, .failure(exchange)) }
      return
    }
    var end = ServerEnd()
    guard let request = try end.hear(bytes) else { return after(1...50, .failure(exchange)) }
    guard let reply = await server.cast(request, from: kiosks[exchange.kiosk].identity) else { return }
    if server.ledger.hasEntered { try oracle.read(server.ledger.disk) }
    if !server.isUp {
      // It died over it, perhaps after it had answered.
      try serverDied()
    }
    // A connection that was cut takes no answer.
    guard isWhole else { return after(1...50, .failure(exchange)) }
    carry(try end.say(reply), exchange, isRequest: false)
  }
}
