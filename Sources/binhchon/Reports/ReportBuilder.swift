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
    let poll = input.poll
    var facts = [
      ReportDocument.Fact(
        label: Text(vi: "Cuộc khảo sát", en: "Survey"),
        value: Text(poll.title)
          + Text(vi: " (\(poll.id), bản \(poll.version))", en: " (\(poll.id), version \(poll.version))")
      ),
      .init(
        label: Text(vi: "Đơn vị", en: "Unit"),
        value: input.name(of: input.unit.rawValue) + Text(verbatim: " (\(input.unit))")),
      .init(
        label: Text(vi: "Kỳ", en: "Period"),
        value: input.period?.days.text ?? Text(vi: "từ đầu đến nay", en: "from the beginning on")),
    ]
    if input.before != nil, let before = input.period?.before {
      facts.append(.init(label: Text(vi: "So với", en: "Compared with"), value: before.text))
    }
    facts.append(
      .init(
        label: Text(vi: "Số liệu đến", en: "Figures as of"),
        value: Text(vi: "bản ", en: "revision ") + Shown.count(input.revision)
          + Text(vi: " của sổ \(input.epoch)", en: " of ledger \(input.epoch)")))
    facts += scope
    if let rollUp = input.rollUp {
      facts.append(
        .init(
          label: Text(vi: "Đơn vị tính theo", en: "Units as of"),
          value: Text(verbatim: LocalTime.spoken(day: rollUp.day.description))
            + Text(
              vi: ": phiếu của đơn vị cũ tính cho đơn vị kế thừa",
              en: ": ballots of former units are counted for their successors")))
      if rollUp.hasUnitsThatEnded {
        facts.append(
          .init(
            label: Text(vi: "Lưu ý", en: "Note"),
            value: Text(
              vi: "có phiếu của đơn vị đã thôi hoạt động mà không có, hoặc có nhiều đơn vị kế tục; giữ ở đơn vị cũ",
              en: "some are of units that are no more and have no successor or several; they stay where they were")))
      }
    }
    for book in rulebooks {
      facts.append(
        .init(
          label: Text(vi: "Bộ quy tắc", en: "Rulebook"),
          value: Text(book.title) + Text(verbatim: " (\(book.id); \(book.legalBasis))")))
      if !book.isInForce(throughout: input.period) {
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

  /// Who may see it, and what was left out for that.
  private var scope: [ReportDocument.Fact] {
    let k = input.poll.policy.smallestGroup
    guard let publication = input.publication else {
      guard k > 1 else { return [] }
      return [
        .init(
          label: Text(vi: "Phạm vi", en: "For whom"),
          value: Text(
            vi: "nội bộ: chưa ẩn nhóm dưới \(k) người, không công bố nguyên văn",
            en: "internal: groups under \(k) people are in it, not to be published as it is"))
      ]
    }
    var facts = [
      ReportDocument.Fact(
        label: Text(vi: "Phạm vi", en: "For whom"),
        value: Text(
          vi: "số liệu công bố lúc \(LocalTime.spoken(milliseconds: publication.asOf))",
          en: "figures published at \(LocalTime.spoken(milliseconds: publication.asOf))")),
      .init(
        label: Shown.absence(.suppressed),
        value: Text(
          vi: "không nêu, vì số này hoặc một phép cộng trừ có thể cho biết ý kiến của dưới \(publication.k) người",
          en:
            "left out, for it, or a sum or difference with others, could tell how fewer than \(publication.k) people rated"
        )),
    ]
    if !publication.firstDay.isEmpty {
      let day = LocalTime.spoken(day: publication.firstDay)
      facts.append(
        .init(
          label: Text(vi: "Lưu ý", en: "Note"),
          value: Text(
            vi: "không công bố số liệu trước ngày \(day), vì không rõ trước đó đã công bố những gì",
            en: "nothing is published of days before \(day), as it is not known what was published of them")))
    }
    return facts
  }

  mutating func note(_ figure: ReportFigure) {
    figures.append(figure)
  }

  /// A count as a cell. Nil: left out of what is published.
  mutating func count(
    _ name: ReportFigure.Name, _ count: UInt64?, of n: UInt64?, unit: String, item: String = ""
  ) -> Text {
    note(
      ReportFigure(
        name: name, unit: unit, item: item, n: n, value: count.map { .count($0) },
        absence: count == nil ? .suppressed : nil))
    return Shown.count(count)
  }

  /// n; nil: left out of what is published.
  static func ballots(_ row: Row?) -> UInt64? { row?.ballotsHidden == true ? nil : row?.ballots ?? 0 }

  /// Why there is no figure of this question's levels, and on how many answers it rests.
  func absence(_ question: Question, _ row: Row?) -> (why: ReportFigure.Absence, n: UInt64?) {
    row?.isHidden(question) == true ? (.suppressed, nil) : (.noData, 0)
  }

  /// How many answered a question with levels; nil: that is left out.
  func answers(_ question: Question, _ row: Row?) -> UInt64? {
    LevelCounts(question, in: row)?.total ?? absence(question, row).n
  }

  /// The top two levels as two cells: share and interval.
  mutating func topTwo(_ row: Row?, unit: String, question: Question) -> [Text] {
    guard let top = LevelCounts(question, in: row)?.topTwoBox else {
      let (why, n) = absence(question, row)
      note(ReportFigure(name: .topTwo, unit: unit, item: question.id, n: n, absence: why))
      return [Shown.absence(why), Shown.dash]
    }
    let interval = top.wilson()
    note(
      ReportFigure(
        name: .topTwo, unit: unit, item: question.id, n: top.total, value: .exact(top.share), interval: interval))
    return [Shown.percent(top.share), Shown.interval(interval)]
  }

  /// The mean level; of five levels from 1 to 5, of marks from 0.
  mutating func mean(_ row: Row?, unit: String, question: Question) -> Text {
    let levels = LevelCounts(question, in: row)
    guard let levels, let mean = levels.mean(lowest: question.kind == .ordinal ? 1 : 0) else {
      let (why, n) = absence(question, row)
      note(ReportFigure(name: .mean, unit: unit, item: question.id, n: levels?.total ?? n, absence: why))
      return Shown.absence(why)
    }
    note(ReportFigure(name: .mean, unit: unit, item: question.id, n: levels.total, value: .exact(mean)))
    return Shown.decimal(mean)
  }

  /// Counts of the rulebook's indicators that are asked of dossiers: those of the questions with their codes.
  struct Dossiers {
    var counts: [String: LevelCounts] = [:]
    /// Indicators some of whose counts are left out of what is published.
    var hidden: Set<String> = []
  }

  func dossiers(_ book: Rulebook, _ row: Row?) -> Dossiers {
    var dossiers = Dossiers()
    for indicator in book.indicators where indicator.source == .dossier {
      guard let question = input.poll.questions.first(where: { $0.id == indicator.code && $0.kind == .indicator })
      else { continue }
      dossiers.counts[indicator.code] = LevelCounts(question, in: row)
      if row?.isHidden(question) == true { dossiers.hidden.insert(indicator.code) }
    }
    return dossiers
  }

  /// A mean of 0, 1 and 2 with its n, as one cell.
  mutating func indicator(_ code: String, _ dossiers: Dossiers, unit: String) -> Text {
    guard let levels = dossiers.counts[code], let mean = levels.mean(lowest: 0) else {
      let isHidden = dossiers.hidden.contains(code)
      let why = isHidden ? ReportFigure.Absence.suppressed : .noData
      note(ReportFigure(name: .indicator, unit: unit, item: code, n: isHidden ? nil : 0, absence: why))
      return Shown.absence(why)
    }
    note(ReportFigure(name: .indicator, unit: unit, item: code, n: levels.total, value: .exact(mean)))
    return Shown.decimal(mean) + Text(verbatim: "\u{A0}(") + Shown.count(levels.total) + Text(verbatim: ")")
  }

  /// A score and its grade, as two cells.
  ///
  /// - Parameter item: what the figure goes by, for programs.
  mutating func score(
    _ book: Rulebook, _ formula: ScoreFormula, _ dossiers: Dossiers, period: [String: UInt32],
    unit: String, item: String
  ) throws -> (points: Text, grade: Text) {
    let left = formula.indicators.filter(dossiers.hidden.contains)
    guard left.isEmpty else {
      note(
        ReportFigure(
          name: .score, unit: unit, item: item, n: nil, word: left.joined(separator: " "), absence: .suppressed))
      let list = left.joined(separator: ", ")
      return (
        Shown.absence(.suppressed) + Text(vi: " (chỉ số \(list))", en: " (indicator \(list))"), Shown.dash
      )
    }
    let outcome: ScoreOutcome
    do { outcome = try book.score(formula, dossiers: dossiers.counts, period: period) } catch {
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

extension Rulebook {
  /// On every day of the period; without one, of which nobody knows the days, it is not asked.
  func isInForce(throughout period: ReportPeriod?) -> Bool {
    guard let days = period?.days else { return true }
    return isInForce(on: days.start) && isInForce(on: days.end.advanced(by: -1))
  }
}
