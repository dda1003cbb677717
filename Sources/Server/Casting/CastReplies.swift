internal import Ledger
internal import NIOCore
internal import Polling
internal import RPC
internal import Schema

/// What each ballot of a batch is told, one after the other. Nearly all are told the same: counted, on that day.
struct CastReplies {
  enum Reply {
    /// It was counted now: the receipt but for its id.
    case counted(PlainReceipt)
    /// It was cast before.
    case earlier(Binhchon_V1_Receipt)
    case refused(Refusal)
  }

  private let epoch: String
  private var exceptions: ArraySlice<(index: Int, outcome: Outcome)>
  private var index = 0
  private var like: (day: Day, flags: RecordFlags, receipt: PlainReceipt)?

  /// - Parameter epoch: the ledger's.
  init(_ outcomes: CastOutcomes, epoch: String) {
    self.epoch = epoch
    exceptions = outcomes.exceptions[...]
  }

  /// To the batch's next ballot.
  mutating func next(_ ballot: TakenBallot) -> Reply {
    defer { index += 1 }
    do throws(Refusal) {
      guard let exception = exceptions.first, exception.index == index else {
        return .counted(try receipt(ballot.day, ballot.flags))
      }
      exceptions = exceptions.dropFirst()
      return .earlier(try Self.receipt(exception.outcome, epoch: epoch))
    } catch {
      return .refused(error)
    }
  }

  private mutating func receipt(_ day: Day, _ flags: RecordFlags) throws(Refusal) -> PlainReceipt {
    if let like, like.day == day, like.flags == flags { return like.receipt }
    let receipt: PlainReceipt
    do {
      receipt = try PlainReceipt(like: Binhchon_V1_Receipt(day, flags, epoch: epoch))
    } catch {
      throw .ourFault("a receipt cannot be encoded")
    }
    like = (day, flags, receipt)
    return receipt
  }

  static func receipt(_ outcome: Outcome, epoch: String) throws(Refusal) -> Binhchon_V1_Receipt {
    let record: CastVoteRecord
    let isReplayed: Bool
    switch outcome {
    case .entered(_, .cast(let entered)): (record, isReplayed) = (entered, false)
    case .replayed(_, .cast(let kept)): (record, isReplayed) = (kept, true)
    case .refused(let refusal): throw Refusal(refusal)
    case .replayed(_, .pressRefused): throw Refusal(earlierOf: outcome) ?? .ourFault("a refusal says nothing")
    case .entered, .replayed: throw .ourFault("the ledger answered a ballot with something else")
    }
    var receipt = Binhchon_V1_Receipt(record.day, record.flags, epoch: epoch)
    receipt.ballotID = .init(record.ballot.id.bytes)
    receipt.replayed = isReplayed
    return receipt
  }
}

extension Binhchon_V1_Receipt {
  fileprivate init(_ day: Day, _ flags: RecordFlags, epoch: String) {
    self.init()
    counted = flags.isCounted
    self.day = day.description
    clockFlagged = flags.contains(.clock)
    late = flags.contains(.late)
    ledgerEpoch = epoch
  }
}
