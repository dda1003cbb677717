public import Polling
internal import Schema

/// How the server's ledger stands, as the server says with an answer.
public struct LedgerStanding: Sendable, Equatable {
  public var epoch: String
  /// The sequence that the answer includes.
  public var revision: UInt64
  /// The sequence that the ledger's newest backup includes; 0: there is none.
  public var backedUpThrough: UInt64
  /// By the server's clock.
  public var day: Day

  public init(epoch: String, revision: UInt64, backedUpThrough: UInt64, day: Day) {
    self.epoch = epoch
    self.revision = revision
    self.backedUpThrough = backedUpThrough
    self.day = day
  }
}

extension LedgerStanding {
  /// Nil: the answer names no ledger.
  init?(_ news: Binhchon_V1_KioskNews) {
    guard !news.ledgerEpoch.isEmpty else { return nil }
    self.init(
      epoch: news.ledgerEpoch, revision: news.revision, backedUpThrough: news.backedUpThrough,
      day: Day(of: Timestamp(milliseconds: news.serverTimeMs)))
  }
}
