/// Where a ballot stands to the opening, the closing and the seal of its poll.
///
/// A poll closes at the time it names or when it is closed by hand, whichever comes first. Ballots that were made before
/// and arrive after it (a kiosk was off the network) are taken until the seal, `lateFor` later, and flagged. From then on
/// figures no longer change.
public enum ClosingRule {
  public enum Standing: Hashable, Sendable, CaseIterable {
    /// Arrived while the poll was open.
    case inTime
    /// Made before the closing, arrived between it and the seal: counted, with ``RecordFlags/late``.
    case late
    /// Arrived after the seal, or after the closing and nobody can say that it was made before: in no figure, kept on
    /// the correction list.
    case sealed
    /// Arrived before the poll opened.
    case notOpenYet
  }

  /// - Parameters:
  ///   - made: by the device's clock, corrected by the measured skew; nil if that clock is not to be believed (see
  ///     ``BucketRule/made(deviceTime:receivedTime:skewMilliseconds:)``). Floored to the poll's precision: within the step
  ///     in which the poll closes, it is believed to be before.
  ///   - received: by our clock.
  ///   - closedByHandAt: by our clock, which may have been set back since.
  ///   - lateFor: from the closing to the seal, in milliseconds; 0 or less: the poll is sealed when it closes.
  public static func standing(
    made: Timestamp?, received: Timestamp, opensAt: Timestamp?, closesAt: Timestamp?, closedByHandAt: Timestamp?,
    lateFor: Int64
  ) -> Standing {
    if let opensAt, received < opensAt { return .notOpenYet }
    guard let closing = [closesAt, closedByHandAt].compactMap({ $0 }).min() else { return .inTime }
    if closedByHandAt == nil, received < closing { return .inTime }
    guard let made, made < closing,
      !isSealed(at: received, closesAt: closesAt, closedByHandAt: closedByHandAt, lateFor: lateFor)
    else { return .sealed }
    // One that was closed before it opened was never open.
    if let opensAt, closing <= opensAt { return .sealed }
    return .late
  }

  /// Whether figures no longer change. Parameters as above.
  public static func isSealed(
    at now: Timestamp, closesAt: Timestamp?, closedByHandAt: Timestamp?, lateFor: Int64
  ) -> Bool {
    guard let closing = [closesAt, closedByHandAt].compactMap({ $0 }).min() else { return false }
    let (seal, isNever) = closing.milliseconds.addingReportingOverflow(max(0, lateFor))
    return !isNever && now.milliseconds >= seal
  }
}
