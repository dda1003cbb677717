internal import Polling

/// Numbers as people write them. Integers in, rounding only here.
struct Figures: Sendable {
  var language: Language

  /// `18.029.085` in Vietnamese, `18,029,085` in English.
  func count(_ value: UInt64) -> String {
    let separator: Character = language == .vi ? "." : ","
    var result = ""
    for (index, digit) in String(value).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { result.append(separator) }
      result.append(digit)
    }
    return String(result.reversed())
  }

  /// `1 row`, `1,927 rows`: of what English names with an s.
  func count(_ value: Int, _ noun: String) -> String {
    "\(count(UInt64(max(0, value)))) \(noun)\(value == 1 ? "" : "s")"
  }

  /// `87,67 %` or `87.67%`, of hundredths of a percent.
  func percent(_ hundredths: UInt64) -> String {
    mark(hundredths) + (language == .vi ? " %" : "%")
  }

  /// `4,21` or `4.21`, rounded half up; `–` for what is too large to be shown.
  func decimal(_ value: Rational) -> String {
    guard let hundredths = value.roundedHalfUp(places: 2) else { return "–" }
    return (hundredths < 0 ? "−" : "") + mark(hundredths.magnitude)
  }

  /// `83,48–90,91 %` or `83.48–90.91%`, of shares.
  func percent(_ interval: Interval) -> String {
    guard let ends = interval.rounded(places: 4) else { return "–" }
    return mark(ends.lower.magnitude) + "–" + percent(ends.upper.magnitude)
  }

  /// `87,67` or `87.67`, of hundredths.
  private func mark(_ hundredths: UInt64) -> String {
    let fraction = hundredths % 100
    return count(hundredths / 100) + (language == .vi ? "," : ".") + (fraction < 10 ? "0\(fraction)" : "\(fraction)")
  }

  static let noData = Text(vi: "chưa có dữ liệu", en: "no data")

  /// Why figures are missing from what is published.
  ///
  /// - Parameter firstDay: of days before it nothing is published; empty: all days are.
  static func leftOut(k: UInt32, from firstDay: String = "") -> Text {
    let words = Text(
      vi: "số liệu công bố; “–”: không nêu, để không lộ ý kiến của dưới \(k) người",
      en: "published figures; “–”: left out, or it could tell how fewer than \(k) people rated")
    guard !firstDay.isEmpty else { return words }
    let day = LocalTime.spoken(day: firstDay)
    return words
      + Text(
        vi: "; chỉ từ ngày \(day), vì không rõ trước đó đã công bố những gì (quản trị viên: binhchond publications)",
        en: "; from \(day) on only: what was published before is not known (administrators: binhchond publications)")
  }

  /// The same for a page, in fewer words.
  static func leftOutInShort(k: UInt32, from firstDay: String) -> Text {
    let words = Text(
      vi: "số liệu công bố, k = \(k): “–” là không nêu", en: "published figures, k = \(k): “–” is left out")
    guard !firstDay.isEmpty else { return words }
    let day = LocalTime.spoken(day: firstDay)
    return words
      + Text(
        vi: "; chỉ từ ngày \(day), vì không rõ trước đó đã công bố gì",
        en: "; from \(day) on only: what was published before is not known")
  }

  /// Of published figures.
  static let someEnteredOnce = Text(
    vi: "cuộc bình chọn này có phiếu giấy chỉ nhập một lần", en: "this poll has paper that was entered once only")
  static let markedEnteredOnce = Text(
    vi: "¹ có phiếu giấy chỉ nhập một lần", en: "¹ with paper that was entered once only")
}

/// Shares of a whole in hundredths of a percent.
typealias Shares = Polling.Shares
