public import Polling

/// The two kinds of file that we take.
public enum PaperKind: String, Sendable, CaseIterable {
  /// A row per sheet, unit, period, question and level, with a count.
  case totals
  /// A row per questionnaire, with a column per question.
  case questionnaires
}

/// What a column holds.
public enum ColumnField: Hashable, Sendable {
  /// The sheet (or batch) that rows belong to.
  case sheet
  case unit
  case period
  case question
  case level
  case count
  /// How many questionnaires the sheet sums up: levels, blank and invalid ones together.
  case sheets
  /// The number written on a questionnaire.
  case questionnaire
  /// The answer to one question, by its id.
  case answer(String)
  /// Known, and of no use to us: a running number, a remark.
  case note
  /// A column of our own rejects file.
  case rejectCodes

  /// For programs, and for maps that are saved.
  public var word: String {
    switch self {
    case .sheet: "sheet"
    case .unit: "unit"
    case .period: "period"
    case .question: "question"
    case .level: "level"
    case .count: "count"
    case .sheets: "sheets"
    case .questionnaire: "questionnaire"
    case .answer(let question): "answer:\(question)"
    case .note: "note"
    case .rejectCodes: "reject-codes"
    }
  }
}

extension ColumnField {
  private static let plain: [ColumnField] = [
    .sheet, .unit, .period, .question, .level, .count, .sheets, .questionnaire, .note,
  ]

  /// All that can be said of a column; what a question is answered in is `answer:` and its id.
  public static let words = plain.map(\.word) + ["answer:…"]

  public init?(word: String) {
    let prefix = "answer:"
    if word.hasPrefix(prefix), word.utf8.count > prefix.utf8.count {
      self = .answer(String(word.dropFirst(prefix.count)))
    } else if let field = Self.plain.first(where: { $0.word == word }) {
      self = field
    } else {
      return nil
    }
  }
}

/// What somebody said that a column holds, by its heading.
public struct ColumnChoice: Hashable, Sendable {
  public var heading: String
  /// Nil: it is not used.
  public var field: ColumnField?

  public init(heading: String, field: ColumnField?) {
    self.heading = heading
    self.field = field
  }

  var key: MatchKey { MatchKey(heading) }
}

/// Which column of a file holds what.
public struct ColumnMap: Hashable, Sendable {
  public var kind: PaperKind
  /// As they stand in the heading row.
  public var headings: [String]
  /// One per heading; nil: not used.
  public var fields: [ColumnField?]

  public init(kind: PaperKind, headings: [String], fields: [ColumnField?]) {
    self.kind = kind
    self.headings = headings
    self.fields = fields
  }

  public func column(_ field: ColumnField) -> Int? { fields.firstIndex(of: field) }

  /// Reads what the headings mean, in Vietnamese or English, with or without marks. Nil where too little is known for
  /// this to be a heading row.
  public static func suggest(_ headings: [String], for poll: Poll) -> ColumnMap? {
    suggest(headings, for: poll, PollIndex(poll))
  }

  /// - Parameter choices: where they say something, nothing is guessed.
  static func suggest(
    _ headings: [String], for poll: Poll, _ index: PollIndex, choices: [ColumnChoice] = []
  ) -> ColumnMap? {
    let chosen = Self.chosen(choices, of: headings)
    let taken = Set(chosen.compactMap { $0?.field })
    var fields = headings.enumerated().map { column, heading in
      if let choice = chosen[column] { return choice.field }
      return HeadingWords.field(heading).flatMap { taken.contains($0) ? nil : $0 }
    }
    let isTotals = fields.contains(.count) && fields.contains(.level)
    if !isTotals {
      for (column, heading) in headings.enumerated() where chosen[column] == nil {
        guard let question = index.question(heading: heading) else { continue }
        let field = ColumnField.answer(poll.questions[question].id)
        if !taken.contains(field) { fields[column] = field }
      }
      if let sole = poll.soleQuestion.map({ poll.questions[$0].id }), let level = fields.firstIndex(of: .level),
        !fields.contains(.answer(sole)), !fields.contains(.count), chosen[level] == nil
      {
        fields[level] = .answer(sole)
      }
    }
    let answers = fields.count { if case .answer = $0 { true } else { false } }
    let kind: PaperKind = isTotals || answers == 0 ? .totals : .questionnaires
    if kind == .questionnaires {
      // "Số phiếu" is the number on the questionnaire here.
      if !fields.contains(.questionnaire), let count = fields.firstIndex(of: .count), chosen[count] == nil {
        fields[count] = .questionnaire
      }
      let unused: [ColumnField?] = [.count, .level, .question, .sheets]
      for (column, field) in fields.enumerated() where unused.contains(field) && chosen[column] == nil {
        fields[column] = nil
      }
    }
    let known = Set(fields.compactMap { $0 }).subtracting([.note, .rejectCodes])
    guard known.count >= 2, known.contains(.unit) || isTotals || answers > 0 else { return nil }
    return ColumnMap(kind: kind, headings: headings, fields: fields)
  }

  private static func chosen(_ choices: [ColumnChoice], of headings: [String]) -> [ColumnChoice?] {
    if choices.isEmpty { return headings.map { _ in nil } }
    let known = Dictionary(choices.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    return headings.map { $0.isEmpty ? nil : known[MatchKey($0)] }
  }

  /// What is wrong with the map itself: columns that are missing or there twice, and those that nobody uses.
  func findings(for poll: Poll, choices: [ColumnChoice] = []) -> [Finding] {
    var found: [Finding] = []
    let there = Set(headings.map { MatchKey($0) })
    for choice in choices where choice.field != nil && !there.contains(choice.key) {
      found.append(Finding(.missingColumn, detail: choice.heading))
    }
    var required: [ColumnField] = [.unit, .period]
    switch kind {
    case .totals:
      required += [.level, .count]
      if poll.soleQuestion == nil { required.append(.question) }
    case .questionnaires:
      required += poll.questions.filter { !$0.isOptional && $0.askedIf == nil }.map { .answer($0.id) }
    }
    for field in required where column(field) == nil {
      found.append(Finding(.missingColumn, detail: HeadingWords.example(field)))
    }
    for (column, field) in fields.enumerated() {
      switch field {
      case nil where Self.chosen(choices, of: [headings[column]]) != [nil]: break
      case nil where !headings[column].isEmpty:
        found.append(Finding(.columnIgnored, column: column, value: headings[column]))
      case nil, .note, .rejectCodes: break
      case let field?:
        if let first = self.column(field), first < column {
          found.append(Finding(.columnTwice, column: column, value: headings[column], detail: headings[first]))
        }
      }
    }
    return found
  }
}

/// What people write above columns.
enum HeadingWords {
  /// The headings of the columns that our rejects file adds.
  static let rejectCodes = "binhchon: mã lỗi"
  static let rejectHints = "binhchon: cách sửa"

  /// Without marks and case; the first one of each is how we would write it.
  private static let words: [(ColumnField, shown: String, [String])] = [
    (
      .sheet, "Tờ",
      [
        "to", "ma to", "to so", "so to", "phieu tong hop", "bang tong hop", "lo", "ma lo", "sheet", "batch",
        "tally sheet", "sheet id", "batch id",
      ]
    ),
    (
      .unit, "Đơn vị",
      [
        "don vi", "ten don vi", "ma don vi", "co quan", "ten co quan", "quay", "bo phan", "noi tiep nhan",
        "don vi tiep nhan", "diem tiep nhan", "unit", "unit path", "office", "counter", "department",
      ]
    ),
    (
      .period, "Kỳ",
      [
        "ky", "ky bao cao", "ky danh gia", "ngay", "ngay danh gia", "ngay khao sat", "ngay thu", "ngay thu phieu",
        "ngay thang", "thang", "quy", "nam", "thoi gian", "thoi diem", "period", "date", "day", "month",
      ]
    ),
    (
      .question, "Câu hỏi",
      [
        "cau hoi", "ma cau hoi", "tieu chi", "ma tieu chi", "chi tieu", "noi dung", "noi dung danh gia", "question",
        "question id", "criterion", "item",
      ]
    ),
    (
      .level, "Mức",
      [
        "muc", "muc do", "ma muc", "muc danh gia", "muc do danh gia", "muc do hai long", "ket qua danh gia", "danh gia",
        "lua chon", "phuong an", "tra loi", "level", "choice", "answer", "rating", "option",
      ]
    ),
    (
      .count, "Số phiếu",
      [
        "so phieu", "so luong", "so luong phieu", "so luot", "so luot danh gia", "so nguoi", "so y kien", "count",
        "votes", "number", "ballots", "responses",
      ]
    ),
    (
      .sheets, "Số phiếu thu về",
      [
        "so phieu thu ve", "so phieu thu", "tong so phieu", "tong phieu", "tong so phieu thu ve", "so to phieu",
        "sheets", "number of sheets", "questionnaires", "forms returned", "total sheets",
      ]
    ),
    (
      .questionnaire, "Mã phiếu",
      [
        "ma phieu", "phieu so", "so hieu phieu", "so hieu", "questionnaire", "questionnaire id", "form", "form no",
        "form number", "id",
      ]
    ),
    (
      .note, "Ghi chú",
      [
        "ghi chu", "chu thich", "stt", "tt", "so tt", "so thu tu", "nguoi nhap", "note", "notes", "remark", "remarks",
        "no", "#",
      ]
    ),
    (.rejectCodes, rejectCodes, ["binhchon: ma loi", "binhchon: cach sua"]),
  ]

  private static let fields: [String: ColumnField] = Dictionary(
    words.flatMap { field, _, words in words.map { ($0, field) } }, uniquingKeysWith: { first, _ in first })

  static func field(_ heading: String) -> ColumnField? {
    let key = MatchKey(heading).bare
    if let field = fields[key] { return field }
    // "Đơn vị (quầy)", "Số phiếu*", "Mức:"
    let short = key.prefix { $0 != "(" && $0 != "*" && $0 != ":" && $0 != "[" }
    var trimmed = String(short)
    while trimmed.last == " " || trimmed.last == "." { trimmed.removeLast() }
    return fields[trimmed]
  }

  static func example(_ field: ColumnField) -> String {
    if case .answer(let question) = field { return question }
    return words.first { $0.0 == field }?.shown ?? field.word
  }
}
