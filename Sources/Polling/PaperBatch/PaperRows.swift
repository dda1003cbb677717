/// Rows of paper results as they are sent and kept: each name once, and rows as places in the list of names. What
/// is said many times is looked at once, and a row takes the same few bytes whatever it says.
public struct PaperRows: Sendable {
  public enum Level: Hashable, Sendable {
    /// The place of its code.
    case choice(UInt32)
    case blank
    case invalid
  }

  public enum Content: Hashable, Sendable {
    /// `question`: its place.
    case total(question: UInt32, level: Level, count: Int64, questionnaires: Int64?)
    /// Where in ``PaperRows/answers`` it has its own.
    case questionnaire(Range<Int>)
  }

  public struct Row: Sendable {
    public var number: UInt64
    /// The place of its label.
    public var label: UInt32
    /// Which of ``PaperRows/units``.
    public var unit: UInt32
    public var period: DaySpan
    public var content: Content

    public init(number: UInt64, label: UInt32, unit: UInt32, period: DaySpan, content: Content) {
      self.number = number
      self.label = label
      self.unit = unit
      self.period = period
      self.content = content
    }
  }

  public struct NamedUnit: Sendable {
    public var path: UnitPath
    /// Among ``PaperRows/names``.
    public var place: UInt32
  }

  /// In the order in which rows name them first, each row its label, unit, question and choice; of a questionnaire each
  /// question and then its choices. Each once.
  public internal(set) var names: [String] = []
  /// In the order in which rows name them first.
  public internal(set) var units: [NamedUnit] = []
  public internal(set) var packed: [Row] = []
  /// Of questionnaires, one after the other: how many answers, and of each the place of its question, how many choices,
  /// and their places.
  public internal(set) var answers: [UInt32] = []
  /// So many bytes they take at most as messages that say every name.
  public internal(set) var writtenBytes = 0

  public init() {}

  /// - Throws: `InvalidValue` for names that are too long.
  public init(_ rows: [PaperRow]) throws(InvalidValue) {
    var builder = Builder()
    for row in rows { try builder.append(row) }
    self = try builder.finish()
  }
}

extension PaperRows: RandomAccessCollection {
  public var startIndex: Int { packed.startIndex }
  public var endIndex: Int { packed.endIndex }

  /// The row with all of its names.
  public subscript(index: Int) -> PaperRow {
    let row = packed[index]
    let content: PaperRow.Content
    switch row.content {
    case .total(let question, let level, let count, let questionnaires):
      content = .total(
        question: names[Int(question)], level: self.level(level), count: count, questionnaires: questionnaires)
    case .questionnaire(let range): content = .questionnaire(answers(in: range))
    }
    return PaperRow(
      number: row.number, label: names[Int(row.label)], unit: units[Int(row.unit)].path, period: row.period,
      content: content)
  }

  private func level(_ level: Level) -> PaperRow.Level {
    switch level {
    case .choice(let place): .choice(names[Int(place)])
    case .blank: .blank
    case .invalid: .invalid
    }
  }

  /// - Parameter range: of one questionnaire.
  func answers(in range: Range<Int>) -> [Answer] {
    var rest = answers[range].dropFirst()
    var found: [Answer] = []
    while let question = rest.popFirst(), let choices = rest.popFirst() {
      found.append(
        Answer(question: names[Int(question)], choices: rest.prefix(Int(choices)).map { names[Int($0)] }))
      rest = rest.dropFirst(Int(choices))
    }
    return found
  }
}

extension PaperRows: Hashable {
  /// By their bytes: names that only look the same are two.
  public static func == (left: PaperRows, right: PaperRows) -> Bool {
    left.names.map(NameBytes.init) == right.names.map(NameBytes.init) && left.elementsEqual(right)
  }

  public func hash(into hasher: inout Hasher) {
    for row in self { hasher.combine(row) }
  }
}
