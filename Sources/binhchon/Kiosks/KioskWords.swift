internal import Schema

extension Binhchon_V1_KioskAlarm {
  /// For programs.
  var word: String {
    switch self {
    case .unspecified: "unspecified"
    case .neverSeen: "never-seen"
    case .silent: "silent"
    case .lawBroken: "law-broken"
    case .gap: "gap"
    case .spoolNearlyFull: "spool-nearly-full"
    case .spoolSetAside: "spool-set-aside"
    case .clockWrong: "clock-wrong"
    case .numberedTwice: "numbered-twice"
    case .UNRECOGNIZED(let number): "alarm-\(number)"
    }
  }

  /// What it means for this kiosk, and what to do.
  func text(_ kiosk: Binhchon_V1_Kiosk, asOfMs: Int64) -> Text {
    switch self {
    case .neverSeen: return Text(vi: "đã đăng ký, chưa bao giờ liên lạc", en: "enrolled, and never heard of")
    case .silent:
      let (age, _) = asOfMs.subtractingReportingOverflow(kiosk.lastSeenMs)
      let span = SpokenSpan.text(age)
      return Text(vi: "im lặng đã \(span.vi)", en: "silent for \(span.en)")
    case .lawBroken: return kiosk.lawText
    case .gap where kiosk.countsHidden: return Text(vi: "thiếu lần bấm", en: "presses are missing")
    case .gap:
      let numbers = kiosk.gaps.prefix(3).map { $0.first == $0.last ? "\($0.first)" : "\($0.first)–\($0.last)" }
        .joined(separator: ", ")
      return Text(vi: "thiếu lần bấm số \(numbers)", en: "presses number \(numbers) are missing")
    case .spoolNearlyFull where kiosk.countsHidden:
      return Text(vi: "bộ nhớ phiếu sắp đầy", en: "the spool is nearly full")
    case .spoolNearlyFull:
      return Text(
        vi: "bộ nhớ phiếu sắp đầy: \(kiosk.pending) trên \(kiosk.capacity)",
        en: "the spool is nearly full: \(kiosk.pending) of \(kiosk.capacity)")
    case .spoolSetAside:
      return Text(
        vi: "có bộ nhớ phiếu hỏng trên máy (damaged-N.db): cứu phiếu trong đó rồi cất đi",
        en: "a damaged spool lies on the device (damaged-N.db): see to the presses in it, then move it away")
    case .clockWrong:
      let span = SpokenSpan.text(kiosk.skewMs)
      return Text(vi: "đồng hồ lệch \(span.vi)", en: "its clock is off by \(span.en)")
    case .numberedTwice:
      return Text(
        vi: "số thứ tự lặp lại: bộ nhớ phiếu bị chép hoặc khôi phục từ bản cũ",
        en: "numbers came twice: its spool was copied, or put back from a copy")
    case .unspecified, .UNRECOGNIZED: return Text(verbatim: word)
    }
  }
}

extension Binhchon_V1_Kiosk {
  /// By how many presses the account is off, and on which days.
  fileprivate var lawText: Text {
    if countsHidden { return Text(vi: "số lần bấm không khớp", en: "the presses do not add up") }
    let broken = days.filter { !$0.isLawKept }.prefix(3).map { LocalTime.spoken(day: $0.day) }.joined(separator: ", ")
    let (vi, en) = broken.isEmpty ? ("", "") : (" (ngày \(broken))", " (on \(broken))")
    let pending = total.pending
    if pending < 0 {
      return Text(
        vi: "nhiều hơn số lần bấm: \(pending.magnitude)\(vi)", en: "\(pending.magnitude) more than were pressed\(en)")
    }
    let missing = UInt64(pending) - min(UInt64(pending), self.pending)
    return missing > 0
      ? Text(vi: "\(missing) lần bấm bị mất\(vi)", en: "\(missing) presses are missing\(en)")
      : Text(vi: "số lần bấm theo ngày không khớp\(vi)", en: "the presses of some days do not add up\(en)")
  }
}

/// A span of time in one unit, as people say it.
enum SpokenSpan {
  /// - Parameter milliseconds: below 0: the same, with a sign.
  static func text(_ milliseconds: Int64) -> Text {
    let sign = milliseconds < 0 ? "-" : ""
    let size = milliseconds.magnitude
    switch size {
    case ..<1_000: return Text(verbatim: "\(sign)\(size) ms")
    case ..<120_000: return Text(vi: "\(sign)\(size / 1_000) giây", en: "\(sign)\(size / 1_000) s")
    case ..<7_200_000: return Text(vi: "\(sign)\(size / 60_000) phút", en: "\(sign)\(size / 60_000) min")
    case ..<172_800_000: return Text(vi: "\(sign)\(size / 3_600_000) giờ", en: "\(sign)\(size / 3_600_000) h")
    default: return Text(vi: "\(sign)\(size / 86_400_000) ngày", en: "\(sign)\(size / 86_400_000) days")
    }
  }
}
