import Logging
import Polling
import RPC
import Schema
import Synchronization
import Tallies

@testable import Ledger
@testable import SQLite
@testable import Server

/// The true time, and what the server's clock adds to it. Milliseconds.
final class WeekClock: Sendable {
  /// Monday 2026-11-16, 00:00 in Hải Châu.
  static let monday: Int64 = 1_794_762_000_000
  private let time = Mutex<(now: Int64, error: Int64)>((0, 0))

  /// Since Monday.
  var now: Int64 {
    get { time.withLock { $0.now } }
    set { time.withLock { $0.now = newValue } }
  }
  var error: Int64 {
    get { time.withLock { $0.error } }
    set { time.withLock { $0.error = newValue } }
  }
  var server: Timestamp { time.withLock { Timestamp(milliseconds: Self.monday + $0.now + $0.error) } }
}

/// The server's rooms from the message to the ledger, opened anew at every start.
final class WeekServer {
  /// Nobody reads the log of a week.
  private struct NoReader: LedgerReader {
    func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount] { [] }
    func corrections(poll: PollID, after: UInt64, limit: Int) async throws(LedgerFileError) -> [Correction] { [] }
    func sliceCounts(after: UInt64, limit: Int, today: Day) async throws(LedgerFileError) -> SliceCounts {
      SliceCounts(through: after, last: after)
    }
  }

  private struct Process {
    var service: BallotService
    var board: TallyBoard
  }

  private static let quiet = Logger(label: "week") { _ in SwiftLogNoOpLogHandler() }

  private(set) var ledger: WeekLedger
  private let clock: WeekClock
  private var process: Process?
  private let backedUp: BackedUp

  init(_ ledger: WeekLedger, _ clock: WeekClock, _ plant: Plant? = nil) {
    self.ledger = ledger
    self.clock = clock
    backedUp = BackedUp(isOverstated: plant == .releasesBeyondTheBackup)
  }

  /// What kiosks are told that a backup holds.
  private final class BackedUp: Sendable {
    private let revision = Atomic<UInt64>(0)
    private let isOverstated: Bool

    init(isOverstated: Bool) { self.isOverstated = isOverstated }

    var through: UInt64 { isOverstated ? .max : revision.load(ordering: .relaxed) }

    func note(_ revision: UInt64) { self.revision.store(revision, ordering: .relaxed) }
  }

  /// The only one there is from now on, and what kiosks are told of.
  func backUp(to file: Connection) throws {
    try MemoryDisk.copy(ledger.disk, to: file)
    backedUp.note(try WeekOracle.revision(of: file))
  }

  var isUp: Bool { process != nil && ledger.isUp }

  func start() throws {
    let state = try ledger.open()
    let clock = clock
    let now: @Sendable () -> Timestamp = { clock.server }
    let closings = PollClosings()
    closings.note(state.polls)
    let board = TallyBoard(
      epoch: state.epoch, revision: state.revision, polls: state.polls.map { ($0.poll, $0.isClosed) },
      cells: state.cells, clock: .system(wall: now), carrier: CallCarrier(now: now, logger: Self.quiet))
    ledger.onCommit = { commit in
      closings.note(commit.polls)
      await board.fold(
        commit.cells, published: commit.polls.map { ($0.poll, $0.isClosed) }, revision: commit.revision)
    }
    let service = BallotService(
      ledger: ledger, board: board, access: Access(trustDomain: "t"),
      intake: BallotIntake(hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) }), now: now,
      closings: closings, watch: KioskWatch(reader: NoReader(), logger: Self.quiet),
      backedUpThrough: { [backedUp] in backedUp.through })
    process = Process(service: service, board: board)
  }

  func crash() throws {
    process = nil
    try ledger.crash()
  }

  /// Another disk is in its place.
  func replace(by ledger: WeekLedger) throws {
    try crash()
    self.ledger = ledger
  }

  /// Nil: the process died over it.
  func cast(
    _ request: Binhchon_V1_CastBallotsRequest, from kiosk: Identity
  ) async -> Result<Binhchon_V1_CastBallotsResponse, RPCError>? {
    guard let process, ledger.isUp else { return nil }
    do {
      return .success(try await process.service.castFromKiosk(request, kiosk))
    } catch let refusal as Refusal {
      return .failure(refusal.rpcError)
    } catch {
      return .failure(RPCError(.internal, "\(error)"))
    }
  }

  func publish(_ poll: Poll) async throws {
    _ = try await ledger.append([.publish(poll, by: "admin", at: clock.server)])
  }

  func close(_ poll: PollID) async throws {
    _ = try await ledger.append([.close(poll, reason: "done", by: "admin", at: clock.server)])
  }

  /// All ballots of a poll, in the published figures and left out of them, as a watcher would be told.
  func figures(_ poll: PollID) async -> [UInt64] {
    guard let listed = process?.board.poll(poll) else { return [] }
    let figures = await listed.tally.figures(unit: listed.newest.unit, channel: nil)
    let total = figures.tally.windows.first { $0.window == .total }
    return [total.map { UInt64(clamping: $0.ballots) } ?? 0, total.map { UInt64(clamping: $0.flaggedBallots) } ?? 0]
  }
}
