internal import Polling

/// What a sync asks of a spool.
protocol SyncKeeper {
  func pending(after sequence: UInt64, limit: Int, bytes: Int) throws(SpoolError) -> [Tap]
  func settle(_ settlements: [Settlement], _ standing: LedgerStanding?) throws(SpoolError)
  func release(_ standing: LedgerStanding) throws(SpoolError)
  func settledThrough() throws(SpoolError) -> UInt64?
  func report() throws(SpoolError) -> SpoolReport
  func numberReports(above number: UInt64) throws(SpoolError)
  func marks(at reading: ClockReading) -> TapMarks
  func offerAgain(unlessIn epoch: String) throws(SpoolError) -> Int
  func offerAgain(after sequence: UInt64) throws(SpoolError) -> Int
}

extension Spool: SyncKeeper {}
