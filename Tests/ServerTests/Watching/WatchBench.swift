import Foundation
import Ledger
import ManualClock
import Polling
import RPC
import Schema
import Tallies

@testable import Server

/// A server with one poll, whose time goes on by itself in steps of 50 ms: for watches of which it does not matter when they
/// are told.
final class WatchBench {
  typealias Watch = ResponseStream<Binhchon_V1_WatchTallyResponse>

  private(set) var server: HistoryServer
  private let root: String
  private let clock = ManualClock()
  private let ticking: Task<Void, Never>
  private var lastNumber: UInt64 = 0
  private var directories = 1

  init() async throws {
    root = FileManager.default.temporaryDirectory.appending(path: "binhchon-watch-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
    try SQLiteLedger.create(directory: root + "/1")
    server = try HistoryServer(root + "/1", clock: clock)
    ticking = Task { [clock] in
      while !Task.isCancelled {
        clock.advance(.milliseconds(50))
        for _ in 0..<20 { await Task.yield() }
      }
    }
    var poll = try HaiChauPoll.poll()
    poll.id = try PollID(HistoryServer.poll)
    _ = try await server.ledger.append([.publish(poll, by: "a", at: clock.clock.wall())])
  }

  deinit {
    ticking.cancel()
    try? FileManager.default.removeItem(atPath: root)
  }

  var revision: UInt64 { server.ledger.acknowledgedRevision }

  /// Returns when they are in the figures.
  func cast(_ count: Int, at counter: String = "01") async throws {
    _ = try await server.ledger.append(try submissions(count, at: counter))
  }

  /// Returns at once.
  func submit(_ count: Int) throws {
    server.ledger.append(try submissions(count, at: "01")) { _ in }
  }

  private func submissions(_ count: Int, at counter: String) throws -> [Submission] {
    let now = clock.clock.wall()
    return try (0..<count).map { _ in
      lastNumber += 1
      let ballot = Ballot(
        id: BallotID(time: now, precision: .second, random: (0, lastNumber)), poll: try PollID(HistoryServer.poll),
        pollVersion: 1, unit: try UnitPath("hai-chau/mot-cua/quay-\(counter)"), channel: .kiosk, deviceTime: nil,
        answers: [Answer(question: "hai-long", choices: ["HL"])])
      return .cast(
        CastVoteRecord(
          ballot: ballot, receivedTime: now, skewMilliseconds: nil, day: Day(of: now), flags: [],
          source: "kiosk/hai-chau/k"), isOpen: true)
    }
  }

  func watch(unit: String = "", epoch: String = "", since revision: UInt64 = 0) async throws -> Watch {
    var request = Binhchon_V1_WatchTallyRequest()
    (request.poll, request.unit, request.intervalMs) = (HistoryServer.poll, unit, 50)
    (request.sinceEpoch, request.sinceRevision) = (epoch, revision)
    return try await server.caller.call(TallyMethods.watchTally, request)
  }

  /// The server is gone between two instants, with what was on its disk; then it is there again.
  func crash() async throws {
    server.crash()
    directories += 1
    let directory = "\(root)/\(directories)"
    try FileManager.default.copyItem(atPath: server.directory, toPath: directory)
    await server.ledger.close()
    server = try HistoryServer(directory, clock: clock)
  }

  func backUp() throws -> String {
    directories += 1
    let path = "\(root)/\(directories)"
    _ = try LedgerBackup.run(directory: server.directory, to: path)
    return path
  }

  func restore(_ backup: String) async throws {
    await server.ledger.close()
    directories += 1
    let directory = "\(root)/\(directories)"
    _ = try LedgerRestore.run(backup: backup, to: directory)
    server = try HistoryServer(directory, clock: clock)
  }

  func close() async { await server.ledger.close() }
}

extension ResponseStream<Binhchon_V1_WatchTallyResponse>.AsyncIterator {
  /// The next one with figures.
  mutating func figures() async throws -> Binhchon_V1_WatchTallyResponse? {
    while let response = try await next() {
      if response.kind != .current { return response }
    }
    return nil
  }
}

extension Binhchon_V1_WatchTallyResponse {
  var total: UInt64? { tally.windows.first { $0.window == .total }?.ballots }
}
