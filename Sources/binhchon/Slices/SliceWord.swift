import ArgumentParser
import Foundation
internal import Polling
internal import Schema

/// What rows of figures are told apart by, as a word on the command line.
struct SliceWord: ExpressibleByArgument, Sendable, Equatable {
  let dimension: Binhchon_V1_FigureDimension
  let word: String

  private static let all: [(word: String, dimension: Binhchon_V1_FigureDimension, label: Text)] = [
    ("unit", .unit, Text(vi: "ĐƠN VỊ", en: "UNIT")), ("counter", .counter, Text(vi: "QUẦY", en: "COUNTER")),
    ("procedure", .procedure, Text(vi: "THỦ TỤC", en: "PROCEDURE")), ("kiosk", .kiosk, Text(vi: "MÁY", en: "KIOSK")),
    ("channel", .channel, Text(vi: "KÊNH", en: "CHANNEL")), ("day", .day, Text(vi: "NGÀY", en: "DAY")),
    ("week", .week, Text(vi: "TUẦN", en: "WEEK")), ("month", .month, Text(vi: "THÁNG", en: "MONTH")),
    ("quarter", .quarter, Text(vi: "QUÝ", en: "QUARTER")), ("year", .year, Text(vi: "NĂM", en: "YEAR")),
  ]

  init?(argument: String) {
    guard let known = Self.all.first(where: { $0.word == argument }) else { return nil }
    (word, dimension, label) = known
  }

  static func == (left: SliceWord, right: SliceWord) -> Bool { left.dimension == right.dimension }

  static var allValueStrings: [String] { all.map(\.word) }

  /// As a heading.
  let label: Text

  var isOfUnits: Bool { dimension == .unit || dimension == .counter }
}

/// A period as a word on the command line: `2024`, `2024-Q1`, `2024-H1`, `2024-9M`, `2024-03`, `2024-03-31`, two days with
/// `..` between them (both belong to it), or a window.
struct PeriodWord: ExpressibleByArgument, Sendable, Equatable {
  var period: Binhchon_V1_GetFiguresRequest.OneOf_Period

  init?(argument: String) {
    if let window = Binhchon_V1_Window.named.first(where: { $0.word == argument }) {
      period = .window(window)
      return
    }
    guard let span = Self.span(argument) else { return nil }
    var range = Binhchon_V1_DayRange()
    range.from = span.start?.description ?? ""
    range.to = span.end?.description ?? ""
    period = .days(range)
  }

  private static func span(_ text: String) -> OpenPeriod? {
    if let cut = text.range(of: "..") {
      let (first, last) = (String(text[..<cut.lowerBound]), String(text[cut.upperBound...]))
      let (from, through) = (Day(iso: first), Day(iso: last))
      guard from != nil || first.isEmpty, through != nil || last.isEmpty, from != nil || through != nil else {
        return nil
      }
      if let from, let through, through < from { return nil }
      return OpenPeriod(start: from, end: through?.advanced(by: 1))
    }
    if let day = Day(iso: text) { return OpenPeriod(start: day, end: day.advanced(by: 1)) }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let first = parts.first, first.utf8.count == 4, let year = Int(first) else { return nil }
    let period: ReportingPeriod?
    switch parts.count == 2 ? String(parts[1]) : parts.count == 1 ? "" : nil {
    case ""?: period = .year(year)
    case "9M"?: period = .nineMonths(of: year)
    case let name? where name.first == "Q": period = Int(name.dropFirst()).flatMap { .quarter($0, of: year) }
    case let name? where name.first == "H": period = Int(name.dropFirst()).flatMap { .half($0, of: year) }
    case let name? where name.utf8.count == 2: period = Int(name).flatMap { .month($0, of: year) }
    default: period = nil
    }
    return period.map { OpenPeriod($0) }
  }
}
