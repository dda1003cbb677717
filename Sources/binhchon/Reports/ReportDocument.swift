internal import Polling

/// A report as it is laid out, in both languages; how, is for those who write text, CSV, JSON or HTML of it.
struct ReportDocument: Sendable {
  struct Fact: Sendable {
    var label: Text
    var value: Text
  }

  struct Section: Sendable {
    var title: Text
    var chart: ReportChart?
    var table: ReportTable?
    var notes: [Text] = []
  }

  var form: ReportForm
  var title: Text
  /// Of what, of when, by which rules.
  var facts: [Fact]
  var sections: [Section]
  /// Every number in the tables, and no other.
  var figures: [ReportFigure]
}

enum ReportForm: String, CaseIterable, Sendable {
  case officers = "01"
  case offices = "02"
  case ranking = "03"
  case summary

  var title: Text {
    switch self {
    case .officers:
      Text(vi: "Biểu 01: kết quả đánh giá theo quầy, từ phiếu", en: "Form 01: results by counter, from questionnaires")
    case .offices:
      Text(vi: "Biểu 02: điểm và xếp loại của từng đơn vị", en: "Form 02: scores and grades of each unit")
    case .ranking:
      Text(vi: "Biểu 03: xếp hạng mức độ hài lòng các đơn vị", en: "Form 03: ranking of units by satisfaction")
    case .summary: Text(vi: "Tổng hợp kỳ", en: "Summary of the period")
    }
  }
}

struct ReportTable: Sendable {
  var headings: [Text]
  /// Those that hold words; all others are numbers.
  var wordColumns: Set<Int> = [0]
  var rows: [[Text]] = []
  /// The last row sums up the others.
  var hasTotal = false

  /// Too many columns for a page that stands upright.
  var isWide: Bool { headings.count > 9 }
}

enum ReportChart: Sendable {
  struct Bar: Sendable {
    var label: Text
    /// Nil: left out of what is published, with the shares.
    var n: UInt64?
    /// Hundredths of a percent; empty: no data.
    var shares: [UInt64]
  }
  struct Range: Sendable {
    var label: Text
    /// Nil: left out of what is published, with the share.
    var n: UInt64?
    /// Nil: no data.
    var share: Double?
    var interval: Interval?
    var isRanked: Bool
  }
  struct Point: Sendable {
    var name: String
    var n: UInt64
    var share: Double?
    var limits: Interval?
    var verdict: ControlChart.Point.Verdict
  }

  /// Shares of levels, one bar per question.
  case levels([Bar], legend: [Text])
  /// Shares with intervals, one row per unit.
  case ranges([Range])
  /// Shares over time between the limits of chance.
  case course([Point], baseline: Double)
}
