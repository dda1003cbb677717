import Foundation
import Ledger
import Logging
import ManualClock
import Polling
import RPC
import Synchronization
import Tallies

@testable import Server

/// One life of a server that tallies are watched at: the real ledger, board and service, without sockets; clocks stand still
/// until the test moves them.
final class HistoryServer: Sendable {
  static let poll = "hai-long"

  private struct State {
    var board: TallyBoard?
    var hasCrashed = false
    var isHeld = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Of the watched poll, in the board's figures.
    var folded: UInt64
  }

  /// Commits are carried to the board as `Assembly` does it, but held up or lost as told.
  private final class Carriage: Sendable {
    let state = Mutex(State(folded: 0))

    func carry(_ commit: Commit, watched: PollID) async {
      await withCheckedContinuation { continuation in
        let isHeld = state.withLock { state in
          if state.isHeld { state.waiting.append(continuation) }
          return state.isHeld
        }
        if !isHeld { continuation.resume() }
      }
      let board = state.withLock { $0.hasCrashed ? nil : $0.board }
      guard let board else { return }
      await board.fold(
        commit.cells, published: commit.polls.map { ($0.poll, $0.isClosed) }, revision: commit.revision)
      guard commit.cells[watched] != nil || commit.polls.contains(where: { $0.poll.id == watched }) else { return }
      state.withLock { $0.folded = commit.revision }
    }

    func release() {
      let waiting = state.withLock { state in
        state.isHeld = false
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume() }
    }
  }

  let directory: String
  let epoch: String
  let ledger: SQLiteLedger
  let board: TallyBoard
  let caller: InProcessTransport
  private let carriage: Carriage

  /// - Parameter plant: puts a fault between tallies and watchers.
  init(
    _ directory: String, clock: ManualClock, plant: (any TallyCarrier) -> any TallyCarrier = { $0 }
  ) throws {
    let watched = try PollID(Self.poll)
    let carriage = Carriage()
    let (ledger, state) = try SQLiteLedger.open(directory: directory) { await carriage.carry($0, watched: watched) }
    let wall = clock.clock.wall
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    board = TallyBoard(
      epoch: state.epoch, revision: state.revision, polls: state.polls.map { ($0.poll, $0.isClosed) },
      cells: state.cells, clock: clock.clock, carrier: plant(CallCarrier(now: wall, logger: logger)))
    carriage.state.withLock { [board] in
      $0.board = board
      $0.folded = state.revision
    }
    var router = Router()
    let desk = PublicationDesk(
      shelf: PublicationShelf(directory: directory), epoch: state.epoch, known: [], every: 86_400_000, logger: logger,
      now: wall)
    TallyService(
      board: board, desk: desk, access: Access(trustDomain: "t"), now: wall,
      acknowledged: { ledger.acknowledgedRevision }
    ).register(in: &router)
    caller = InProcessTransport(
      router: router, peer: Peer(identity: "spiffe://t/auditor/hai-chau/lan", certificate: "test", address: "here"),
      logger: logger)
    self.directory = directory
    epoch = state.epoch
    self.ledger = ledger
    self.carriage = carriage
  }

  /// What watchers can be told of by now.
  var folded: UInt64 { carriage.state.withLock { $0.folded } }

  /// Commits are on disk from here on, and in no figures.
  func hold() { carriage.state.withLock { $0.isHeld = true } }

  func release() { carriage.release() }

  /// Nothing more gets to the board: who was answered from here on was told of no figures.
  func crash() {
    carriage.state.withLock { $0.hasCrashed = true }
    carriage.release()
  }

  var tally: PollTally? { (try? PollID(Self.poll)).flatMap { board.poll($0)?.tally } }
}
