internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import SwiftProtobuf
internal import Tallies

/// binhchon.v1.ExportService: cast vote records for whoever recounts them. One page is in memory at a time; a client that
/// reads slowly is waited for between pages, when nothing of the ledger is held.
struct ExportService: Sendable {
  static let readers: Set<Role> = [.auditor]
  /// Entries looked at per page.
  static let stride = 2_000
  /// Of records in one response. A record's size is bounded by that of a request, so that a response stays within a frame.
  static let mostBytes = 1 << 20

  var reader: any RecordReader
  var board: TallyBoard
  var access: Access
  var stride = ExportService.stride

  func register(in router: inout Router) {
    router.handle(ExportMethods.exportRecords) { request, context, writer in
      do {
        try await exportRecords(request, context) { try await writer.write($0) }
      } catch let refusal as Refusal {
        throw refusal.rpcError
      }
    }
  }

  func exportRecords(
    _ request: Binhchon_V1_ExportRecordsRequest, _ context: CallContext,
    _ write: (Binhchon_V1_ExportRecordsResponse) async throws -> Void
  ) async throws {
    let caller = try access.caller(context, roles: Self.readers)
    let id: PollID
    let unit: UnitPath
    do {
      id = try PollID(request.poll)
      unit = request.unit.isEmpty ? caller.scope : try UnitPath(request.unit)
    } catch {
      throw Refusal.invalid(error)
    }
    try caller.require(unit)
    guard let listed = board.poll(id), caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
    let hidesOrder = listed.newest.policy.timePrecision.hidesOrder
    var cursor = try await begin(request.cursor)
    var isComplete = false
    while !isComplete {
      let page = try await read { () async throws(LedgerFileError) in
        try await reader.records(poll: id, after: cursor.after, through: cursor.revision, limit: stride)
      }
      isComplete = page.reached == cursor.after || page.reached == cursor.revision
      var pending = Pending(hidesOrder: hidesOrder)
      for row in page.rows where unit.contains(row.record.ballot.unit) {
        try pending.add(row)
        cursor.count += 1
        cursor.after = row.sequence
        if pending.bytes >= Self.mostBytes { try await write(pending.flush(cursor, isComplete: false)) }
      }
      cursor.after = page.reached
      // A page without records is told too: whoever waits sees that it goes on.
      try await write(pending.flush(cursor, isComplete: isComplete))
    }
  }

  private func begin(_ text: String) async throws -> ExportCursor {
    if text.isEmpty {
      let last = try await read { () async throws(LedgerFileError) in try await reader.lastSequence() }
      return ExportCursor(epoch: board.epoch, revision: last)
    }
    let cursor: ExportCursor
    do { cursor = try ExportCursor(text) } catch { throw Refusal.invalid(error) }
    guard cursor.epoch.utf8.elementsEqual(board.epoch.utf8) else {
      throw Refusal.invalid([Violation("cursor", "is of another ledger: export from the beginning")])
    }
    let last = try await read { () async throws(LedgerFileError) in try await reader.lastSequence() }
    guard cursor.revision <= last else {
      throw Refusal.invalid([Violation("cursor", "is of entries that this ledger does not have")])
    }
    return cursor
  }

  private func read<Value>(_ work: () async throws(LedgerFileError) -> Value) async throws(Refusal) -> Value {
    do {
      return try await work()
    } catch {
      throw .ourFault("the ledger cannot be read")
    }
  }
}

/// Records on their way into one response.
private struct Pending {
  let hidesOrder: Bool
  private var records: [(message: Binhchon_V1_CastRecord, encoded: [UInt8])] = []
  private(set) var bytes = 0

  init(hidesOrder: Bool) {
    self.hidesOrder = hidesOrder
  }

  mutating func add(_ row: RecordPage.Row) throws {
    let message = Binhchon_V1_CastRecord(row, hidesOrder: hidesOrder)
    let encoded: [UInt8] = try message.serializedBytes()
    bytes += encoded.count
    records.append((message, hidesOrder ? encoded : []))
  }

  mutating func flush(_ cursor: ExportCursor, isComplete: Bool) -> Binhchon_V1_ExportRecordsResponse {
    // By what they say, so that their order says nothing more.
    if hidesOrder { records.sort { $0.encoded.lexicographicallyPrecedes($1.encoded) } }
    var response = Binhchon_V1_ExportRecordsResponse()
    response.records = records.map(\.message)
    response.cursor = cursor.text
    response.ledgerEpoch = cursor.epoch
    response.revision = cursor.revision
    response.count = cursor.count
    response.complete = isComplete
    (records, bytes) = ([], 0)
    return response
  }
}
