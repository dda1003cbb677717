import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// Slices and the registry of units over a real ledger, called in process.
@Suite(.timeLimit(.minutes(2))) struct FigureServiceTests {
  private static let units = ["hai-chau/mot-cua/quay-01", "hai-chau/mot-cua/quay-02", "hai-chau/mot-cua/quay-03"]

  private static func cast(_ assembly: Assembly, count: Int) async throws {
    let clerk = ServiceTests.caller(assembly, "clerk/hai-chau/mot-cua/b")
    let kiosk = ServiceTests.caller(assembly, "kiosk/hai-chau/mot-cua/quay-01")
    for number in 0..<count {
      var request = Binhchon_V1_CastBallotRequest()
      request.ballot = ServiceTests.fresh()
      request.ballot.unit = units[number % 3]
      request.ballot.procedure = ["", "1.001", "1.002"][number % 3]
      request.ballot.channel = number % 2 == 0 ? .counter : .phone
      request.ballot.answers[0].choices = [["RKHL", "KHL", "BT", "HL", "RHL"][number % 5]]
      request.ballot.deviceTimeMs -= Int64(number % 6) * 86_400_000
      _ = try await (number % 4 == 0 ? kiosk : clerk).call(BallotMethods.castBallot, request)
    }
  }

  private static func figures(
    _ caller: InProcessTransport, _ change: (inout Binhchon_V1_GetFiguresRequest) -> Void = { _ in }
  ) async throws -> Binhchon_V1_GetFiguresResponse {
    var request = Binhchon_V1_GetFiguresRequest()
    request.poll = "hai-chau-hai-long"
    change(&request)
    return try await caller.call(FigureMethods.getFigures, request)
  }

  private static func rows(_ figures: Binhchon_V1_GetFiguresResponse) -> [String] {
    figures.rows.map { "\($0.keys.joined(separator: "|")) \($0.ballots)" }
  }

  @Test func anAnswerHasWhatWasAcknowledgedBefore() async throws {
    try await ServiceTests.withAssembly { assembly in
      let official = ServiceTests.caller(assembly, "official/hai-chau/o")
      #expect(try await Self.figures(official).total.ballots == 0)
      for count in 1...5 {
        try await Self.cast(assembly, count: 1)
        let figures = try await Self.figures(official)
        #expect(figures.total.ballots == UInt64(count))
        #expect(figures.revision >= UInt64(count))
      }
    }
  }

  @Test func rowsByWhatIsAskedFor() async throws {
    try await ServiceTests.withAssembly { assembly in
      try await Self.cast(assembly, count: 24)
      let official = ServiceTests.caller(assembly, "official/hai-chau/o")
      let whole = try await Self.figures(official)
      #expect(whole.total.ballots == 24 && whole.rows.count == 1 && whole.rows[0].questions == whole.total.questions)
      #expect(
        Self.rows(try await Self.figures(official) { $0.groupBy = [.procedure] }) == [" 8", "1.001 8", "1.002 8"])
      #expect(
        Self.rows(try await Self.figures(official) { $0.groupBy = [.channel] }) == ["counter 12", "phone 12"])
      #expect(Self.rows(try await Self.figures(official) { $0.groupBy = [.unit] }) == ["hai-chau/mot-cua 24"])
      #expect(
        Self.rows(
          try await Self.figures(official) {
            $0.unit = "hai-chau/mot-cua"
            $0.groupBy = [.unit]
          }) == Self.units.map { "\($0) 8" })
      #expect(
        Self.rows(try await Self.figures(official) { $0.groupBy = [.kiosk] }) == [
          "clerk/hai-chau/mot-cua/b 18", "kiosk/hai-chau/mot-cua/quay-01 6",
        ])
      let filtered = try await Self.figures(official) {
        $0.kiosks = ["kiosk/hai-chau/mot-cua/quay-01"]
        $0.procedures = [""]
        $0.channels = [.counter]
      }
      #expect(filtered.total.ballots == 2)
      // Days are a partition of the period, and every day is that of the tally.
      let days = try await Self.figures(official) { $0.groupBy = [.day] }
      #expect(days.rows.map(\.ballots).reduce(0, +) == 24 && days.rows.count > 1)
      var request = Binhchon_V1_GetTallyRequest()
      request.poll = "hai-chau-hai-long"
      let tally = try await official.call(TallyMethods.getTally, request).tally
      for window in tally.windows {
        let figures = try await Self.figures(official) { $0.window = window.window }
        #expect(figures.total.ballots == window.ballots)
        #expect(figures.total.questions == window.questions)
      }
    }
  }

  @Test func whatIsNotForTheCallerOrNoRequestIsRefused() async throws {
    try await ServiceTests.withAssembly { assembly in
      let counter = ServiceTests.caller(assembly, "official/hai-chau/mot-cua/quay-01/o")
      try await Self.cast(assembly, count: 6)
      #expect(try await Self.figures(counter).total.ballots == 2)
      func refusal(
        _ caller: InProcessTransport, _ change: (inout Binhchon_V1_GetFiguresRequest) -> Void
      ) async -> String? {
        let error = await #expect(throws: RPCError.self) { try await Self.figures(caller, change) }
        return error.flatMap { ServiceTests.reason($0) }
      }
      #expect(await refusal(counter) { $0.unit = "hai-chau" } == "OUT_OF_SCOPE")
      #expect(await refusal(ServiceTests.caller(assembly, "official/son-tra/o")) { _ in } == "UNKNOWN_POLL")
      let changes: [(inout Binhchon_V1_GetFiguresRequest) -> Void] = [
        { $0.groupBy = [.day, .day] }, { $0.groupBy = [.unspecified] }, { $0.groupBy = [.UNRECOGNIZED(99)] },
        { $0.groupBy = [.day, .week, .month, .quarter, .year] }, { $0.days.from = "2024-13-01" },
        {
          $0.days.from = "2024-01-01"
          $0.days.to = "2024-01-01"
        }, { $0.window = .unspecified }, { $0.procedures = ["a b"] }, { $0.kiosks = ["máy"] },
        { $0.channels = [.unspecified] }, { $0.rollUpTo = "soon" },
        { $0.procedures = [String](repeating: "a", count: 1_001) },
      ]
      for change in changes { #expect(await refusal(counter, change) == "INVALID_FIELD") }
      #expect(await refusal(counter) { $0.poll = "nothing" } == "UNKNOWN_POLL")
      // There is no registry to roll up by.
      #expect(await refusal(counter) { $0.rollUpTo = "2025-07-01" } == "UNKNOWN_UNIT")
    }
  }

  private static var registry: Binhchon_V1_UnitRegistry {
    func unit(_ code: String, _ segment: String, _ placements: [(String, String, String)]) -> Binhchon_V1_RegisteredUnit
    {
      .with {
        $0.code = code
        $0.segment = segment
        $0.kind = .oneStopShop
        $0.name.vi = code
        $0.placements = placements.map { parent, from, to in
          .with { ($0.parent, $0.from, $0.to) = (parent, from, to) }
        }
      }
    }
    return .with {
      $0.units = [
        unit("da-nang", "", [("", "1997-01-01", "")]),
        unit("quan-hai-chau", "hai-chau", [("", "1997-01-01", "2030-07-01")]),
        unit("mot-cua", "", [("quan-hai-chau", "1997-01-01", "2030-07-01"), ("da-nang", "2030-07-01", "")]),
      ]
      $0.procedures = [.with { ($0.code, $0.name.vi) = ("1.001", "Khai sinh") }]
    }
  }

  /// A clock that a test sets.
  private final class Today: Sendable {
    let now = Mutex(BallotIntakeTests.now)
    func become(_ day: String) throws {
      let number = Int64(try #require(Day(iso: day)).number)
      now.withLock { $0 = Timestamp(milliseconds: number * 86_400_000) }
    }
  }

  @Test func theRegistryIsPublishedAndRolledUpBy() async throws {
    let today = Today()
    let now: @Sendable () -> Timestamp = { today.now.withLock { $0 } }
    try await ServiceTests.withAssembly(now: now) { assembly in
      try await Self.cast(assembly, count: 6)
      let admin = ServiceTests.caller(assembly, "admin/hai-chau/a")
      var publish = Binhchon_V1_PublishRegistryRequest()
      publish.registry = Self.registry
      publish.dryRun = true
      #expect(try await admin.call(UnitMethods.publishRegistry, publish).registry.version == 0)
      #expect(try await admin.call(UnitMethods.getRegistry, .init()).hasRegistry == false)
      publish.dryRun = false
      let published = try await admin.call(UnitMethods.publishRegistry, publish)
      #expect(published.registry.version == 1 && !published.unchanged)
      #expect(try await admin.call(UnitMethods.publishRegistry, publish).unchanged)
      publish.dryRun = true
      #expect(try await admin.call(UnitMethods.publishRegistry, publish).unchanged)
      #expect(try await admin.call(UnitMethods.getRegistry, .init()).registry == published.registry)

      let low = ServiceTests.caller(assembly, "admin/hai-chau/mot-cua/a")
      let scope = await #expect(throws: RPCError.self) { try await low.call(UnitMethods.publishRegistry, publish) }
      #expect(scope.flatMap { ServiceTests.reason($0) } == "OUT_OF_SCOPE")
      var translated = publish
      translated.registry.units[0].name.others = [.with { ($0.language, $0.text) = ("km", "x") }]
      let lost = await #expect(throws: RPCError.self) { try await admin.call(UnitMethods.publishRegistry, translated) }
      #expect(lost?.message.contains("registry.units[0].name.others") == true)
      publish.registry.units[2].placements[0].parent = "nobody"
      publish.registry.units[1].placements[0].to = ""
      let faults = await #expect(throws: RPCError.self) { try await admin.call(UnitMethods.publishRegistry, publish) }
      #expect(faults?.message.contains("UNKNOWN_PARENT mot-cua nobody") == true)

      let province = ServiceTests.caller(assembly, "auditor/da-nang/a")
      let district = ServiceTests.caller(assembly, "auditor/hai-chau/a")
      let rolledUp = try await Self.figures(district) {
        $0.rollUpTo = Day(of: BallotIntakeTests.now).description
        $0.groupBy = [.counter]
      }
      #expect(Self.rows(rolledUp) == Self.units.map { "\($0) 2" })
      let early = await #expect(throws: RPCError.self) {
        try await Self.figures(district) { $0.rollUpTo = "2030-07-01" }
      }
      #expect(early.flatMap { ServiceTests.reason($0) } == "INVALID_FIELD")
      try today.become("2030-07-02")
      let later = try await Self.figures(district) { $0.rollUpTo = "2030-07-01" }
      #expect(later.total.ballots == 0)
      // Who stands where the unit is now sees what it was.
      let now = try await Self.figures(province) {
        $0.rollUpTo = "2030-07-01"
        $0.groupBy = [.unit]
      }
      #expect(Self.rows(now) == ["da-nang/mot-cua 6"])
      // Whoever is shown nothing is not told that there is such a poll.
      let stranger = await #expect(throws: RPCError.self) {
        try await Self.figures(ServiceTests.caller(assembly, "auditor/son-tra/a")) { $0.rollUpTo = "2030-07-01" }
      }
      #expect(stranger.flatMap { ServiceTests.reason($0) } == "UNKNOWN_POLL")
    }
  }

  /// A unit is placed elsewhere by whose it is.
  @Test func aRegistryTakesNobodysUnits() async throws {
    try await ServiceTests.withAssembly { assembly in
      var publish = Binhchon_V1_PublishRegistryRequest()
      publish.registry = Self.registry
      publish.registry.units[2].placements = [.with { ($0.parent, $0.from) = ("quan-hai-chau", "1997-01-01") }]
      publish.registry.units[1].placements[0].to = ""
      let admin = ServiceTests.caller(assembly, "admin/hai-chau/a")
      _ = try await admin.call(UnitMethods.publishRegistry, publish)
      publish.registry.units[2].placements[0].to = "2026-01-01"
      publish.registry.units[2].placements.append(.with { ($0.parent, $0.from) = ("da-nang", "2026-01-01") })
      let other = ServiceTests.caller(assembly, "admin/da-nang/a")
      let refused = await #expect(throws: RPCError.self) { try await other.call(UnitMethods.publishRegistry, publish) }
      #expect(refused.flatMap { ServiceTests.reason($0) } == "OUT_OF_SCOPE")
      #expect(try await admin.call(UnitMethods.publishRegistry, publish).registry.version == 2)
    }
  }

  /// Two counts that share no code: what is published by slice, and what scripts/recount makes of the entries.
  @Test func slicesAreWhatAnIndependentRecountCounts() async throws {
    try await ServiceTests.withAssembly { assembly, directory in
      try await Self.cast(assembly, count: 60)
      let admin = ServiceTests.caller(assembly, "admin/hai-chau/a")
      let clerk = ServiceTests.caller(assembly, "clerk/hai-chau/b")
      for number in 0..<3 {
        var request = Binhchon_V1_CastBallotRequest()
        request.ballot = ServiceTests.fresh()
        request.ballot.procedure = number == 0 ? "" : "1.001"
        _ = try await clerk.call(BallotMethods.castBallot, request)
        var void = Binhchon_V1_VoidBallotRequest()
        (void.ballotID, void.reason) = (request.ballot.ballotID, "thử")
        _ = try await admin.call(BallotMethods.voidBallot, void)
      }
      var publish = Binhchon_V1_PublishRegistryRequest()
      publish.registry = Self.registry
      _ = try await admin.call(UnitMethods.publishRegistry, publish)

      var recounted: [String: Int64] = [:]
      for line in try Self.recount(directory).split(separator: "\n") {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        try #require(fields.count == 8)
        let channel = UInt8(fields[3]).flatMap(Polling.Channel.init)
        let flags = RecordFlags(rawValue: try #require(UInt8(fields[4])))
        if !flags.isCounted, !fields[5].isEmpty { continue }
        let what = flags.isCounted ? "\(fields[5]) \(fields[6])" : "flagged"
        recounted["\(fields[2])|\(fields[1])|\(channel.map { "\($0)" } ?? "") \(what)", default: 0] +=
          try #require(Int64(fields[7]))
      }
      let official = ServiceTests.caller(assembly, "official/hai-chau/o")
      let figures = try await Self.figures(official) { $0.groupBy = [.counter, .day, .channel] }
      var shown: [String: Int64] = [:]
      for row in figures.rows {
        let place = row.keys.joined(separator: "|")
        shown["\(place)  "] = Int64(row.ballots)
        shown["\(place) flagged"] = Int64(row.flaggedBallots)
        for question in row.questions {
          shown["\(place) \(question.question) "] = Int64(question.undervotes)
          for choice in question.choices {
            shown["\(place) \(question.question) \(choice.choice)"] = Int64(choice.count)
          }
        }
      }
      #expect(shown.filter { $0.value != 0 } == recounted.filter { $0.value != 0 })
      #expect(figures.total.ballots == 60 && recounted.count > 30)
    }
  }

  private static func recount(_ directory: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["\(root)/scripts/recount", directory]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text
  }

  /// A ballot with a procedure that no code is, is told so; and the quick way leaves it to the plain one.
  @Test func aProcedureIsChecked() async throws {
    try await ServiceTests.withAssembly { assembly in
      let clerk = ServiceTests.caller(assembly, "clerk/hai-chau/b")
      for procedure in ["a b", "thủ-tục", String(repeating: "1", count: 65), "-1"] {
        var request = Binhchon_V1_CastBallotRequest()
        request.ballot = ServiceTests.fresh()
        request.ballot.procedure = procedure
        let error = await #expect(throws: RPCError.self) { try await clerk.call(BallotMethods.castBallot, request) }
        #expect(error?.message.contains("ballot.procedure") == true)
      }
    }
  }

  /// As many rows as are let through are a message that can be sent, whatever the poll.
  @Test func aReplyFitsIntoAMessage() throws {
    var poll = try HaiChauPoll.poll()
    let query = SliceQuery(unit: poll.unit, dimensions: [.kiosk])
    let longest: Int64 = 1 << 35 - 1
    func figures(_ count: Int, name: Int) -> SliceFigures {
      let row = SliceFigures.Row(
        labels: [.kiosk(String(repeating: "x", count: name))], ballots: longest, flaggedBallots: longest,
        boundBallots: longest, lateBallots: longest,
        questions: poll.questions.map { question in
          Tally.QuestionCount(
            question: question.id, codes: question.choices.map(\.code), counts: question.choices.map { _ in longest },
            undervotes: longest)
        })
      return SliceFigures(query: query, rows: [SliceFigures.Row](repeating: row, count: count), total: row)
    }
    // Not in the expectation, which would print it all.
    func fits(_ count: Int, name: Int) throws -> [Bool] {
      let figures = figures(count, name: name)
      return [FigureRoom.holds(figures, of: poll), try figures.message.serializedData().count < 4 << 20]
    }
    #expect(FigureRoom.rows(of: poll) == 10_000)
    #expect(try fits(10_000, name: 60) == [true, true])
    #expect(try fits(10_000, name: 1_000) == [false, false])
    for number in 1...60 {
      var question = poll.questions[0]
      question.id = String(repeating: "q", count: 60) + "\(number)"
      poll.questions.append(question)
    }
    let most = FigureRoom.rows(of: poll)
    #expect((100..<1_000).contains(most))
    #expect(try fits(most, name: 0)[1])
  }

  /// What is told of the hours of today adds up to what was counted today, and a void takes its own hour back.
  @Test func theHoursOfTodayAddUp() async throws {
    try await ServiceTests.withAssembly { assembly in
      let official = ServiceTests.caller(assembly, "official/hai-chau/o")
      let clerk = ServiceTests.caller(assembly, "clerk/hai-chau/mot-cua/b")
      func hours(_ unit: String = "", _ channels: [Binhchon_V1_Channel] = []) async throws -> [Int: UInt64] {
        var request = Binhchon_V1_GetHoursRequest()
        (request.poll, request.unit, request.channels) = ("hai-chau-hai-long", unit, channels)
        let response = try await official.call(FigureMethods.getHours, request)
        #expect(response.ballots.count == 24 && response.withoutHour == 0)
        let today = try await Self.figures(official) {
          $0.window = .today
          ($0.unit, $0.channels) = (unit, channels)
        }
        #expect(response.ballots.reduce(0, +) == today.total.ballots && response.day == today.days.from)
        #expect(response.revision == today.revision)
        return Dictionary(uniqueKeysWithValues: response.ballots.enumerated().filter { $1 > 0 }.map { ($0, $1) })
      }
      #expect(try await hours() == [:])
      let now = BallotIntakeTests.now.milliseconds
      let begin = Day(of: BallotIntakeTests.now).start.milliseconds
      let hour = Int((now - begin) / 3_600_000)
      var last = Binhchon_V1_Ballot()
      for (ago, unit) in [(0, 0), (0, 1), (3_600_000, 0), (86_400_000, 0), (now - begin, 0)] as [(Int64, Int)] {
        var request = Binhchon_V1_CastBallotRequest()
        request.ballot = ServiceTests.fresh()
        request.ballot.unit = Self.units[unit]
        request.ballot.channel = unit == 0 ? .counter : .phone
        request.ballot.deviceTimeMs = now - ago
        _ = try await clerk.call(BallotMethods.castBallot, request)
        last = request.ballot
      }
      #expect(try await hours() == [hour: 2, hour - 1: 1, 0: 1])
      #expect(try await hours(Self.units[1]) == [hour: 1])
      #expect(try await hours("", [.counter]) == [hour: 1, hour - 1: 1, 0: 1])
      var void = Binhchon_V1_VoidBallotRequest()
      (void.ballotID, void.reason) = (last.ballotID, "thử")
      _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(BallotMethods.voidBallot, void)
      #expect(try await hours() == [hour: 2, hour - 1: 1])
    }
  }

  @Test func hoursAreForThoseWhoSeeCounts() async throws {
    try await ServiceTests.withAssembly(k: 5) { assembly in
      let request = Binhchon_V1_GetHoursRequest.with { $0.poll = "hai-chau-hai-long" }
      let auditor = ServiceTests.caller(assembly, "auditor/hai-chau/o")
      let told = try await auditor.call(FigureMethods.getHours, request)
      #expect(told.ballots.count == HourCounts.perDay)
      let official = ServiceTests.caller(assembly, "official/hai-chau/o")
      let error = await #expect(throws: RPCError.self) {
        try await official.call(FigureMethods.getHours, request)
      }
      #expect(error.flatMap(ServiceTests.reason) == "NOT_PUBLISHED")
    }
  }

  /// More than is kept in memory is refused, not half told; and only of the poll that is too large.
  @Test func tooMuchIsRefused() async throws {
    struct Fixed: LedgerReader {
      var counts: SliceCounts
      func kiosks(within unit: UnitPath) async throws(LedgerFileError) -> [KioskAccount] { [] }
      func corrections(poll: PollID, after: UInt64, limit: Int) async throws(LedgerFileError) -> [Correction] { [] }
      func sliceCounts(after: UInt64, limit: Int, today: Day) async throws(LedgerFileError) -> SliceCounts { counts }
    }
    let poll = try HaiChauPoll.poll()
    var cells = SliceCells()
    for day in 0..<20 as Range<Int32> {
      let key = FigureKey(
        day: Day(number: day), unit: poll.unit, procedure: nil, source: "", channel: .kiosk, flags: [])
      cells.add(1, of: key, [Answer(question: "hai-long", choices: ["HL"])], in: poll)
    }
    var other = poll
    other.id = try PollID("other")
    var few = SliceCells()
    few.add(
      1,
      of: FigureKey(day: Day(number: 1), unit: poll.unit, procedure: nil, source: "", channel: .kiosk, flags: []), [],
      in: other)
    let reader = Fixed(counts: SliceCounts(through: 20, last: 20, polls: [poll.id: cells, other.id: few]))
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let query = SliceQuery(unit: poll.unit)
    let small = FigureBook(
      reader: reader, logger: logger, now: { BallotIntakeTests.now }, mostNumbers: cells.size)
    for _ in 0..<2 {
      let refusal = await #expect(throws: Refusal.self) {
        try await small.figures(query, of: poll, rollUp: nil, including: 1)
      }
      #expect(refusal?.code == .failedPrecondition && refusal?.retryAfterMilliseconds == nil)
    }
    #expect(try await small.figures(query, of: other, rollUp: nil, including: 1).figures.total.ballots == 1)
    let large = FigureBook(reader: reader, logger: logger, now: { BallotIntakeTests.now })
    let figures = try await large.figures(query, of: poll, rollUp: nil, including: 1)
    #expect(figures.figures.total.ballots == 20 && figures.revision == 20)
  }
}
