import Foundation
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

private typealias P = PaperServiceTests

/// Corrections, rows, audits and seals over a real ledger, called in process.
@Suite(.timeLimit(.minutes(2))) struct PaperProvenanceTests {
  private static func correct(_ choice: String?, _ count: UInt64) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    var act = Binhchon_V1_PaperResolution()
    (act.correct.unit, act.correct.day, act.correct.count) = (P.quay, "2025-08-31", count)
    if let choice { (act.correct.subject.question, act.correct.subject.choice) = ("hai-long", choice) }
    act.why = "tờ gốc"
    return .resolve(act)
  }

  private static func page(
    _ caller: InProcessTransport, entry: UInt32 = 0, after: UInt64 = 0, choice: String? = nil
  ) async throws -> Binhchon_V1_GetPaperRowsResponse {
    var request = Binhchon_V1_GetPaperRowsRequest()
    (request.poll, request.batch, request.entry, request.after) = (P.poll, "t8", entry, after)
    if let choice {
      request.figure.unit = "hai-chau"
      (request.figure.subject.question, request.figure.subject.choice) = ("hai-long", choice)
    }
    return try await caller.call(PaperMethods.getPaperRows, request)
  }

  /// All pages, as chunks of row numbers.
  private static func rows(
    _ caller: InProcessTransport, entry: UInt32 = 0, choice: String? = nil
  ) async throws -> [String] {
    var (told, after): ([String], UInt64) = ([], 0)
    repeat {
      let page = try await page(caller, entry: entry, after: after, choice: choice)
      let rows = page.rows.map { "\($0.number):\($0.total.choice)\($0.total.count)" }
      if !rows.isEmpty { told.append("\(page.by) \(page.file.first ?? 0) " + rows.joined(separator: " ")) }
      after = page.next
    } while after != 0
    return told
  }

  @Test func correctedCountsAreCounted() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = P.Callers(assembly)
      try await P.entered(callers, second: 9)
      let agreed = await #expect(throws: RPCError.self) {
        try await P.enter(callers.hoa, Self.correct("KHL", 4))
      }
      #expect(agreed.flatMap(ServiceTests.reason) == "BATCH_CONTENT")
      let half = try await P.enter(callers.hoa, Self.correct("RHL", 8)).batch
      #expect(half.phase == .entriesDiffer && half.differences.count == 1)
      let whole = try await P.enter(callers.hoa, Self.correct(nil, 13)).batch
      #expect(whole.phase == .definitive)
      #expect(
        whole.corrections.map { "\($0.by) \($0.count.count) \($0.why)" } == [
          "hai-chau/hoa 8 tờ gốc", "hai-chau/hoa 13 tờ gốc",
        ])
      try await P.enter(callers.hoa, P.manifest(13, why: "đếm lại"))
      try await P.enter(callers.kim, .accept(true))
      let total = try await P.total(callers.official)
      #expect(total.ballots == 13)
      #expect(total.questions[0].choices.map(\.count) == [0, 3, 0, 0, 8])
      // What the figure says, and what was typed.
      let page = try await Self.page(callers.thu, choice: "RHL")
      #expect(page.count == 8 && page.rows.map(\.total.count) == [10])
    }
  }

  @Test func everyNumberLeadsToItsRows() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = P.Callers(assembly)
      try await P.enter(callers.lan, P.manifest(25))
      try await P.enter(callers.lan, .claim(1))
      try await P.enter(callers.lan, P.rows(1, file: 9))
      // What was discarded is no part of it; a manifest that changes meanwhile ends nothing.
      try await P.enter(callers.lan, P.discard(1, why: "nhầm tệp"))
      try await P.enter(callers.lan, .claim(1))
      try await P.enter(callers.lan, P.rows(1, last: false))
      try await P.enter(callers.hoa, P.manifest(30, why: "đếm lại"))
      try await P.enter(callers.lan, P.rows(1, best: 5, number: 2))
      try await P.enter(callers.lan, P.rows(1, best: 0, file: 2))
      try await P.enter(callers.lan, P.final(1))
      try await P.enter(callers.mai, .claim(2))
      try await P.enter(callers.mai, P.rows(2, best: 15, file: 3))
      let all = [
        "hai-chau/mot-cua/lan 1 2:RHL10 3:KHL3 4:2", "hai-chau/mot-cua/lan 1 2:RHL5 3:KHL3 4:2",
        "hai-chau/mot-cua/lan 2 2:RHL0 3:KHL3 4:2",
      ]
      for caller in [callers.hoa, callers.thu] {
        #expect(try await Self.rows(caller) == all)
        #expect(try await Self.rows(caller, entry: 2) == ["hai-chau/mot-cua/mai 3 2:RHL15 3:KHL3 4:2"])
        #expect(
          try await Self.rows(caller, choice: "RHL") == [
            "hai-chau/mot-cua/lan 1 2:RHL10", "hai-chau/mot-cua/lan 1 2:RHL5", "hai-chau/mot-cua/lan 2 2:RHL0",
          ])
      }
      #expect(try await Self.rows(callers.hoa, choice: "HL") == [])
      #expect(try await Self.page(callers.hoa, choice: "RHL").count == 15)
      // Behind one act comes the next; behind the end, nothing.
      let first = try await Self.page(callers.hoa)
      #expect(try await Self.page(callers.hoa, after: first.act).rows.first?.total.count == 5)
      #expect(try await Self.page(callers.hoa, after: .max).rows.isEmpty)
      // Who enters a second time reads nothing of the first.
      for caller in [callers.mai, callers.lan, callers.official] {
        let refused = await #expect(throws: RPCError.self) { try await Self.page(caller, entry: 1) }
        #expect(refused.flatMap(ServiceTests.reason) == "WRONG_ROLE")
      }
      let elsewhere = ServiceTests.caller(assembly, "auditor/hai-chau/mot-cua/quay-01/x")
      let refused = await #expect(throws: RPCError.self) { try await Self.page(elsewhere) }
      #expect(refused.flatMap(ServiceTests.reason) == "OUT_OF_SCOPE")
    }
  }

  @Test func sheetsAreDrawnRecordedAndBound() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = P.Callers(assembly)
      try await P.entered(callers)
      var draw = Binhchon_V1_PaperDraw()
      (draw.seed, draw.sheets) = ("99", 1)
      let clerk = await #expect(throws: RPCError.self) { try await P.enter(callers.lan, .draw(draw)) }
      #expect(clerk.flatMap(ServiceTests.reason) == "WRONG_ROLE")
      let drawn = try await P.enter(callers.thu, .draw(draw)).batch.audit
      #expect(drawn.population == 1 && drawn.drawn == [1] && drawn.mostSheets == 1 && drawn.mostQuestionnaires == 15)
      #expect(drawn.shares.map { [$0.answers, $0.top, $0.lowest, $0.highest] } == [[13, 10, 0, 13]])
      var found = Binhchon_V1_PaperFindings()
      found.findings = [.with { ($0.sheet, $0.verdict) = (1, .unspecified) }]
      let unsaid = await #expect(throws: RPCError.self) { try await P.enter(callers.thu, .record(found)) }
      #expect(unsaid.flatMap(ServiceTests.reason) == "INVALID_FIELD")
      found.findings[0].verdict = .match
      let audit = try await P.enter(callers.thu, .record(found)).batch.audit
      #expect(audit.mostSheets == 0 && audit.records.map(\.by) == ["hai-chau/thu"])
      #expect(audit.shares.map { [$0.lowest, $0.highest] } == [[10, 10]])
      #expect(try await P.batch(callers.official).history.suffix(2).map(\.event) == ["audit-draw", "audit-record"])
    }
  }

  /// A new version of the poll, which has paper entered by so many persons.
  private static func publish(_ assembly: Assembly, paperEntries: UInt32, k: UInt32 = 1) async throws {
    var request = Binhchon_V1_PublishPollRequest()
    request.poll = try HaiChauPoll.poll().message(isClosed: false, at: BallotIntakeTests.now)
    (request.poll.policy.k, request.poll.policy.paperEntries) = (k, paperEntries)
    _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, request)
  }

  /// Judged when it is asked for: what was begun under one policy is not judged by another.
  @Test func singleEntryIsAPolicyOfThePoll() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = P.Callers(assembly)
      var single = P.request(P.manifest(single: true))
      single.putManifest.manifest.pollVersion = 1
      func refusal(in batch: String, why: String = "") async -> String? {
        await #expect(throws: RPCError.self) {
          try await P.enter(callers.hoa, P.manifest(single: true, why: why), in: batch)
        }.flatMap(ServiceTests.reason)
      }
      #expect(await refusal(in: "t8") == "TWO_ENTRIES_NEEDED")
      try await Self.publish(assembly, paperEntries: 1)
      _ = try await callers.hoa.call(PaperMethods.enterPaperAct, single)
      try await P.enter(callers.hoa, P.manifest(15, single: true, why: "đếm lại"))
      // One that nobody has begun is no permit for later.
      try await P.enter(callers.hoa, P.manifest(single: true), in: "t7")
      try await P.enter(callers.lan, .claim(1))
      try await Self.publish(assembly, paperEntries: 2)
      #expect(try await callers.hoa.call(PaperMethods.enterPaperAct, single).replayed)
      #expect(await refusal(in: "t7", why: "tờ khác") == "TWO_ENTRIES_NEEDED")
      try await P.enter(callers.lan, P.rows(1))
      #expect(try await P.enter(callers.lan, P.final(1)).batch.phase == .definitive)
      try await P.enter(callers.kim, .accept(true))
      #expect(try await P.total(callers.thu).singleEntryBallots == 15)
      // Others are asked anew, also those that were to be entered twice.
      #expect(await refusal(in: "t9") == "TWO_ENTRIES_NEEDED")
      try await P.enter(callers.hoa, P.manifest(), in: "t9")
      #expect(await refusal(in: "t9", why: "ít người") == "TWO_ENTRIES_NEEDED")
    }
  }

  @Test func singleEntryIsMarkedOnFigures() async throws {
    for k in [1, 5] as [UInt32] {
      try await ServiceTests.withAssembly(k: k) { assembly in
        let callers = P.Callers(assembly)
        try await Self.publish(assembly, paperEntries: 1, k: k)
        func tally(_ caller: InProcessTransport) async throws -> Binhchon_V1_Tally {
          var request = Binhchon_V1_GetTallyRequest()
          request.poll = P.poll
          return try await caller.call(TallyMethods.getTally, request).tally
        }
        #expect(try await tally(callers.official).singleEntry == false)
        try await P.enter(callers.hoa, P.manifest(15, single: true))
        try await P.enter(callers.lan, .claim(1))
        try await P.enter(callers.lan, P.rows(1))
        try await P.enter(callers.lan, P.final(1))
        try await P.enter(callers.kim, .accept(true))
        let counted = try await tally(callers.thu)
        #expect(counted.windows.map(\.singleEntryBallots) == counted.windows.map(\.ballots))
        #expect(counted.windows.last?.singleEntryBallots == 15)
        let published = try await tally(callers.official)
        #expect(published.singleEntry == (k > 1))
        #expect(published.windows.last?.singleEntryBallots == (k > 1 ? 0 : 15))
        var request = Binhchon_V1_GetFiguresRequest()
        request.poll = P.poll
        let figures = try await callers.thu.call(FigureMethods.getFigures, request)
        #expect(figures.total.singleEntryBallots == 15)
        #expect(try await callers.official.call(FigureMethods.getFigures, request).singleEntry == (k > 1))
      }
    }
  }

  /// Officials of a poll with small groups see of a batch how it stands, not how anybody rated.
  @Test func countsOfABatchAreNotForEverybody() async throws {
    try await ServiceTests.withAssembly(k: 5) { assembly in
      let callers = P.Callers(assembly)
      try await P.entered(callers, second: 9)
      let shown = try await P.batch(callers.official)
      #expect(shown.differences.isEmpty && shown.differenceCount == 2 && !shown.hasAudit)
      #expect(try await P.batch(callers.hoa).differences.count == 2)
      #expect(try await P.batch(callers.thu).differences.count == 2)
    }
  }

  /// Figures do not change any more: neither by a batch that was entered before, nor by taking one back.
  @Test func noPaperAfterTheSeal() async throws {
    let time = Mutex(BallotIntakeTests.now.milliseconds)
    let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: time.withLock { $0 }) }
    try await ServiceTests.withAssembly(now: now) { assembly in
      let callers = P.Callers(assembly)
      try await P.entered(callers)
      var close = Binhchon_V1_ClosePollRequest()
      close.poll = P.poll
      close.reason = "hết đợt"
      _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.closePoll, close)
      // Paper comes after the closing: until the seal that is fine.
      let accept = P.request(.accept(true))
      time.withLock { $0 += 7 * 86_400_000 - 1 }
      _ = try await callers.hoa.call(PaperMethods.enterPaperAct, accept)
      time.withLock { $0 += 1 }
      // What was entered before is told again, what is new is refused.
      #expect(try await callers.hoa.call(PaperMethods.enterPaperAct, accept).replayed)
      let refused = await #expect(throws: RPCError.self) {
        try await P.enter(callers.hoa, .proposeReversal("nhầm"))
      }
      #expect(refused.flatMap(ServiceTests.reason) == "BATCH_SEALED")
      var draw = Binhchon_V1_PaperDraw()
      (draw.seed, draw.sheets) = ("99", 1)
      #expect(try await P.enter(callers.thu, .draw(draw)).batch.hasAudit)
      #expect(try await P.total(callers.official).ballots == 15)
    }
  }
}
