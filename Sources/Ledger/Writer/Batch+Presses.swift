internal import Polling
internal import SQLite

extension Batch {
  /// The id decides first: what a kiosk was told once of a press is the same for ever.
  mutating func refuse(_ press: RefusedPress) throws(SQLiteError) -> Outcome {
    let id = press.ballot.id
    guard try store.settled.castSequence(id, &unsettled) == nil else { return .refused(.conflict) }
    if let earlier = try refusal(of: id, kiosk: press.kiosk, spool: press.spool) { return earlier }
    let entry = RefusedPressEntry(asCoarse(press))
    let sequence = try append(.refusedPress) { entry.encode(into: &$0) }
    try store.refusedPresses.insert(id, sequence: sequence)
    if press.verdict == .afterSeal {
      try store.refusedPresses.insertCorrection(
        try store.number(press.ballot.poll.rawValue, &knowledge), sequence: sequence)
    }
    unsettled.books.enter(EnteredPress(entry))
    return .entered(sequence: sequence, .pressRefused(press.verdict, reason: press.reason))
  }

  /// A kiosk's press that was refused for good stays so, whatever has become of its poll.
  func refusal(of record: CastVoteRecord) throws(SQLiteError) -> Outcome? {
    guard let spool = record.spool else { return nil }
    return try refusal(of: record.ballot.id, kiosk: record.source, spool: spool)
  }

  /// What a press was answered when it was refused. Nil: it was not.
  private func refusal(of id: BallotID, kiosk: String, spool: SpoolID) throws(SQLiteError) -> Outcome? {
    guard let sequence = try store.refusedPresses.sequence(id) else { return nil }
    let kept = try store.entries.read(sequence, .refusedPress) { (body) throws(FormatError) in
      try RefusedPressEntry(body)
    }
    guard kept.kiosk == kiosk, kept.spool == spool else { return .refused(.conflict) }
    return .replayed(sequence: sequence, .pressRefused(kept.verdict, reason: kept.reason))
  }

  /// With no finer clock than its poll allows. A number tells the order, and so the time.
  private func asCoarse(_ press: RefusedPress) -> RefusedPress {
    guard let precision = knowledge.definitions[press.ballot.poll]?.versions.last?.policy.timePrecision else {
      return press
    }
    var coarse = press
    coarse.receivedTime = press.receivedTime.floored(to: precision)
    if precision.hidesOrder { coarse.ballot.kioskSequence = nil }
    return coarse
  }

  /// Kept in the same transaction, but no entry: who reads it next sees the newest.
  mutating func keep(_ report: KioskReport, number: UInt64) throws(SQLiteError) -> Outcome {
    let newest = try store.reports.put(report, number: number, kiosk: try store.number(report.kiosk, &knowledge))
    let mark = unsettled.books.mark(SpoolKey(kiosk: report.kiosk, spool: report.spool))
    return .entered(sequence: knowledge.lastSequence, .kioskReported(mark, number: newest))
  }
}
