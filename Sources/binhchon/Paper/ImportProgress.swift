/// Says how far a long file is: a bar where it can be drawn over, else a line of words now and then.
struct ImportProgress {
  /// Rows in all that were read or entered, and what is done of what there is.
  struct Stand {
    var rows: Int
    var done: Int
    /// Nil: nobody knows.
    var total: Int?
    /// Of both rows and what is done, what came in an earlier run: it took none of this one's time.
    var before = 0
    /// Of this run.
    var seconds: Double

    /// Rows per second.
    var rate: UInt64 { UInt64(max(0, Double(rows - before) / max(seconds, 0.001))) }

    /// Seconds; nil while nothing is done.
    var left: Int? {
      guard let total, total > 0, done > before else { return nil }
      return max(0, Int(seconds * Double(total - min(done, total)) / Double(done - before)))
    }

    var percent: Int? { total.flatMap { $0 > 0 ? min(100, done * 100 / $0) : nil } }
  }

  /// Terminals that are narrower are none to work with.
  static let columns = 60

  private let console: Console
  private let before: Int
  private var line: ProgressLine

  /// - Parameter before: see ``Stand/before``.
  init(console: Console, before: Int = 0) {
    self.console = console
    self.before = before
    line = ProgressLine(console)
  }

  mutating func at(rows: Int, done: Int, total: Int?) {
    let (before, redraws) = (before, console.redraws)
    line.show { seconds in
      let stand = Stand(rows: rows, done: done, total: total, before: before, seconds: seconds)
      return redraws ? Self.bar(stand) : Self.words(stand)
    }
  }

  /// Takes it off a terminal.
  mutating func clear() {
    line.clear()
  }

  static func words(_ stand: Stand) -> Text {
    func words(_ language: Language) -> Text {
      let figures = Figures(language: language)
      let (rows, rate) = (figures.count(UInt64(max(0, stand.rows))), figures.count(stand.rate))
      let text = Text(vi: "\(rows) dòng, \(rate) dòng/giây", en: "\(rows) rows, \(rate)/s")
      guard let percent = stand.percent, let left = stand.left else { return text }
      return Text(vi: "\(percent) %, \(text.vi), còn \(left) giây", en: "\(percent)%, \(text.en), \(left) s left")
    }
    return Text(vi: words(.vi).vi, en: words(.en).en)
  }

  /// `[#####-----] 52 %  312,000 rows  41,000 rows/s  ETA 0:08`, in at most ``columns`` columns.
  static func bar(_ stand: Stand) -> Text {
    Text(vi: bar(stand, .vi), en: bar(stand, .en))
  }

  private static func bar(_ stand: Stand, _ language: Language) -> String {
    let figures = Figures(language: language)
    let (rows, rate) = (figures.count(UInt64(max(0, stand.rows))), figures.count(stand.rate))
    var parts = [
      Text(vi: "\(rows) dòng", en: "\(rows) rows")(language),
      Text(vi: "\(rate) dòng/s", en: "\(rate) rows/s")(language),
    ]
    if let left = stand.left { parts.append(Text(vi: "còn \(clock(left))", en: "ETA \(clock(left))")(language)) }
    guard let percent = stand.percent, let total = stand.total else { return parts.joined(separator: "  ") }
    let words = "\(percent) %  " + parts.joined(separator: "  ")
    let width = min(10, max(3, columns - words.unicodeScalars.count - 3))
    return "[\(Bar.ofWhole(stand.done, total, width: width))] \(words)"
  }

  /// `0:08`, `12:05`, `1:02:03`.
  static func clock(_ seconds: Int) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(seconds % 60)
  }
}
