internal import Polling
internal import Schema

// The table of units and the list of alerts.

extension DashboardScreen {
  private func heading(_ text: String, _ pane: Dashboard.Pane, _ right: String = "") -> Line {
    let isFocused = board.pane == pane
    let left = "\(isFocused ? ">" : " ")\(text)"
    let gap = max(1, size.columns - TextWidth.of(left) - TextWidth.of(right) - 1)
    return Line(left + String(repeating: " ", count: gap) + right, isFocused ? .bold : .dim)
  }

  /// A cursor that is seen without colours too.
  private func marked(_ line: Line, isCursor: Bool) -> Line {
    isCursor ? Line("> ", .bold) + line : Line("  ") + line
  }

  /// The part of a list around its cursor that fits.
  private func visible<Element>(_ all: [Element], cursor: Int, rows: Int) -> Range<Int> {
    guard rows > 0 else { return 0..<0 }
    guard all.count > rows else { return 0..<all.count }
    let start = min(max(0, cursor - rows / 2), all.count - rows)
    return start..<start + rows
  }

  // MARK: - Units

  /// - Parameter rows: at most so many lines.
  func unitPane(_ rows: Int) -> [Line] {
    guard rows > 0 else { return [] }
    let title = Text(vi: "Đơn vị", en: "Units")(language)
    switch board.figures {
    case .waiting: return [heading("\(title): …", .units)]
    case .refused(let why): return [heading("\(title): \(why(language))", .units)]
    case .here: break
    }
    let all = board.rows
    let cells = all.map { row in
      (
        name: row.name(language), n: row.ballots.map { figures.count($0) } ?? "–",
        share: row.satisfied.flatMap { Shares.each([$0.count], of: $0.total)?.first }.map { figures.percent($0) }
          ?? "–",
        interval: row.satisfied.map { interval($0.wilson()) } ?? "–"
      )
    }
    func width(_ texts: [String], _ heading: String) -> Int {
      (texts + [heading]).map { TextWidth.of($0) }.max() ?? 0
    }
    func label(_ text: Text, _ order: UnitRow.Order) -> String { (board.order == order ? "*" : "") + text(language) }
    let satisfied = label(Text(vi: "hài lòng", en: "satisfied"), .satisfied)
    let n = label(Text(verbatim: "n"), .ballots)
    let (counts, shares) = (width(cells.map(\.n), n), width(cells.map(\.share), satisfied))
    let sure = language == .vi ? "95 %" : "95%"
    let intervals = width(cells.map(\.interval), sure)
    let right =
      TextWidth.rightAligned(n, counts) + "  " + TextWidth.rightAligned(satisfied, shares) + "  "
      + TextWidth.rightAligned(sure, intervals)
    let names = max(6, size.columns - 3 - counts - shares - intervals - 6)
    let window = (board.shownView?.window ?? board.watch.window).label(language)
    let name = label(Text(vi: "Đơn vị", en: "Units"), .name)
    let shown = visible(all, cursor: board.unitPlace, rows: rows == .max ? all.count : rows - 1)
    let more = shown.count < all.count ? " \(shown.lowerBound + 1)–\(shown.upperBound)/\(all.count)" : ""
    return [heading(TextWidth.fit("\(name) · \(window)\(more)", names), .units, right)]
      + shown.map { place in
        let cell = cells[place]
        return marked(
          Line(TextWidth.padded(cell.name, names) + "  " + TextWidth.rightAligned(cell.n, counts))
            + Line("  " + TextWidth.rightAligned(cell.share, shares), .bold)
            + Line("  " + TextWidth.rightAligned(cell.interval, intervals), .dim),
          isCursor: board.pane == .units && place == board.unitPlace)
      }
  }

  // MARK: - Alerts

  func alertPane(_ rows: Int) -> [Line] {
    guard rows > 0 else { return [] }
    let title = Text(vi: "Cảnh báo", en: "Alerts")(language)
    switch board.alerts {
    case .waiting: return [heading("\(title): …", .alerts)]
    case .refused(let why): return [heading("\(title): \(why(language))", .alerts)]
    case .here(let all):
      let open = all.count { $0.acknowledgedBy.isEmpty }
      let count = Text(
        vi: all.isEmpty ? "không có" : "\(all.count), \(open) chưa ai nhận",
        en: all.isEmpty ? "none" : "\(all.count), \(open) not acknowledged")
      let detail = board.pane == .alerts && all.indices.contains(board.alertPlace) ? detail(all[board.alertPlace]) : []
      let room = rows == .max ? all.count : max(min(1, rows - 1), rows - 1 - detail.count)
      let shown = visible(all, cursor: board.alertPlace, rows: room)
      let more = shown.count < all.count ? " · \(shown.lowerBound + 1)–\(shown.upperBound)" : ""
      let lines =
        [heading("\(title): \(count(language))\(more)", .alerts)]
        + shown.map { place in
          marked(line(all[place]), isCursor: board.pane == .alerts && place == board.alertPlace)
        } + detail
      return Array(lines.prefix(rows))
    }
  }

  private func line(_ alert: Binhchon_V1_Alert) -> Line {
    let isNew = alert.acknowledgedBy.isEmpty
    let isLate = alert.dueMs > 0 && alert.dueMs < now
    let name = alert.kiosk.isEmpty ? board.watch.poll.units.first { $0.path == alert.unit }?.name.text(language) : nil
    let path = alert.kiosk.isEmpty ? alert.unit : alert.kiosk
    let short = name ?? path.split(separator: "/").last.map(String.init) ?? path
    return Line(isNew ? "! " : "✓ ", isNew ? .bad : .good)
      + Line(TextWidth.padded(short, min(16, size.columns / 4)) + " ", isLate ? .bad : .bold)
      + Line(alert.words.text(language))
  }

  /// All there is to the chosen one: since when, who has it, by when, the newest comment.
  private func detail(_ alert: Binhchon_V1_Alert) -> [Line] {
    let place = alert.kiosk.isEmpty ? alert.unit : alert.kiosk
    var facts = [place]
    if alert.sinceMs != 0 {
      let time = LocalTime.short(milliseconds: alert.sinceMs).dropLast(3)
      facts.append(Text(vi: "từ \(time)", en: "since \(time)")(language))
    }
    facts.append(
      alert.acknowledgedBy.isEmpty
        ? Text(vi: "chưa ai nhận", en: "not acknowledged")(language)
        : Text(vi: "\(alert.acknowledgedBy) đã nhận", en: "acknowledged by \(alert.acknowledgedBy)")(language))
    if !alert.owner.isEmpty { facts.append(Text(vi: "giao \(alert.owner)", en: "owner \(alert.owner)")(language)) }
    if alert.dueMs != 0 {
      let time = LocalTime.short(milliseconds: alert.dueMs).dropLast(3)
      let isLate = alert.dueMs < now
      facts.append(
        Text(vi: "\(isLate ? "QUÁ HẠN" : "hạn") \(time)", en: "\(isLate ? "OVERDUE" : "due") \(time)")(language))
    }
    if let comment = alert.comments.last { facts.append("“\(comment.text)” (\(comment.by))") }
    return TextWidth.wrapped(
      ([alert.words.text(language)] + facts).joined(separator: " · "), max(10, size.columns - 6), maximum: 4
    ).map { Line("    " + $0, .dim) }
  }
}
