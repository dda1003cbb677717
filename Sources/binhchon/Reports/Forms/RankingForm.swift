internal import Polling

extension ReportBuilder {
  /// Form 03: units in the order of their satisfied shares, never without n and interval.
  mutating func ranking() throws -> [ReportDocument.Section] {
    guard let question else { return [noQuestion] }
    let rows = Dictionary(input.places.map { ($0.path, $0.row) }) { first, _ in first }
    let ranking = Ranking(
      input.places.map { ($0.path, LevelCounts(question, in: $0.row)?.topTwoBox) }, minimumTotal: max(1, minimum))
    var table = ReportTable(headings: [
      Text(vi: "Hạng", en: "Rank"), Text(vi: "Có thể từ–đến", en: "Possible"), Text(vi: "Đơn vị", en: "Unit"),
      Text(verbatim: "n"), Text(vi: "Hai mức cao nhất", en: "Top two levels"),
      Text(vi: "Khoảng 95 %", en: "95% interval"), Text(vi: "Mức trung bình", en: "Mean level"),
    ])
    table.wordColumns = [2]
    var ranges: [ReportChart.Range] = []
    for row in ranking.rows {
      let counted = rows[row.subject] ?? nil
      let (why, none) = self.absence(question, counted)
      let absence: ReportFigure.Absence? = row.rank != nil ? nil : row.proportion == nil ? why : .tooFew
      let n = answers(question, counted)
      note(
        ReportFigure(
          name: .rank, unit: row.subject, item: question.id, n: row.proportion?.total ?? none,
          value: row.rank.map { .count(UInt64($0)) }, possibleRanks: row.possibleRanks, absence: absence))
      table.rows.append(
        [
          row.rank.map { Text(verbatim: String($0)) } ?? Shown.dash,
          row.possibleRanks.map { Text(verbatim: "\($0.lowerBound)–\($0.upperBound)") } ?? Shown.dash,
          input.name(of: row.subject), Shown.count(n),
        ] + topTwo(counted, unit: row.subject, question: question)
          + [mean(counted, unit: row.subject, question: question)])
      ranges.append(
        ReportChart.Range(
          label: input.name(of: row.subject), n: n, share: row.proportion?.share.approximate,
          interval: row.interval, isRanked: row.rank != nil))
    }
    let least = Shown.count(minimum)
    let hidden =
      input.publication == nil
      ? []
      : [
        Text(
          vi: "Đơn vị có số liệu bị ẩn không được xếp hạng; hạng của các đơn vị khác là trong số được nêu.",
          en: "Units whose figures are hidden are not ranked; the others' ranks are among those that are shown.")
      ]
    return [
      ReportDocument.Section(
        title: Text(question.text), chart: .ranges(ranges), table: table,
        notes: [
          Text(vi: "Bằng điểm thì cùng hạng. Dưới ", en: "Equal shares have one rank. Under ") + least
            + Text(vi: " câu trả lời thì không xếp hạng.", en: " answers nobody is ranked."),
          Text(
            vi: "“Có thể từ–đến”: những hạng mà ngẫu nhiên cho phép, theo khoảng tin cậy Wilson 95 %.",
            en: "“Possible”: the ranks that chance allows, by Wilson's 95% intervals."),
        ] + hidden)
    ]
  }

  var noQuestion: ReportDocument.Section {
    ReportDocument.Section(
      title: Text(vi: "Mức độ hài lòng", en: "Satisfaction"),
      notes: [Text(vi: "Cuộc khảo sát không có câu hỏi theo mức độ.", en: "The survey has no question with levels.")])
  }
}
