import ArgumentParser
internal import Polling
internal import Schema

struct TallyCommand: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "tally", Text(vi: "In kết quả một lần.", en: "Print a tally once."),
    examples: [
      ("binhchon tally --poll hai-chau-hai-long", Text(vi: "bảng", en: "a table")),
      (
        "binhchon tally --poll hai-chau-hai-long --unit hai-chau/mot-cua/quay-01 --csv",
        Text(vi: "CSV của một quầy", en: "CSV of one counter")
      ),
      (
        "binhchon tally --poll hai-chau-hai-long --by unit,month --period 2024-Q1",
        Text(vi: "từng đơn vị, từng tháng của quý I", en: "by unit and month of the first quarter")
      ),
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var which: TallyOptions

  @OptionGroup var slices: SliceOptions

  @Flag(help: .text(vi: "In CSV.", en: "Print CSV."))
  var csv = false

  func validate() throws {
    if csv, options.json {
      throw ValidationError(Text(vi: "Chọn --csv hoặc --json.", en: "Choose --csv or --json.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    if slices.areAsked {
      return try await context.withService { try await slices.tell(which, asCSV: csv, $0, console) }
    }
    return try await context.withService { service in
      var request = Binhchon_V1_GetTallyRequest()
      request.poll = which.poll
      request.unit = which.unit
      request.channel = which.channel?.channel ?? .unspecified
      if csv {
        let record = TallyRecord(try await service.getTally(request))
        try console.printVerbatim(TallyRecord.csvHeader + record.csv)
        return .ok
      }
      let poll = try await service.poll(named: which.poll)
      let tally = try await service.getTally(request)
      if console.json {
        try console.print(json: TallyRecord(tally, of: poll))
        return .ok
      }
      let columns = console.outputIsTerminal ? TerminalMode.size.columns : nil
      for line in TallyTable.lines(tally, poll, console.figures, columns: columns) { try console.print(line) }
      return .ok
    }
  }
}

/// A tally as a table for people.
enum TallyTable {
  /// - Parameter columns: how many there are; where the words of the choices do not fit, their codes stand alone. Nil: as
  ///   many as it takes.
  static func lines(
    _ tally: Binhchon_V1_Tally, _ poll: Binhchon_V1_Poll, _ figures: Figures, columns: Int? = nil
  ) -> [Line] {
    let lines = lines(tally, poll, figures, isNarrow: false)
    guard let columns, lines.contains(where: { $0.width > columns }) else { return lines }
    return Self.lines(tally, poll, figures, isNarrow: true)
  }

  private static func lines(
    _ tally: Binhchon_V1_Tally, _ poll: Binhchon_V1_Poll, _ figures: Figures, isNarrow: Bool
  ) -> [Line] {
    let language = figures.language
    var lines = [Line(poll.title.text(language), .bold)]
    let revision = figures.count(tally.revision)
    let time = LocalTime.spoken(milliseconds: tally.asOfMs)
    lines.append(
      Line(
        [
          tally.unit, tally.channel.label(language), tally.status.label(language),
          Text(vi: "bản \(revision), lúc \(time)", en: "revision \(revision), as of \(time)")(language),
        ].joined(separator: " · "), .dim))
    if tally.k > 0 { lines.append(Line(Figures.leftOut(k: tally.k, from: tally.publishedFrom)(language), .dim)) }
    if tally.singleEntry { lines.append(Line(Figures.someEnteredOnce(language), .warning)) }
    let windows = Binhchon_V1_Window.named.map { name in tally.windows.first { $0.window == name } }
    for question in poll.questions {
      var table = Table(
        headings: [""] + Binhchon_V1_Window.named.map { $0.label(language) },
        sides: [.left] + Binhchon_V1_Window.named.map { _ in .right })
      let shown = windows.map { QuestionFigures(question, in: $0) }
      table.rows.append(
        ["n"] + zip(windows, shown).map { $0 == nil || $1.areBallotsHidden ? "–" : figures.count($1.ballots) })
      for (index, choice) in question.choices.enumerated() {
        table.rows.append(
          [isNarrow ? choice.code : "\(choice.label.text(language)) (\(choice.code))"]
            + shown.map { figuresOfWindow in
              let level = figuresOfWindow.levels[index]
              if level.isHidden { return "–" }
              // Without the others there is a count, and no whole to be a share of.
              if level.share == nil, figuresOfWindow.levels.contains(where: \.isHidden) {
                return figures.count(level.count)
              }
              return level.share.map { "\(figures.count(level.count)) · \(figures.percent($0))" }
                ?? (isNarrow ? "–" : Figures.noData(language))
            })
      }
      // These are of the whole window, of which a question that only some are asked shows a part.
      if !question.hasAskedIf, windows.contains(where: { ($0?.flaggedBallots ?? 0) > 0 }) {
        table.rows.append(
          [Text(vi: "gắn cờ, không tính", en: "flagged, left out")(language)]
            + windows.map { figures.count($0?.flaggedBallots ?? 0) })
      }
      if !question.hasAskedIf, windows.contains(where: { ($0?.singleEntryBallots ?? 0) > 0 }) {
        table.rows.append(
          [Text(vi: "giấy, chỉ nhập một lần", en: "paper, entered once only")(language)]
            + windows.map { figures.count($0?.singleEntryBallots ?? 0) })
      }
      // Where every ballot must name its dossier there is nothing to tell apart.
      if !question.hasAskedIf, !poll.policy.onePerCredential,
        windows.contains(where: { ($0?.boundBallots ?? 0) > 0 })
      {
        table.rows.append(
          [Text(vi: "không gắn hồ sơ", en: "without a dossier")(language)]
            + windows.map { window in figures.count(window.map { $0.ballots - min($0.ballots, $0.boundBallots) } ?? 0) }
        )
      }
      lines += [Line(), Line(question.text.text(language))]
      lines += table.lines().enumerated().map { Line($1, $0 == 0 ? .bold : .normal) }
      if let table = levels(of: question, in: tally, figures) {
        lines.append(Line())
        lines += table.lines().enumerated().map { Line($1, $0 == 0 ? .bold : .normal) }
      }
    }
    return lines
  }

  /// What the levels of a question come to in each window, never without n and interval; nil: it has none.
  private static func levels(
    of question: Binhchon_V1_Question, in tally: Binhchon_V1_Tally, _ figures: Figures
  ) -> Table? {
    guard question.kind == .ordinal else { return nil }
    let language = figures.language
    let range = "1–\(question.choices.count)"
    var table = Table(
      headings: [
        "", "n", Text(vi: "hai mức cao nhất", en: "top two levels")(language),
        Text(vi: "khoảng 95 %", en: "95% interval")(language),
        Text(vi: "mức trung bình (\(range))", en: "mean level (\(range))")(language),
      ], sides: [.left, .right, .right, .right, .right])
    for name in Binhchon_V1_Window.named {
      let counted = tally.windows.first { $0.window == name }?.questions.first { $0.question == question.id }
      let levels = LevelCounts(of: question, in: counted)
      if counted?.choices.contains(where: \.hidden) == true {
        table.rows.append([name.label(language), "–", "–", "–", "–"])
        continue
      }
      var row = [name.label(language), figures.count(levels?.total ?? 0)]
      if let top = levels?.topTwoBox, let share = Shares.each([top.count], of: top.total)?.first {
        row += [
          "\(figures.count(top.count)) · \(figures.percent(share))", figures.percent(top.wilson()),
          levels?.mean().map(figures.decimal) ?? "–",
        ]
      } else {
        row.append(Figures.noData(language))
      }
      table.rows.append(row)
    }
    return table
  }
}
