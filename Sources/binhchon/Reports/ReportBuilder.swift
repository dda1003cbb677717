internal import Polling

/// Makes a report of counts and rules. Pure: what it is given decides every byte.
struct ReportBuilder {
  typealias Row = ReportInput.Row

  let input: ReportInput
  let rulebooks: [Rulebook]
  let scores: SelfScores?
  /// By whose answers units are ranked and trends are told. Nil: the poll has no question with levels.
  let question: Question?
  /// Under so many answers nobody is ranked and nothing is judged.
  let minimum: UInt64
  private(set) var figures: [ReportFigure] = []

  /// - Parameter question: empty: the first one with levels.
  /// - Throws: `ClientError` where the poll has no such question, or it has no levels.
  init(
    _ input: ReportInput, rulebooks: [Rulebook] = [], scores: SelfScores? = nil, question: String = "",
    minimum: UInt64 = 30
  ) throws(ClientError) {
    self.input = input
    self.rulebooks = rulebooks
    self.scores = scores
    self.minimum = minimum
    let ordinal = input.poll.questions.filter { $0.kind == .ordinal }
    self.question = question.isEmpty ? ordinal.first : ordinal.first { $0.id == question }
    if self.question == nil, !question.isEmpty {
      throw ClientError(
        .badData,
        Text(vi: "“\(question)” không phải câu hỏi có mức độ", en: "“\(question)” is no question with levels"),
        next: Text(verbatim: ordinal.map(\.id).joined(separator: ", ")))
    }
  }

  mutating func document(_ form: ReportForm) throws -> ReportDocument {
    figures = []
    let sections: [ReportDocument.Section] =
      switch form {
      case .officers: try officers()
      case .offices: try offices()
      case .ranking: try ranking()
      case .summary: try summary()
      }
    return ReportDocument(form: form, title: form.title, facts: facts, sections: sections, figures: figures)
  }

  private var facts: [ReportDocument.Fact] {
    let (poll, period) = (input.poll, input.period)
    var facts = [
      ReportDocument.Fact(
        label: Text(vi: "Cuộc khảo sát", en: "Survey"),
        value: Text(poll.title)
          + Text(vi: " (\(poll.id), bản \(poll.version))", en: " (\(poll.id), version \(poll.version))")
      ),
      .init(
        label: Text(vi: "Đơn vị", en: "Unit"),
        value: input.name(of: input.unit.rawValue) + Text(verbatim: " (\(input.unit))")),
      .init(label: Text(vi: "Kỳ", en: "Period"), value: period.days.text),
      .init(label: Text(vi: "So với", en: "Compared with"), value: period.before.text),
      .init(
        label: Text(vi: "Số liệu đến", en: "Figures as of"),
        value: Text(vi: "bản ", en: "revision ") + Shown.count(input.revision)
          + Text(vi: " của sổ \(input.epoch)", en: " of ledger \(input.epoch)")),
    ]
    let k = poll.policy.smallestGroup
    if k > 1 {
      facts.append(
        .init(
          label: Text(vi: "Phạm vi", en: "For whom"),
          value: Text(
            vi: "nội bộ: chưa ẩn nhóm dưới \(k) người, không công bố nguyên văn",
            en: "internal: groups under \(k) people are in it, not to be published as it is")))
    }
    for book in rulebooks {
      facts.append(
        .init(
          label: Text(vi: "Bộ quy tắc", en: "Rulebook"),
          value: Text(book.title) + Text(verbatim: " (\(book.id); \(book.legalBasis))")))
      if !(book.isInForce(on: period.days.start) && book.isInForce(on: period.days.end.advanced(by: -1))) {
        facts.append(
          .init(
            label: Text(vi: "Lưu ý", en: "Note"),
            value: Text(
              vi: "\(book.id) không có hiệu lực suốt kỳ này", en: "\(book.id) is not in force throughout this period")))
      }
      if let reservation = book.reservation {
        facts.append(.init(label: Text(vi: "Chưa đối chiếu", en: "Not checked"), value: Text(reservation)))
      }
    }
    if rulebooks.isEmpty {
      facts.append(
        .init(
          label: Text(vi: "Bộ quy tắc", en: "Rulebook"), value: Text(vi: "không dùng bộ nào", en: "none was used")))
    }
    return facts
  }

  mutating func note(_ figure: ReportFigure) {
    figures.append(figure)
  }

  /// A count as a cell.
  mutating func count(_ name: ReportFigure.Name, _ count: UInt64, of n: UInt64, unit: String, item: String = "") -> Text
  {
    note(ReportFigure(name: name, unit: unit, item: item, n: n, value: .count(count)))
    return Shown.count(count)
  }

  /// The top two levels as two cells: share and interval.
  mutating func topTwo(_ levels: LevelCounts?, unit: String, question: Question) -> [Text] {
    guard let top = levels?.topTwoBox else {
      note(ReportFigure(name: .topTwo, unit: unit, item: question.id, n: 0, absence: .noData))
      return [Figures.noData, Shown.dash]
    }
    let interval = top.wilson()
    note(
      ReportFigure(
        name: .topTwo, unit: unit, item: question.id, n: top.total, value: .exact(top.share), interval: interval))
    return [Shown.percent(top.share), Shown.interval(interval)]
  }

  /// The mean level; of five levels from 1 to 5, of marks from 0.
  mutating func mean(_ levels: LevelCounts?, unit: String, question: Question) -> Text {
    let (n, mean) = (levels?.total ?? 0, levels?.mean(lowest: question.kind == .ordinal ? 1 : 0))
    guard let mean else {
      note(ReportFigure(name: .mean, unit: unit, item: question.id, n: n, absence: .noData))
      return Figures.noData
    }
    note(ReportFigure(name: .mean, unit: unit, item: question.id, n: n, value: .exact(mean)))
    return Shown.decimal(mean)
  }

  /// Counts of the rulebook's indicators that are asked of dossiers: those of the questions with their codes.
  func dossiers(_ book: Rulebook, _ row: Row?) -> [String: LevelCounts] {
    var counts: [String: LevelCounts] = [:]
    for indicator in book.indicators where indicator.source == .dossier {
      guard let question = input.poll.questions.first(where: { $0.id == indicator.code && $0.kind == .indicator })
      else { continue }
      counts[indicator.code] = LevelCounts(question, in: row)
    }
    return counts
  }

  /// A mean of 0, 1 and 2 with its n, as one cell.
  mutating func indicator(_ code: String, _ counts: [String: LevelCounts], unit: String) -> Text {
    guard let levels = counts[code], let mean = levels.mean(lowest: 0) else {
      note(ReportFigure(name: .indicator, unit: unit, item: code, n: 0, absence: .noData))
      return Figures.noData
    }
    note(ReportFigure(name: .indicator, unit: unit, item: code, n: levels.total, value: .exact(mean)))
    return Shown.decimal(mean) + Text(verbatim: "\u{A0}(") + Shown.count(levels.total) + Text(verbatim: ")")
  }

  /// A score and its grade, as two cells.
  ///
  /// - Parameter item: what the figure goes by, for programs.
  mutating func score(
    _ book: Rulebook, _ formula: ScoreFormula, _ counts: [String: LevelCounts], period: [String: UInt32],
    unit: String, item: String
  ) throws -> (points: Text, grade: Text) {
    let outcome: ScoreOutcome
    do { outcome = try book.score(formula, dossiers: counts, period: period) } catch {
      throw ClientError(
        .badData, Text(vi: "điểm của \(unit) không hợp lệ", en: "a score of \(unit) is not possible"),
        why: Text(verbatim: error.description))
    }
    switch outcome {
    case .score(let score):
      // The dossiers of its least answered indicator: no part rests on fewer.
      let dossierCodes = Set(book.indicators.filter { $0.source == .dossier }.map(\.code))
      let n = score.parts.filter { dossierCodes.contains($0.indicator) }.map(\.total).min() ?? 0
      note(
        ReportFigure(
          name: .score, unit: unit, item: item, n: n, value: .exact(score.points), word: score.grade?.code))
      return (
        Shown.decimal(score.points) + Text(verbatim: "/\(score.maximum)"),
        score.grade.map { Text($0.label) } ?? Shown.dash
      )
    case .noData(let codes):
      // Answers that nobody gave are no data; scores that an office owes are not stated.
      let owed = Set(book.indicators.filter { $0.source == .period }.map(\.code))
      let absence: ReportFigure.Absence = codes.allSatisfy(owed.contains) ? .notStated : .noData
      note(
        ReportFigure(
          name: .score, unit: unit, item: item, n: 0, word: codes.joined(separator: " "), absence: absence))
      let list = codes.joined(separator: ", ")
      return (Shown.absence(absence) + Text(vi: " (chỉ số \(list))", en: " (indicator \(list))"), Shown.dash)
    }
  }
}

extension ScoreFormula {
  /// Whether dossiers alone make it up.
  func isOfDossiers(in book: Rulebook) -> Bool {
    let owed = Set(book.indicators.filter { $0.source == .period }.map(\.code))
    return indicators.allSatisfy { !owed.contains($0) }
  }
}
