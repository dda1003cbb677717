/// What is known of one kiosk, for the rules that judge it.
public struct KioskStanding: Hashable, Sendable {
  /// Role, unit and name of its certificate.
  public var kiosk: String
  /// Nil: never.
  public var lastSeen: Timestamp?
  /// Numbers that are missing and that nothing explains; 0: none.
  public var missing: UInt64
  /// The first of them; 0: none.
  public var firstMissing: UInt64
  /// Whether its presses add up.
  public var isLawKept: Bool

  public init(
    kiosk: String, lastSeen: Timestamp?, missing: UInt64 = 0, firstMissing: UInt64 = 0, isLawKept: Bool = true
  ) {
    self.kiosk = kiosk
    self.lastSeen = lastSeen
    self.missing = missing
    self.firstMissing = firstMissing
    self.isLawKept = isLawKept
  }

  /// It was heard of, and is not any more. Any message ends it, and the next one comes a whole silence later at the
  /// earliest: no margin is needed.
  public func silence(_ thresholds: AlertThresholds, at now: Timestamp) -> Alert? {
    guard let lastSeen else { return nil }
    let (age, overflow) = now.milliseconds.subtractingReportingOverflow(lastSeen.milliseconds)
    let minutes = overflow ? Int64.max / 60_000 : age / 60_000
    guard minutes >= thresholds.silenceMinutes else { return nil }
    let (vi, en) = minutes < 120 ? ("\(minutes) phút", "\(minutes) min") : ("\(minutes / 60) giờ", "\(minutes / 60) h")
    return Alert(
      subject: .silent(kiosk: kiosk), since: lastSeen, count: 0, n: 0,
      words: LocalizedText(vi: "máy im lặng \(vi)", en: "kiosk silent for \(en)"))
  }

  /// Presses are missing, or there are more than were pressed. Named by the first that is missing: another gap is another
  /// alert.
  public func gap() -> Alert? {
    guard missing > 0 || !isLawKept else { return nil }
    let words =
      missing > 0
      ? LocalizedText(
        vi: "thiếu \(missing) lần bấm, từ số \(firstMissing)",
        en: "\(missing) presses missing, from no. \(firstMissing)")
      : LocalizedText(vi: "số lần bấm không khớp", en: "presses do not add up")
    // Numbers are counted from the kiosk's first press on: they tell how often it was pressed.
    return Alert(
      subject: .gap(kiosk: kiosk, first: missing > 0 ? firstMissing : 0), since: nil, count: 0, n: missing,
      words: words, coarseWords: missing > 0 ? LocalizedText(vi: "thiếu lần bấm", en: "presses are missing") : nil)
  }
}
