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
  private static let poll = "kin-dao"

  /// A service over a ledger in a directory of its own, that can be stopped and started, at a time that tests set.
  private final class Office: Sendable {
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
          now: { [now] in now.withLock { $0 } }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
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

    func cast(_ assembly: Assembly, _ count: Int, _ choice: String) async throws {
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
      }
    }
  }

  private static func tally(
    _ assembly: Assembly, as caller: String = "official/hai-chau/lan"
  ) async throws -> Binhchon_V1_Tally {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = poll
    return try await ServiceTests.caller(assembly, caller).call(TallyMethods.getTally, request).tally
  }

  /// n and the levels of the total, `–` where nothing is told.
  private static func total(_ tally: Binhchon_V1_Tally) -> String {
    guard let window = tally.windows.first(where: { $0.window == .total }) else { return "" }
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
    #expect(Self.total(try await Self.tally(assembly)) == "22 0 8 0 0 14")
    // Who lost what was published tells nothing more of what is counted by now.
    await assembly.close()
    try FileManager.default.removeItem(atPath: office.directory + "/publications.json")
    for _ in 0..<2 {
      assembly = try await office.open()
      office.pass(1)
      #expect(Self.total(try await Self.tally(assembly)) == "– – – – – –")
      await assembly.close()
    }
  }

  @Test func anotherKBeginsAnew() async throws {
    let office = try Office()
    let assembly = try await office.open()
    try await office.publish(assembly, k: 1)
    try await office.cast(assembly, 9, "RHL")
    #expect(Self.total(try await Self.tally(assembly)) == "9 0 0 0 0 9")
    try await office.publish(assembly, k: 5)
    office.pass(1)
    #expect(Self.total(try await Self.tally(assembly)) == "– – – – – –")
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
    let units = try await figures { $0.groupBy = [.unit] }
    #expect(units.k == 5)
    #expect(units.rows.map(\.keys) == [["hai-chau/mot-cua"]])
    #expect(units.rows.map(\.ballots) == [10])
    #expect(units.rows[0].questions[0].choices.map(\.hidden) == [false, true, false, false, true])
    #expect(units.total.questions == units.rows[0].questions)
    #expect(try await figures { $0.window = .total }.total == units.total)
    for change: (inout Binhchon_V1_GetFiguresRequest) -> Void in [
      { $0.groupBy = [.channel] }, { $0.groupBy = [.unit, .day] }, { $0.groupBy = [.kiosk] },
      { $0.channels = [.counter] }, { $0.procedures = [""] }, { $0.kiosks = ["k"] },
      { $0.days.from = "2020-01-01" },
    ] {
      let error = await #expect(throws: RPCError.self) { _ = try await figures(change) }
      #expect(error.flatMap(ServiceTests.reason) == "NOT_PUBLISHED")
    }
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = Self.poll
    request.channel = .counter
    let error = await #expect(throws: RPCError.self) { [request] in
      _ = try await official.call(TallyMethods.getTally, request)
    }
    #expect(error.flatMap(ServiceTests.reason) == "NOT_PUBLISHED")
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
    let update = try #require(try await updates.next())
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
