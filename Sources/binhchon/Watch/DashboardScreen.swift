internal import Polling
internal import Schema

/// Draws a dashboard: nothing but a function of what it knows, the time and the size.
struct DashboardScreen {
  let board: Dashboard
  let now: Int64
  let size: ScreenSize
  let style: Style

  var language: Language { board.language }
  var figures: Figures { Figures(language: language) }
  private var watch: WatchModel { board.watch }
  /// Where intervals have two decimals.
  var isWide: Bool { size.columns >= 76 }

  static func render(_ board: Dashboard, nowMilliseconds: Int64, size: ScreenSize, style: Style) -> [Line] {
    let screen = DashboardScreen(board: board, now: nowMilliseconds, size: size, style: style)
    return board.isHelping ? screen.filled(screen.help, [], [Line()]) : screen.page
  }

  private var page: [Line] {
    let question = watch.poll.questions.indices.contains(watch.question) ? watch.poll.questions[watch.question] : nil
    var head = [title] + status + leftOut + windows + (question.map(bars) ?? []) + [sparkline]
    let foot = [footer]
    // On a small screen the bars give way to the lines that keys are about, when somebody asked for these.
    if size.rows - head.count - foot.count < 4, board.pane == .alerts { head = status + leftOut + windows }
    return filled(head, panes(size.rows - head.count - foot.count), foot)
  }

  private func filled(_ head: [Line], _ body: [Line], _ foot: [Line]) -> [Line] {
    let rows = max(0, size.rows - foot.count)
    let lines = Array((head + body).prefix(rows))
    return lines + Array(repeating: Line(), count: rows - lines.count) + foot
  }

  /// The pane that keys are about gets what it needs, and the other one what is left; at least three lines each, where
  /// there are.
  private func panes(_ room: Int) -> [Line] {
    let (units, alerts) = (unitPane(.max), alertPane(.max))
    if units.count + alerts.count <= room { return units + alerts }
    let isUnits = board.pane == .units
    let (own, other) = isUnits ? (units.count, alerts.count) : (alerts.count, units.count)
    let mine = min(own, max(room - other, room - 3))
    if room < 7 { return isUnits ? unitPane(room) : alertPane(room) }
    let (first, second) = isUnits ? (mine, room - mine) : (room - mine, mine)
    let upper = unitPane(first)
    return upper + alertPane(max(second, room - upper.count))
  }

  // MARK: - Head

  private var title: Line {
    Line(" " + TextWidth.fit(watch.poll.title.text(language), max(10, size.columns - 2)), .bold)
  }

  /// Where, and how the connection stands; then which figures and how old, on a line of their own if need be.
  private var status: [Line] {
    let unit = watch.tally.map(\.unit) ?? watch.unit
    var line = Line(" \(unit.isEmpty ? watch.poll.unit : unit) · \(watch.channel.label(language)) · ")
    switch watch.link {
    case .connecting: line = line + Line("○ " + Text(vi: "đang kết nối", en: "connecting")(language), .warning)
    case .live: line = line + Line("● " + Text(vi: "trực tiếp", en: "live")(language), .good)
    case .reconnecting: line = line + Line("○ " + Text(vi: "đang nối lại", en: "reconnecting")(language), .bad)
    }
    guard let tally = watch.tally else { return [line] }
    if tally.status == .closed { line = line + Line(" · " + tally.status.label(language), .warning) }
    let revision = figures.count(tally.revision)
    var right = Text(vi: "bản \(revision)", en: "revision \(revision)")(language)
    if watch.link == .reconnecting {
      let time = LocalTime.short(milliseconds: tally.asOfMs)
      right = Text(vi: "số liệu lúc \(time)", en: "figures as of \(time)")(language)
    } else if let age = watch.age(nowMilliseconds: now) {
      let span = age == 0 ? Text(vi: "0 giây", en: "0 s") : SpokenSpan.text(age * 1_000)
      right += " · " + Text(vi: "\(span.vi) trước", en: "\(span.en) ago")(language)
    }
    let gap = size.columns - line.width - TextWidth.of(right) - 1
    guard gap > 0 else { return [line, Line(" " + right, .dim)] }
    return [line + Line(String(repeating: " ", count: gap) + right, .dim)]
  }

  /// Why some figures are dashes.
  private var leftOut: [Line] {
    guard let tally = watch.tally, tally.k > 0 else { return [] }
    let why = Figures.leftOutInShort(k: tally.k, from: tally.publishedFrom)(language)
    return TextWidth.wrapped(why, max(10, size.columns - 2), maximum: 3).map { Line(" " + $0, .dim) }
  }

  /// All windows with their n, the chosen one marked; as many lines as they take.
  private var windows: [Line] {
    var lines = [Line()]
    for (place, name) in Binhchon_V1_Window.named.enumerated() {
      let window = watch.tally?.windows.first { $0.window == name }
      let count = window.flatMap { $0.ballotsHidden ? nil : figures.count($0.ballots) } ?? "–"
      let isChosen = name == watch.window
      let text = "\(place + 1) \(name.shortLabel(language)) \(count)"
      let shown = isChosen ? "[\(text)]" : " \(text) "
      if lines[lines.count - 1].width + TextWidth.of(shown) > size.columns { lines.append(Line()) }
      lines[lines.count - 1] = lines[lines.count - 1] + Line(shown, isChosen ? .bold : .dim)
    }
    return lines
  }

  // MARK: - Figures

  /// The chosen window: a bar per choice with its share and what that may be by chance.
  private func bars(_ question: Binhchon_V1_Question) -> [Line] {
    let window = watch.tally?.windows.first { $0.window == watch.window }
    let shown = QuestionFigures(question, in: window)
    var heading = Line(" \(watch.window.label(language))", .bold)
    if watch.poll.questions.count > 1 {
      heading = heading + Line(" · \(watch.question + 1)/\(watch.poll.questions.count)", .dim)
    }
    let noData = Figures.noData(language)
    let isHidden = shown.areBallotsHidden || shown.levels.contains(where: \.isHidden)
    let n =
      switch (window, shown.ballots) {
      case (nil, _): noData
      case _ where shown.areBallotsHidden: "n –"
      case (_, 0): "n = 0 · \(noData)"
      case (_, let ballots): "n = \(figures.count(ballots))"
      }
    heading = heading + Line("  " + n, .bold)
    if let flagged = window?.flaggedBallots, flagged > 0, window?.flaggedBallotsHidden == false {
      let count = figures.count(flagged)
      heading = heading + Line(" · " + Text(vi: "\(count) gắn cờ", en: "\(count) flagged")(language), .warning)
    }
    if let single = window?.singleEntryBallots, single > 0 {
      let count = figures.count(single)
      heading =
        heading
        + Line(" · " + Text(vi: "\(count) giấy nhập một lần", en: "\(count) paper entered once")(language), .warning)
    }
    if shown.undervotes > 0, !shown.areBallotsHidden, !isHidden {
      let count = figures.count(shown.undervotes)
      heading = heading + Line(" · " + Text(vi: "\(count) để trống", en: "\(count) blank")(language), .dim)
    }
    let right = Text(vi: "tỷ lệ, khoảng 95 %", en: "share, 95% interval")(language)
    let gap = size.columns - heading.width - TextWidth.of(right) - 1
    if gap > 1 { heading = heading + Line(String(repeating: " ", count: gap) + right, .dim) }

    let whole = question.kind == .multiple ? shown.ballots : shown.levels.reduce(0) { $0 &+ $1.count }
    let cells = shown.levels.map { level in
      (
        count: level.isHidden ? "–" : figures.count(level.count), share: level.share.map { figures.percent($0) } ?? "–",
        interval: isHidden ? "–" : Proportion(level.count, of: whole).map { interval($0.wilson()) } ?? "–"
      )
    }
    func width(_ texts: [String]) -> Int { texts.map { TextWidth.of($0) }.max() ?? 0 }
    let (counts, shares) = (width(cells.map(\.count)), width(cells.map(\.share)))
    let intervals = width(cells.map(\.interval))
    let labels = min(20, max(size.columns / 3, 8), width(shown.levels.map { $0.label(language) }))
    let room = max(0, size.columns - labels - counts - shares - intervals - 8)
    let most = shown.levels.filter { !$0.isHidden }.map(\.count).max() ?? 0
    return [heading]
      + zip(shown.levels, cells).enumerated().map { index, row in
        let (level, cell) = row
        let ink: Ink =
          shown.isOrdered ? .level(index: index, count: shown.levels.count, filled: false) : .normal
        return Line("  " + TextWidth.padded(level.label(language), labels) + " ")
          + Line(
            TextWidth.padded(
              Bar.text(level.isHidden ? 0 : level.count, of: most, width: room, unicode: style.unicode), room), ink)
          + Line(" " + TextWidth.rightAligned(cell.count, counts), .bold)
          + Line("  " + TextWidth.rightAligned(cell.share, shares))
          + Line("  " + TextWidth.rightAligned(cell.interval, intervals), .dim)
      }
  }

  /// `83,48–90,91 %`, or where there is little room `83–91 %`.
  func interval(_ interval: Interval) -> String {
    if isWide { return figures.percent(interval) }
    guard let ends = interval.rounded(places: 2) else { return "–" }
    return "\(ends.lower)–\(ends.upper)" + (language == .vi ? " %" : "%")
  }

  /// n of each hour of today, where it is known, and of each of the last fourteen days.
  private var sparkline: Line {
    let label = Text(vi: " 14 ngày ", en: " 14 days ")(language)
    guard let days else { return hourly + Line(label + "–", .dim) }
    let line = hourly + Line(label, .dim) + Line(Sparkline.text(days, unicode: style.unicode))
    let most = figures.count(days.compactMap { $0 }.max() ?? 0)
    let words = [
      Text(vi: "  n mỗi ngày, nhiều nhất \(most)", en: "  n per day, at most \(most)"),
      Text(vi: "  nhiều nhất \(most)", en: "  at most \(most)"),
    ]
    guard let fits = words.map({ $0(language) }).first(where: { line.width + TextWidth.of($0) <= size.columns }) else {
      return line
    }
    return line + Line(fits, .dim)
  }

  /// Of today, whatever window is chosen. Empty: nobody knows, or it is not published.
  private var hourly: Line {
    guard case .here(let shown) = board.figures, let hours = shown.hours, hours.day == board.shownView?.today,
      hours.ballots.count == HourCounts.perDay, hours.withoutHour == 0 || hours.ballots.contains(where: { $0 > 0 })
    else { return Line() }
    return Line(Text(vi: " Giờ 0–24 ", en: " Hours 0-24 ")(language), .dim)
      + Line(Sparkline.text(hours.ballots, unicode: style.unicode)) + Line(" ")
  }

  /// n of the last fourteen days, today the last; nil inside: left out. Nil: not known.
  private var days: [UInt64?]? {
    guard case .here(let shown) = board.figures, let rows = shown.days?.rows,
      let today = board.shownView.flatMap({ Day(iso: $0.today) })
    else { return nil }
    let counts = Dictionary(rows.map { ($0.keys.first ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    return (0..<14).reversed().map { ago in
      guard let row = counts[today.advanced(by: -ago).description] else { return 0 }
      return row.ballotsHidden ? nil : row.ballots
    }
  }

  // MARK: - Foot

  private var footer: Line {
    if let notice = board.notice { return Line(" " + notice(language), .warning) }
    if let prompt = board.prompt { return typing(prompt) }
    let keys =
      [Text(vi: "?: giúp", en: "?: help"), Text(vi: "q: thoát", en: "q: quit")]
      + (board.pane == .units
        ? [
          Text(vi: "a: cảnh báo", en: "a: alerts"), Text(vi: "Enter: vào", en: "Enter: into"),
          Text(vi: "w: kỳ", en: "w: window"), Text(vi: "s: xếp", en: "s: sort"),
          Text(vi: "l: English", en: "l: tiếng Việt"),
        ]
        : [
          Text(vi: "a: đơn vị", en: "a: units"), Text(vi: "Space: nhận", en: "Space: acknowledge"),
          Text(vi: "o: giao", en: "o: owner"), Text(vi: "d: hạn", en: "d: due"),
          Text(vi: "c: ghi chú", en: "c: comment"),
          Text(vi: "x: đóng", en: "x: close"),
        ])
    var line = ""
    for key in keys {
      let next = (line.isEmpty ? " " : line + "  ") + key(language)
      if TextWidth.of(next) <= size.columns { line = next }
    }
    return Line(line, .dim)
  }

  private func typing(_ prompt: AlertPrompt) -> Line {
    let label =
      switch prompt.subject {
      case .owner: Text(vi: "Giao cho", en: "Owner")
      case .due: Text(vi: "Hạn (25/12, +3)", en: "Due (25/12, +3)")
      case .comment: Text(vi: "Ghi chú", en: "Comment")
      case .close: Text(vi: "Đóng, lý do", en: "Close, because")
      }
    let head = " \(label(language)): "
    // The end of it is what is being typed.
    var shown = prompt.text
    while TextWidth.of(head) + TextWidth.of(shown) + 2 > size.columns, !shown.isEmpty { shown.removeFirst() }
    return Line(head, .bold) + Line(shown) + Line("_", .bold)
  }

  private var help: [Line] {
    let lines = [
      Text(vi: "j, k, mũi tên   chọn dòng", en: "j, k, arrows   choose a line"),
      Text(vi: "Enter           vào đơn vị; Backspace: trở ra", en: "Enter          into a unit; Backspace: out again"),
      Text(vi: "s               xếp theo tên, n, hài lòng", en: "s              sort by name, n, satisfied"),
      Text(vi: "w, 1-5          kỳ: hôm nay ... tổng", en: "w, 1-5         window: today ... total"),
      Text(vi: "n               câu hỏi sau", en: "n              next question"),
      Text(vi: "a, Tab          bảng đơn vị, bảng cảnh báo", en: "a, Tab         units, alerts"),
      Text(vi: "Space           nhận cảnh báo đang chọn", en: "Space          acknowledge the chosen alert"),
      Text(vi: "o, d            giao cho ai, hạn đến bao giờ", en: "o, d           who sees to it, and by when"),
      Text(vi: "c, x            ghi chú; đóng cảnh báo", en: "c, x           comment; close the alert"),
      Text(vi: "l               English", en: "l              tiếng Việt"),
      Text(vi: "q               thoát", en: "q              quit"),
      Text(verbatim: ""),
      Text(
        vi: "Hài lòng: hai mức cao nhất. Khoảng: Wilson 95 %.",
        en: "Satisfied: the two best levels. Interval: Wilson 95%."),
      Text(vi: "Phím bất kỳ: trở lại", en: "Any key: back"),
    ]
    return [title, Line()] + lines.map { Line("  " + $0(language)) }
  }
}
