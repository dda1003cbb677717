import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// What people write, over a real ledger and a real file beside it.
@Suite(.timeLimit(.minutes(2))) struct CommentServiceTests {
  /// Moved by the test alone.
  private final class Clock: Sendable {
    private let time = Mutex(BallotIntakeTests.now)
    @Sendable func read() -> Timestamp { time.withLock { $0 } }
    func advance(_ milliseconds: Int64) { time.withLock { $0.milliseconds += milliseconds } }
  }

  private static let quay01 = "hai-chau/mot-cua/quay-01"
  private static let poll = "hai-chau-hai-long"

  @Sendable private static func hash(_ bytes: [UInt8]) -> [UInt8] {
    Array((bytes + [UInt8](repeating: 0, count: 32)).prefix(32))
  }

  private static func open(_ directory: String, at now: Timestamp = BallotIntakeTests.now) async throws -> Assembly {
    try await Assembly.open(
      Assembly.Options(
        dataDirectory: directory, trustDomain: "t", commitQueue: 64,
        hash: hash, now: { now }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
  }

  private static func publish(
    _ assembly: Assembly, _ change: (inout Binhchon_V1_Poll) -> Void = { _ in }
  ) async throws {
    var request = Binhchon_V1_PublishPollRequest()
    request.poll = try HaiChauPoll.poll().message(isClosed: false, at: BallotIntakeTests.now)
    request.poll.texts = [
      .with { ($0.id, $0.text.vi, $0.mostBytes) = ("y-kien", "Ông/Bà góp ý gì thêm?", 100) }
    ]
    change(&request.poll)
    let told = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, request)
    #expect(told.poll.texts.map(\.id) == ["y-kien"])
  }

  /// A condition comes back as it was said. That it was kept nobody can tell of a comment: it is taken from whoever asks.
  @Test func whoIsAskedIsForWhoAsks() async throws {
    try await ServiceTests.withAssembly { assembly in
      let condition = Binhchon_V1_Condition.with { ($0.question, $0.choices) = ("hai-long", ["RKHL", "KHL"]) }
      try await Self.publish(assembly) { $0.texts[0].askedIf = condition }
      var request = Binhchon_V1_GetPollRequest()
      request.poll = Self.poll
      let caller = ServiceTests.caller(assembly, "admin/hai-chau/a")
      var told = try await caller.call(PollMethods.getPoll, request).poll
      #expect(told.texts.map(\.askedIf) == [condition])
      try await Self.leave(assembly, "Chờ lâu")
      #expect(try await Self.list(assembly).map(\.text) == ["Chờ lâu"])
      var again = Binhchon_V1_PublishPollRequest()
      told.texts[0].askedIf.all = [.with { $0.question = "hai-long" }]
      again.poll = told
      await #expect {
        try await caller.call(PollMethods.publishPoll, again)
      } throws: { error in
        (error as? RPCError).flatMap(ServiceTests.reason) == "INVALID_FIELD"
      }
    }
  }

  @discardableResult
  private static func leave(
    _ assembly: Assembly, _ text: String, id: CommentID = CommentID(random: (.random(in: 0 ... .max), 7)),
    as identity: String = "clerk/hai-chau/mot-cua/b",
    _ change: (inout Binhchon_V1_LeaveCommentRequest) -> Void = { _ in }
  ) async throws -> Bool {
    var request = Binhchon_V1_LeaveCommentRequest()
    request.commentID = Data(id.bytes)
    (request.poll, request.question, request.unit, request.text) = (poll, "y-kien", quay01, text)
    change(&request)
    return try await ServiceTests.caller(assembly, identity).call(CommentMethods.leaveComment, request).replayed
  }

  private static func list(
    _ assembly: Assembly, as identity: String = "auditor/hai-chau/k", poll: String = poll,
    _ change: (inout Binhchon_V1_ListCommentsRequest) -> Void = { _ in }
  ) async throws -> [Binhchon_V1_Comment] {
    var request = Binhchon_V1_ListCommentsRequest()
    request.poll = poll
    change(&request)
    var all: [Binhchon_V1_Comment] = []
    repeat {
      let response = try await ServiceTests.caller(assembly, identity).call(CommentMethods.listComments, request)
      all += response.comments
      request.after = response.next
    } while !request.after.isEmpty
    return all
  }

  private static func delete(
    _ assembly: Assembly, act: UInt8, _ change: (inout Binhchon_V1_DeleteCommentsRequest) -> Void
  ) async throws -> UInt64 {
    var request = Binhchon_V1_DeleteCommentsRequest()
    request.actID = Data(repeating: act, count: 16)
    (request.poll, request.reason) = (poll, "Người viết yêu cầu")
    change(&request)
    return try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(CommentMethods.deleteComments, request)
      .deleted
  }

  private static func reason(_ work: () async throws -> Void) async -> String? {
    do {
      try await work()
      return nil
    } catch {
      return (error as? RPCError).flatMap(ServiceTests.reason) ?? "\(error)"
    }
  }

  @Test func commentsAreKeptOnceAndReadByWhoMay() async throws {
    try await ServiceTests.withAssembly { (assembly, directory: String) in
      try await Self.publish(assembly)
      let id = CommentID(random: (1, 1))
      #expect(try await Self.leave(assembly, "Chờ lâu quá", id: id) == false)
      #expect(try await Self.leave(assembly, "Chờ lâu quá", id: id))
      #expect(await Self.reason { try await Self.leave(assembly, "khác", id: id) } == "ACT_CONFLICT")
      try await Self.leave(assembly, "Cán bộ nhiệt tình", as: "kiosk/hai-chau/mot-cua/quay-02")
      for reader in ["auditor/hai-chau/k", "admin/hai-chau/a", "official/hai-chau/o", "coordinator/hai-chau/mot-cua/c"]
      {
        let all = try await Self.list(assembly, as: reader)
        #expect(Set(all.map(\.text)) == ["Chờ lâu quá", "Cán bộ nhiệt tình"])
        #expect(all.allSatisfy { $0.unit == Self.quay01 && $0.pollVersion == 2 && $0.question == "y-kien" })
        #expect(all.allSatisfy { $0.day == Day(of: BallotIntakeTests.now).description })
      }
      #expect(try await Self.list(assembly, as: "official/hai-chau/khac/o").isEmpty)
      #expect(try await Self.list(assembly) { $0.unit = "hai-chau/mot-cua/quay-02" }.isEmpty)
      #expect(try await Self.list(assembly) { $0.since = "2099-01-01" }.isEmpty)
      // Nothing of it is where ballots are.
      for file in try FileManager.default.contentsOfDirectory(atPath: directory) where file.hasPrefix("ledger.db") {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(file)"))
        #expect(bytes.range(of: Data("Chờ lâu".utf8)) == nil, "\(file)")
      }
    }
  }

  /// With k over 1, or without names, neither the counter nor anything finer than a day is kept, and officials are told
  /// nothing.
  @Test(arguments: [(UInt32(5), false), (1, true)])
  func whereFewAreHiddenACommentHasNoCounter(_ k: UInt32, _ isAnonymous: Bool) async throws {
    try await ServiceTests.withAssembly { assembly in
      try await Self.publish(assembly) { poll in
        poll.id = "kin"
        poll.policy.k = k
        if isAnonymous { (poll.policy.anonymity, poll.policy.timePrecision) = (.anonymous, .day) }
      }
      let kin: (inout Binhchon_V1_LeaveCommentRequest) -> Void = { $0.poll = "kin" }
      try await Self.leave(assembly, "Chờ lâu quá", kin)
      let all = try await Self.list(assembly, poll: "kin")
      #expect(all.map(\.unit) == ["hai-chau"] && all.map(\.text) == ["Chờ lâu quá"])
      // Who answers for a part of the poll is told nothing of the whole.
      #expect(try await Self.list(assembly, as: "auditor/hai-chau/mot-cua/k", poll: "kin").isEmpty)
      for reader in ["official/hai-chau/o", "coordinator/hai-chau/c"] {
        let refused = await Self.reason { _ = try await Self.list(assembly, as: reader, poll: "kin") }
        #expect(refused == "NOT_PUBLISHED")
      }
      guard !isAnonymous else { return }
      // A later version opens nothing: what was written with a rating that figures leave out would tell of it.
      try await Self.publish(assembly) { ($0.id, $0.policy.k) = ("kin", 1) }
      try await Self.leave(assembly, "Nhanh hơn rồi", kin)
      #expect(try await Self.list(assembly, poll: "kin").map(\.unit) == ["hai-chau", "hai-chau"])
      let refused = await Self.reason { _ = try await Self.list(assembly, as: "official/hai-chau/o", poll: "kin") }
      #expect(refused == "NOT_PUBLISHED")
    }
  }

  /// Deleted is deleted: in the file, when it is sent again, and where an older copy of the file is put back. The ledger
  /// says who did it.
  @Test func whatIsDeletedStaysDeleted() async throws {
    try await ServiceTests.withAssembly { (assembly, directory: String) in
      try await Self.publish(assembly)
      let (id, other) = (CommentID(random: (1, 1)), CommentID(random: (2, 2)))
      try await Self.leave(assembly, "Tôi là Nguyễn Văn A", id: id)
      try await Self.leave(assembly, "Cảm ơn", id: other)
      let (file, copy) = ("\(directory)/comments.db", "\(directory)/copy")
      try FileManager.default.copyItem(atPath: file, toPath: copy)
      let unknown = await Self.reason {
        _ = try await Self.delete(assembly, act: 9) { $0.commentID = Data(CommentID(random: (8, 8)).bytes) }
      }
      #expect(unknown == "UNKNOWN_COMMENT")
      #expect(try await Self.delete(assembly, act: 1) { $0.commentID = Data(id.bytes) } == 1)
      #expect(try await Self.delete(assembly, act: 1) { $0.commentID = Data(id.bytes) } == 0)
      #expect(try await Self.leave(assembly, "Tôi là Nguyễn Văn A", id: id))
      #expect(try await Self.list(assembly).map(\.text) == ["Cảm ơn"])
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: Data("Nguyễn Văn A".utf8)) == nil)
      await assembly.close()

      try FileManager.default.removeItem(atPath: file)
      try FileManager.default.moveItem(atPath: copy, toPath: file)
      var later = BallotIntakeTests.now
      later.milliseconds += 86_400_000
      let again = try await Self.open(directory, at: later)
      #expect(try await Self.list(again).map(\.text) == ["Cảm ơn"])
      let today = Day(of: later)
      // It is repeated at every start: what comes later is not its business.
      let future = await Self.reason {
        _ = try await Self.delete(again, act: 3) { $0.before = today.advanced(by: 1).description }
      }
      #expect(future == "INVALID_FIELD")
      #expect(try await Self.delete(again, act: 2) { $0.before = today.description } == 1)
      #expect(try await Self.list(again).isEmpty)
      await again.close()

      var options = SQLiteLedger.Options()
      options.secretFingerprint = Assembly.secretFingerprint(Self.hash)
      let (ledger, _) = try SQLiteLedger.open(
        directory: directory, options: options, onFailure: { _ in }, observer: { _ in })
      let acts = try await ledger.acts(of: Register(.comments, Self.poll)).map(\.act)
      await ledger.close()
      #expect(acts.map(\.name) == ["deleted", "deleted"] && acts.allSatisfy { $0.by == "admin/hai-chau/a" })
      let deletions = acts.map { CommentDeletion(body: $0.body)?.which }
      #expect(deletions == [.one(id), .before(today)])
    }
  }

  /// Every rule, broken once.
  @Test func whatIsNotTaken() async throws {
    try await ServiceTests.withAssembly { assembly in
      try await Self.publish(assembly)
      let ballot = BallotID(time: BallotIntakeTests.now, precision: .second, random: (1, 2))
      let rows: [(String, (inout Binhchon_V1_LeaveCommentRequest) -> Void)] = [
        ("INVALID_FIELD", { $0.commentID = Data(ballot.bytes) }), ("INVALID_FIELD", { $0.commentID = Data() }),
        ("INVALID_FIELD", { $0.text = "" }), ("INVALID_FIELD", { $0.text = String(repeating: "a", count: 101) }),
        ("INVALID_FIELD", { $0.text = "\u{1B}[2J" }), ("INVALID_FIELD", { $0.question = "hai-long" }),
        // The version before had none.
        ("INVALID_FIELD", { $0.pollVersion = 1 }), ("UNKNOWN_POLL", { $0.pollVersion = 9 }),
        ("UNKNOWN_POLL", { $0.poll = "khac" }), ("UNKNOWN_UNIT", { $0.unit = "hai-chau/mot-cua/quay-99" }),
        ("OUT_OF_SCOPE", { $0.unit = "hai-chau" }),
      ]
      for (expected, change) in rows {
        #expect(await Self.reason { try await Self.leave(assembly, "a", change) } == expected)
      }
      #expect(try await Self.list(assembly).isEmpty)
    }
  }

  /// Who rated just before the closing may still be typing.
  @Test func commentsAreTakenAnHourLongerThanBallots() async throws {
    let clock = Clock()
    try await ServiceTests.withAssembly(now: clock.read) { assembly in
      try await Self.publish(assembly)
      var close = Binhchon_V1_ClosePollRequest()
      close.poll = Self.poll
      _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.closePoll, close)
      clock.advance(CommentService.patience - 1)
      try await Self.leave(assembly, "a")
      clock.advance(1)
      #expect(await Self.reason { try await Self.leave(assembly, "b") } == "POLL_NOT_OPEN")
    }
  }

  /// All are read, however many answers it takes, and in no order that tells when they came.
  @Test func manyAreReadPageByPage() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-comments-\(UUID().uuidString)")
      .path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let store = CommentStore(directory: directory)
    let (poll, day) = (try PollID("p"), try #require(Day(iso: "2025-06-30")))
    func comment(_ number: Int, _ day: Day) throws -> Polling.Comment {
      Polling.Comment(
        id: CommentID(random: (UInt64(number) &* 0x9E37_79B9_7F4A_7C15, 0)), poll: poll, version: 1, question: "q",
        unit: try UnitPath("u"), day: day, text: "số \(number)")
    }
    for number in 0..<25 {
      #expect(try await store.add(try comment(number, day.advanced(by: number % 2))) == .added)
    }
    var (all, since, after): ([Polling.Comment], Day, CommentID?) = ([], Day(number: .min), nil)
    while true {
      let page = try await store.comments(of: poll, since: since, after: after, limit: 4)
      guard let last = page.last else { break }
      all += page
      (since, after) = (last.day, last.id)
    }
    #expect(Set(all.map(\.text)) == Set((0..<25).map { "số \($0)" }) && all.count == 25)
    #expect(all.map(\.id) == all.sorted { ($0.day, $0.id) < ($1.day, $1.id) }.map(\.id))
    // Another process goes on with the same file.
    let other = CommentStore(directory: directory)
    #expect(try await other.add(try comment(3, day)) == .replayed)
    #expect(try await other.delete(.before(day.advanced(by: 1)), of: poll) == 13)
    #expect(try await store.comments(of: poll, since: Day(number: .min), after: nil, limit: 99).count == 12)
  }
}
