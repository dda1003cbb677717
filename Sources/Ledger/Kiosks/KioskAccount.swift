public import Polling

/// Which numbers of a spool have come.
public struct KioskMark: Sendable, Equatable {
  /// The highest one; 0: none.
  public var highest: UInt64
  /// All up to this one have come.
  public var acknowledgedThrough: UInt64

  public init(highest: UInt64 = 0, acknowledgedThrough: UInt64 = 0) {
    self.highest = highest
    self.acknowledgedThrough = acknowledgedThrough
  }
}

/// What the ledger knows of one spool of a kiosk, by its entries and by what the kiosk says.
public struct KioskAccount: Sendable, Equatable {
  /// Which client it is (``CastVoteRecord/source``).
  public var kiosk: String
  /// Nil: the kiosk has a certificate, and nothing was heard of it. ``SpoolID/others``: its spools beyond the first
  /// ``KioskReport/mostSpools``, whose numbers are not followed.
  public var spool: SpoolID?
  /// What it said last.
  public var report: KioskReport?
  /// The highest number that has come.
  public var highWaterMark: UInt64
  /// Numbers below it that have not, ascending: the first ``mostGaps`` ranges.
  public var gaps: [ClosedRange<UInt64>]
  /// How many more there are beyond those; no fewer than these.
  public var missingBeyondGaps: UInt64
  /// Presses that came without a number, as they do where times are coarse: as many of the missing numbers are theirs.
  public var unnumbered: UInt64
  /// Presses whose number had come before: of a spool that was copied or put back.
  public var renumbered: UInt64
  public var days: [Day: PressCounts]

  public static let mostGaps = 1_000

  public init(
    kiosk: String, spool: SpoolID?, report: KioskReport? = nil, highWaterMark: UInt64 = 0,
    gaps: [ClosedRange<UInt64>] = [], missingBeyondGaps: UInt64 = 0, unnumbered: UInt64 = 0, renumbered: UInt64 = 0,
    days: [Day: PressCounts] = [:]
  ) {
    self.kiosk = kiosk
    self.spool = spool
    self.report = report
    self.highWaterMark = highWaterMark
    self.gaps = gaps
    self.missingBeyondGaps = missingBeyondGaps
    self.unnumbered = unnumbered
    self.renumbered = renumbered
    self.days = days
  }

  /// All days together.
  public var total: PressCounts {
    days.values.reduce(into: PressCounts()) { $0.add($1) }
  }
}
