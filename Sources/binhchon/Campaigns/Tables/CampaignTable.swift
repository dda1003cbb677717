internal import Polling

/// Counts under headings, once for people and, the same, for programs.
struct CampaignTable: Sendable {
  struct Column: Sendable {
    /// For programs.
    var key: String
    var heading: Text
    var isNumber = false

    static func words(_ key: String, vi: String, en: String) -> Column {
      Column(key: key, heading: Text(vi: vi, en: en))
    }

    static func count(_ key: String, vi: String, en: String) -> Column {
      Column(key: key, heading: Text(vi: vi, en: en), isNumber: true)
    }
  }

  enum Cell: Sendable, Equatable {
    case words(Text, code: String)
    case count(Int64)
    /// Nobody said, and it cannot be worked out. Not 0.
    case unknown
    /// Nothing belongs here.
    case empty

    static func name(_ text: String) -> Cell { .words(Text(verbatim: text), code: text) }
  }

  var title: Text
  var columns: [Column]
  var rows: [[Cell]] = []
  /// For people: what all rows add up to.
  var total: [Cell]?
  /// What whoever reads it must know.
  var notes: [Text] = []

  /// For people: headings in capitals, columns of numbers to the right.
  func lines(_ language: Language) -> [String] {
    let figures = Figures(language: language)
    let table = Table(
      headings: columns.map { $0.heading(language).uppercased() }, sides: columns.map { $0.isNumber ? .right : .left },
      rows: (rows + (total.map { [$0] } ?? [])).map { row in
        row.map { cell in
          switch cell {
          case .words(let text, _): text(language)
          case .count(let count): (count < 0 ? "−" : "") + figures.count(count.magnitude)
          case .unknown: "–"
          case .empty: ""
          }
        }
      })
    return table.lines()
  }

  /// For programs: what is unknown is left empty; no totals, for they are sums.
  var csv: String {
    CSV.record(columns.map(\.key))
      + rows.map { row in
        CSV.record(
          row.map { cell in
            switch cell {
            case .words(_, let code): code
            case .count(let count): String(count)
            case .unknown, .empty: ""
            }
          })
      }.joined()
  }

  /// For programs: one object per row; what is unknown is left out.
  var records: [[String: Value]] {
    rows.map { row in
      var record: [String: Value] = [:]
      for (column, cell) in zip(columns, row) {
        switch cell {
        case .words(_, let code): record[column.key] = .words(code)
        case .count(let count): record[column.key] = .count(count)
        case .unknown, .empty: break
        }
      }
      return record
    }
  }

  enum Value: Encodable, Sendable, Equatable {
    case words(String)
    case count(Int64)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .words(let words): try container.encode(words)
      case .count(let count): try container.encode(count)
      }
    }
  }
}

extension ReportingPeriod {
  /// `2023`, `2010–2020`, or the days where it is not whole years.
  var spoken: String {
    let last = Day(number: end.number &- 1)
    let (from, until) = (start.civil, last.civil)
    guard (from.month, from.day) == (1, 1), (until.month, until.day) == (12, 31) else {
      return "\(LocalTime.spoken(day: start.description))–\(LocalTime.spoken(day: last.description))"
    }
    return from.year == until.year ? "\(from.year)" : "\(from.year)–\(until.year)"
  }

  /// `2023-01-01..2024-01-01`, half-open.
  var code: String { "\(start)..\(end)" }
}
