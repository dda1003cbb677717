internal import Polling
internal import Schema

extension ReportBuilder {
  /// The period on a page: how many and by which way, how satisfied, whether it moved.
  mutating func summary() throws -> [ReportDocument.Section] {
    [ballots(), levels()] + indices() + (question.map { [trend($0), course($0)] } ?? [noQuestion]) + choices()
  }

  private var unit: String { input.unit.rawValue }

  private mutating func ballots() -> ReportDocument.Section {
    let total = input.total
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
      var cells = [Text(question.text), Shown.count(levels?.total ?? 0)]
      cells += question.kind == .ordinal ? topTwo(levels, unit: unit, question: question) : [Shown.dash, Shown.dash]
      cells.append(mean(levels, unit: unit, question: question))
      if hasScale { cells.append(question.kind == .scale ? promoters(levels, question) : Shown.dash) }
      table.rows.append(cells)
      if question.kind == .ordinal, legend.isEmpty || legend == question.choices.map({ Text($0.label) }) {
        legend = question.choices.map { Text($0.label) }
        bars.append(
          ReportChart.Bar(
            label: Text(question.text), n: levels?.total ?? 0,
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

  private mutating func promoters(_ levels: LevelCounts?, _ question: Question) -> Text {
    guard let nps = levels.flatMap({ NetPromoterScore($0) }) else {
      note(ReportFigure(name: .nps, unit: unit, item: question.id, n: 0, absence: .noData))
      return Figures.noData
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

  private mutating func trend(_ question: Question) -> ReportDocument.Section {
    let (now, before) = (LevelCounts(question, in: input.total), LevelCounts(question, in: input.before))
    var table = ReportTable(headings: [
      Text(vi: "Kỳ", en: "Period"), Text(verbatim: "n"), Text(vi: "Hai mức cao nhất", en: "Top two levels"),
      Text(vi: "Khoảng 95 %", en: "95% interval"),
    ])
    for (period, levels) in [(input.period.before, before), (input.period.days, now)] {
      let top = levels?.topTwoBox
      table.rows.append([
        period.text, Shown.count(levels?.total ?? 0), top.map { Shown.percent($0.share) } ?? Figures.noData,
        top.map { Shown.interval($0.wilson()) } ?? Shown.dash,
      ])
    }
    let test = before?.topTwoBox.flatMap { before in now?.topTwoBox.flatMap { TrendTest(from: before, to: $0) } }
    note(
      ReportFigure(
        name: .trend, unit: unit, item: question.id, n: test?.total ?? 0, value: test.map { .estimate($0.z) },
        absence: test == nil ? .noData : nil))
    let verdict: Text
    if let test {
      let moved = test.twoSidedP < 0.05
      verdict =
        Text(verbatim: "z = ") + Shown.signed(test.z) + Text(verbatim: ", n = ") + Shown.count(test.total)
        + (moved
          ? (test.z > 0
            ? Text(vi: ": tăng, hơn mức ngẫu nhiên 5 %", en: ": a rise, by more than chance at 5%")
            : Text(vi: ": giảm, hơn mức ngẫu nhiên 5 %", en: ": a fall, by more than chance at 5%"))
          : Text(vi: ": không khác hơn mức ngẫu nhiên", en: ": no more than chance"))
    } else {
      verdict = Text(vi: "Chưa đủ dữ liệu để so sánh.", en: "Not enough data to compare.")
    }
    return ReportDocument.Section(
      title: Text(vi: "So với kỳ trước: ", en: "Against the period before: ") + Text(question.text), table: table,
      notes: [verdict])
  }

  private mutating func course(_ question: Question) -> ReportDocument.Section {
    let title = Text(vi: "Diễn biến: ", en: "Course: ") + Text(question.text)
    let earlier = LevelCounts(question, in: input.before)?.topTwoBox
    guard let baseline = earlier ?? LevelCounts(question, in: input.total)?.topTwoBox else {
      return ReportDocument.Section(title: title, notes: [Figures.noData])
    }
    let chart = ControlChart(baseline: baseline, minimumTotal: max(1, minimum))
    var sum = CumulativeSum(baseline: baseline)
    var points: [ReportChart.Point] = []
    var table = ReportTable(headings: [
      Text(vi: "Thời gian", en: "Time"), Text(verbatim: "n"), Text(vi: "Hai mức cao nhất", en: "Top two levels"),
      Text(vi: "Giới hạn ngẫu nhiên", en: "Limits of chance"), Text(vi: "Nhận xét", en: "Verdict"),
    ])
    table.wordColumns = [0, 4]
    for (name, row) in input.spans {
      let top = LevelCounts(question, in: row)?.topTwoBox
      let point = chart.point(top)
      sum?.add(top)
      note(
        ReportFigure(
          name: .controlPoint, unit: unit, item: name, n: point.total, value: point.share.map { .exact($0) },
          interval: point.limits, word: point.verdict.word, absence: point.share == nil ? .noData : nil))
      points.append(
        ReportChart.Point(
          name: name, n: point.total, share: point.share?.approximate, limits: point.limits,
          verdict: point.verdict))
      table.rows.append([
        Text(verbatim: name), Shown.count(point.total), point.share.map(Shown.percent) ?? Figures.noData,
        point.limits.map(Shown.interval) ?? Shown.dash, point.verdict.text,
      ])
    }
    let signal = sum?.signal
    note(
      ReportFigure(
        name: .cumulativeSum, unit: unit, item: question.id, n: sum?.total ?? 0,
        value: sum.map { .estimate(max($0.fall, $0.rise)) }, word: signal.map { $0 == .fall ? "fall" : "rise" },
        absence: sum == nil ? .noData : nil))
    let told =
      switch signal {
      case .fall: Text(vi: "CUSUM: giảm dần đều", en: "CUSUM: a lasting fall")
      case .rise: Text(vi: "CUSUM: tăng dần đều", en: "CUSUM: a lasting rise")
      case nil: Text(vi: "CUSUM: không có tín hiệu", en: "CUSUM: no signal")
      }
    return ReportDocument.Section(
      title: title, chart: .course(points, baseline: baseline.share.approximate), table: table,
      notes: [
        (earlier == nil
          ? Text(vi: "Mốc so sánh: cả kỳ này, ", en: "Baseline: this whole period, ")
          : Text(vi: "Mốc so sánh: kỳ trước, ", en: "Baseline: the period before, ")) + Shown.percent(baseline.share)
          + Text(verbatim: ", n = ") + Shown.count(baseline.total)
          + Text(vi: "; giới hạn: 3 độ lệch chuẩn.", en: "; limits: 3 standard deviations."), told,
      ])
  }

  private mutating func choices() -> [ReportDocument.Section] {
    input.poll.questions.map { question in
      let counted = input.total.questions.first { $0.question == question.id }
      let counts = question.choices.map { level in counted?.choices.first { $0.choice == level.code }?.count ?? 0 }
      let n = LevelCounts(counts)?.total ?? 0
      var isMultiple = false
      if case .multiple = question.kind { isMultiple = true }
      let shares = isMultiple ? nil : Shares.ofSum(counts)
      var table = ReportTable(headings: [
        Text(vi: "Câu trả lời", en: "Answer"), Text(vi: "Số lần chọn", en: "Count"), Text(vi: "Tỷ lệ", en: "Share"),
      ])
      for (place, choice) in question.choices.enumerated() {
        note(
          ReportFigure(
            name: .choice, unit: unit, item: "\(question.id)/\(choice.code)", n: n,
            value: shares.map { .share($0[place], count: counts[place]) } ?? .count(counts[place])))
        table.rows.append([
          Text(choice.label) + Text(verbatim: " (\(choice.code))"), Shown.count(counts[place]),
          shares.map { Shown.percent(hundredths: $0[place]) } ?? (n == 0 ? Figures.noData : Shown.dash),
        ])
      }
      let blank = count(.leftBlank, counted?.undervotes ?? 0, of: input.total.ballots, unit: unit, item: question.id)
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

extension ControlChart.Point.Verdict {
  /// For programs.
  var word: String {
    switch self {
    case .noData: "no_data"
    case .tooFew: "too_few"
    case .inControl: "in_control"
    case .belowLimit: "below_limit"
    case .aboveLimit: "above_limit"
    }
  }

  var text: Text {
    switch self {
    case .noData: Figures.noData
    case .tooFew: Text(vi: "quá ít để nhận xét", en: "too few to judge")
    case .inControl: Text(vi: "trong giới hạn", en: "within the limits")
    case .belowLimit: Text(vi: "thấp hơn giới hạn", en: "below the limit")
    case .aboveLimit: Text(vi: "cao hơn giới hạn", en: "above the limit")
    }
  }
}
