public import Polling

/// What the ledger knows of one spool of a kiosk, by its entries and by what the kiosk says.
public struct KioskAccount: Sendable, Equatable {
  /// Which client it is (``CastVoteRecord/source``).
  public var kiosk: String
  /// Nil: the kiosk has a certificate of ours, and nothing was heard of it. ``SpoolID/others``: its spools beyond the
  /// first ``KioskReport/mostSpools``, whose numbers are not followed.
  public var spool: SpoolID?
  /// What it said last.
  public var report: KioskReport?
  /// Which of its presses have come.
  public var mark: SpoolMark
  public var days: [Day: PressCounts]
  /// When the last certificate expires that this ledger issued to the kiosk; nil: it issued none.
  public var certificateExpires: Timestamp?

  public init(
    kiosk: String, spool: SpoolID?, report: KioskReport? = nil, mark: SpoolMark = SpoolMark(),
    days: [Day: PressCounts] = [:], certificateExpires: Timestamp? = nil
  ) {
    self.kiosk = kiosk
    self.spool = spool
    self.report = report
    self.mark = mark
    self.days = days
    self.certificateExpires = certificateExpires
  }

  public var highWaterMark: UInt64 { mark.highest }
  public var gaps: [ClosedRange<UInt64>] { mark.gaps }

  /// All days together.
  public var total: PressCounts {
    days.values.reduce(into: PressCounts()) { $0.add($1) }
  }
}
