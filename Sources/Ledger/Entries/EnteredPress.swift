internal import Polling

/// A press that has an entry: what it adds to the account of its kiosk.
struct EnteredPress {
  var kiosk: String
  var spool: SpoolID
  var number: UInt64?
  var day: Day
  var counts: PressCounts

  /// Nil: no kiosk accounts for it.
  init?(_ record: CastVoteRecord) {
    guard let spool = record.spool else { return nil }
    self.init(
      kiosk: record.source, spool: spool, number: record.ballot.kioskSequence,
      day: PressDay.day(of: record.ballot.deviceTime), counts: PressCounts(cast: record.flags))
  }

  init(_ entry: RefusedPressEntry) {
    var counts = PressCounts()
    switch entry.verdict {
    case .duplicate: counts.duplicate = 1
    case .rejected: counts.rejected = 1
    case .afterSeal: counts.corrected = 1
    }
    self.init(kiosk: entry.kiosk, spool: entry.spool, number: entry.number, day: entry.day, counts: counts)
  }

  init(kiosk: String, spool: SpoolID, number: UInt64?, day: Day, counts: PressCounts) {
    self.kiosk = kiosk
    self.spool = spool
    self.number = number
    self.day = day
    self.counts = counts
  }
}
