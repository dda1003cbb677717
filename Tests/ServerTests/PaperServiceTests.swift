import Foundation
import Ledger
import Polling
import RPC
import Schema
import Testing

@testable import Server

/// Batches of paper over a real ledger, called in process.
@Suite(.timeLimit(.minutes(2))) struct PaperServiceTests {
  static let poll = "hai-chau-hai-long"
  static let quay = "hai-chau/mot-cua/quay-01"

  struct Callers {
    var lan: InProcessTransport
    var mai: InProcessTransport
    var hoa: InProcessTransport
    var kim: InProcessTransport
    var official: InProcessTransport
    var thu: InProcessTransport

    init(_ assembly: Assembly) {
      lan = ServiceTests.caller(assembly, "clerk/hai-chau/mot-cua/lan")
      mai = ServiceTests.caller(assembly, "second-clerk/hai-chau/mot-cua/mai")
      hoa = ServiceTests.caller(assembly, "coordinator/hai-chau/hoa")
      kim = ServiceTests.caller(assembly, "coordinator/hai-chau/kim")
      official = ServiceTests.caller(assembly, "official/hai-chau/o")
      thu = ServiceTests.caller(assembly, "auditor/hai-chau/thu")
    }
  }

  static func request(
    _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act, id: UUID = UUID()
  ) -> Binhchon_V1_EnterPaperActRequest {
    var request = Binhchon_V1_EnterPaperActRequest()
    request.poll = poll
    request.batch = "t8"
    request.actID = withUnsafeBytes(of: id.uuid) { Data($0) }
    request.act = act
    return request
  }

  @discardableResult static func enter(
    _ caller: InProcessTransport, _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act
  ) async throws -> Binhchon_V1_EnterPaperActResponse {
    try await caller.call(PaperMethods.enterPaperAct, request(act))
  }

  static func manifest(
    _ questionnaires: UInt64 = 15, unit: String = "hai-chau/mot-cua", single: Bool = false, why: String = ""
  ) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    var act = Binhchon_V1_PaperManifestAct()
    act.manifest.unit = unit
    act.manifest.firstDay = "2025-08-01"
    act.manifest.lastDay = "2025-08-31"
    act.manifest.questionnaires = questionnaires
    act.manifest.singleEntry = single
    act.why = why
    return .putManifest(act)
  }

  static func rows(
    _ entry: UInt32, best: UInt64 = 10, file: UInt8 = 1, number: UInt32 = 1, last: Bool = true
  ) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    var chunk = Binhchon_V1_PaperChunk()
    chunk.entry = entry
    chunk.file = Data(repeating: file, count: 32)
    chunk.fileName = "t8.csv"
    chunk.number = number
    chunk.last = last
    for (index, (level, choice, count)) in [
      (Binhchon_V1_PaperLevel.choice, "RHL", best), (.choice, "KHL", 3), (.blank, "", 2),
    ].enumerated() {
      var row = Binhchon_V1_PaperRow()
      row.number = UInt64(index + 2)
      row.label = "T-01"
      row.unit = quay
      row.firstDay = "2025-08-01"
      row.lastDay = "2025-08-31"
      row.total.question = "hai-long"
      row.total.level = level
      row.total.choice = choice
      row.total.count = count
      chunk.rows.append(row)
    }
    return .rows(chunk)
  }

  static func final(_ entry: UInt32) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    var act = Binhchon_V1_PaperFinalise()
    act.entry = entry
    act.warnings = ["W341"]
    return .finalise(act)
  }

  static func keep(_ entry: UInt32) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    var act = Binhchon_V1_PaperResolution()
    act.keep = entry
    act.why = "đối chiếu với tờ gốc"
    return .resolve(act)
  }

  /// Both entries, of which the second has one vote less where it differs.
  @discardableResult static func entered(
    _ callers: Callers, second best: UInt64 = 10
  ) async throws -> Binhchon_V1_PaperBatch {
    try await enter(callers.lan, manifest())
    try await enter(callers.lan, .claim(1))
    try await enter(callers.lan, rows(1))
    try await enter(callers.lan, final(1))
    try await enter(callers.mai, .claim(2))
    try await enter(callers.mai, rows(2, best: best))
    return try await enter(callers.mai, final(2)).batch
  }

  static func total(_ caller: InProcessTransport) async throws -> Binhchon_V1_WindowCount {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = poll
    let tally = try await caller.call(TallyMethods.getTally, request).tally
    return try #require(tally.windows.first { $0.window == .total })
  }

  static func batch(_ caller: InProcessTransport) async throws -> Binhchon_V1_PaperBatch {
    var request = Binhchon_V1_GetPaperBatchRequest()
    request.poll = poll
    request.batch = "t8"
    return try await caller.call(PaperMethods.getPaperBatch, request).batch
  }

  @Test func fromManifestToReversal() async throws {
    try await ServiceTests.withAssembly { assembly, directory in
      let callers = Callers(assembly)
      let batch = try await Self.entered(callers, second: 9)
      #expect(batch.phase == .entriesDiffer)
      #expect(
        batch.differences.map { "\($0.day) \($0.subject.choice) \($0.first) \($0.second)" } == [
          "2025-08-31  15 14", "2025-08-31 RHL 10 9",
        ])
      #expect(try await Self.total(callers.official).ballots == 0)
      #expect(try await Self.enter(callers.hoa, Self.keep(1)).batch.phase == .definitive)
      #expect(try await Self.total(callers.official).ballots == 0)

      let accepted = try await Self.enter(callers.hoa, .accept(true))
      #expect(accepted.batch.phase == .accepted)
      let total = try await Self.total(callers.official)
      #expect(total.ballots == 15)
      #expect(total.channels.map(\.channel) == [.paper])
      #expect(total.questions[0].choices.map(\.count) == [0, 3, 0, 0, 10])
      #expect(total.questions[0].undervotes == 2)

      try await Self.enter(callers.hoa, .proposeReversal("tờ của đơn vị khác"))
      #expect(try await Self.total(callers.official).ballots == 15)
      let own = await #expect(throws: RPCError.self) { try await Self.enter(callers.hoa, .confirmReversal(true)) }
      #expect(own.flatMap(ServiceTests.reason) == "OTHER_PERSON_NEEDED")
      #expect(try await Self.enter(callers.kim, .confirmReversal(true)).batch.phase == .reversed)
      #expect(try await Self.total(callers.official).ballots == 0)
      #expect(
        try await Self.batch(callers.official).history.map(\.event) == [
          "manifest", "claim", "finalise", "claim", "finalise", "resolve", "accept", "propose-reversal",
          "confirm-reversal",
        ])
      await assembly.close()
      #expect(try LedgerVerifier.run(directory: directory).differences == [])
    }
  }

  @Test func whatIsSentAgainChangesNothing() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      let steps: [(InProcessTransport, Binhchon_V1_EnterPaperActRequest)] = [
        (callers.lan, Self.request(Self.manifest())), (callers.lan, Self.request(.claim(1))),
        (callers.lan, Self.request(Self.rows(1, number: 1, last: false))),
        (callers.lan, Self.request(Self.rows(1, best: 5, number: 2))), (callers.lan, Self.request(Self.final(1))),
        (callers.mai, Self.request(.claim(2))), (callers.mai, Self.request(Self.rows(2, number: 1, last: false))),
        (callers.mai, Self.request(Self.rows(2, best: 5, number: 2))), (callers.mai, Self.request(Self.final(2))),
        (callers.hoa, Self.request(Self.manifest(25, why: "hai tờ nữa"))),
        (callers.hoa, Self.request(.accept(true))), (callers.hoa, Self.request(.proposeReversal("nhầm"))),
        (callers.kim, Self.request(.confirmReversal(true))),
      ]
      for (index, (caller, request)) in steps.enumerated() {
        let first = try await caller.call(PaperMethods.enterPaperAct, request)
        #expect(!first.replayed, "\(index)")
        let total = try await Self.total(callers.official)
        // This one, and all before it: also those that would not be allowed now.
        for (caller, request) in steps[...index] {
          let again = try await caller.call(PaperMethods.enterPaperAct, request)
          #expect(again.replayed && again.batch == first.batch, "\(index)")
        }
        #expect(try await Self.total(callers.official) == total, "\(index)")
      }
    }
  }

  @Test func aChunkWithOtherRowsIsNoRepetition() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      try await Self.enter(callers.lan, Self.manifest())
      try await Self.enter(callers.lan, .claim(1))
      try await Self.enter(callers.lan, Self.rows(1))
      let error = await #expect(throws: RPCError.self) { try await Self.enter(callers.lan, Self.rows(1, best: 11)) }
      #expect(error.flatMap(ServiceTests.reason) == "ACT_CONFLICT")
      // Discarded, claimed and sent anew it counts anew.
      try await Self.enter(callers.lan, .discard(1))
      try await Self.enter(callers.lan, .claim(1))
      let again = try await Self.enter(callers.lan, Self.rows(1, best: 11))
      #expect(!again.replayed && again.batch.entries[0].rows == 3)
    }
  }

  @Test func whatIsRefusedAndWhy() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      func reason(
        _ caller: InProcessTransport, _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act
      ) async -> String? {
        let error = await #expect(throws: RPCError.self, "\(act)") { try await Self.enter(caller, act) }
        return error.flatMap(ServiceTests.reason)
      }
      #expect(await reason(callers.lan, .claim(1)) == "UNKNOWN_BATCH")
      #expect(await reason(callers.lan, Self.manifest(unit: "hai-chau")) == "OUT_OF_SCOPE")
      #expect(await reason(callers.lan, Self.manifest(single: true)) == "WRONG_ROLE")
      #expect(await reason(callers.lan, Self.manifest(0)) == "INVALID_FIELD")
      try await Self.entered(callers)
      #expect(await reason(callers.lan, .accept(true)) == "WRONG_ROLE")
      #expect(await reason(callers.hoa, .confirmReversal(true)) == "BATCH_STAGE")
      #expect(await reason(callers.hoa, .proposeReversal("")) == "BATCH_STAGE")
      let stranger = ServiceTests.caller(assembly, "coordinator/hai-chau/mot-cua/quay-01/k")
      #expect(await reason(stranger, .accept(true)) == "OUT_OF_SCOPE")
      try await Self.enter(callers.hoa, Self.manifest(16, why: "đếm lại"))
      #expect(await reason(callers.hoa, .accept(true)) == "SUMS_DIFFER")
      #expect(try await Self.total(callers.official).ballots == 0)
    }
  }

  /// Two coordinators at once: it is counted once.
  @Test func ofManyAcceptancesOneCounts() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      try await Self.entered(callers)
      let accepted = await withTaskGroup(of: Bool.self) { group in
        for caller in [callers.hoa, callers.kim] + (0..<8).map({ _ in callers.hoa }) {
          group.addTask { (try? await Self.enter(caller, .accept(true))) != nil }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(accepted == 1)
      #expect(try await Self.total(callers.official).ballots == 15)
    }
  }

  @Test func batchesAreListedWithinTheCallersSubtree() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      try await Self.entered(callers)
      var request = Binhchon_V1_ListPaperBatchesRequest()
      request.poll = Self.poll
      let listed = try await callers.official.call(PaperMethods.listPaperBatches, request)
      #expect(listed.batches.map { "\($0.batch) \($0.phase)" } == ["t8 definitive"])
      #expect(listed.next.isEmpty)
      let below = ServiceTests.caller(assembly, "official/hai-chau/mot-cua/quay-01/o")
      #expect(try await below.call(PaperMethods.listPaperBatches, request).batches.isEmpty)
      let single = ServiceTests.caller(assembly, "kiosk/hai-chau/mot-cua/quay-01")
      await #expect(throws: RPCError.self) { try await single.call(PaperMethods.listPaperBatches, request) }
    }
  }
}
