internal import Ledger
internal import NIOCore
internal import Polling
internal import Schema
internal import Tallies

/// The quick way of a `CastBallotsRequest`, of one stream: all its ballots as one batch, if every one of them can go
/// that way.
struct QuickMessage {
  private let ledger: any Ledger
  private let epoch: String
  private let now: @Sendable () -> Timestamp
  private var intake: QuickIntake

  init(caller: Identity, service: BallotService) {
    ledger = service.ledger
    epoch = service.board.epoch
    now = service.now
    intake = QuickIntake(caller: caller, board: service.board)
  }

  /// The encoded response; nil: nothing was done, the message is for the plain way.
  mutating func cast(_ request: ByteBuffer) async throws -> ByteBuffer? {
    guard let (batch, taken) = request.withUnsafeReadableBytes({ take($0) }) else { return nil }
    let result = await withCheckedContinuation { continuation in
      ledger.append(batch) { continuation.resume(returning: $0) }
    }
    return try response(to: taken, result)
  }

  private func response(
    to taken: [TakenBallot], _ result: Result<CastOutcomes, LedgerError>
  ) throws -> ByteBuffer {
    var replies = CastReplies(result, epoch: epoch)
    var response = ByteBuffer()
    response.reserveCapacity(taken.count * 112)
    for ballot in taken {
      var exception = Binhchon_V1_BallotResult()
      switch replies.next(ballot) {
      case .counted(let receipt):
        receipt.appendResult(id: ballot.id.halves, to: &response)
        continue
      case .earlier(let receipt): exception.receipt = receipt
      case .refused(let refusal): exception.refused = refusal.status
      }
      exception.ballotID = .init(ballot.id.bytes)
      // Messages encoded one behind the other are one message (protobuf: merging).
      var one = Binhchon_V1_CastBallotsResponse()
      one.results = [exception]
      try one.encode(into: &response)
    }
    return response
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer) -> (CastBatch, [TakenBallot])? {
    guard let request = PlainBallots(bytes), (1...BallotService.mostPerMessage).contains(request.count) else {
      return nil
    }
    let (now, sentTime) = (now(), Timestamp(wire: request.sentTimeMs))
    var batch = CastBatch()
    var taken: [TakenBallot] = []
    taken.reserveCapacity(request.count)
    var ballots = request.makeIterator()
    for _ in 0..<request.count {
      guard let ballot = ballots.next(),
        let one = intake.take(ballot, sentTime: sentTime, now: now, into: &batch)
      else { return nil }
      taken.append(one)
    }
    return (batch, taken)
  }
}
