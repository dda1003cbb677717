import Polling
import Schema

@testable import Kiosk

/// A fault that is planted, for the controls.
enum Plant: CaseIterable {
  /// The kiosk forgets what it has sent.
  case forgetsWhenSent
  /// The kiosk names a press when it sends it, not when it is made.
  case namesWhenSent
  /// The kiosk leaves a day out of what it says of itself.
  case leavesOutADay
  /// The server answers before it is on the disk.
  case answersBeforeDurable
  /// The server enters every copy.
  case entersEveryCopy
  /// The server takes what a kiosk says for the newest, however late it comes.
  case takesLateReports
  /// The server says that all numbers have come up to the highest.
  case hidesGaps
  /// The server says that its backup has everything: kiosks forget what a restore will ask them for.
  case releasesBeyondTheBackup
}

/// A spool with a fault.
struct PlantedSpool: SyncKeeper {
  var spool: MemorySpool
  var plant: Plant

  func pending(after sequence: UInt64, limit: Int, bytes: Int) throws(SpoolError) -> [Tap] {
    var taps = try spool.pending(after: sequence, limit: limit, bytes: bytes)
    switch plant {
    case .forgetsWhenSent:
      try spool.settle(taps.map { Settlement(tap: $0, verdict: .counted, result: .init(), ledgerEpoch: "") }, nil)
    case .namesWhenSent:
      for index in taps.indices {
        guard var ballot = try? taps[index].ballot() else { continue }
        let id = BallotID(time: taps[index].id.time, precision: .second, random: (.random(in: 0 ... .max), 1))
        ballot.ballotID = .init(id.bytes)
        taps[index].id = id
        taps[index].bytes = (try? ballot.serializedBytes()) ?? []
      }
    default: break
    }
    return taps
  }

  func report() throws(SpoolError) -> SpoolReport {
    var report = try spool.report()
    if plant == .leavesOutADay, report.days.count > 1 { report.days.removeLast() }
    return report
  }

  func settle(_ settlements: [Settlement], _ standing: LedgerStanding?) throws(SpoolError) {
    try spool.settle(settlements, standing)
  }
  func release(_ standing: LedgerStanding) throws(SpoolError) { try spool.release(standing) }
  func settledThrough() throws(SpoolError) -> UInt64? { try spool.settledThrough() }
  func numberReports(above number: UInt64) throws(SpoolError) { try spool.numberReports(above: number) }
  func marks(at reading: ClockReading) -> TapMarks { spool.marks(at: reading) }
  func offerAgain(unlessIn epoch: String) throws(SpoolError) -> Int { try spool.offerAgain(unlessIn: epoch) }
  func offerAgain(after sequence: UInt64) throws(SpoolError) -> Int { try spool.offerAgain(after: sequence) }
}
