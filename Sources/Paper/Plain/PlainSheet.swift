internal import Polling

/// The rows of one sheet, unit, period and question, which stand together and of which nothing is to be told so far.
struct PlainSheet {
  struct Line {
    var level: Int
    var count: Int
  }

  /// The number of its first row; the others follow.
  private(set) var firstRow = 0
  private(set) var name = ""
  private(set) var unit = 0
  private(set) var period = Period(Day(number: 0))
  private(set) var question = 0
  private(set) var questionnaires: Int?
  private(set) var lines: [Line] = []
  private(set) var eitherWay = 0
  private(set) var firstEitherWay: Int?
  private(set) var provesDayFirst = false
  /// A bit for each level.
  private var levels: UInt64 = 0

  var rows: Int { lines.count }

  mutating func begin(_ row: Int, name: String, _ total: PlainTotal) -> Bool {
    (firstRow, self.name, unit, period, question) = (row, name, total.unit, total.days.period, total.question)
    questionnaires = total.questionnaires
    lines.removeAll(keepingCapacity: true)
    (eitherWay, firstEitherWay, provesDayFirst, levels) = (0, nil, false, 0)
    return add(total)
  }

  func holds(_ total: PlainTotal) -> Bool {
    total.unit == unit && total.question == question && total.days.period == period
  }

  /// False: there is something to be told, of levels that come twice or sheets that are not the same.
  mutating func add(_ total: PlainTotal) -> Bool {
    guard total.level < UInt64.bitWidth, total.questionnaires == questionnaires else { return false }
    let level: UInt64 = 1 << UInt64(total.level)
    guard levels & level == 0 else { return false }
    levels |= level
    if total.days.isEitherWay {
      eitherWay += 1
      firstEitherWay = firstEitherWay ?? firstRow + lines.count
    }
    provesDayFirst = provesDayFirst || total.days.provesDayFirst
    lines.append(Line(level: total.level, count: total.count))
    return true
  }
}

extension Question {
  /// The choices, then blank, then invalid.
  var levels: [SheetTotal.Level] { choices.map { .choice($0.code) } + [.blank, .invalid] }
}
