internal import Polling
internal import SQLite
public import Schema
internal import SwiftProtobuf
import Synchronization

/// The kiosk's own disk: every press is here before anybody is thanked for it, and stays until the server has answered
/// for it.
///
/// Of one process at a time. Calls block for the disk, a commit each; they may come from any thread.
public final class Spool: Sendable {
  public struct Configuration: Sendable {
    /// How many presses may wait before no more are taken.
    public var capacity = 1_000_000
    /// Answered presses stay until a backup of the server's ledger holds them, for the day when it is restored; but the
    /// newest so many at most, and not longer than so many days.
    public var keeps = 100_000
    public var keepsDays = 90
    /// How many presses that the server rejected stay: the newest. Older ones are only counted.
    public var keepsAside = 10_000
    /// The poll's rules for presses that come too often, until ``Spool/follow(cooldown:burstWithin:)``.
    ///
    /// Milliseconds; 0: no such rule. The server decides; the kiosk tells what only it can measure.
    public var cooldown: Int64 = 0
    public var burstWithin: Int64 = 0

    public init() {}
  }

  /// Names this spool, 16 bytes: sequences count from 1 in each one.
  public let id: [UInt8]
  /// Where a spool that could not be read was put; a new one was begun. Nil: there was none.
  public let setAside: String?
  private let store: Mutex<SpoolStore>
  // Held, not used: others keep out while it lives.
  private let directory: SpoolDirectory

  /// Opens the spool in a directory, or makes one.
  ///
  /// A spool that is no whole one any more is put aside as `damaged-N.db`, never deleted, and a new one with another
  /// ``id`` is begun.
  public convenience init(directory path: String, _ configuration: Configuration = .init()) throws(SpoolError) {
    try self.init(directory: path, configuration, vfs: nil)
  }

  /// - Parameter vfs: another way to the disk, for tests.
  init(directory path: String, _ configuration: Configuration, vfs: String?) throws(SpoolError) {
    let directory = try SpoolDirectory(path)
    var setAside: String?
    let store: SpoolStore
    do {
      store = try Spool.open(directory, configuration, vfs)
    } catch {
      guard error.code == .damaged else { throw error }
      setAside = try directory.setAside()
      store = try Spool.open(directory, configuration, vfs)
    }
    do {
      id = try store.id
    } catch {
      throw SpoolError(error)
    }
    self.setAside = setAside
    self.store = Mutex(store)
    self.directory = directory
  }

  private static func open(
    _ directory: SpoolDirectory, _ configuration: Configuration, _ vfs: String?
  ) throws(SpoolError) -> sending SpoolStore {
    if !directory.hasSpool { try make(directory, vfs) }
    do {
      let connection = try Connection(path: directory.spool, access: .readWrite, vfs: vfs)
      try SpoolFormat.check(connection, path: directory.spool)
      // Thanked means that a sync has returned. This is the only connection, so SQLite may checkpoint as it likes.
      try connection.execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216")
      try SpoolFormat.upgrade(connection)
      let store = try SpoolStore(connection, configuration)
      // The journal is there now. SQLite syncs its name too, but goes on when that fails.
      try SpoolDirectory.sync(directory.path)
      return store
    } catch let error as SQLiteError {
      throw SpoolError(error)
    } catch let error as SpoolError {
      throw error
    } catch {
      throw SpoolError(.io, "\(error)")
    }
  }

  private static func make(_ directory: SpoolDirectory, _ vfs: String?) throws(SpoolError) {
    // A journal whose spool is gone would be taken for that of the new one.
    _ = try directory.setAside()
    try directory.removeUnfinished()
    var generator = SystemRandomNumberGenerator()
    let id = (0..<16).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    do {
      try SpoolFormat.make(try Connection(path: directory.unfinished, access: .create, vfs: vfs), id: id)
    } catch {
      throw SpoolError(error)
    }
    try directory.finish()
  }

  public var status: SpoolStatus { store.withLock { $0.status } }

  /// Takes over the rules of another poll, or another version of it: for presses from now on.
  ///
  /// - Parameters:
  ///   - cooldown: milliseconds; 0: none.
  ///   - burstWithin: the time of the burst rule, in milliseconds; 0: none.
  public func follow(cooldown: Int64, burstWithin: Int64) {
    store.withLock { $0.follow(cooldown: cooldown, burstWithin: burstWithin) }
  }

  /// What the server is told of this spool, under a number that no report had before.
  public func report() throws(SpoolError) -> SpoolReport {
    try store.withLock { (store) throws(SpoolError) in try store.report(id, hasSetAside: directory.hasSetAside) }
  }

  /// The server has a report with this number. If that is none of this spool as it is, the spool was put back from a copy:
  /// its next reports get greater ones.
  func numberReports(above number: UInt64) throws(SpoolError) {
    try store.withLock { (store) throws(SpoolError) in try store.numberReports(above: number) }
  }

  /// What a clock that reads so now says of the taps that wait: it may have been set since the last press.
  func marks(at reading: ClockReading) -> TapMarks {
    store.withLock { $0.marks(at: reading) }
  }

  /// All taps up to this one are settled. Nil: not every press has a number that its ballot tells, so that no server can
  /// know it.
  func settledThrough() throws(SpoolError) -> UInt64? {
    try store.withLock { (store) throws(SpoolError) in try store.settledThrough() }
  }

  /// Keeps presses, in order and in one transaction: when this returns they are on the disk, each with its number.
  /// Repetitions are kept while the spool is not nearly full (``SpoolStatus/Level``), so that a key that is stuck leaves
  /// room for others.
  ///
  /// - Returns: as many taps as there was room for; the presses beyond were not taken.
  /// - Throws: nothing was taken, or, after `io`, nobody knows until the spool is opened again.
  public func take(_ presses: [Press]) throws(SpoolError) -> [Tap] {
    try store.withLock { (store) throws(SpoolError) in try store.take(presses) }
  }

  /// What may be sent next, the oldest first: nothing open, nothing settled.
  ///
  /// - Parameters:
  ///   - sequence: only what comes after it.
  ///   - limit: at most so many.
  ///   - bytes: about as many bytes in all; at least one tap.
  public func pending(
    after sequence: UInt64 = 0, limit: Int, bytes: Int = 1 << 20
  ) throws(SpoolError) -> [Tap] {
    try store.withLock { (store) throws(SpoolError) in
      try store.pending(after: sequence, limit: limit, bytes: bytes)
    }
  }

  /// Writes down what the server answered. A tap that was settled before keeps its first answer.
  ///
  /// - Parameter standing: how the ledger that answered stood with the answer; nil: it was not said.
  public func settle(_ settlements: [Settlement], _ standing: LedgerStanding? = nil) throws(SpoolError) {
    try store.withLock { (store) throws(SpoolError) in try store.settle(settlements, standing) }
  }

  /// How many answered presses are here in case the server's ledger is restored.
  public var keptCount: UInt64 { store.withLock { $0.keptCount } }

  /// Forgets what need not be offered again to a restored ledger (``Configuration/keeps``).
  public func release(_ standing: LedgerStanding) throws(SpoolError) {
    // In pieces: presses are taken between them.
    while true {
      let isAll = try store.withLock { (store) throws(SpoolError) in try store.release(standing) }
      if isAll { return }
    }
  }

  /// Ends what could be added to an open tap, and lets it go out.
  ///
  /// - Parameter ballot: with what was added, under the same id; nil: nothing was.
  /// - Returns: false: it went out as it was, after a restart.
  public func complete(_ tap: Tap, with ballot: Binhchon_V1_Ballot?) throws(SpoolError) -> Bool {
    var bytes = tap.bytes
    if let ballot {
      do {
        bytes = try ballot.serializedBytes()
      } catch {
        throw SpoolError(.badBallot, "the ballot cannot be kept: \(error)")
      }
      guard Array(ballot.ballotID) == tap.id.bytes else {
        throw SpoolError(.badBallot, "the ballot has another id than tap \(tap.sequence)")
      }
    }
    return try store.withLock { (store) throws(SpoolError) in try store.complete(tap, bytes: bytes) }
  }

  /// For the day of a restore: what another ledger than this one has counted, as far as it is still here
  /// (``release(_:)``), goes out again. Idempotency makes it free where the restored ledger has it. They are
  /// pending again, so for that time they take room.
  ///
  /// - Returns: how many.
  public func offerAgain(unlessIn epoch: String) throws(SpoolError) -> Int {
    try store.withLock { (store) throws(SpoolError) in try store.offerAgain(.notIn(epoch: epoch)) }
  }

  /// The same for a ledger that says it has no press after `sequence`, though this spool was answered for some: it was
  /// put back from a backup by hand and kept its name.
  func offerAgain(after sequence: UInt64) throws(SpoolError) -> Int {
    try store.withLock { (store) throws(SpoolError) in try store.offerAgain(.after(sequence)) }
  }
}
