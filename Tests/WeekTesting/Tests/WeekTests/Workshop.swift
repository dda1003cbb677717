import Polling
import SeededRandom

@testable import Kiosk
@testable import Ledger
@testable import SQLite

/// The disks of one week after the other: to make them anew each time would take longer than the week.
final class Workshop {
  private let emptySpool: Connection
  private let emptyLedger: Connection
  private let file: Connection
  private let synced: Connection
  private var spools: [Connection] = []
  private var ledgers: [Connection] = []
  private var next = 0

  init() throws {
    emptySpool = try MemorySpool.template()
    emptyLedger = try WeekLedger.template()
    file = try MemoryDisk.open()
    synced = try MemoryDisk.open()
    for _ in 0...WeekPlan.kiosks { spools.append(try MemoryDisk.open()) }
    for _ in 0..<2 { ledgers.append(try MemoryDisk.open()) }
  }

  func spool(_ number: Int, id: [UInt8]) throws -> Connection {
    try MemoryDisk.makeRoom(spools[number])
    try MemoryDisk.copy(emptySpool, to: spools[number])
    try MemorySpool.rename(spools[number], to: id)
    return spools[number]
  }

  /// For a kiosk that there was not at first.
  func extra() throws -> Connection {
    try MemoryDisk.makeRoom(spools[WeekPlan.kiosks])
    return spools[WeekPlan.kiosks]
  }

  func backupFile() throws -> Connection { file }

  func ledger(_ random: inout SplitMix64, _ plant: Plant?) throws -> WeekLedger {
    try ledger(of: emptyLedger, &random, plant)
  }

  /// - Parameter epoch: nil: somebody copied the file by hand.
  func restored(
    _ backup: Connection, epoch: String?, _ random: inout SplitMix64, _ plant: Plant?
  ) throws -> WeekLedger {
    let ledger = try ledger(of: backup, &random, plant)
    if let epoch { try Meta.set("epoch", epoch, ledger.disk) }
    return ledger
  }

  private func ledger(of image: Connection, _ random: inout SplitMix64, _ plant: Plant?) throws -> WeekLedger {
    next = (next + 1) % ledgers.count
    let disk = ledgers[next]
    try MemoryDisk.makeRoom(disk)
    try MemoryDisk.copy(image, to: disk)
    try MemoryDisk.copy(image, to: synced)
    var options = SQLiteLedger.Options()
    // So that tables follow the entries often, and most ids are looked up in them.
    options.settlingStride = UInt64([4, 16, 64, 1_000].randomElement(using: &random) ?? 16)
    options.settlingStep = [1, 8, 256].randomElement(using: &random) ?? 1
    options.recentBallots = [16, 1_024].randomElement(using: &random) ?? 16
    return WeekLedger(disk, synced: synced, options, plant: plant)
  }
}
