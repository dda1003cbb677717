import Polling

@testable import Kiosk
@testable import SQLite

/// The spool's own tables on a disk in memory.
final class MemorySpool: SyncKeeper {
  let id: [UInt8]
  private let store: SpoolStore

  init(_ connection: Connection, _ configuration: Spool.Configuration) throws(SpoolError) {
    do {
      store = try SpoolStore(connection, configuration)
      id = try store.id
    } catch { throw SpoolError(error) }
  }

  static func template() throws -> Connection {
    let connection = try MemoryDisk.open()
    try SpoolFormat.make(connection, id: [UInt8](repeating: 1, count: 16))
    return connection
  }

  static func rename(_ connection: Connection, to id: [UInt8]) throws {
    try connection.execute("UPDATE spool SET id = X'\(SpoolFormat.digits(id))'")
  }

  var status: SpoolStatus { store.status }

  func take(_ press: Press) throws(SpoolError) -> Tap? { try store.take([press]).first }

  func complete(_ tap: Tap, bytes: [UInt8]) throws(SpoolError) -> Bool { try store.complete(tap, bytes: bytes) }

  func pending(after sequence: UInt64, limit: Int, bytes: Int) throws(SpoolError) -> [Tap] {
    try store.pending(after: sequence, limit: limit, bytes: bytes)
  }

  func settle(_ settlements: [Settlement], _ standing: LedgerStanding?) throws(SpoolError) {
    try store.settle(settlements, standing)
  }

  func release(_ standing: LedgerStanding) throws(SpoolError) {
    while try !store.release(standing) {}
  }

  func settledThrough() throws(SpoolError) -> UInt64? { try store.settledThrough() }

  func report() throws(SpoolError) -> SpoolReport { try store.report(id, hasSetAside: false) }

  func numberReports(above number: UInt64) throws(SpoolError) { try store.numberReports(above: number) }

  func marks(at reading: ClockReading) -> TapMarks { store.marks(at: reading) }

  func offerAgain(unlessIn epoch: String) throws(SpoolError) -> Int { try store.offerAgain(.notIn(epoch: epoch)) }

  func offerAgain(after sequence: UInt64) throws(SpoolError) -> Int { try store.offerAgain(.after(sequence)) }
}
