internal import Schema

/// Draws a live tally: nothing but a function of what the watcher knows and the time.
enum WatchScreen {
  static func render(_ model: WatchModel, nowMilliseconds: Int64, size: ScreenSize, style: Style) -> [Line] {
    let figures = Figures(language: model.language)
    let page = Page(model: model, figures: figures, size: size, style: style)
    var head = page.title() + page.status(nowMilliseconds)
    let foot = [page.keys()]
    guard model.poll.questions.indices.contains(model.question) else {
      return page.fill(head, [Line(Figures.noData(model.language))], foot)
    }
    let question = model.poll.questions[model.question]
    var bars = page.bars(question)
    var table = page.table(question, withLevels: true)
    // What gives way first on a small screen: the table's levels, the air, the table.
    if head.count + bars.count + table.count + foot.count + 2 > size.rows {
      table = page.table(question, withLevels: false)
    }
    if head.count + bars.count + table.count + foot.count + 2 <= size.rows {
      head.append(Line())
      bars.append(Line())
    }
    if head.count + bars.count + table.count + foot.count > size.rows { table = [] }
    let thick = page.bars(question, height: 2)
    if head.count + thick.count + table.count + foot.count + 1 <= size.rows { bars = thick + [Line()] }
    return page.fill(head, bars + table, foot)
  }

  private struct Page {
    var model: WatchModel
    var figures: Figures
    var size: ScreenSize
    var style: Style

    var language: Language { model.language }

    func fill(_ head: [Line], _ body: [Line], _ foot: [Line]) -> [Line] {
      let room = max(0, size.rows - head.count - foot.count)
      return head + body.prefix(room) + Array(repeating: Line(), count: max(0, room - body.count)) + foot
    }

    func title() -> [Line] {
      TextWidth.wrapped(model.poll.title.text(language), max(10, size.columns - 2), maximum: 2).map {
        Line(" " + $0, .bold)
      }
    }

    /// Where, and how the connection stands; then which figures and how old, on a line of their own if need be.
    func status(_ now: Int64) -> [Line] {
      let unit = model.tally.map(\.unit) ?? model.unit
      var line = Line(" \(unit.isEmpty ? model.poll.unit : unit) · \(model.channel.label(language)) · ")
      switch model.link {
      case .connecting: line = line + Line("○ " + Text(vi: "đang kết nối", en: "connecting")(language), .warning)
      case .live: line = line + Line("● " + Text(vi: "trực tiếp", en: "live")(language), .good)
      case .reconnecting: line = line + Line("○ " + Text(vi: "đang nối lại", en: "reconnecting")(language), .bad)
      }
      guard let tally = model.tally else { return [line] }
      if tally.status == .closed { line = line + Line(" · " + tally.status.label(language), .warning) }
      let revision = figures.count(tally.revision)
      var right = Text(vi: "bản \(revision)", en: "revision \(revision)")(language)
      if let age = model.age(nowMilliseconds: now) {
        right += " · " + Text(vi: "\(Self.age(age, .vi)) trước", en: "\(Self.age(age, .en)) ago")(language)
      }
      let gap = size.columns - line.width - TextWidth.of(right) - 1
      guard gap > 0 else { return [line, Line(" " + right, .dim)] }
      return [line + Line(String(repeating: " ", count: gap) + right, .dim)]
    }

    private static func age(_ seconds: Int64, _ language: Language) -> String {
      let minutes = seconds / 60
      if minutes == 0 { return Text(vi: "\(seconds) giây", en: "\(seconds) s")(language) }
      if minutes < 60 { return Text(vi: "\(minutes) phút", en: "\(minutes) min")(language) }
      return Text(vi: "\(minutes / 60) giờ", en: "\(minutes / 60) h")(language)
    }

    /// The chosen window, large.
    func bars(_ question: Binhchon_V1_Question, height: Int = 1) -> [Line] {
      let window = model.tally?.windows.first { $0.window == model.window }
      let shown = QuestionFigures(question, in: window)
      var heading = Line(" \(model.window.label(language))", .selected)
      heading =
        heading
        + Line("  " + (window.map { _ in "n = \(figures.count(shown.ballots))" } ?? Figures.noData(language)), .bold)
      if let flagged = window?.flaggedBallots, flagged > 0 {
        let count = figures.count(flagged)
        heading =
          heading
          + Line(
            " · " + Text(vi: "\(count) phiếu gắn cờ không tính", en: "\(count) flagged, left out")(language), .warning)
      }
      if shown.undervotes > 0 {
        let count = figures.count(shown.undervotes)
        heading = heading + Line(" · " + Text(vi: "\(count) để trống", en: "\(count) blank")(language), .dim)
      }
      var lines = [heading]
      if model.poll.questions.count > 1 {
        lines.append(
          Line(" \(model.question + 1)/\(model.poll.questions.count) \(question.text.text(language))"))
      }
      let labels = min(
        24, max(size.columns / 3, 8), shown.levels.map { TextWidth.of($0.label(language)) }.max() ?? 0)
      let counts = max(5, shown.levels.map { figures.count($0.count).count }.max() ?? 0)
      let shares = max(9, TextWidth.of(Figures.noData(language)))
      let room = max(0, size.columns - labels - counts - shares - 8)
      let most = shown.levels.map(\.count).max() ?? 0
      for (index, level) in shown.levels.enumerated() {
        let ink: Ink =
          shown.isOrdered ? .level(index: index, count: shown.levels.count, filled: false) : .normal
        let text = Bar.text(level.count, of: most, width: room, unicode: style.unicode)
        let bar = Line(TextWidth.padded(text, room), ink)
        lines.append(
          Line("  " + TextWidth.padded(level.label(language), labels) + "  ") + bar
            + Line(" " + TextWidth.rightAligned(figures.count(level.count), counts), .bold)
            + Line("  " + TextWidth.rightAligned(share(level.share), shares)))
        for _ in 1..<max(1, height) { lines.append(Line(String(repeating: " ", count: labels + 4)) + bar) }
      }
      return lines
    }

    private func share(_ share: UInt64?) -> String {
      share.map { figures.percent($0) } ?? Figures.noData(language)
    }

    /// All windows, compact. Numbers are never cut: where they do not fit, windows that were not chosen give way.
    func table(_ question: Binhchon_V1_Question, withLevels: Bool) -> [Line] {
      let labels = ["", "n"] + (withLevels ? question.choices.map(\.code) : [])
      let first = min(12, labels.map { TextWidth.of($0) }.max() ?? 0)
      var columns = Binhchon_V1_Window.named.map { name in
        let window = model.tally?.windows.first { $0.window == name }
        let shown = QuestionFigures(question, in: window)
        var cells = [window.map { _ in figures.count(shown.ballots) } ?? "–"]
        if withLevels {
          cells += question.choices.indices.map { shown.levels[$0].share.map { figures.percent($0) } ?? "–" }
        }
        return Column(
          window: name, heading: name.label(language), cells: cells, numbers: cells.map { TextWidth.of($0) }.max() ?? 0)
      }
      let room = size.columns - first - 3
      func needed(_ columns: [Column]) -> Int { columns.reduce(0) { $0 + $1.numbers + 1 } }
      while needed(columns) > room, let place = columns.firstIndex(where: { $0.window != model.window }) {
        columns.remove(at: place)
      }
      let share = columns.isEmpty ? 0 : room / columns.count - 1
      let widths = columns.map { column in max(column.numbers, min(share, 13)) }
      let isTight = zip(columns, widths).reduce(0) { $0 + $1.1 + 1 } > room
      return labels.indices.map { row in
        let ink: Ink = row == 0 ? .dim : .normal
        var line = Line("  " + TextWidth.padded(labels[row], first), ink)
        for (column, width) in zip(columns, widths) {
          let cell = row == 0 ? column.heading : column.cells[row - 1]
          line =
            line
            + Line(
              " " + TextWidth.rightAligned(cell, isTight ? column.numbers : width),
              column.window == model.window ? .bold : ink)
        }
        return line
      }
    }

    private struct Column {
      var window: Binhchon_V1_Window
      var heading: String
      var cells: [String]
      /// The widest number.
      var numbers: Int
    }

    func keys() -> Line {
      var keys = [
        Text(vi: "1–5/Tab: kỳ", en: "1–5/Tab: window"), Text(vi: "l: English", en: "l: tiếng Việt"),
        Text(vi: "q: thoát", en: "q: quit"),
      ]
      if model.poll.questions.count > 1 { keys.insert(Text(vi: "n: câu sau", en: "n: next question"), at: 1) }
      return Line(" " + keys.map { $0(language) }.joined(separator: "   "), .dim)
    }
  }
}
