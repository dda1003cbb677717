internal import Polling
internal import Schema

extension ReportBuilder {
  /// The period on a page: how many and by which way, how satisfied, whether it moved.
  mutating func summary() throws -> [ReportDocument.Section] {
    [ballots(), levels()] + indices() + (question.map { changes($0) } ?? [noQuestion]) + choices()
  }

  var unit: String { input.unit.rawValue }

  private mutating func ballots() -> ReportDocument.Section {
    let total = input.total
    guard input.publication == nil else { return publishedBallots() }
    var table = ReportTable(headings: [
      Text(vi: "Kênh", en: "Channel"), Text(vi: "Số phiếu", en: "Ballots"), Text(vi: "Tỷ lệ", en: "Share"),
    ])
    let shares = Shares.ofSum(input.channels.map(\.ballots))
    for (place, row) in input.channels.enumerated() {
      let word = row.keys.first ?? ""
      let hundredths = shares?[place] ?? 0
      note(
        ReportFigure(
          name: .channel, unit: unit, item: word, n: total.ballots,
          value: .share(hundredths, count: row.ballots)))
      table.rows.append([
        Channels.label(word), Shown.count(row.ballots),
        shares == nil ? Figures.noData : Shown.percent(hundredths: hundredths),
      ])
    }
    table.rows.append([
      Text(vi: "Tất cả", en: "All"), count(.ballots, total.ballots, of: total.ballots, unit: unit),
      total.ballots == 0 ? Figures.noData : Shown.percent(hundredths: 10_000),
    ])
    table.hasTotal = true
    func told(_ name: ReportFigure.Name, _ value: UInt64, _ words: Text) -> Text {
      words + Text(verbatim: ": ") + count(name, value, of: total.ballots, unit: unit)
    }
    return ReportDocument.Section(
      title: Text(vi: "Số phiếu", en: "Ballots"), table: table,
      notes: [
        told(.flagged, total.flaggedBallots, Text(vi: "Gắn cờ, không tính", en: "Flagged, left out")),
        told(.bound, total.boundBallots, Text(vi: "Gắn hồ sơ", en: "With a dossier")),
        told(.late, total.lateBallots, Text(vi: "Đến sau khi đóng, vẫn tính", en: "Late, counted")),
      ]
        // Most polls have none.
        + (total.singleEntryBallots > 0
          ? [
            told(
              .singleEntry, total.singleEntryBallots,
              Text(vi: "Phiếu giấy chỉ nhập một lần, vẫn tính", en: "Paper entered once only, counted"))
          ] : []))
  }

  /// Of a publication n is all there is.
  private mutating func publishedBallots() -> ReportDocument.Section {
    let n = Self.ballots(input.total)
    return ReportDocument.Section(
      title: Text(vi: "Số phiếu", en: "Ballots"),
      notes: [
        Text(verbatim: "n = ") + count(.ballots, n, of: n, unit: unit),
        Text(
          vi: "Không công bố: kênh, phiếu gắn cờ, phiếu gắn hồ sơ, phiếu đến muộn, kỳ trước và diễn biến.",
          en: "Not published: channels, ballots flagged, late or with a dossier, the period before, the course."),
      ])
  }

  private mutating func levels() -> ReportDocument.Section {
    var table = ReportTable(headings: [
      Text(vi: "Câu hỏi", en: "Question"), Text(verbatim: "n"), Text(vi: "Hai mức cao nhất", en: "Top two levels"),
      Text(vi: "Khoảng 95 %", en: "95% interval"), Text(vi: "Trung bình", en: "Mean"),
    ])
    let hasScale = input.poll.questions.contains { $0.kind == .scale }
    if hasScale { table.headings.append(Text(verbatim: "NPS")) }
    var bars: [ReportChart.Bar] = []
    var legend: [Text] = []
    for question in input.poll.questions where question.kind.isOrdered {
      let levels = LevelCounts(question, in: input.total)
      let n = answers(question, input.total)
      var cells = [Text(question.text), Shown.count(n)]
      cells +=
        question.kind == .ordinal ? topTwo(input.total, unit: unit, question: question) : [Shown.dash, Shown.dash]
      cells.append(mean(input.total, unit: unit, question: question))
      if hasScale { cells.append(question.kind == .scale ? promoters(question) : Shown.dash) }
      table.rows.append(cells)
      if question.kind == .ordinal, legend.isEmpty || legend == question.choices.map({ Text($0.label) }) {
        legend = question.choices.map { Text($0.label) }
        bars.append(
          ReportChart.Bar(
            label: Text(question.text), n: n,
            shares: levels.flatMap { Shares.ofSum($0.counts) } ?? []))
      }
    }
    return ReportDocument.Section(
      title: Text(vi: "Mức độ hài lòng", en: "Satisfaction"), chart: bars.isEmpty ? nil : .levels(bars, legend: legend),
      table: table,
      notes: [
        Text(
          vi: "Bỏ trống không vào tử số, cũng không vào mẫu số. Khoảng tin cậy Wilson.",
          en: "Blanks are in no share and no mean. Wilson's intervals."),
        Text(
          vi: "Trung bình: mức từ 1 là thấp nhất; chỉ số và thang điểm từ 0.",
          en: "Mean: levels from 1 for the worst; indicators and scales from 0."),
      ])
  }

  private mutating func promoters(_ question: Question) -> Text {
    guard let nps = LevelCounts(question, in: input.total).flatMap({ NetPromoterScore($0) }) else {
      let (why, n) = absence(question, input.total)
      note(ReportFigure(name: .nps, unit: unit, item: question.id, n: n, absence: why))
      return Shown.absence(why)
    }
    note(
      ReportFigure(
        name: .nps, unit: unit, item: question.id, n: nps.total, value: .exact(nps.score), interval: nps.interval()))
    return Shown.signed(nps.score.approximate * 100)
  }

  private mutating func indices() -> [ReportDocument.Section] {
    let answers = Dictionary(
      input.total.questions.map { question in
        (question.question, Dictionary(question.choices.map { ($0.choice, $0.count) }) { first, _ in first })
      }
    ) { first, _ in first }
    var table = ReportTable(headings: [
      Text(vi: "Chỉ số", en: "Index"), Text(verbatim: "n"), Text(vi: "Giá trị", en: "Value"),
      Text(vi: "Khoảng 95 %", en: "95% interval"),
    ])
    for book in rulebooks {
      for index in book.indices {
        let item = "\(book.id)/\(index.id)"
        let name = Text(index.title) + Text(verbatim: " [\(item)]")
        guard !index.criteria.contains(where: { isHidden($0.question) }) else {
          note(ReportFigure(name: .index, unit: unit, item: item, n: nil, absence: .suppressed))
          table.rows.append([name, Shown.absence(.suppressed), Shown.absence(.suppressed), Shown.dash])
          continue
        }
        switch index.evaluate(answers) {
        case .value(let value):
          // With weights the share is no share of these answers.
          let interval = index.criteria.allSatisfy { $0.weight == nil } ? value.answers.wilson() : nil
          note(
            ReportFigure(
              name: .index, unit: unit, item: item, n: value.answers.total, value: .exact(value.points),
              interval: interval))
          table.rows.append([
            name, Shown.count(value.answers.total), Shown.decimal(value.points),
            interval.map(Shown.interval) ?? Shown.dash,
          ])
        case .noData:
          note(ReportFigure(name: .index, unit: unit, item: item, n: 0, absence: .noData))
          table.rows.append([name, Shown.count(0), Figures.noData, Shown.dash])
        }
      }
    }
    guard !table.rows.isEmpty else { return [] }
    return [
      ReportDocument.Section(
        title: Text(vi: "Chỉ số theo bộ quy tắc", en: "Indices by rulebook"), table: table,
        notes: [
          Text(
            vi: "Khoảng 95 % là của tỷ lệ câu trả lời hài lòng.",
            en: "The 95% interval is that of the share of satisfied answers.")
        ])
    ]
  }

  /// Whether a choice of the question is left out of the total.
  private func isHidden(_ id: String) -> Bool {
    input.poll.questions.first { $0.id == id }.map(input.total.isHidden) ?? false
  }

  private mutating func choices() -> [ReportDocument.Section] {
    input.poll.questions.map { question in
      let counted = input.total.counts(of: question)
      let counts = question.choices.map { level -> UInt64? in
        guard let choice = counted?.choices.first(where: { $0.choice == level.code }) else { return 0 }
        return choice.hidden ? nil : choice.count
      }
      let shown = counts.compactMap(\.self)
      let isWhole = shown.count == counts.count
      let n = isWhole ? LevelCounts(shown)?.total ?? 0 : nil
      var isMultiple = false
      if case .multiple = question.kind { isMultiple = true }
      let shares = isMultiple || !isWhole ? nil : Shares.ofSum(shown)
      var table = ReportTable(headings: [
        Text(vi: "Câu trả lời", en: "Answer"), Text(vi: "Số lần chọn", en: "Count"), Text(vi: "Tỷ lệ", en: "Share"),
      ])
      for (place, choice) in question.choices.enumerated() {
        let value = counts[place].map { count in
          shares.map { ReportFigure.Value.share($0[place], count: count) } ?? .count(count)
        }
        note(
          ReportFigure(
            name: .choice, unit: unit, item: "\(question.id)/\(choice.code)", n: n, value: value,
            absence: value == nil ? .suppressed : nil))
        table.rows.append([
          Text(choice.label) + Text(verbatim: " (\(choice.code))"), Shown.count(counts[place]),
          shares.map { Shown.percent(hundredths: $0[place]) } ?? (n == 0 ? Figures.noData : Shown.dash),
        ])
      }
      let undervotes = counted?.undervotesHidden == true ? nil : counted?.undervotes ?? 0
      let blank = count(.leftBlank, undervotes, of: Self.ballots(input.total), unit: unit, item: question.id)
      return ReportDocument.Section(
        title: Text(question.text), table: table,
        notes: [
          Text(verbatim: "n = ") + Shown.count(n)
            + (isMultiple
              ? Text(
                vi: "; chọn được nhiều câu, nên không có tỷ lệ chung; lượt chọn không dùng: ",
                en: "; several may be chosen, so no shares; choices not used: ")
              : Text(vi: "; bỏ trống: ", en: "; left blank: ")) + blank
        ])
    }
  }
}

private enum Channels {
  static func label(_ word: String) -> Text { Binhchon_V1_Channel(word: word)?.label ?? Text(verbatim: word) }
}
