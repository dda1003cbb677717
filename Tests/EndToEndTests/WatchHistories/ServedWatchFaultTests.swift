import FaultRun
import Foundation
import Polling
import Schema
import SeededRandom
import Testing
import WatchChecking

/// P6 with the real programs: watchers over TLS while the server is killed, restored from a backup into another directory,
/// stopped, and reloads. The many histories are in process (`WatchHistoryFaultTests`).
@Suite(.serialized, .timeLimit(.minutes(60)))
struct ServedWatchFaultTests {
  @Test func everyServedWatchIsTrue() async throws {
    let run = FaultRun("P6", cases: 10)
    // One for a hundred of those in process.
    let cases = run.cases.prefix(max(10, run.cases.count / 100))
    let demo = try await demoData()
    var (tellings, lives) = (0, 0)
    for number in cases {
      let history = try await ServedHistory(demo.path, run.random(number))
      let faults = try await history.run()
      #expect(faults.isEmpty, "\(faults.prefix(3).joined(separator: "\n")); \(run.replay(number))")
      tellings += history.tellings
      lives += history.lives
    }
    print("P6: \(cases.count) histories over TLS, \(tellings) tellings, \(lives) lives of servers")
    #expect(tellings > cases.count)
  }
}

/// One history of a real server and its watchers.
private final class ServedHistory {
  private var random: SplitMix64
  private var server: ServerProcess
  private var directory: TemporaryDirectory
  private let shelf: TemporaryDirectory
  private var kiosk: TestClient
  private var official: TestClient
  private let place = Shared<TestClient?>(nil)
  private let watchers = [50, 0, 1_000].map { SocketWatcher(intervalMs: $0) }
  private var ledgers: [String: EnteredHistory] = [:]
  private var epoch = ""
  private var backup: (path: String, epoch: String, revision: UInt64)?
  private var clients: [TestClient] = []
  private(set) var lives = 1

  private static let configuration = ["binhchon.yaml", "pepper", "certs"]

  init(_ demo: String, _ random: SplitMix64) async throws {
    self.random = random
    shelf = try TemporaryDirectory()
    directory = try Self.directory(like: demo, with: Self.configuration + ["ledger.db"])
    server = try await ServerProcess.start(directory.path)
    kiosk = try TestClient(server, identity: "\(directory.path)/certs/kiosk")
    official = try TestClient(server, identity: "\(directory.path)/certs/official")
    clients = [kiosk, official]
    let tally = try await tally()
    epoch = tally.ledgerEpoch
    var history = EnteredHistory()
    let questions = tally.windows[0].questions.map { ($0.question, $0.choices.map(\.choice)) }
    for sequence in 1...max(1, tally.revision) { history.enter(.version(1, questions), at: sequence) }
    ledgers[epoch] = history
    place.update { [official] in $0 = official }
  }

  private static func directory(like other: String, with names: [String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for name in names {
      try FileManager.default.copyItem(atPath: "\(other)/\(name)", toPath: "\(directory.path)/\(name)")
    }
    return directory
  }

  var tellings: Int { watchers.reduce(0) { $0 + $1.log.value.tellings } }

  func run() async throws -> [String] {
    let tasks = watchers.map { watcher in Task { [place] in await watcher.run(place) } }
    var faults: [String] = []
    do {
      for _ in 0..<Int.random(in: 12...20, using: &random) { try await step() }
      try await cast()
      faults = await end()
    } catch {
      faults = ["\(error)"]
    }
    for task in tasks { task.cancel() }
    for client in clients { await client.shutdown() }
    for task in tasks { await task.value }
    _ = await server.stop()
    return faults
      + watchers.enumerated().flatMap { index, watcher in
        watcher.log.value.faults(ledgers).map { "watcher \(index), \($0)" }
      }
  }

  private func step() async throws {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<13: try await cast()
    case 13..<15:
      server.signal(SIGHUP)
      _ = await server.logged("reloaded")
    case 15: try await backUp()
    case 16: try await killWhileItIsCast()
    case 17:
      await server.crash()
      try await serve()
    case 18:
      _ = await server.stop()
      try await serve()
    default: try await restore()
    }
  }

  private func tally() async throws -> Binhchon_V1_Tally {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = Ballots.poll
    return try await official.call(TallyMethods.getTally, request).tally
  }

  /// Nobody else enters anything, so the ledger's last entry is this one.
  private func cast(_ ballot: Binhchon_V1_Ballot? = nil) async throws {
    let choice = ["BT", "HL", "RHL"].randomElement(using: &random) ?? "HL"
    let counter = Int.random(in: 1...3, using: &random)
    let ballot = ballot ?? Ballots.ballot(choice, unit: "hai-chau/mot-cua/quay-0\(counter)")
    let receipt = try await kiosk.cast(ballot)
    let revision = try await tally().revision
    ledgers[epoch]?.enter(
      .ballot(
        .init(
          unit: ballot.unit, channel: ballot.channel, day: EnteredHistory.day(receipt.day) ?? 0,
          choices: ["hai-long": ballot.answers[0].choices[0]], isFlagged: !receipt.counted)),
      at: revision)
  }

  /// Nobody knows whether it was taken; it is cast again, and is there once.
  private func killWhileItIsCast() async throws {
    let ballot = Ballots.ballot("RHL")
    let attempt = Task { [kiosk] in try await kiosk.cast(ballot) }
    for _ in 0..<Int.random(in: 0...200, using: &random) { await Task.yield() }
    await server.crash()
    _ = await attempt.result
    try await serve()
    try await cast(ballot)
  }

  private func serve(in directory: TemporaryDirectory? = nil) async throws {
    lives += 1
    place.update { $0 = nil }
    if let directory { self.directory = directory }
    server = try await ServerProcess.start(self.directory.path)
    kiosk = try TestClient(server, identity: "\(self.directory.path)/certs/kiosk")
    official = try TestClient(server, identity: "\(self.directory.path)/certs/official")
    clients += [kiosk, official]
    place.update { [official] in $0 = official }
  }

  private func backUp() async throws {
    let path = "\(shelf.path)/\(UUID().uuidString)"
    let made = try await binhchond("backup", "--to", path, directory.path)
    if made { backup = (path, epoch, try await tally().revision) }
  }

  private func restore() async throws {
    if backup == nil { try await backUp() }
    guard let backup else { return }
    await server.crash()
    let directory = try Self.directory(like: self.directory.path, with: Self.configuration)
    guard try await binhchond("restore", backup.path, directory.path) else { return }
    try await serve(in: directory)
    epoch = try await tally().ledgerEpoch
    ledgers[epoch] = ledgers[backup.epoch]?.prefix(through: backup.revision)
  }

  private func binhchond(_ arguments: String...) async throws -> Bool {
    let finished = try await EndToEndTests.run(Binaries.server, arguments)
    #expect(finished.status == 0, "\(finished.errors)")
    return finished.status == 0
  }

  /// The last state gets to everybody.
  private func end() async -> [String] {
    let revision = ledgers[epoch]?.revision ?? 0
    let start = ContinuousClock.now
    while let late = watchers.firstIndex(where: { $0.log.value.revision != revision || $0.log.value.epoch != epoch }) {
      if ContinuousClock.now - start > .seconds(60) { return ["watcher \(late) did not get the last state"] }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return []
  }
}
