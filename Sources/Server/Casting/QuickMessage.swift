internal import Ledger
internal import NIOCore
internal import Polling
internal import Schema
internal import SwiftProtobuf
internal import Tallies

/// The quick way of a `CastBallotsRequest`, of one stream: its ballots as a few batches, if every one of them can go that
/// way.
struct QuickMessage {
  private let ledger: any Ledger
  private let epoch: String
  private let now: @Sendable () -> Timestamp
  private var intake: QuickIntake

  init(caller: Identity, service: BallotService) {
    ledger = service.ledger
    epoch = service.board.epoch
    now = service.now
    intake = QuickIntake(caller: caller, board: service.board, rules: service.rules)
  }

  /// The encoded response; nil: nothing was done, the message is for the plain way.
  mutating func cast(_ request: ByteBuffer) async throws -> ByteBuffer? {
    guard let pieces = request.withUnsafeReadableBytes({ take($0) }) else { return nil }
    var response = ByteBuffer()
    response.reserveCapacity(pieces.reduce(0) { $0 + $1.taken.count } * 112)
    for piece in pieces {
      let result = await withCheckedContinuation { continuation in
        ledger.append(piece.batch) { continuation.resume(returning: $0) }
      }
      try append(result, of: piece.taken, to: &response)
    }
    return response
  }

  private func append(
    _ result: Result<CastOutcomes, LedgerError>, of taken: [TakenBallot], to response: inout ByteBuffer
  ) throws {
    switch result {
    case .success(let outcomes):
      var replies = CastReplies(outcomes, epoch: epoch)
      for ballot in taken {
        switch replies.next(ballot) {
        case .counted(let receipt): receipt.appendResult(id: ballot.id.halves, to: &response)
        case .earlier(let receipt): try append(.receipt(receipt), of: ballot, to: &response)
        case .refused(let refusal): try append(.refused(refusal.status), of: ballot, to: &response)
        }
      }
    case .failure(let error):
      let status = Refusal(error).status
      for ballot in taken { try append(.refused(status), of: ballot, to: &response) }
    }
  }

  private func append(
    _ result: Binhchon_V1_BallotResult.OneOf_Result, of ballot: TakenBallot, to response: inout ByteBuffer
  ) throws {
    // Messages encoded one behind the other are one message (protobuf: merging).
    var one = Binhchon_V1_CastBallotsResponse()
    one.results = [
      .with {
        $0.ballotID = .init(ballot.id.bytes)
        $0.result = result
      }
    ]
    try one.encode(into: &response)
  }

  private struct Piece {
    var batch = CastBatch()
    var taken: [TakenBallot] = []
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer) -> [Piece]? {
    guard let request = PlainBallots(bytes), (1...BallotService.mostPerMessage).contains(request.count) else {
      return nil
    }
    let (now, sentTime) = (now(), Timestamp(wire: request.sentTimeMs))
    var ballots = request.makeIterator()
    var pieces: [Piece] = []
    var left = request.count
    while left > 0 {
      var piece = Piece()
      let count = min(left, BallotService.mostPerCommit)
      piece.taken.reserveCapacity(count)
      piece.batch.reserveCapacity(count)
      for _ in 0..<count {
        guard let ballot = ballots.next(),
          let one = intake.take(ballot, sentTime: sentTime, now: now, into: &piece.batch)
        else { return nil }
        piece.taken.append(one)
      }
      pieces.append(piece)
      left -= count
    }
    return pieces
  }
}
