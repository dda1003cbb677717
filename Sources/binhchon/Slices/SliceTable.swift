internal import Polling
internal import Schema

/// Figures of slices as tables for people: one per question, a row per slice and the total below.
enum SliceTable {
  static func lines(
    _ response: Binhchon_V1_GetFiguresResponse, _ poll: Binhchon_V1_Poll, _ dimensions: [SliceWord],
    _ figures: Figures
  ) -> [Line] {
    let language = figures.language
    var lines = [Line(poll.title.text(language), .bold)]
    let revision = figures.count(response.revision)
    lines.append(
      Line(
        [
          response.unit, period(response.days)(language),
          Text(vi: "bản \(revision)", en: "revision \(revision)")(language),
        ].joined(separator: " · "), .dim))
    if response.k > 0 {
      lines.append(Line(Figures.leftOut(k: response.k, from: response.publishedFrom)(language), .dim))
    }
    if response.singleEntry { lines.append(Line(Figures.someEnteredOnce(language), .warning)) }
    if response.total.singleEntryBallots > 0 {
      lines.append(Line(Figures.markedEnteredOnce(language), .warning))
    }
    for question in poll.questions {
      let hasLevels = question.kind == .ordinal
      var table = Table(
        headings: dimensions.map { $0.label(language) } + ["n"] + question.choices.map(\.code)
          + (hasLevels
            ? [
              Text(vi: "hai mức cao nhất", en: "top two levels")(language),
              Text(vi: "khoảng 95 %", en: "95% interval")(language), Text(vi: "trung bình", en: "mean")(language),
            ] : [Text(vi: "để trống", en: "left blank")(language)])
          + [Text(vi: "gắn cờ", en: "flagged")(language)],
        sides: dimensions.map { _ in .left }
          + [Table.Side](repeating: .right, count: 1 + question.choices.count + (hasLevels ? 3 : 1) + 1))
      table.rows = response.rows.map { row in
        zip(dimensions, row.keys).map { shown($1, of: $0, language) + ($0.isOfUnits && row.endedUnits ? "†" : "") }
          + cells(row, question, figures)
      }
      if !dimensions.isEmpty || response.rows.isEmpty {
        var names = dimensions.map { _ in "" }
        if !names.isEmpty { names[0] = Text(vi: "Tổng", en: "Total")(language) }
        table.rows.append(names + cells(response.total, question, figures))
      }
      lines += [Line(), Line(question.text.text(language))]
      lines += table.lines().enumerated().map { Line($1, $0 == 0 ? .bold : .normal) }
    }
    if response.rows.contains(where: \.endedUnits), dimensions.contains(where: \.isOfUnits) {
      lines += [
        Line(),
        Line(
          Text(
            vi: "†: có phiếu của đơn vị đã thôi hoạt động mà không có, hoặc có nhiều đơn vị kế tục; giữ ở đơn vị cũ",
            en: "†: with ballots of units that are no more and have no successor or several; they stay where they were")(
              language), .dim),
      ]
    }
    return lines
  }

  /// Both days that are named belong to it.
  private static func period(_ days: Binhchon_V1_DayRange) -> Text {
    let from = Day(iso: days.from).map { LocalTime.spoken(day: $0.description) }
    let through = Day(iso: days.to).map { LocalTime.spoken(day: $0.advanced(by: -1).description) }
    switch (from, through) {
    case (let from?, let through?): return Text(verbatim: from == through ? from : "\(from) – \(through)")
    case (let from?, nil): return Text(vi: "từ \(from)", en: "from \(from)")
    case (nil, let through?): return Text(vi: "đến \(through)", en: "up to \(through)")
    case (nil, nil): return Text(vi: "từ trước đến nay", en: "of all time")
    }
  }

  private static func shown(_ key: String, of dimension: SliceWord, _ language: Language) -> String {
    if dimension.dimension == .channel {
      return Binhchon_V1_Channel(word: key)?.label(language) ?? key
    }
    return key.isEmpty ? Text(vi: "(không nêu)", en: "(not named)")(language) : key
  }

  private static func cells(
    _ row: Binhchon_V1_FigureRow, _ question: Binhchon_V1_Question, _ figures: Figures
  ) -> [String] {
    let shown = QuestionFigures(question, in: row.asWindow)
    var cells =
      [
        (shown.areBallotsHidden ? "–" : figures.count(shown.ballots))
          + (row.singleEntryBallots > 0 ? " ¹" : "")
      ]
      + question.choices.indices.map { shown.levels[$0].isHidden ? "–" : figures.count(shown.levels[$0].count) }
    if question.kind == .ordinal {
      let levels = LevelCounts(of: question, in: row.questions.first { $0.question == question.id })
      if let top = levels?.topTwoBox, let share = Shares.each([top.count], of: top.total)?.first {
        cells += [
          figures.percent(share), figures.percent(top.wilson()), levels?.mean().map(figures.decimal) ?? "–",
        ]
      } else {
        cells += [shown.levels.contains(where: \.isHidden) ? "–" : Figures.noData(figures.language), "–", "–"]
      }
    } else {
      let isHidden = row.questions.first { $0.question == question.id }?.undervotesHidden == true
      cells.append(isHidden ? "–" : figures.count(shown.undervotes))
    }
    return cells + [row.flaggedBallotsHidden ? "–" : figures.count(row.flaggedBallots)]
  }
}
