import Foundation
import Ledger
import ManualClock
import Polling
import Schema
import SeededRandom
import WatchChecking

@testable import Server
@testable import Tallies

/// One history of a server, its lives and its watchers, drawn at random: ballots, other versions of the poll, clocks that go
/// and step, slow readers, cuts, crashes, restores, reloads. ``run()`` ends with what was wrong.
struct WatchHistory {
  /// What the watched poll is in a ledger.
  private struct Standing {
    /// Ballots that can be voided, by sequence.
    var ballots: [UInt64: BallotID] = [:]
    var versions: UInt32 = 0
    var isClosed = false
  }

  private struct Backup {
    var path: String
    var epoch: String
    var revision: UInt64
    var standing: Standing
  }

  struct Unexpected: Error {
    var what: String
  }

  private let directory: String
  private let clock = ManualClock(wall: 1_795_143_600_000)
  /// How long, by the clock that goes by itself, what must happen may take.
  private let patience: Duration
  private let plant: @Sendable (any TallyCarrier) -> any TallyCarrier
  private let place = HistoryPlace()
  private var random: SplitMix64
  private var server: HistoryServer
  private var isHeld = false
  private var standing = Standing()
  private var ledgers: [String: EnteredHistory] = [:]
  private var backups: [Backup] = []
  private var watchers: [(watcher: HistoryWatcher, task: Task<Void, Never>, isReading: Bool)] = []
  private var finished: [HistoryWatcher] = []
  /// Submitted and not answered yet.
  private var asked: [(answer: AsyncStream<Result<[Outcome], LedgerError>>, entries: [EnteredHistory.Entry])] = []
  private var lastDirectory = 0
  private var lastNumber: UInt64 = 0
  private(set) var counts = Counts()

  struct Counts {
    var tellings = 0
    var watchers = 0
    var crashes = 0
    var restores = 0
    var reloads = 0
    var entries: UInt64 = 0

    static func += (left: inout Counts, right: Counts) {
      left.tellings += right.tellings
      left.watchers += right.watchers
      left.crashes += right.crashes
      left.restores += right.restores
      left.reloads += right.reloads
      left.entries += right.entries
    }
  }

  /// - Parameter directory: empty; of this history alone.
  init(
    _ directory: String, _ random: SplitMix64, patience: Duration = .seconds(30),
    plant: @escaping @Sendable (any TallyCarrier) -> any TallyCarrier = { $0 }
  ) throws {
    self.directory = directory
    self.random = random
    self.patience = patience
    self.plant = plant
    try SQLiteLedger.create(directory: directory + "/0")
    server = try HistoryServer(directory + "/0", clock: clock, plant: plant)
    ledgers[server.epoch] = EnteredHistory()
    place.server = server
  }

  mutating func run() async throws -> [String] {
    try await publish()
    for _ in 0..<Int.random(in: 1...4, using: &random) { watch() }
    for _ in 0..<Int.random(in: 20...40, using: &random) {
      try await step()
      // Little, and things happen at once; or enough for whoever has been told to say so.
      let pause = Bool.random(using: &random) ? 0...12 : 30...100
      for _ in 0..<Int.random(in: pause, using: &random) { await Task.yield() }
    }
    try await lastEntries()
    let faults = try await end()
    for (watcher, _, _) in watchers { watcher.end() }
    place.end()
    for (_, task, _) in watchers { await task.value }
    let logs = (finished + watchers.map(\.watcher)).map(\.log)
    counts.watchers = logs.count
    counts.tellings = logs.reduce(0) { $0 + $1.tellings }
    counts.entries = ledgers[server.epoch]?.revision ?? 0
    await server.ledger.close()
    return faults + logs.enumerated().flatMap { index, log in log.faults(ledgers).map { "watcher \(index), \($0)" } }
  }

  // MARK: What happens

  private mutating func step() async throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<27: try await cast()
    case 27..<30: try await void()
    case 30..<32: try await publish()
    case 32: try await close()
    case 33..<36: try await other()
    case 36..<62:
      let steps: [Duration] = [
        .milliseconds(10), .milliseconds(50), .milliseconds(250), .milliseconds(250), .seconds(1), .seconds(1),
        .seconds(16), .seconds(7_200),
      ]
      clock.advance(steps.randomElement(using: &random) ?? .zero)
    case 62..<65: setClock()
    case 65..<72: toggleReading()
    case 72..<78: watchers.randomElement(using: &random)?.watcher.cut()
    case 78..<81: watch()
    case 81..<83: stopWatching()
    case 83..<86: hold()
    case 86..<89: try await release()
    case 89..<91: try await backUp()
    case 91..<93: try await crash()
    case 93..<96: try await restore()
    case 96..<98: try await restart()
    default:
      // A reload that put all watchers' certificates on the list: who has another one comes back.
      counts.reloads += 1
      for (watcher, _, _) in watchers { watcher.cut() }
    }
  }

  /// The wall's clock steps, by a day or to some other time. Somebody may have to connect again just then.
  private mutating func setClock() {
    let someTime = 1_795_143_600_000 + Int64.random(in: -2...40, using: &random) * 43_200_000
    let oneDay = now.milliseconds + (Bool.random(using: &random) ? 86_400_000 : -86_400_000)
    setClock(Int.random(in: 0..<4, using: &random) == 0 ? someTime : oneDay)
    if Bool.random(using: &random) { watchers.randomElement(using: &random)?.watcher.cut() }
  }

  private func setClock(_ milliseconds: Int64) {
    for (watcher, _, _) in watchers { watcher.clockIsSet() }
    clock.setWall(milliseconds)
  }

  private static let units = ["hai-chau/quay-01", "hai-chau/quay-02", "hai-chau/phuong/quay-03"]

  private static func questions(version: UInt32) -> [EnteredHistory.Question] {
    let first = ("muc-do", ["HL", "KHL"] + (version > 1 ? ["BT"] : []))
    return version > 2 ? [first, ("ly-do", (3...version).map { "L\($0)" })] : [first]
  }

  private static func poll(_ id: String, version: UInt32) throws -> Poll {
    Poll(
      id: try PollID(id), title: LocalizedText(vi: "Thăm dò \(version)", en: ""), unit: try UnitPath("hai-chau"),
      units: try units.map { Unit(path: try UnitPath($0), name: LocalizedText(vi: $0, en: "")) },
      questions: questions(version: version).enumerated().map { index, question in
        Question(
          id: question.id, text: LocalizedText(vi: question.id, en: ""), kind: .single, isOptional: index > 0,
          choices: question.choices.map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) })
      })
  }

  private var now: Timestamp { clock.clock.wall() }

  private mutating func publish() async throws {
    guard !standing.isClosed, standing.versions < 6 else { return }
    standing.versions += 1
    let polls = [try Self.poll(HistoryServer.poll, version: standing.versions)]
    let entry = EnteredHistory.Entry.version(standing.versions, Self.questions(version: standing.versions))
    try await append(polls.map { .publish($0, by: "a", at: now) }, [entry])
    if standing.versions == 1 {
      try await append([.publish(try Self.poll("khac", version: 1), by: "a", at: now)], [.other])
    }
  }

  private mutating func close() async throws {
    guard !standing.isClosed else { return }
    standing.isClosed = true
    try await append([.close(try PollID(HistoryServer.poll), reason: "r", by: "a", at: now)], [.closed])
  }

  private mutating func cast() async throws {
    guard !standing.isClosed else { return try await other() }
    var submissions: [Submission] = []
    var entries: [EnteredHistory.Entry] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let version = UInt32.random(in: 1...standing.versions, using: &random)
      let unit = Self.units.randomElement(using: &random) ?? ""
      let channel = [Channel.kiosk, .counter, .web].randomElement(using: &random) ?? .kiosk
      let flags = [RecordFlags(), [], [], .clock, .cooldown, .burst, .bound, [.bound, .burst]].randomElement(
        using: &random)
      let day = Day(number: Day(of: now).number - ([0, 0, 0, 1, 1, 3, 9, 35].randomElement(using: &random) ?? 0))
      var choices: [String: String] = [:]
      var unanswered: Set<String> = []
      for (index, question) in Self.questions(version: version).enumerated() {
        if index > 0, Bool.random(using: &random) {
          unanswered.insert(question.id)
        } else {
          choices[question.id] = question.choices.randomElement(using: &random)
        }
      }
      let record = try record(HistoryServer.poll, version, unit, channel, day, flags ?? [], choices)
      submissions.append(.cast(record, isOpen: true))
      entries.append(
        .ballot(
          .init(
            unit: unit, channel: channel.message, day: day.number, choices: choices, unanswered: unanswered,
            isFlagged: flags.map { !$0.isDisjoint(with: [.cooldown, .burst]) } ?? false,
            isBound: flags?.contains(.bound) ?? false)))
    }
    try await append(submissions, entries)
  }

  /// Of another poll: the ledger goes on, the watched figures do not.
  private mutating func other() async throws {
    let record = try record("khac", 1, Self.units[0], .kiosk, Day(of: now), [], ["muc-do": "HL"])
    try await append([.cast(record, isOpen: true)], [.other])
  }

  private mutating func record(
    _ poll: String, _ version: UInt32, _ unit: String, _ channel: Channel, _ day: Day, _ flags: RecordFlags,
    _ choices: [String: String]
  ) throws -> CastVoteRecord {
    lastNumber += 1
    let ballot = Ballot(
      id: BallotID(time: now, precision: .second, random: (0, lastNumber)), poll: try PollID(poll),
      pollVersion: version,
      unit: try UnitPath(unit), channel: channel, deviceTime: nil,
      answers: choices.sorted { $0.key > $1.key }.map { Answer(question: $0.key, choices: [$0.value]) })
    return CastVoteRecord(
      ballot: ballot, receivedTime: now, skewMilliseconds: nil, day: day, flags: flags, source: "kiosk/hai-chau/k")
  }

  private mutating func void() async throws {
    guard let (sequence, id) = standing.ballots.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
      return
    }
    standing.ballots[sequence] = nil
    try await append(
      [.void(id, within: try UnitPath("hai-chau"), reason: "r", by: "a", at: now)], [.void(sequence)])
  }

  /// Enters them, and remembers them under the sequences that the ledger gave.
  private mutating func append(_ submissions: [Submission], _ entries: [EnteredHistory.Entry]) async throws {
    let (answers, answer) = AsyncStream.makeStream(of: Result<[Outcome], LedgerError>.self)
    server.ledger.append(submissions) { answer.yield($0) }
    asked.append((answers, entries))
    // Answers wait for the figures.
    if !isHeld { try await settle() }
  }

  private mutating func settle() async throws {
    for (answers, entries) in asked {
      for await answer in answers {
        try enter(try answer.get(), entries)
        break
      }
    }
    asked = []
  }

  private mutating func enter(_ outcomes: [Outcome], _ entries: [EnteredHistory.Entry]) throws {
    guard outcomes.count == entries.count else { throw Unexpected(what: "\(outcomes)") }
    for (outcome, entry) in zip(outcomes, entries) {
      guard case .entered(let sequence, let effect) = outcome else { throw Unexpected(what: "\(outcome)") }
      ledgers[server.epoch]?.enter(entry, at: sequence)
      if case .cast(let record) = effect, case .ballot = entry { standing.ballots[sequence] = record.ballot.id }
    }
  }
}

// MARK: - Watchers

extension WatchHistory {
  private mutating func watch() {
    let units = ["", "hai-chau", "hai-chau/phuong"] + Self.units
    let watcher = HistoryWatcher(
      unit: units.randomElement(using: &random) ?? "",
      channel: [.unspecified, .unspecified, .kiosk, .web].randomElement(using: &random) ?? .unspecified,
      interval: [50, 0, 1_000].randomElement(using: &random) ?? 0)
    let place = place
    watchers.append((watcher, Task { await watcher.run(place) }, true))
  }

  private mutating func stopWatching() {
    guard watchers.count > 1 else { return }
    let (watcher, _, _) = watchers.remove(at: Int.random(in: watchers.indices, using: &random))
    watcher.end()
    finished.append(watcher)
  }

  private mutating func toggleReading() {
    guard let index = watchers.indices.randomElement(using: &random) else { return }
    watchers[index].isReading.toggle()
    watchers[index].watcher.read(watchers[index].isReading, at: server)
  }

  /// The last entries come while some do not read.
  private mutating func lastEntries() async throws {
    for index in watchers.indices where watchers[index].isReading && Bool.random(using: &random) {
      watchers[index].isReading = false
      watchers[index].watcher.read(false)
    }
    for _ in 0..<5 {
      try await cast()
      clock.advance(.seconds(1))
      for _ in 0..<100 { await Task.yield() }
    }
  }

  /// Everybody reads: what is the last state must get to all of them, and nobody may be left who is not watching.
  private mutating func end() async throws -> [String] {
    try await release()
    for (watcher, _, isReading) in watchers where !isReading { watcher.read(true, at: server) }
    setClock(Day(of: now).start.milliseconds + 43_200_000)
    for _ in 0..<4 {
      let before = watchers.map { $0.watcher.log.tellings }
      clock.advance(.seconds(16))
      let watching = watchers.map(\.watcher)
      guard await happens({ zip(watching, before).allSatisfy { $0.log.tellings > $1 } }) else {
        return zip(watching, before).enumerated().filter { $1.0.log.tellings == $1.1 }.map {
          "watcher \($0.offset) hears nothing any more"
        }
      }
      if watching.allSatisfy({ unfinished($0.log) == nil }) { break }
    }
    var faults = watchers.enumerated().compactMap { index, watching in
      unfinished(watching.watcher.log).map { "watcher \(index) did not get the last state: \($0)" }
    }
    let (tally, count) = (server.tally, watchers.count)
    if await !happens({ await tally?.watcherCount == count }) { faults.append("there are watches that nobody watches") }
    return faults
  }

  private func unfinished(_ log: WatchLog) -> String? {
    guard var shown = log.shown else { return "nothing" }
    if log.epoch != server.epoch { return "another ledger's" }
    if log.revision != server.folded { return "revision \(log.revision), not \(server.folded)" }
    if shown.today != Day(of: now).description { return "of \(shown.today)" }
    shown.revision = log.revision
    return ledgers[server.epoch]?.fault(in: shown)
  }

  /// Whether it happens, as time goes on.
  private func happens(_ condition: () async -> Bool) async -> Bool {
    let start = ContinuousClock.now
    while !(await condition()) {
      if ContinuousClock.now - start > patience { return false }
      for _ in 0..<50 { await Task.yield() }
      clock.advance(.milliseconds(50))
    }
    return true
  }
}

// MARK: - Lives

extension WatchHistory {
  private mutating func hold() {
    server.hold()
    isHeld = true
  }

  private mutating func release() async throws {
    server.release()
    isHeld = false
    try await settle()
  }

  private mutating func backUp() async throws {
    try await release()
    let path = "\(directory)/backup-\(backups.count)"
    let report = try LedgerBackup.run(directory: server.directory, to: path)
    backups.append(
      Backup(path: path, epoch: server.epoch, revision: report.verified.revision, standing: standing))
  }

  /// What is on the disk at some moment is all that is left: nothing was closed, some commits were in no figures yet.
  private mutating func crash() async throws {
    counts.crashes += 1
    server.crash()
    isHeld = false
    try await settle()
    leave()
    let directory = newDirectory()
    try FileManager.default.copyItem(atPath: server.directory, toPath: directory)
    await server.ledger.close()
    try begin(directory)
  }

  private mutating func restore() async throws {
    // Without one, what is lost is what comes from here on.
    guard let backup = backups.randomElement(using: &random) else { return try await backUp() }
    counts.restores += 1
    try await release()
    leave()
    await server.ledger.close()
    let directory = newDirectory()
    let report = try LedgerRestore.run(backup: backup.path, to: directory)
    ledgers[report.epoch] = ledgers[backup.epoch]?.prefix(through: backup.revision)
    standing = backup.standing
    try begin(directory)
  }

  private mutating func restart() async throws {
    try await release()
    place.server = nil
    await server.board.finishWatches()
    leave()
    await server.ledger.close()
    try begin(server.directory)
  }

  /// The server is gone, and all connections with it.
  private func leave() {
    place.server = nil
    for (watcher, _, _) in watchers { watcher.cut() }
    for watcher in finished { watcher.cut() }
  }

  private mutating func begin(_ directory: String) throws {
    server = try HistoryServer(directory, clock: clock, plant: plant)
    place.server = server
  }

  private mutating func newDirectory() -> String {
    lastDirectory += 1
    return "\(directory)/\(lastDirectory)"
  }
}
