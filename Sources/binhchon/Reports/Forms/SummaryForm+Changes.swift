internal import Polling

extension ReportBuilder {
  /// Whether the period differs from the one before, and its course. Nothing where there is none before.
  mutating func changes(_ question: Question) -> [ReportDocument.Section] {
    guard let period = input.period, let before = input.before else { return [] }
    return [trend(question, period, before), course(question, before)]
  }

  private mutating func trend(_ question: Question, _ periods: ReportPeriod, _ earlier: Row) -> ReportDocument.Section {
    let (now, before) = (LevelCounts(question, in: input.total), LevelCounts(question, in: earlier))
    var table = ReportTable(headings: [
      Text(vi: "Kỳ", en: "Period"), Text(verbatim: "n"), Text(vi: "Hai mức cao nhất", en: "Top two levels"),
      Text(vi: "Khoảng 95 %", en: "95% interval"),
    ])
    for (period, levels) in [(periods.before, before), (periods.days, now)] {
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

  private mutating func course(_ question: Question, _ before: Row) -> ReportDocument.Section {
    let title = Text(vi: "Diễn biến: ", en: "Course: ") + Text(question.text)
    let earlier = LevelCounts(question, in: before)?.topTwoBox
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
