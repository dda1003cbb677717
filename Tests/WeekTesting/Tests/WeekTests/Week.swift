import NIOCore
import Polling
import RPC
import Schema
import SeededRandom

@testable import Kiosk
@testable import Ledger
@testable import SQLite

/// A week of twenty kiosks, their network and their server in one task and in simulated time, with every fault that a seed
/// asks for. The rooms are the real ones: spool, sync, frames, services, ledger; disks are in memory, and time is told.
/// After the week nothing goes wrong any more, so that it must come to an end.
final class Week {
  struct Outcome {
    /// Of those that add several up.
    var weeks = 0
    var presses = 0
    var messages = 0
    var restores = 0
    /// Nil: everything was as it must be.
    var failure: String?
  }

  enum Event {
    case press(Int, leavesInTake: Bool)
    case complete(Int, incarnation: Int, Tap)
    case timer(Int, incarnation: Int)
    case request(Exchange, ByteBuffer, isWhole: Bool)
    case reply(Exchange, ByteBuffer)
    case failure(Exchange)
    case kioskOff(Int, isReboot: Bool)
    case kioskOn(Int)
    case setClock(Int, Int64)
    case setServerClock(Int64)
    case cutOff(Int, Bool)
    case fullKiosk(Int, Bool)
    case fullServer(Bool)
    case serverDies(WeekLedger.Fault)
    case serverUp
    case backup
    case restore(keepsEpoch: Bool)
    case clone(Int)
    case publish(WeekPoll)
    case close(WeekPoll)
  }

  /// One message and its reply, on a connection of its own.
  final class Exchange {
    let kiosk: Int
    let incarnation: Int
    let attempt: Int
    let settledThrough: UInt64?
    let end: KioskEnd
    /// How often the ledger had been put back when it went.
    let restores: Int

    init(
      _ kiosk: Int, _ incarnation: Int, _ attempt: Int, _ settledThrough: UInt64?, _ end: KioskEnd, restores: Int
    ) {
      self.kiosk = kiosk
      self.incarnation = incarnation
      self.attempt = attempt
      self.settledThrough = settledThrough
      self.end = end
      self.restores = restores
    }
  }

  /// More events than any week has.
  static let mostEvents = 100_000

  let plant: Plant?
  let plan: WeekPlan
  let clock = WeekClock()
  let server: WeekServer
  let shop: Workshop
  var random: SplitMix64
  var kiosks: [WeekKiosk] = []
  var queue = EventQueue<Event>()
  var oracle = WeekOracle()
  var outcome = Outcome()
  var backup: Connection?
  /// In which two kiosks count.
  var sharedSpools: Set<[UInt8]> = []
  /// When polls were published and closed, so that a ledger that was put back is told again.
  var published: Set<WeekPoll> = []
  var closed: Set<WeekPoll> = []
  /// Whoever replays one week reads what happened.
  let isTold: Bool

  /// - Parameter isTold: prints what happens.
  init(_ random: SplitMix64, plant: Plant? = nil, isTold: Bool = false, shop: Workshop) throws {
    self.isTold = isTold
    var random = random
    self.plant = plant
    self.shop = shop
    plan = WeekPlan(&random)
    server = WeekServer(try shop.ledger(&random, plant), clock, plant)
    var configuration = SyncStateMachine.Configuration()
    configuration.batch = Int.random(in: 1...8, using: &random)
    configuration.timeout = 4_000
    // A sign of life a minute would be nearly all of the week.
    configuration.heartbeat = 3 * WeekPlan.day
    configuration.afterwards = 2 * WeekPlan.day
    for number in 0..<WeekPlan.kiosks {
      let spool = random.bytes(16)
      kiosks.append(
        try WeekKiosk(
          "k\(number)", WeekPoll(rawValue: number % 4) ?? .closing, disk: try shop.spool(number, id: spool),
          spool: spool, configuration, plant: plant))
    }
    self.random = random
  }

  func run() async throws -> Outcome {
    try server.start()
    for poll in WeekPoll.allCases where poll != .unready { try await publish(poll) }
    schedule()
    for number in kiosks.indices { try start(number) }
    for _ in 0..<Self.mostEvents {
      guard oracle.breach == nil, let (time, event) = queue.popFirst() else { break }
      clock.now = max(clock.now, time)
      try await handle(event, at: time)
      if clock.now >= WeekPlan.week, try await isOver() { return outcome }
    }
    outcome.failure = oracle.breach ?? "it does not end"
    return outcome
  }

  func at(_ time: Int64, _ event: Event) { queue.add(event, at: time) }

  func after(_ delay: ClosedRange<Int64>, _ event: Event) {
    at(clock.now + Int64.random(in: delay, using: &random), event)
  }

  func happens(_ chance: Double) -> Bool {
    chance > 0 && Double.random(in: 0..<1, using: &random) < chance
  }

  func tell(_ what: @autoclosure () -> String) {
    guard isTold else { return }
    let seconds = Double(clock.now) / 1_000
    print("\(seconds) \(what())")
  }

  var jitter: Double { Double.random(in: 0..<1, using: &random) }

  // MARK: - The end

  /// Nothing is left, and the server has heard that. Then all is judged.
  private func isOver() async throws -> Bool {
    guard server.isUp,
      kiosks.allSatisfy({ $0.isAtRest && $0.store?.status.pending == 0 && $0.heardAfter == outcome.restores })
    else { return false }
    let accounts = try KioskAccounts(server.ledger.disk, within: UnitPath("hai-chau")).accounts
    let bySpool = Dictionary(
      accounts.compactMap { account in account.spool.map { ($0.bytes, account) } },
      uniquingKeysWith: { first, _ in first })
    // What it said last may have been lost on the way: it says it again. One that cannot be heard is judged at last.
    let isHeard = kiosks.allSatisfy { kiosk in
      sharedSpools.contains(kiosk.spool) || bySpool[kiosk.spool]?.report.map { $0.pending == 0 } ?? false
    }
    guard isHeard || clock.now > WeekPlan.week + 5 * WeekPlan.day else { return false }
    try oracle.read(server.ledger.disk)
    oracle.judgeEntries()
    for kiosk in kiosks where !oracle.isForgiven(kiosk.spool) {
      let isShared = sharedSpools.contains(kiosk.spool)
      oracle.judge(bySpool[kiosk.spool], of: kiosk.spool, isShared: isShared)
      if !isShared { judge(kiosk) }
    }
    for poll in WeekPoll.allCases {
      let (told, entered) = (await server.figures(try poll.id), oracle.ballots(in: try poll.id))
      if told != entered { oracle.found("\(poll): \(told) are shown, \(entered) entered") }
    }
    outcome.failure = oracle.breach
    outcome.presses = oracle.presses.count
    return true
  }

  /// What the kiosk itself has written down.
  private func judge(_ kiosk: WeekKiosk) {
    guard let status = kiosk.store?.status else { return }
    let counts = oracle.counts(of: kiosk.spool)
    let kept = [
      status.counted, status.flagged, status.late, status.corrected, status.duplicate, status.rejected,
    ]
    let entered = WeekOracle.Column.allCases.map { oracle.sum(counts, $0) }
    if kept == entered { return }
    if oracle.isRetold(kiosk.spool), kept.reduce(0, +) == entered.reduce(0, +) { return }
    oracle.found("\(kiosk.name) has \(kept), the ledger \(entered)")
  }
}
