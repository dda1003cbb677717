import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// A poll with k = 5 over a real ledger: what those are told who may not read it.
@Suite(.timeLimit(.minutes(2))) struct PublishedFiguresTests {
  static let poll = "kin-dao"

  /// A service over a ledger in a directory of its own, that can be stopped and started, at a time that tests set.
  final class Office: Sendable {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "binhchon-published-\(UUID().uuidString)").path
    let now = Mutex(BallotIntakeTests.now)

    init() throws { try SQLiteLedger.create(directory: directory) }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func open() async throws -> Assembly {
      try await Assembly.open(
        Assembly.Options(
          dataDirectory: directory, trustDomain: "t", commitQueue: 64,
          hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) },
          now: { self.now.withLock { $0 } }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
    }

    /// With nobody serving it.
    func beginAnew() async throws {
      let (ledger, state) = try SQLiteLedger.open(directory: directory) { _ in }
      try PublicationMemory.beginAnew(
        [state.polls.map(\.poll)], directory: directory, epoch: state.epoch, known: [],
        now: now.withLock { $0 })
      await ledger.close()
    }

    func pass(_ days: Int64) { now.withLock { $0.milliseconds += days * 86_400_000 } }

    func publish(_ assembly: Assembly, k: UInt32 = 5) async throws {
      var poll = try HaiChauPoll.poll()
      poll.id = try PollID(PublishedFiguresTests.poll)
      poll.policy.smallestGroup = k
      var publish = Binhchon_V1_PublishPollRequest()
      publish.poll = poll.message(isClosed: false, at: BallotIntakeTests.now)
      publish.poll.version = 0
      _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, publish)
    }

    /// - Returns: their ids.
    @discardableResult
    func cast(_ assembly: Assembly, _ count: Int, _ choice: String) async throws -> [Data] {
      var ids: [Data] = []
      for _ in 0..<count {
        var cast = Binhchon_V1_CastBallotRequest()
        cast.ballot = ServiceTests.fresh()
        cast.ballot.ballotID = Data(
          BallotID(
            time: now.withLock { $0 }, precision: .second,
            random: (.random(in: 0...4095), .random(in: .min ... .max))
          ).bytes)
        cast.ballot.deviceTimeMs = now.withLock { $0.milliseconds }
        cast.ballot.poll = PublishedFiguresTests.poll
        cast.ballot.answers = [
          .with {
            $0.question = "hai-long"
            $0.choices = [choice]
          }
        ]
        _ = try await ServiceTests.caller(assembly, "clerk/hai-chau/mot-cua/k").call(BallotMethods.castBallot, cast)
        ids.append(cast.ballot.ballotID)
      }
      return ids
    }
  }

  static func tally(
    _ assembly: Assembly, as caller: String = "official/hai-chau/lan", channel: Binhchon_V1_Channel = .unspecified
  ) async throws -> Binhchon_V1_Tally {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = poll
    request.channel = channel
    return try await ServiceTests.caller(assembly, caller).call(TallyMethods.getTally, request).tally
  }

  static func total(_ tally: Binhchon_V1_Tally) -> String { counts(tally, .total) }

  /// n and the levels of the window, `–` where nothing is told.
  static func counts(_ tally: Binhchon_V1_Tally, _ window: Binhchon_V1_Window) -> String {
    guard let window = tally.windows.first(where: { $0.window == window }) else { return "" }
    let levels = window.questions.first?.choices.map { $0.hidden ? "–" : String($0.count) } ?? []
    return ([window.ballotsHidden ? "–" : String(window.ballots)] + levels).joined(separator: " ")
  }

  @Test func smallFiguresAreLeftOutOverTimeAndRestarts() async throws {
    let office = try Office()
    var assembly = try await office.open()
    try await office.publish(assembly)
    #expect(Self.total(try await Self.tally(assembly)) == "0 0 0 0 0 0")
    try await office.cast(assembly, 9, "RHL")
    try await office.cast(assembly, 1, "KHL")
    // Not before the day is over.
    #expect(Self.total(try await Self.tally(assembly)) == "0 0 0 0 0 0")
    office.pass(1)
    let first = try await Self.tally(assembly)
    // 9 as well: it would tell of the one.
    #expect(Self.total(first) == "10 0 – 0 0 –")
    #expect(first.k == 5)
    #expect(first.windows.allSatisfy { $0.channels.isEmpty && $0.flaggedBallotsHidden && $0.boundBallotsHidden })
    for caller in ["auditor/hai-chau/a", "admin/hai-chau/a"] {
      let exact = try await Self.tally(assembly, as: caller)
      #expect(Self.total(exact) == "10 0 1 0 0 9")
      #expect(exact.k == 0)
    }
    // Three more: nobody is told before there are more of them, also not by a server that was started again.
    try await office.cast(assembly, 3, "RHL")
    office.pass(1)
    #expect(try await Self.tally(assembly) == first)
    await assembly.close()
    assembly = try await office.open()
    office.pass(1)
    #expect(Self.total(try await Self.tally(assembly)) == "10 0 – 0 0 –")
    try await office.cast(assembly, 2, "RHL")
    office.pass(1)
    #expect(Self.total(try await Self.tally(assembly)) == "15 0 – 0 0 –")
    try await office.cast(assembly, 7, "KHL")
    office.pass(1)
    // The seven alone came since: 8 would tell of the one again.
    #expect(Self.total(try await Self.tally(assembly)) == "22 0 – 0 0 –")
    await assembly.close()
  }

  /// Nothing is published of days by which it is not known what was, and officials are told so; of later ones it is; and
  /// everything once an administrator says that nobody was told anything.
  @Test func whoLostWhatWasPublishedPublishesDaysToComeOnly() async throws {
    let office = try Office()
    var assembly = try await office.open()
    try await office.publish(assembly)
    try await office.cast(assembly, 9, "RHL")
    office.pass(1)
    #expect(Self.total(try await Self.tally(assembly)) == "9 0 0 0 0 9")
    await assembly.close()
    try FileManager.default.removeItem(atPath: office.directory + "/publications.json")
    assembly = try await office.open()
    let lost = Day(of: office.now.withLock { $0 })
    for _ in 0..<2 {
      let tally = try await Self.tally(assembly)
      #expect(Self.total(tally) == "– – – – – –")
      #expect(tally.publishedFrom == lost.advanced(by: 1).description)
      await assembly.close()
      assembly = try await office.open()
    }
    office.pass(1)
    try await office.cast(assembly, 7, "RHL")
    office.pass(1)
    let later = try await Self.tally(assembly)
    #expect(Self.total(later) == "– – – – – –")
    #expect(Self.counts(later, .yesterday) == "7 0 0 0 0 7")
    #expect(later.publishedFrom == lost.advanced(by: 1).description)
    await assembly.close()

    try await office.beginAnew()
    assembly = try await office.open()
    let anew = try await Self.tally(assembly)
    #expect(Self.total(anew) == "16 0 0 0 0 16")
    #expect(anew.publishedFrom.isEmpty)
    await assembly.close()
  }

  @Test func underAnotherKDaysToComeOnly() async throws {
    let office = try Office()
    let assembly = try await office.open()
    try await office.publish(assembly, k: 1)
    try await office.cast(assembly, 9, "RHL")
    #expect(Self.total(try await Self.tally(assembly)) == "9 0 0 0 0 9")
    try await office.publish(assembly, k: 5)
    office.pass(1)
    let tally = try await Self.tally(assembly)
    #expect(Self.total(tally) == "– – – – – –")
    #expect(tally.publishedFrom == Day(of: office.now.withLock { $0 }).advanced(by: 1).description)
    await assembly.close()
  }

  /// Figures hold the ballots of all versions: no later one opens what an earlier one left out. What was published stays,
  /// unless an older server may have told everything meanwhile.
  @Test(arguments: [false, true])
  func kOfOneOpensNothingThatWasCountedBefore(_ isOfOlderServer: Bool) async throws {
    let office = try Office()
    var assembly = try await office.open()
    try await office.publish(assembly, k: 5)
    try await office.cast(assembly, 9, "RHL")
    try await office.cast(assembly, 1, "KHL")
    office.pass(1)
    #expect(Self.total(try await Self.tally(assembly)) == "10 0 – 0 0 –")
    if isOfOlderServer {
      await assembly.close()
      let file = URL(fileURLWithPath: office.directory + "/publications.json")
      let records = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      try Data(records.replacing(#""upholds":true"#, with: #""upholds":false"#).utf8).write(to: file)
      assembly = try await office.open()
    }
    try await office.publish(assembly, k: 1)
    let opened = Day(of: office.now.withLock { $0 })
    let tally = try await Self.tally(assembly)
    let firstDay = isOfOlderServer ? opened.advanced(by: 1).description : ""
    #expect((Self.total(tally), tally.k) == (isOfOlderServer ? "– – – – – –" : "10 0 – 0 0 –", 5))
    #expect(tally.publishedFrom == firstDay)
    #expect(Self.total(try await Self.tally(assembly, as: "auditor/hai-chau/u")) == "10 0 1 0 0 9")
    var request = Binhchon_V1_GetFiguresRequest()
    request.poll = Self.poll
    let figures = try await ServiceTests.caller(assembly, "official/hai-chau/lan").call(
      FigureMethods.getFigures, request)
    #expect(figures.k == 5 && figures.total.ballotsHidden == isOfOlderServer)
    office.pass(1)
    try await office.cast(assembly, 7, "RHL")
    office.pass(1)
    let later = try await Self.tally(assembly)
    #expect(Self.counts(later, .yesterday) == "7 0 0 0 0 7")
    #expect(later.publishedFrom == firstDay)
    // Another version that says so changes nothing more.
    try await office.publish(assembly, k: 1)
    let changed = try await Self.tally(assembly)
    #expect((changed.windows, changed.revision, changed.publishedFrom) == (later.windows, later.revision, firstDay))
    await assembly.close()
    let again = try await office.open()
    #expect(Self.counts(try await Self.tally(again), .yesterday) == "7 0 0 0 0 7")
    await again.close()
    try await office.beginAnew()
    let anew = try await office.open()
    #expect(Self.total(try await Self.tally(anew)) == "17 0 – 0 0 –")
    await anew.close()
  }

  /// Ballots that were put into a ledger before it was served are one block, which its first publication tells of.
  @Test func whatCameBeforeTheFirstPublicationIsInIt() async throws {
    let office = try Office()
    var assembly = try await office.open()
    try await office.publish(assembly)
    try await office.cast(assembly, 9, "RHL")
    try await office.cast(assembly, 1, "KHL")
    let epoch = assembly.epoch
    await assembly.close()
    try FileManager.default.removeItem(atPath: office.directory + "/publications.json")
    try PublicationMemory.begin(directory: office.directory, epoch: epoch)
    assembly = try await office.open()
    #expect(Self.total(try await Self.tally(assembly)) == "10 0 – 0 0 –")
    await assembly.close()
  }

  /// Where the memory of what was published lies when the ledger is restored.
  enum Kept: CaseIterable { case directory, backup, backupButMoreMayBePublished, nowhere }

  @Test(arguments: Kept.allCases) func restored(_ kept: Kept) async throws {
    let office = try Office()
    var assembly = try await office.open()
    try await office.publish(assembly)
    try await office.cast(assembly, 9, "RHL")
    office.pass(1)
    #expect(Self.total(try await Self.tally(assembly)) == "9 0 0 0 0 9")
    let backup = office.directory + "/backup.db"
    _ = try LedgerBackup.run(directory: office.directory, to: backup)
    #expect(try PublicationMemory.copy(directory: office.directory, besides: backup))
    // Two more than the backup has.
    try await office.cast(assembly, 2, "RHL")
    await assembly.close()
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      try? FileManager.default.removeItem(atPath: "\(office.directory)/\(file)")
    }
    if kept != .directory { try FileManager.default.removeItem(atPath: office.directory + "/publications.json") }
    if kept == .nowhere { try FileManager.default.removeItem(atPath: PublicationMemory.path(besides: backup)) }
    let report = try LedgerRestore.run(backup: backup, to: office.directory)
    let restored = try PublicationMemory.carryOver(
      backup: backup, directory: office.directory, from: report.verified.epoch, to: report.epoch,
      through: report.verified.revision, isComplete: kept == .backup || kept == .nowhere)
    assembly = try await office.open()
    office.pass(1)
    // What comes back beside what was shown is of three people.
    try await office.cast(assembly, 3, "RHL")
    office.pass(1)
    let tally = try await Self.tally(assembly)
    switch kept {
    case .directory, .backup:
      #expect(restored == (kept == .directory ? .kept : .copied))
      #expect(Self.total(tally) == "9 0 0 0 0 9")
      #expect(tally.publishedFrom.isEmpty)
      try await office.cast(assembly, 2, "RHL")
      office.pass(1)
      #expect(Self.total(try await Self.tally(assembly)) == "14 0 0 0 0 14")
    case .backupButMoreMayBePublished, .nowhere:
      #expect(restored == .nothing)
      #expect(Self.total(tally) == "– – – – – –")
      #expect(!tally.publishedFrom.isEmpty)
    }
    await assembly.close()
  }

  @Test func slicesAreOfWhatIsPublished() async throws {
    let office = try Office()
    let assembly = try await office.open()
    try await office.publish(assembly)
    try await office.cast(assembly, 9, "RHL")
    try await office.cast(assembly, 1, "KHL")
    let official = ServiceTests.caller(assembly, "official/hai-chau/lan")
    func figures(_ change: (inout Binhchon_V1_GetFiguresRequest) -> Void) async throws -> Binhchon_V1_GetFiguresResponse
    {
      var request = Binhchon_V1_GetFiguresRequest()
      request.poll = Self.poll
      change(&request)
      return try await official.call(FigureMethods.getFigures, request)
    }
    office.pass(1)
    let units = try await figures { $0.groupBy = [.unit] }
    #expect(units.k == 5)
    #expect(units.rows.map(\.keys) == [["hai-chau/mot-cua"]])
    #expect(units.rows.map(\.ballots) == [10])
    #expect(units.rows[0].questions[0].choices.map(\.hidden) == [false, true, false, false, true])
    #expect(units.total.questions == units.rows[0].questions)
    #expect(try await figures { $0.window = .total }.total == units.total)
    let counters = try await figures { $0.groupBy = [.counter] }
    let places = ["quay-01", "quay-02", "quay-03"].map { ["hai-chau/mot-cua/\($0)"] }
    #expect(counters.rows.map(\.keys) == places)
    #expect(counters.total == units.total)
    for change: (inout Binhchon_V1_GetFiguresRequest) -> Void in [
      { $0.groupBy = [.channel] }, { $0.groupBy = [.unit, .day] }, { $0.groupBy = [.kiosk] },
      { $0.channels = [.counter] }, { $0.procedures = [""] }, { $0.kiosks = ["k"] },
      { $0.days.from = "2020-01-01" },
    ] {
      let error = await #expect(throws: RPCError.self) { _ = try await figures(change) }
      #expect(error.flatMap(ServiceTests.reason) == "NOT_PUBLISHED")
    }
    let error = await #expect(throws: RPCError.self) { try await Self.tally(assembly, channel: .counter) }
    #expect(error.flatMap(ServiceTests.reason) == "NOT_PUBLISHED")
    await assembly.close()
  }

  /// Who watched while everything was told learns that this is over, also after a reconnect.
  @Test func aWatchEndsWithKOfOneAndGoesOnWithLess() async throws {
    let office = try Office()
    let assembly = try await office.open()
    try await office.publish(assembly, k: 1)
    try await office.cast(assembly, 9, "RHL")
    let official = ServiceTests.caller(assembly, "official/hai-chau/lan")
    var request = Binhchon_V1_WatchTallyRequest()
    request.poll = Self.poll
    var updates = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
    let exact = try #require(try await updates.next())
    #expect(Self.total(exact.tally) == "9 0 0 0 0 9")
    try await office.publish(assembly, k: 5)
    await #expect(throws: RPCError.self) { while try await updates.next() != nil {} }
    (request.sinceEpoch, request.sinceRevision) = (exact.tally.ledgerEpoch, exact.tally.revision)
    var less = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
    let told = try #require(try await less.next())
    #expect((told.kind, Self.total(told.tally)) == (.reset, "– – – – – –"))
    await assembly.close()
  }

  @Test func aWatchTellsOfPublications() async throws {
    let office = try Office()
    let assembly = try await office.open()
    try await office.publish(assembly)
    let official = ServiceTests.caller(assembly, "official/hai-chau/lan")
    var request = Binhchon_V1_WatchTallyRequest()
    request.poll = Self.poll
    var updates = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
    #expect(try await updates.next()?.kind == .snapshot)
    try await office.cast(assembly, 9, "RHL")
    office.pass(1)
    // Somebody asks, so there is a publication.
    _ = try await Self.tally(assembly)
    var update = try #require(try await updates.next())
    // On a slow machine the watch is told meanwhile that nothing is new.
    while update.kind == .current { update = try #require(try await updates.next()) }
    #expect(update.kind == .update)
    #expect(Self.total(update.tally) == "9 0 0 0 0 9")
    request.sinceEpoch = "another"
    var reset = try await official.call(TallyMethods.watchTally, request).makeAsyncIterator()
    #expect(try await reset.next()?.kind == .reset)
    await assembly.stopServing()
    let error = await #expect(throws: RPCError.self) { while try await updates.next() != nil {} }
    #expect(error.flatMap(ServiceTests.reason) == "DRAINING")
    await assembly.close()
  }
}
