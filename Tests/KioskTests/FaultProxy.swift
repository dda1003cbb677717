import Foundation
import Polling
import Schema
import SeededRandom

@testable import Kiosk

/// Where a simulated kiosk keeps its taps: a model of the spool, or the spool itself.
protocol TapStore: AnyObject {
  /// A press at a moment that the device's clock calls `wall`.
  func take(at wall: Timestamp) throws -> Tap
  func pending(after: UInt64, limit: Int) throws -> [Tap]
  func settle(_ settlements: [Settlement]) throws
  func report() throws -> SpoolReport
  /// As after the end of the process.
  func restart() throws
}

/// A kiosk, a network and a server in one thread and in simulated time, with every fault a seed asks for: requests and
/// replies lost, repeated, overtaking each other, late, cut short; calls that fail with their work done or not;
/// overload, unknown outcomes, the server's own faults; restarts on either side; and a clock of the kiosk's that is wrong
/// and jumps. After `calm` nothing goes wrong any more, so that it must come to an end.
final class Simulation {
  /// A planted fault, for the controls.
  enum Plant {
    case none
    /// The kiosk forgets when it has sent.
    case forgetsWhenSent
    /// The server counts every copy.
    case countsEveryCopy
  }

  struct Outcome {
    var thanked: Set<BallotID> = []
    /// How often each ballot was answered for good.
    var ledger: [BallotID: Int] = [:]
    /// What the server has of each day, and what the kiosk said last.
    var answered: [Day: [Verdict]] = [:]
    var stated: SpoolReport?
    var messages = 0
    /// What went against the contract on the way.
    var breaches: [String] = []
    var hasEnded = false

    /// Nil: on every day, presses = counted + flagged + duplicate + rejected + late + pending, as the server sees it.
    var brokenLaw: String? {
      guard let stated else { return thanked.isEmpty ? nil : "the kiosk was never heard of" }
      let days = Dictionary(uniqueKeysWithValues: stated.days.map { ($0.day, $0) })
      for day in Set(days.keys).union(answered.keys) {
        let (presses, pending) = (days[day]?.presses ?? 0, days[day]?.pending ?? 0)
        let columns = UInt64(answered[day]?.count ?? 0)
        if presses != columns + pending { return "\(day): \(presses) presses, \(columns) here, \(pending) pending" }
      }
      return stated.presses == thanked.count ? nil : "\(stated.presses) presses of \(thanked.count) were stated"
    }

    /// Nil: every thanked tap is answered exactly once, and every day adds up.
    var failure: String? {
      if let breach = breaches.first { return breach }
      if !hasEnded { return "it does not end" }
      if let twice = ledger.first(where: { $0.value != 1 }) { return "\(twice.key) is counted \(twice.value) times" }
      if Set(ledger.keys) != thanked { return "\(thanked.count) thanked, \(ledger.count) counted" }
      return brokenLaw
    }
  }

  private enum Event {
    case tap
    case timer
    case request(attempt: Int, taps: [Tap], SpoolReport)
    case reply(attempt: Int, [Binhchon_V1_BallotResult])
    case failure(attempt: Int, SyncFailure)
    case kioskRestart
    case serverRestart
  }

  /// Chances, 0…1, of each fault.
  private struct Chances {
    var lost: Double
    var doubled: Double
    var late: Double
    var cut: Double
    var broken: Double
    var refused: Double

    init(_ random: inout SplitMix64) {
      func chance() -> Double { [0, 0, 0.05, 0.2, 0.5, 0.8].randomElement(using: &random) ?? 0 }
      (lost, doubled, late) = (chance(), chance(), chance())
      (cut, broken, refused) = (chance(), chance(), chance())
    }
  }

  static let calm: Int64 = 120_000
  private let store: any TapStore
  private let plant: Plant
  private var random: SplitMix64
  private var chances: Chances
  private var machine: SyncStateMachine
  private let configuration: SyncStateMachine.Configuration
  private var now: Int64 = 0
  private var timer: Int64?
  private var queue: [(at: Int64, event: Event)] = []
  private var outcome = Outcome()
  /// What the server keeps of each ballot.
  private var bytes: [BallotID: [UInt8]] = [:]
  private var isServerUp = true
  /// By reason: to pack one takes time.
  private var refusals: [String: Binhchon_V1_BallotResult] = [:]
  /// The device's clock beside the true one, which is `now` after this.
  private var clockError: Int64
  private static let epoch: Int64 = 1_700_000_000_000

  init(seed: UInt64, store: any TapStore, plant: Plant = .none) {
    self.store = store
    self.plant = plant
    random = SplitMix64(seed: seed)
    chances = Chances(&random)
    clockError = [0, 0, -7_200_000, 3 * 86_400_000, -Self.epoch].randomElement(using: &random) ?? 0
    var configuration = SyncStateMachine.Configuration()
    configuration.batch = Int.random(in: 1...8, using: &random)
    configuration.timeout = 2_000
    self.configuration = configuration
    machine = SyncStateMachine(configuration)
  }

  func run() throws -> Outcome {
    for _ in 0..<Int.random(in: 1...40, using: &random) { at(Int64.random(in: 0..<60_000, using: &random), .tap) }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      at(Int64.random(in: 0..<Self.calm, using: &random), .kioskRestart)
    }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      at(Int64.random(in: 0..<Self.calm, using: &random), .serverRestart)
    }
    try perform(machine.tapped())
    for _ in 0..<20_000 {
      guard let next = queue.indices.min(by: { queue[$0].at < queue[$1].at }) else { return outcome }
      if try isOver {
        outcome.hasEnded = true
        return outcome
      }
      let (time, event) = queue.remove(at: next)
      now = max(now, time)
      try handle(event, at: time)
    }
    return outcome
  }

  /// Nothing is left but signs of life, and the server has heard that.
  private var isOver: Bool {
    get throws {
      guard now >= Self.calm, case .idle = machine.state, outcome.stated?.pending == 0 else { return false }
      let isQuiet = queue.allSatisfy { if case .timer = $0.event { true } else { false } }
      return try isQuiet && store.pending(after: 0, limit: 1).isEmpty
    }
  }

  private func at(_ time: Int64, _ event: Event) {
    queue.append((time, event))
  }

  private func handle(_ event: Event, at time: Int64) throws {
    switch event {
    case .tap:
      if Int.random(in: 0..<10, using: &random) == 0 {
        clockError += Int64.random(in: -200_000_000...200_000_000, using: &random)
      }
      let tap = try store.take(at: Timestamp(milliseconds: Self.epoch + clockError + now))
      outcome.thanked.insert(tap.id)
      try perform(machine.tapped())
    case .timer:
      // One that was set before another was is nobody's any more.
      if timer == time { try perform(machine.elapsed(now: now, jitter: jitter)) }
    case .request(let attempt, let taps, let report): try serve(attempt, taps, report)
    case .reply(let attempt, let results):
      let reply = machine.replied(attempt: attempt, results, now: now, jitter: jitter)
      for settlement in reply.settled where outcome.ledger[settlement.tap.id] == nil {
        outcome.breaches.append("tap \(settlement.tap.sequence) is forgotten and nowhere else")
      }
      for settlement in reply.settled where settlement.verdict != Self.fate(of: settlement.tap.id) {
        outcome.breaches.append("tap \(settlement.tap.sequence) is \(settlement.verdict) here and not there")
      }
      try store.settle(reply.settled)
      try perform(reply.then)
    case .failure(let attempt, let failure):
      try perform(machine.failed(attempt: attempt, failure, now: now, jitter: jitter))
    case .kioskRestart:
      // What is under way to it still comes, to the new process: worse than life.
      try store.restart()
      machine = SyncStateMachine(configuration)
      timer = nil
      try perform(machine.tapped())
    case .serverRestart:
      isServerUp.toggle()
      if !isServerUp { at(now + Int64.random(in: 1...9_000, using: &random), .serverRestart) }
    }
  }

  private func perform(_ first: SyncStateMachine.Action) throws {
    var action = first
    while case .read(let after, let limit) = action {
      action = machine.read(try store.pending(after: after, limit: limit), now: now, jitter: jitter)
    }
    switch action {
    case .read, .carryOn: break
    case .rest(let until), .pause(let until), .wait(let until): wake(until)
    case .send(let attempt, let taps, let until):
      outcome.messages += 1
      wake(until)
      // Before it says how it stands.
      if plant == .forgetsWhenSent { try store.settle(taps.map { Samples.settlement($0) }) }
      deliver(.request(attempt: attempt, taps: taps, try store.report()), attempt: attempt)
    }
  }

  private func wake(_ until: Int64) {
    timer = until
    at(until, .timer)
  }

  // MARK: The network

  private func deliver(_ event: Event, attempt: Int) {
    if happens(chances.broken) { at(now + delay, .failure(attempt: attempt, someFailure)) }
    if happens(chances.lost) { return }
    at(now + delay, event)
    while happens(chances.doubled) { at(now + delay, event) }
  }

  private var delay: Int64 {
    Int64.random(in: 1...(happens(chances.late) ? 9_000 : 50), using: &random)
  }

  private var someFailure: SyncFailure {
    [.unreachable(), .unreachable(retryAfter: 700), .barred(reason: "X"), .refused(reason: "Y")]
      .randomElement(using: &random) ?? .unreachable()
  }

  private func happens(_ chance: Double) -> Bool {
    now < Self.calm && Double.random(in: 0..<1, using: &random) < chance
  }

  private var jitter: Double { Double.random(in: 0..<1, using: &random) }

  // MARK: The server

  private func serve(_ attempt: Int, _ taps: [Tap], _ report: SpoolReport) throws {
    guard isServerUp else {
      // Sometimes one learns of it, sometimes not; after `calm` always.
      if now >= Self.calm || happens(0.5) { at(now + delay, .failure(attempt: attempt, .unreachable())) }
      return
    }
    let isCommitted = !happens(chances.refused / 2)
    // One that was overtaken says what was.
    if isCommitted, report.presses >= outcome.stated?.presses ?? 0 { outcome.stated = report }
    var results = try taps.map { tap in
      if isCommitted, !happens(chances.refused / 4) { return try append(tap) }
      // Refused though it was kept, as after a disk's failure; or refused and not kept.
      if happens(0.5) { _ = try append(tap) }
      return try refusal(tap)
    }
    if happens(chances.cut) {
      results = results.filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
    }
    deliver(.reply(attempt: attempt, results), attempt: attempt)
  }

  private func append(_ tap: Tap) throws -> Binhchon_V1_BallotResult {
    let isKnown = bytes[tap.id] != nil
    if let known = bytes[tap.id], known != tap.bytes { outcome.breaches.append("\(tap.id) has come with other bytes") }
    bytes[tap.id] = tap.bytes
    let fate = Self.fate(of: tap.id)
    if !isKnown || plant == .countsEveryCopy {
      outcome.ledger[tap.id, default: 0] += 1
      let time = Timestamp(milliseconds: try tap.ballot().deviceTimeMs)
      outcome.answered[PressDay.day(of: time), default: []].append(fate)
    }
    if case .rejected(let reason) = fate { return try refused(tap, code: 3, reason: reason) }
    if fate == .duplicate { return try refused(tap, code: 6, reason: "ALREADY_RATED") }
    if fate == .afterSeal { return try refused(tap, code: 9, reason: "POLL_SEALED") }
    var result = Samples.receipt(of: tap.id, counted: fate != .flagged, replayed: isKnown)
    result.receipt.late = fate == .late
    return result
  }

  /// What becomes of a press is the same whenever it comes.
  private static func fate(of id: BallotID) -> Verdict {
    switch SplitMix64.mixed(id) % 12 {
    case 0: .flagged
    case 1: .late
    case 2: .duplicate
    case 3: .rejected(reason: "INVALID_FIELD")
    case 4: .afterSeal
    default: .counted
    }
  }

  private func refused(_ tap: Tap, code: Int32, reason: String) throws -> Binhchon_V1_BallotResult {
    var result = try refusals[reason] ?? Samples.refused(0, code: code, reason: reason)
    refusals[reason] = result
    result.ballotID = Data(tap.id.bytes)
    return result
  }

  private func refusal(_ tap: Tap) throws -> Binhchon_V1_BallotResult {
    if happens(0.3) { return try refused(tap, code: 5, reason: "UNKNOWN_POLL") }
    var result = Binhchon_V1_BallotResult()
    result.ballotID = Data(tap.id.bytes)
    // No result, INTERNAL, UNAVAILABLE, RESOURCE_EXHAUSTED, PERMISSION_DENIED.
    if let code: Int32 = [nil, 13, 14, 8, 7].randomElement(using: &random) ?? nil { result.refused.code = code }
    return result
  }
}

extension SplitMix64 {
  /// A number that is another for every id.
  fileprivate static func mixed(_ id: BallotID) -> UInt64 {
    var random = SplitMix64(seed: id.bytes.reduce(0) { $0 &* 31 &+ UInt64($1) })
    return random.next()
  }
}

/// The spool as one would think of it.
final class ModelStore: TapStore {
  private var taps: [Tap] = []
  private var settled: Set<UInt64> = []
  private var days: [UInt64: Day] = [:]
  private var counts: [Day: SpoolReport.DayCount] = [:]

  func take(at wall: Timestamp) throws -> Tap {
    let sequence = UInt64(taps.count + 1)
    let tap = try Samples.tap(sequence, at: wall)
    taps.append(tap)
    let day = PressDay.day(of: wall)
    days[sequence] = day
    counts[day, default: .init(day: day, presses: 0, pending: 0)].presses += 1
    counts[day]?.pending += 1
    return tap
  }

  func pending(after: UInt64, limit: Int) throws -> [Tap] {
    Array(taps.lazy.filter { $0.sequence > after && !self.settled.contains($0.sequence) }.prefix(limit))
  }

  func settle(_ settlements: [Settlement]) throws {
    for settlement in settlements where settled.insert(settlement.tap.sequence).inserted {
      if let day = days[settlement.tap.sequence] { counts[day]?.pending -= 1 }
    }
  }

  func report() throws -> SpoolReport {
    SpoolReport(
      spool: [], number: 0, presses: UInt64(taps.count), highestSequence: UInt64(taps.count),
      pending: UInt64(taps.count - settled.count), held: 0, capacity: 1_000, hasSetAside: false,
      days: Array(counts.values))
  }

  func restart() throws {}
}

/// The spool itself, closed and opened again at every restart.
final class RealStore: TapStore {
  private let directory: TemporaryDirectory
  private var spool: Spool?

  init() throws {
    directory = try TemporaryDirectory()
    spool = try Spool(directory: directory.path)
  }

  struct Closed: Error {}

  private var open: Spool {
    get throws {
      guard let spool else { throw Closed() }
      return spool
    }
  }

  var status: SpoolStatus { get throws { try open.status } }

  func take(at wall: Timestamp) throws -> Tap {
    let number = try open.status.presses + 1
    let press = Press(reading: Samples.reading(wall.milliseconds), precision: .second) { sequence in
      var ballot = Samples.ballot(number, sequence: sequence)
      ballot.deviceTimeMs = wall.milliseconds
      return ballot
    }
    guard let tap = try open.take([press]).first else { throw Closed() }
    return tap
  }

  func pending(after: UInt64, limit: Int) throws -> [Tap] { try open.pending(after: after, limit: limit) }

  func settle(_ settlements: [Settlement]) throws { try open.settle(settlements) }

  func report() throws -> SpoolReport { try open.report() }

  func restart() throws {
    spool = nil
    spool = try Spool(directory: directory.path)
  }
}
