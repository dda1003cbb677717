internal import Ledger
internal import NIOCore
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// The shortcut of `CastBallot`: ballots that arrive on one event loop together go to the ledger as one batch and are
/// answered as one.
final class CastDesk: Shortcut {
  private struct Taken {
    var address: ReplyAddress
    var ballot: TakenBallot
  }

  fileprivate let service: BallotService
  private let port: ReplyPort
  private var batch = CastBatch()
  private var taken: [Taken] = []

  init(_ service: BallotService, port: ReplyPort) {
    self.service = service
    self.port = port
  }

  func open(for peer: Peer) -> (any ShortcutConnection)? {
    guard let caller = service.access.identity(peer), BallotService.casters.contains(caller.role) else { return nil }
    return CastConnection(desk: self, intake: QuickIntake(caller: caller, board: service.board, rules: service.rules))
  }

  fileprivate func take(
    _ request: PlainBallots, through intake: inout QuickIntake, replyTo address: ReplyAddress
  ) -> Bool {
    var ballots = request.makeIterator()
    guard request.count == 1, let ballot = ballots.next(),
      let taken = intake.take(
        ballot, sentTime: Timestamp(wire: request.sentTimeMs), now: service.now(), into: &batch)
    else { return false }
    self.taken.append(Taken(address: address, ballot: taken))
    if self.taken.count == BallotService.mostPerCommit { endOfBurst() }
    return true
  }

  func endOfBurst() {
    guard !taken.isEmpty else { return }
    let (batch, taken) = (batch, taken)
    self.batch = CastBatch()
    self.taken = []
    // The next burst is likely to be as large.
    self.batch.reserveCapacity(taken.count)
    self.taken.reserveCapacity(taken.count)
    service.ledger.append(batch) { [port, epoch = service.board.epoch] result in
      port.post(Self.replies(to: taken, result, epoch: epoch))
    }
  }

  private static func replies(
    to taken: [Taken], _ result: Result<CastOutcomes, LedgerError>, epoch: String
  ) -> ReplyBatch {
    var batch = ReplyBatch()
    switch result {
    case .success(let outcomes):
      batch.reserveCapacity(taken.count, bytes: taken.count * 96)
      var replies = CastReplies(outcomes, epoch: epoch)
      for call in taken { append(replies.next(call.ballot), to: call, &batch) }
    case .failure(let error):
      let status = Refusal(error).rpcError.status
      for call in taken { batch.append(status, to: call.address) }
    }
    return batch
  }

  private static func append(_ reply: CastReplies.Reply, to call: Taken, _ batch: inout ReplyBatch) {
    do {
      switch reply {
      case .counted(let receipt):
        batch.append(to: call.address) { receipt.appendResponse(id: call.ballot.id.halves, to: &$0) }
      case .earlier(let receipt):
        var response = Binhchon_V1_CastBallotResponse()
        response.receipt = receipt
        try batch.append(to: call.address) { try response.encode(into: &$0) }
      case .refused(let refusal):
        batch.append(refusal.rpcError.status, to: call.address)
      }
    } catch {
      batch.append(Refusal.ourFault("a receipt cannot be encoded").rpcError.status, to: call.address)
    }
  }
}

/// The ballots of one connection.
private final class CastConnection: ShortcutConnection {
  private let desk: CastDesk
  private var intake: QuickIntake

  init(desk: CastDesk, intake: QuickIntake) {
    self.desk = desk
    self.intake = intake
  }

  func take(_ payload: UnsafeRawBufferPointer, replyTo address: ReplyAddress) -> Bool {
    guard let request = PlainBallots(payload) else { return false }
    return desk.take(request, through: &intake, replyTo: address)
  }
}
