internal import Paper
internal import Polling

/// Tells a person what a check found.
struct ImportTalk {
  let console: Console
  let poll: Polling.Poll

  private var language: Language { console.language }

  /// What the file is and how its columns are read.
  func columns(_ report: PaperReport, file: String) -> [Line] {
    var about = [report.format?.label(language), report.kind?.label(language)].compactMap { $0 }
    if report.isUTF16 { about.append("UTF-16") }
    if let row = report.headingRow {
      about.append(Text(vi: "tiêu đề ở dòng \(row)", en: "heading in row \(row)")(language))
    }
    var lines = ["\(file): " + about.joined(separator: " · ")]
    var table = Table(
      headings: [
        Text(vi: "CỘT", en: "COL")(language), Text(vi: "TIÊU ĐỀ", en: "HEADING")(language),
        Text(vi: "HIỂU LÀ", en: "READ AS")(language), Text(vi: "BẢNG MÃ", en: "ENCODING")(language), "%",
        Text(vi: "MẪU", en: "SAMPLE")(language),
      ], sides: [.left, .left, .left, .left, .right, .left])
    for (index, column) in report.columns.enumerated() {
      let verdict = column.encoding
      table.rows.append([
        Finding.letters(index), TextWidth.fit(column.heading, 28), column.field?.label(language) ?? "–",
        report.isUTF16 ? "utf-16" : verdict.isPlain ? "ascii" : verdict.encoding.name,
        verdict.isPlain ? "" : "\(verdict.confidence)", TextWidth.fit(verdict.sample, 32),
      ])
    }
    lines += table.lines()
    return lines.map { Line($0) }
  }

  /// Everything that was found, the errors first, by code.
  func findings(_ report: PaperReport) -> [Line] {
    var lines: [Line] = []
    for code in report.findings.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let tally = report.findings[code] else { continue }
      let count = tally.count > 1 ? " × \(console.figures.count(UInt64(tally.count)))" : ""
      lines.append(
        Line(
          "\(code.rawValue)\(count) \(Text(code.title)(language)) — \(Text(code.hint)(language))",
          code.blocks ? .bad : .warning))
      for finding in tally.first.prefix(Self.shownPlaces) {
        let line = finding.line(language)
        if !line.isEmpty { lines.append(Line("  " + line)) }
      }
      let more = tally.count - Self.shownPlaces
      if more > 0 {
        lines.append(
          Line(
            "  "
              + Text(
                vi: "… và \(more) chỗ khác; --json in từng chỗ", en: "… and \(more) more; --json prints every one")(
                language), .dim))
      }
    }
    return lines
  }

  private static let shownPlaces = 5

  /// Figures of what would be counted, and the verdict.
  func sums(_ report: PaperReport) -> [Line] {
    func count(_ value: Int) -> String { console.figures.count(UInt64(max(0, value))) }
    var lines: [Line] = []
    for question in poll.questions {
      guard let votes = report.votes[question.id] else { continue }
      let codes = question.choices.map(\.code) + ["blank", "invalid"]
      let shown = codes.compactMap { code in votes[code].map { "\(Self.label(code)(language)) \(count($0))" } }
      lines.append(Line("\(question.id): " + shown.joined(separator: " · ")))
    }
    func count(_ value: Int, _ noun: String) -> String { console.figures.count(value, noun) }
    let (good, bad) = (count(report.acceptedRows), count(report.rejectedRows))
    lines.append(
      Line(
        Text(
          vi: "\(count(report.rows)) dòng: \(good) tốt, \(bad) phải sửa",
          en: "\(count(report.rows, "row")): \(good) fine, \(bad) to mend")(language)))
    if report.rowsOfSeveralDays > 0 {
      lines.append(
        Line(
          Text(
            vi: "\(count(report.rowsOfSeveralDays)) dòng có kỳ nhiều ngày: tính vào ngày cuối kỳ",
            en: "\(count(report.rowsOfSeveralDays, "row")) of a period of several days: counted on its last day")(
              language)))
    }
    if report.isCutShort {
      lines.append(
        Line(Text(vi: "tệp chưa được đọc hết", en: "the file was not read to its end")(language), .bad))
    }
    if report.errors > 0 {
      lines.append(
        Line(
          Text(
            vi: "\(count(report.errors)) lỗi: chưa nhập được",
            en: "\(count(report.errors, "error")): it cannot be imported")(
              language), .bad))
    } else if report.warnings > 0 {
      lines.append(
        Line(
          Text(
            vi: "không có lỗi; \(count(report.warnings)) cảnh báo cần một người chấp nhận",
            en: "no errors; \(count(report.warnings, "warning")) that a person must accept")(language), .warning))
    } else {
      lines.append(Line(Text(vi: "không có lỗi", en: "no errors")(language), .good))
    }
    return lines
  }

  private static func label(_ code: String) -> Text {
    switch code {
    case "blank": Text(vi: "trống", en: "blank")
    case "invalid": Text(vi: "không hợp lệ", en: "invalid")
    default: Text(verbatim: code)
    }
  }
}
