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
    _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act, id: UUID = UUID(), in batch: String = "t8"
  ) -> Binhchon_V1_EnterPaperActRequest {
    var request = Binhchon_V1_EnterPaperActRequest()
    request.poll = poll
    request.batch = batch
    request.actID = withUnsafeBytes(of: id.uuid) { Data($0) }
    request.act = act
    return request
  }

  @discardableResult static func enter(
    _ caller: InProcessTransport, _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act, in batch: String = "t8"
  ) async throws -> Binhchon_V1_EnterPaperActResponse {
    try await caller.call(PaperMethods.enterPaperAct, request(act, in: batch))
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

  static func discard(_ entry: UInt32, why: String) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    .discardEntry(.with { ($0.entry, $0.why) = (entry, why) })
  }

  static func keep(_ entry: UInt32) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    var act = Binhchon_V1_PaperResolution()
    act.keep = entry
    act.why = "đối chiếu với tờ gốc"
    return .resolve(act)
  }

  /// Both entries, of which the second has one vote less where it differs.
  @discardableResult static func entered(
    _ callers: Callers, second best: UInt64 = 10, in batch: String = "t8", files: (UInt8, UInt8) = (1, 1)
  ) async throws -> Binhchon_V1_PaperBatch {
    try await enter(callers.lan, manifest(), in: batch)
    try await enter(callers.lan, .claim(1), in: batch)
    try await enter(callers.lan, rows(1, file: files.0), in: batch)
    try await enter(callers.lan, final(1), in: batch)
    try await enter(callers.mai, .claim(2), in: batch)
    try await enter(callers.mai, rows(2, best: best, file: files.1), in: batch)
    return try await enter(callers.mai, final(2), in: batch).batch
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
      for unreasoned in [.discard(1), Self.discard(1, why: "")] {
        let refused = await #expect(throws: RPCError.self) { try await Self.enter(callers.lan, unreasoned) }
        #expect(refused.flatMap(ServiceTests.reason) == "INVALID_FIELD")
      }
      let without = try await Self.enter(callers.lan, Self.discard(1, why: "nhầm tệp")).batch
      #expect(without.entries.isEmpty && without.history.last.map { [$0.event, $0.why] } == ["discard", "nhầm tệp"])
      try await Self.enter(callers.lan, .claim(1))
      let again = try await Self.enter(callers.lan, Self.rows(1, best: 11))
      #expect(!again.replayed && again.batch.entries[0].rows == 3)
    }
  }

  /// The rows by columns.
  private static func columns(
    _ act: Binhchon_V1_EnterPaperActRequest.OneOf_Act
  ) -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    guard case .rows(var chunk) = act else { return act }
    var columns = Binhchon_V1_PaperColumns()
    func place(_ name: String) -> UInt32 {
      if let known = columns.names.firstIndex(of: name) { return UInt32(known) }
      columns.names.append(name)
      return UInt32(columns.names.count - 1)
    }
    for row in chunk.rows {
      columns.numbers.append(row.number)
      columns.labels.append(place(row.label))
      columns.units.append(place(row.unit))
      columns.firstDays.append(20_301)
      columns.days.append(30)
      if case .questionnaire(let questionnaire) = row.content {
        columns.levels.append(.unspecified)
        columns.answers.append(UInt32(questionnaire.answers.count))
        for answer in questionnaire.answers {
          columns.answers += [place(answer.question), UInt32(answer.choices.count)] + answer.choices.map(place)
        }
      } else {
        columns.levels.append(row.total.level)
      }
      columns.questions.append(row.total.question.isEmpty ? 0 : place(row.total.question))
      columns.choices.append(row.total.choice.isEmpty ? 0 : place(row.total.choice))
      columns.counts.append(row.total.count)
      columns.questionnaires.append(row.total.sheet == nil ? 0 : row.total.questionnaires + 1)
    }
    (chunk.rows, chunk.columns) = ([], columns)
    return .rows(chunk)
  }

  private static func mixedRows() -> Binhchon_V1_EnterPaperActRequest.OneOf_Act {
    guard case .rows(var chunk) = rows(1) else { return rows(1) }
    for number in 1...3 as ClosedRange<UInt64> {
      var row = chunk.rows[0]
      row.number = 100 + number
      row.total.questionnaires = 10
      chunk.rows.append(row)
      var answer = Binhchon_V1_Answer()
      (answer.question, answer.choices) = ("hai-long", number == 2 ? [] : ["KHL"])
      row.label = "P-\(number)"
      row.questionnaire.answers = number == 3 ? [] : [answer]
      chunk.rows.append(row)
    }
    return .rows(chunk)
  }

  @Test func rowsByColumnsAreTheSameRows() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      try await Self.enter(callers.lan, Self.manifest())
      try await Self.enter(callers.lan, .claim(1))
      let mixed = Self.mixedRows()
      let packed = try await Self.enter(callers.lan, Self.columns(mixed))
      #expect(!packed.replayed && packed.batch.entries[0].rows == 9)
      // To the byte: what was sent in one form was sent in the other.
      let plain = try await Self.enter(callers.lan, mixed)
      #expect(plain.replayed && plain.batch == packed.batch)
      var request = Binhchon_V1_GetPaperRowsRequest()
      (request.poll, request.batch) = (Self.poll, "t8")
      let read = try await callers.thu.call(PaperMethods.getPaperRows, request)
      guard case .rows(let chunk) = mixed else { return }
      #expect(read.rows == chunk.rows)
      // What bounds a chunk is no less than what it takes in an answer.
      let bound = try PaperChunk(chunk).rows.writtenBytes
      #expect(try read.rows.reduce(0) { $0 + (try $1.serializedData().count) + 4 } <= bound)
    }
  }

  @Test func columnsThatAreNotRowsAreRefused() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      try await Self.enter(callers.lan, Self.manifest())
      try await Self.enter(callers.lan, .claim(1))
      let changes: [(inout Binhchon_V1_PaperChunk) -> Void] = [
        { $0.rows = [Binhchon_V1_PaperRow()] }, { $0.columns.numbers.append(9) }, { $0.columns.labels = [] },
        { $0.columns.units[8] = 99 }, { $0.columns.units[0] = 0 }, { $0.columns.questions[0] = 4 },
        { $0.columns.choices[0] = .max }, { $0.columns.names.append("?") },
        { $0.columns.names[0] = $0.columns.names[1] },
        { $0.columns.names[0] = String(repeating: "x", count: 601) },
        { $0.columns.names[2] = String(repeating: "x", count: 65) }, { $0.columns.answers.append(0) },
        { $0.columns.answers.removeLast() }, { $0.columns.answers[0] = .max }, { $0.columns.answers[2] = .max },
        { $0.columns.levels[0] = .UNRECOGNIZED(7) }, { $0.columns.firstDays[0] = .max },
        { chunk in
          for _ in 0..<20_000 { chunk.columns.numbers.append(1) }
        },
        { $0.columns.names += (0..<40).map { "x\($0)" } },
        { $0.columns.counts[$0.columns.levels.firstIndex(of: .unspecified) ?? 0] = 50 },
        { $0.columns.choices[$0.columns.levels.firstIndex(of: .blank) ?? 0] = 1 },
      ]
      for (index, change) in changes.enumerated() {
        guard case .rows(var chunk) = Self.columns(Self.mixedRows()) else { return }
        change(&chunk)
        let error = await #expect(throws: RPCError.self, "\(index)") { try await Self.enter(callers.lan, .rows(chunk)) }
        #expect(error.flatMap(ServiceTests.reason) == "INVALID_FIELD", "\(index)")
      }
      // Counts beyond every number are beyond the bound, no trap.
      for change in [
        { $0.columns.counts[0] = .max }, { $0.columns.questionnaires[0] = .max }, { $0.columns.days[0] = 3_000 },
      ] as [(inout Binhchon_V1_PaperChunk) -> Void] {
        guard case .rows(var chunk) = Self.columns(Self.mixedRows()) else { return }
        change(&chunk)
        let error = await #expect(throws: RPCError.self) { try await Self.enter(callers.lan, .rows(chunk)) }
        #expect(error.flatMap(ServiceTests.reason) == "INVALID_ROW")
      }
    }
  }

  /// Names that no question or choice can have are refused before anything is compared with them.
  @Test func longNamesAreRefused() async throws {
    try await ServiceTests.withAssembly { assembly in
      let callers = Callers(assembly)
      try await Self.enter(callers.lan, Self.manifest())
      try await Self.enter(callers.lan, .claim(1))
      try await Self.enter(callers.lan, Self.rows(1))
      for (field, size, expected) in [
        ("question", 65, "INVALID_FIELD"), ("choice", 65, "INVALID_FIELD"), ("question", 64, nil), ("choice", 64, nil),
      ] as [(String, Int, String?)] {
        var request = Binhchon_V1_GetPaperRowsRequest()
        (request.poll, request.batch, request.figure.unit) = (Self.poll, "t8", "hai-chau")
        (request.figure.subject.question, request.figure.subject.choice) = ("hai-long", "HL")
        let name = String(repeating: "x", count: size)
        if field == "question" { request.figure.subject.question = name } else { request.figure.subject.choice = name }
        var reason: String?
        do { _ = try await callers.thu.call(PaperMethods.getPaperRows, request) } catch let error as RPCError {
          reason = ServiceTests.reason(error)
        }
        #expect(reason == expected, "\(field) \(size)")
        guard case .rows(var chunk) = Self.rows(1, file: 9) else { return }
        if field == "question" { chunk.rows[0].total.question = name } else { chunk.rows[0].total.choice = name }
        let error = await #expect(throws: RPCError.self) { try await Self.enter(callers.lan, .rows(chunk)) }
        // A name of a possible length is one that the poll does not have.
        #expect(error.flatMap(ServiceTests.reason) == (expected ?? "INVALID_ROW"), "\(field) \(size)")
      }
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

  /// However many batches a file was entered in, and accepted at once: its sheets are counted once, until that is reversed.
  @Test func aFileIsCountedInOneBatch() async throws {
    try await ServiceTests.withAssembly { assembly, directory in
      let callers = Callers(assembly)
      // File 2 is the first entry's in one of them, the second entry's in the others.
      let batches: [(String, (UInt8, UInt8))] = [("a", (1, 2)), ("b", (2, 3)), ("c", (4, 2)), ("d", (2, 5))]
      for (batch, files) in batches { try await Self.entered(callers, in: batch, files: files) }
      func accept(_ batch: String) async throws -> String {
        do { return "\(try await Self.enter(callers.hoa, .accept(true), in: batch).batch.phase)" } catch {
          let error = try #require(error as? RPCError)
          #expect(ServiceTests.reason(error) == "FILE_COUNTED", "\(error)")
          return error.message
        }
      }
      let ends = try await withThrowingTaskGroup(of: (String, String).self) { group in
        for (batch, _) in batches { group.addTask { (batch, try await accept(batch)) } }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      let counted = try #require(ends.first { $0.value == "accepted" }?.key)
      #expect(ends.count { $0.value.contains("in batch \(counted) already") } == 3, "\(ends)")
      #expect(try await Self.total(callers.official).ballots == 15)

      // Nobody enters it another time in vain; other files are none of its business.
      try await Self.enter(callers.lan, Self.manifest(), in: "e")
      try await Self.enter(callers.lan, .claim(1), in: "e")
      let again = await #expect(throws: RPCError.self) {
        try await Self.enter(callers.lan, Self.rows(1, file: 2), in: "e")
      }
      #expect(again.flatMap(ServiceTests.reason) == "FILE_COUNTED")
      try await Self.enter(callers.lan, Self.rows(1, file: 9), in: "e")
      // Who may not see that batch learns nothing of it by trying hashes.
      let counter = ServiceTests.caller(assembly, "clerk/hai-chau/mot-cua/quay-01/yen")
      try await Self.enter(counter, Self.manifest(unit: "hai-chau/mot-cua/quay-01"), in: "f")
      try await Self.enter(counter, .claim(1), in: "f")
      guard case .rows(var tried) = Self.rows(1, file: 2) else { return }
      tried.rows = []
      try await Self.enter(counter, .rows(tried), in: "f")

      let other = try #require(batches.map(\.0).first { $0 != counted })
      try await Self.enter(callers.hoa, .proposeReversal("tờ của đơn vị khác"), in: counted)
      #expect(try await accept(other).contains("in batch \(counted) already"))
      try await Self.enter(callers.kim, .confirmReversal(true), in: counted)
      #expect(try await Self.total(callers.official).ballots == 0)
      #expect(try await accept(other) == "accepted")
      #expect(try await Self.total(callers.official).ballots == 15)
      await assembly.close()
      #expect(try LedgerVerifier.run(directory: directory).differences == [])
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
