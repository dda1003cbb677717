import Foundation
import Polling
import Schema
import SeededRandom

@testable import Kiosk

/// Where a simulated kiosk keeps its taps: a model of the spool, or the spool itself.
protocol TapStore: AnyObject {
  func take() throws -> Tap
  func pending(after: UInt64, limit: Int) throws -> [Tap]
  func settle(_ settlements: [Settlement]) throws
  /// As after the end of the process.
  func restart() throws
}

/// A kiosk, a network and a server in one thread and in simulated time, with every fault a seed asks for: requests and
/// replies lost, repeated, overtaking each other, late, cut short; calls that fail with their work done or not;
/// overload, unknown outcomes, the server's own faults; restarts on either side. After `calm` nothing goes wrong any
/// more, so that it must come to an end.
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
    /// How often each ballot was counted.
    var ledger: [BallotID: Int] = [:]
    var messages = 0
    /// What went against the contract on the way.
    var breaches: [String] = []
    var hasEnded = false

    /// Nil: every thanked tap is counted exactly once.
    var failure: String? {
      if let breach = breaches.first { return breach }
      if !hasEnded { return "it does not end" }
      if let twice = ledger.first(where: { $0.value != 1 }) { return "\(twice.key) is counted \(twice.value) times" }
      return Set(ledger.keys) == thanked ? nil : "\(thanked.count) thanked, \(ledger.count) counted"
    }
  }

  private enum Event {
    case tap
    case timer
    case request(attempt: Int, taps: [Tap])
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

  init(seed: UInt64, store: any TapStore, plant: Plant = .none) {
    self.store = store
    self.plant = plant
    random = SplitMix64(seed: seed)
    chances = Chances(&random)
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
      guard let next = queue.indices.min(by: { queue[$0].at < queue[$1].at }) else {
        outcome.hasEnded = try machine.state == .idle && store.pending(after: 0, limit: 1).isEmpty
        return outcome
      }
      let (time, event) = queue.remove(at: next)
      now = max(now, time)
      try handle(event, at: time)
    }
    return outcome
  }

  private func at(_ time: Int64, _ event: Event) {
    queue.append((time, event))
  }

  private func handle(_ event: Event, at time: Int64) throws {
    switch event {
    case .tap:
      outcome.thanked.insert(try store.take().id)
      try perform(machine.tapped())
    case .timer:
      // One that was set before another was is nobody's any more.
      if timer == time { try perform(machine.elapsed(now: now, jitter: jitter)) }
    case .request(let attempt, let taps): try serve(attempt, taps)
    case .reply(let attempt, let results):
      let reply = machine.replied(attempt: attempt, results, now: now, jitter: jitter)
      for settlement in reply.settled where outcome.ledger[settlement.tap.id] == nil {
        outcome.breaches.append("tap \(settlement.tap.sequence) is forgotten and nowhere else")
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
    case .read, .rest, .carryOn: break
    case .pause(let until), .wait(let until): wake(until)
    case .send(let attempt, let taps, let until):
      outcome.messages += 1
      wake(until)
      if plant == .forgetsWhenSent { try store.settle(taps.map { Samples.settlement($0) }) }
      deliver(.request(attempt: attempt, taps: taps), attempt: attempt)
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

  private func serve(_ attempt: Int, _ taps: [Tap]) throws {
    guard isServerUp else {
      // Sometimes one learns of it, sometimes not; after `calm` always.
      if now >= Self.calm || happens(0.5) { at(now + delay, .failure(attempt: attempt, .unreachable())) }
      return
    }
    let isCommitted = !happens(chances.refused / 2)
    var results = try taps.map { tap in
      if isCommitted, !happens(chances.refused / 4) { return append(tap) }
      // Refused though it was kept, as after a disk's failure; or refused and not kept.
      if happens(0.5) { _ = append(tap) }
      return try refusal(tap)
    }
    if happens(chances.cut) {
      results = results.filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
    }
    deliver(.reply(attempt: attempt, results), attempt: attempt)
  }

  private func append(_ tap: Tap) -> Binhchon_V1_BallotResult {
    let isKnown = bytes[tap.id] != nil
    if let known = bytes[tap.id], known != tap.bytes { outcome.breaches.append("\(tap.id) has come with other bytes") }
    bytes[tap.id] = tap.bytes
    if !isKnown || plant == .countsEveryCopy { outcome.ledger[tap.id, default: 0] += 1 }
    return Samples.receipt(of: tap.id, replayed: isKnown)
  }

  private func refusal(_ tap: Tap) throws -> Binhchon_V1_BallotResult {
    if happens(0.3) {
      var result = try Samples.refused(0, code: 5, reason: "UNKNOWN_POLL")
      result.ballotID = Data(tap.id.bytes)
      return result
    }
    var result = Binhchon_V1_BallotResult()
    result.ballotID = Data(tap.id.bytes)
    // No result, INTERNAL, UNAVAILABLE, RESOURCE_EXHAUSTED, PERMISSION_DENIED.
    if let code: Int32 = [nil, 13, 14, 8, 7].randomElement(using: &random) ?? nil { result.refused.code = code }
    return result
  }
}

/// The spool as one would think of it.
final class ModelStore: TapStore {
  private var taps: [Tap] = []
  private var settled: Set<UInt64> = []

  func take() throws -> Tap {
    taps.append(try Samples.tap(UInt64(taps.count + 1)))
    return taps[taps.count - 1]
  }

  func pending(after: UInt64, limit: Int) throws -> [Tap] {
    Array(taps.lazy.filter { $0.sequence > after && !self.settled.contains($0.sequence) }.prefix(limit))
  }

  func settle(_ settlements: [Settlement]) throws {
    settled.formUnion(settlements.map(\.tap.sequence))
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

  func take() throws -> Tap {
    guard let tap = try open.take([Samples.press(try open.status.presses + 1)]).first else { throw Closed() }
    return tap
  }

  func pending(after: UInt64, limit: Int) throws -> [Tap] { try open.pending(after: after, limit: limit) }

  func settle(_ settlements: [Settlement]) throws { try open.settle(settlements) }

  func restart() throws {
    spool = nil
    spool = try Spool(directory: directory.path)
  }
}
