import Polling
import Schema
import SeededRandom

@testable import Kiosk
@testable import SQLite
@testable import Server

/// A kiosk: its disk, its clocks, and the process that runs or does not.
final class WeekKiosk {
  let identity: Identity
  let name: String
  let spool: [UInt8]
  let poll: WeekPoll
  let disk: Connection
  private let plant: Plant?
  private let configuration: SyncStateMachine.Configuration

  private(set) var store: MemorySpool?
  var session: SyncSession?
  /// Counts the processes: what was meant for one is nothing to the next.
  private(set) var incarnation = 0
  /// When it wants to be told that time has passed.
  var timer: Int64?
  /// Has nothing to do until then.
  var isAtRest = false
  /// The message whose reply it waits for.
  var attempt: Int?
  /// How often the ledger had been put back that it heard from last.
  var heardAfter = 0
  /// The network does not reach it.
  var isCutOff = false
  /// The device's clock beside the true one.
  var clockError: Int64 = 0
  private var bootedAt: Int64 = 0
  private var boots = 0

  init(
    _ name: String, _ poll: WeekPoll, disk: Connection, spool: [UInt8], _ configuration: SyncStateMachine.Configuration,
    plant: Plant?
  ) throws {
    guard let identity = Identity(uri: "spiffe://t/kiosk/hai-chau/mot-cua/\(name)", trustDomain: "t") else {
      throw KioskEnd.Refused()
    }
    self.identity = identity
    self.name = name
    self.poll = poll
    self.disk = disk
    self.spool = spool
    self.configuration = configuration
    self.plant = plant
  }

  /// Another device with the image of this one's disk and its certificate.
  func cloned(on disk: Connection) throws -> WeekKiosk {
    try MemoryDisk.copy(self.disk, to: disk)
    return try WeekKiosk(name, poll, disk: disk, spool: spool, configuration, plant: plant)
  }

  var isUp: Bool { session != nil }

  /// False: its disk is too full even to be opened.
  func start(_ report: @escaping (Sync.Report) -> Void) throws -> Bool {
    incarnation += 1
    var spool = Spool.Configuration()
    if poll == .closing { (spool.cooldown, spool.burstWithin) = (WeekPoll.cooldown, WeekPoll.burstWithin) }
    let store: MemorySpool
    do {
      store = try MemorySpool(disk, spool)
    } catch {
      guard error.code == .diskFull else { throw error }
      return false
    }
    self.store = store
    let keeper: any SyncKeeper = plant.map { PlantedSpool(spool: store, plant: $0) } ?? store
    session = SyncSession(keeper, of: Sync.Kiosk(version: "1"), configuration, report: report)
    return true
  }

  /// As by SIGKILL.
  func crash() {
    (session, store, timer, attempt) = (nil, nil, nil, nil)
    isAtRest = false
  }

  /// The power was off as well.
  func reboot(at now: Int64) {
    boots += 1
    bootedAt = now
  }

  func reading(_ now: Int64) -> ClockReading {
    // No clock shows a time before 1970.
    let wall = max(1_000, WeekClock.monday + now + clockError)
    return ClockReading(wall: Timestamp(milliseconds: wall), steady: now - bootedAt, boot: "boot \(boots)")
  }

  /// A press now; nil: its disk is full.
  func take(_ now: Int64, isOpen: Bool, isRepeated: Bool, _ random: inout SplitMix64) throws(SpoolError) -> Tap? {
    guard let store else { return nil }
    let reading = reading(now)
    let id = BallotID(time: reading.wall, precision: poll.precision, random: (random.next(), random.next()))
    let ballot = poll.ballot(id, at: reading.wall, &random)
    let hasNumber = poll != .secret
    let press = Press(
      reading: reading, precision: poll.precision, marks: isRepeated ? .repeated : [], isOpen: isOpen
    ) { sequence in
      var numbered = ballot
      if hasNumber { numbered.kioskSequence = sequence }
      return numbered
    }
    do {
      return try store.take(press)
    } catch {
      guard error.code == .diskFull else { throw error }
      return nil
    }
  }

  /// The reason comes after the choice, or not. False: the disk is full.
  func complete(_ tap: Tap, _ random: inout SplitMix64) throws(SpoolError) -> Bool {
    guard let store else { return true }
    var bytes = tap.bytes
    if var ballot = try? tap.ballot(), ["KHL", "RKHL"].contains(ballot.answers.first?.choices.first),
      Bool.random(using: &random)
    {
      var answer = Binhchon_V1_Answer()
      answer.question = "ly-do"
      answer.choices = ["CHO-LAU"]
      ballot.answers.append(answer)
      bytes = (try? ballot.serializedBytes()) ?? bytes
    }
    do {
      _ = try store.complete(tap, bytes: bytes)
      return true
    } catch {
      guard error.code == .diskFull else { throw error }
      return false
    }
  }
}
