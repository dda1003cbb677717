internal import Polling

/// Numbers of reports in both languages at once.
enum Shown {
  private static func both(_ write: (Figures) -> String) -> Text {
    Text(vi: write(Figures(language: .vi)), en: write(Figures(language: .en)))
  }

  static let dash = Text(verbatim: "–")

  static func count(_ value: UInt64) -> Text { both { $0.count(value) } }
  /// Nil: left out of what is published.
  static func count(_ value: UInt64?) -> Text { value.map { count($0) } ?? absence(.suppressed) }
  static func percent(hundredths: UInt64) -> Text { both { $0.percent(hundredths) } }
  static func decimal(_ value: Rational) -> Text { both { $0.decimal(value) } }
  static func interval(_ interval: Interval) -> Text { both { $0.percent(interval) } }

  static func percent(_ share: Rational) -> Text {
    guard let hundredths = (share * Rational(10_000)).roundedHalfUp(places: 0), hundredths >= 0 else { return dash }
    return percent(hundredths: hundredths.magnitude)
  }

  /// With its sign, in two places.
  static func signed(_ value: Double) -> Text {
    guard let hundredths = Int64(exactly: (value * 100).rounded(.toNearestOrAwayFromZero)),
      let magnitude = Rational(hundredths.magnitude, over: 100)
    else { return dash }
    return both { (hundredths < 0 ? "−" : "+") + $0.decimal(magnitude) }
  }

  static func joined(_ parts: [Text], by separator: String) -> Text {
    Text(vi: parts.map(\.vi).joined(separator: separator), en: parts.map(\.en).joined(separator: separator))
  }

  static func absence(_ absence: ReportFigure.Absence) -> Text {
    switch absence {
    case .noData: Figures.noData
    case .tooFew: Text(vi: "quá ít phiếu", en: "too few answers")
    case .notStated: Text(vi: "chưa chấm", en: "not stated")
    case .suppressed: Text(vi: "ẩn", en: "hidden")
    }
  }
}

extension Text {
  static func + (left: Text, right: Text) -> Text { Text(vi: left.vi + right.vi, en: left.en + right.en) }
}
