import Polling
import SeededRandom

@testable import Kiosk
@testable import Ledger

/// What happens in a week, and when.
extension Week {
  func schedule() {
    for number in kiosks.indices { schedulePresses(of: number, Int.random(in: 0...4, using: &random)) }
    at(plan.episodes[0].begin + Int64.random(in: 0..<WeekPlan.episode, using: &random), .publish(.unready))
    if Bool.random(using: &random) { at(plan.moment(&random, from: 2), .close(.dossiers)) }
    for number in kiosks.indices { scheduleFaults(of: number) }
    scheduleServerFaults()
    // Then all is well again.
    for number in kiosks.indices {
      at(WeekPlan.week, .cutOff(number, false))
      at(WeekPlan.week, .fullKiosk(number, false))
      at(WeekPlan.week, .kioskOn(number))
    }
    at(WeekPlan.week, .fullServer(false))
    at(WeekPlan.week, .serverUp)
    at(WeekPlan.week, .publish(.unready))
  }

  private func schedulePresses(of number: Int, _ count: Int) {
    var time = plan.moment(&random)
    for _ in 0..<count {
      at(time, .press(number, leavesInTake: happens(0.02)))
      time = happens(0.4) ? time + Int64.random(in: 200...3_000, using: &random) : plan.moment(&random)
    }
  }

  private func scheduleFaults(of number: Int) {
    if happens(0.2) {
      let time = plan.moment(&random)
      at(time, .kioskOff(number, isReboot: happens(0.4)))
      // Some are off over night, and over the closing of a poll.
      let off = happens(0.3) ? plan.moment(&random) : 0
      at(max(time + Int64.random(in: 1...60_000, using: &random), off), .kioskOn(number))
    }
    if happens(0.2) {
      let time = plan.moment(&random)
      at(time, .cutOff(number, true))
      at(time + Int64.random(in: 1...200_000, using: &random), .cutOff(number, false))
    }
    if happens(0.1) {
      let time = plan.moment(&random)
      at(time, .fullKiosk(number, true))
      at(time + Int64.random(in: 1...120_000, using: &random), .fullKiosk(number, false))
    }
    if happens(0.2) {
      let to: [Int64] = [
        // 1970, 2099, 2120; midnight; hours, days and minutes off.
        -WeekClock.monday - clock.now, 2_300_000_000_000, 2_950_000_000_000,
        WeekPlan.day / 2, -3_600_000, 2 * WeekPlan.day, -9 * WeekPlan.day, 70_000, -70_000,
      ]
      at(plan.moment(&random), .setClock(number, to.randomElement(using: &random) ?? 0))
      if Bool.random(using: &random) { at(plan.moment(&random), .setClock(number, 0)) }
    }
  }

  private func scheduleServerFaults() {
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      at(plan.moment(&random), .serverDies([.none, .diesBefore, .diesAfter].randomElement(using: &random) ?? .none))
    }
    if happens(0.3) {
      let time = plan.moment(&random)
      at(time, .fullServer(true))
      at(time + Int64.random(in: 1...120_000, using: &random), .fullServer(false))
    }
    if happens(0.2) {
      let error: Int64? = [-30_000, 5_000, 400_000].randomElement(using: &random)
      at(plan.moment(&random), .setServerClock(error ?? 0))
    }
    if happens(0.25) {
      at(plan.moment(&random), .backup)
      at(plan.moment(&random, from: 2), .restore(keepsEpoch: happens(0.4)))
    }
    if happens(0.2) {
      // Not of a kiosk whose presses have no numbers.
      at(plan.moment(&random, from: 1), .clone([0, 1, 2, 4].randomElement(using: &random) ?? 0))
    }
  }

  // MARK: - What befalls a kiosk

  func start(_ number: Int) throws {
    let kiosk = kiosks[number]
    guard !kiosk.isUp else { return }
    let isOpen = try kiosk.start { [unowned self, unowned kiosk] report in
      guard case .settled(let settlements) = report else { return }
      tell("\(kiosk.name) settles \(settlements.map { ($0.tap.sequence, $0.verdict, $0.ledgerEpoch) })")
      if isOfThisLedger(kiosk) {
        for settlement in settlements {
          oracle.settled(settlement, isShared: sharedSpools.contains(kiosk.spool))
        }
      }
    }
    guard isOpen else { return after(1_000...30_000, .kioskOn(number)) }
    try act(number) { session, now, jitter in try session.tapped(now: now, jitter: jitter) }
  }

  func press(_ number: Int, leavesInTake: Bool) throws {
    let kiosk = kiosks[number]
    guard kiosk.isUp else { return }
    let isOpen = happens(0.15)
    let wall = kiosk.reading(clock.now).wall
    let isRepeated = happens(0.05)
    guard let tap = try kiosk.take(clock.now, isOpen: isOpen, isRepeated: isRepeated, &random) else { return }
    tell("\(kiosk.name) takes number \(tap.sequence), \(tap.id)")
    oracle.pressed(tap, kiosk.spool, at: wall, isThanked: !leavesInTake)
    if leavesInTake {
      kiosk.crash()
      return after(100...20_000, .kioskOn(number))
    }
    if isOpen {
      return after(500...20_000, .complete(number, incarnation: kiosk.incarnation, tap))
    }
    try act(number) { session, now, jitter in try session.tapped(now: now, jitter: jitter) }
  }

  func complete(_ number: Int, _ incarnation: Int, _ tap: Tap) throws {
    let kiosk = kiosks[number]
    guard kiosk.incarnation == incarnation, kiosk.isUp else { return }
    guard try kiosk.complete(tap, &random) else {
      return after(1_000...10_000, .complete(number, incarnation: incarnation, tap))
    }
    try act(number) { session, now, jitter in try session.tapped(now: now, jitter: jitter) }
  }

  func clone(_ number: Int) throws {
    let clone = try kiosks[number].cloned(on: shop.extra())
    sharedSpools.insert(clone.spool)
    kiosks.append(clone)
    try start(kiosks.count - 1)
    for index in [number, kiosks.count - 1] {
      for _ in 0..<2 { after(1...WeekPlan.episode, .press(index, leavesInTake: false)) }
    }
  }

  // MARK: - What befalls the server

  func serverDied() throws {
    try server.crash()
    oracle.forgetEntries()
    try oracle.read(server.ledger.disk)
    after(100...60_000, .serverUp)
  }

  func serverUp() async throws {
    guard !server.isUp else { return }
    do {
      try server.start()
    } catch {
      // Its disk is too full to be opened.
      return after(1_000...20_000, .serverUp)
    }
    for poll in WeekPoll.allCases where published.contains(poll) { try await publish(poll) }
    for poll in closed { try await close(poll) }
  }

  func publish(_ poll: WeekPoll) async throws {
    published.insert(poll)
    guard server.isUp else { return }
    let closesAt = Timestamp(milliseconds: WeekClock.monday + plan.closesAt)
    try await administer { try await server.publish(try poll.poll(closesAt: closesAt, late: plan.late)) }
  }

  func close(_ poll: WeekPoll) async throws {
    closed.insert(poll)
    guard server.isUp else { return }
    try await administer { try await server.close(try poll.id) }
  }

  /// Whoever looks after the server does it again until it is done.
  private func administer(_ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch LedgerError.diskFull {
      try MemoryDisk.makeRoom(server.ledger.disk)
      try await work()
    } catch LedgerError.outcomeUnknown {
      return try serverDied()
    }
    try oracle.read(server.ledger.disk)
  }

  func takeBackup() throws {
    let file = try shop.backupFile()
    try server.backUp(to: file)
    backup = file
  }

  func restore(keepsEpoch: Bool) throws {
    guard let backup else { return }
    outcome.restores += 1
    try server.replace(by: try shop.restored(backup, epoch: keepsEpoch ? nil : "e1", &random, plant))
    let entered = oracle.entered
    oracle.forgetEntries()
    try oracle.read(server.ledger.disk)
    if keepsEpoch {
      oracle.forgive(entered, in: sharedSpools.union(kiosks.filter { $0.poll == .secret }.map(\.spool)))
    }
    after(1_000...60_000, .serverUp)
  }
}
