internal import Foundation
internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.PaperService: batches of paper sheets, from their manifest to their reversal.
struct PaperService: Sendable {
  static let writers: Set<Role> = [.clerk, .secondClerk, .coordinator, .auditor]
  static let readers = Set(Role.allCases).subtracting([.kiosk])
  /// Of what was typed: nobody who may enter it a second time.
  static let rowReaders: Set<Role> = [.coordinator, .auditor, .admin]
  /// In one response.
  static let mostBatches = 100
  /// Of batches in one response: with one more it stays within a frame.
  static let mostListBytes = 1 << 20

  var desk: PaperDesk
  var reader: any RegisterReader
  var board: TallyBoard
  var access: Access
  var now: @Sendable () -> Timestamp
  var closings: PollClosings

  func register(in router: inout Router) {
    router.handle(PaperMethods.enterPaperAct) { try await refusing(enterPaperAct)($0, $1) }
    router.handle(PaperMethods.getPaperBatch) { try await refusing(getPaperBatch)($0, $1) }
    router.handle(PaperMethods.listPaperBatches) { try await refusing(listPaperBatches)($0, $1) }
    router.handle(PaperMethods.getPaperRows) { try await refusing(getPaperRows)($0, $1) }
  }

  func enterPaperAct(
    _ request: Binhchon_V1_EnterPaperActRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_EnterPaperActResponse {
    let caller = try access.caller(context, roles: Self.writers)
    let (listed, code) = try place(request.poll, request.batch, caller)
    let event = try PaperEvent(request, newest: listed.newest.version)
    guard let person = PaperPerson(by: caller.description) else {
      throw Refusal.ourFault("role \(caller.role) enters no paper")
    }
    let before = try await desk.standing(listed.newest.id, code).batch
    if let manifest = before.manifest { try caller.require(manifest.unit) }
    if case .putManifest(let manifest, _) = event {
      try caller.require(manifest.unit)
      guard listed.version(manifest.pollVersion) != nil else { throw Refusal.unknownPoll(request.poll) }
    } else if before.manifest == nil {
      throw Refusal.unknownBatch(request.batch)
    }
    let now = now()
    let entered = try await desk.enter(
      PaperDesk.Intent(
        event: event, id: try Self.id(request.actID, event), person: person, by: caller.description,
        scope: caller.scope, at: now,
        isSealed: isSealed(listed.newest, at: now), allowsSingleEntry: listed.newest.policy.paperEntries == 1),
      listed.newest.id, code)
    // Who accepts looks at the tally next.
    await board.caughtUp(to: entered.sequence)
    var response = Binhchon_V1_EnterPaperActResponse()
    response.batch = message(entered.batch, listed, code, caller)
    response.replayed = entered.isReplayed
    response.revision = entered.sequence
    return response
  }

  func getPaperBatch(
    _ request: Binhchon_V1_GetPaperBatchRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetPaperBatchResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let (listed, code) = try place(request.poll, request.batch, caller)
    let batch = try await desk.standing(listed.newest.id, code).batch
    guard let manifest = batch.manifest else { throw Refusal.unknownBatch(request.batch) }
    try caller.require(manifest.unit)
    var response = Binhchon_V1_GetPaperBatchResponse()
    response.batch = message(batch, listed, code, caller)
    return response
  }

  func getPaperRows(
    _ request: Binhchon_V1_GetPaperRowsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetPaperRowsResponse {
    let caller = try access.caller(context, roles: Self.rowReaders)
    let (listed, code) = try place(request.poll, request.batch, caller)
    let batch = try await desk.standing(listed.newest.id, code).batch
    guard let manifest = batch.manifest, let poll = listed.version(manifest.pollVersion) else {
      throw Refusal.unknownBatch(request.batch)
    }
    try caller.require(manifest.unit)
    let figure = request.hasFigure ? try PaperFigure(request.figure) : nil
    let number = request.entry == 0 ? batch.kept ?? .first : try PaperEntryNumber(request.entry, field: "entry")
    var response = Binhchon_V1_GetPaperRowsResponse()
    response.entry = UInt32(number.rawValue)
    guard let entry = batch.entry(number) else { return response }
    response.by = entry.by
    if let figure { response.count = UInt64(clamping: batch.count(of: figure, in: number, poll: poll)) }
    let (rows, next) = try await desk.rows(listed.newest.id, code, claim: entry.claim, after: request.after) { row in
      figure?.rests(on: row, in: poll) ?? true
    }
    if let rows { response.fill(rows) }
    response.next = next
    return response
  }

  /// Whether the poll's figures no longer change: from its closing and the time for what comes late on.
  private func isSealed(_ poll: Poll, at now: Timestamp) -> Bool {
    ClosingRule.isSealed(
      at: now, closesAt: poll.closesAt, closedByHandAt: closings[poll.id], lateFor: poll.policy.late)
  }

  func listPaperBatches(
    _ request: Binhchon_V1_ListPaperBatchesRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListPaperBatchesResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    guard let listed = board.poll(id), caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
    let registers: [String: UInt64]
    do { registers = try await reader.registers(.paper) } catch {
      throw Refusal.ourFault("the batches cannot be read: \(error)")
    }
    let codes = registers.keys.compactMap { Register.paper(named: $0) }.filter { $0.poll == id }.map(\.batch).sorted()
    var response = Binhchon_V1_ListPaperBatchesResponse()
    var bytes = 0
    for code in codes where request.after < code.rawValue {
      if response.batches.count == Self.mostBatches || bytes > Self.mostListBytes {
        response.next = response.batches.last?.batch ?? ""
        break
      }
      let batch = try await desk.standing(id, code).batch
      guard let manifest = batch.manifest, caller.scope.contains(manifest.unit) else { continue }
      var summary = message(batch, listed, code, caller)
      summary.differences = []
      summary.history = []
      summary.corrections = []
      if summary.hasAudit { for record in summary.audit.records.indices { summary.audit.records[record].why = "" } }
      bytes += (try summary.serializedBytes() as [UInt8]).count
      response.batches.append(summary)
    }
    return response
  }

  private func place(
    _ poll: String, _ batch: String, _ caller: Identity
  ) throws(Refusal) -> (ListedPoll, PaperBatchCode) {
    let (id, code): (PollID, PaperBatchCode)
    do { (id, code) = (try PollID(poll), try PaperBatchCode(batch)) } catch { throw .invalid(error) }
    guard let listed = board.poll(id), caller.mayShow(listed) else { throw .unknownPoll(poll) }
    return (listed, code)
  }

  private func message(
    _ batch: PaperBatch, _ listed: ListedPoll, _ code: PaperBatchCode, _ caller: Identity
  ) -> Binhchon_V1_PaperBatch {
    let definition = batch.manifest.flatMap { listed.version($0.pollVersion) } ?? listed.newest
    var message = Binhchon_V1_PaperBatch(batch, code, definition)
    // Who enters, judges or audits it sees its counts; all others what is published.
    if listed.smallestGroup > 1, !caller.seesCounts, !Self.writers.contains(caller.role) {
      message.hideCounts()
    }
    return message
  }

  private static func id(_ bytes: Data, _ event: PaperEvent) throws(Refusal) -> Act.ID? {
    if event.word == .rows { return nil }
    guard bytes.count == 16 else { throw .invalid([Violation("act_id", "must be 16 bytes")]) }
    func word(_ bytes: Data) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return Act.ID(high: word(bytes.prefix(8)), low: word(bytes.suffix(8)))
  }
}
