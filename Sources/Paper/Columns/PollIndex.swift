internal import Polling

/// Finds a poll's units, questions and levels by what people write for them.
struct PollIndex {
  enum Match<Value: Hashable>: Hashable {
    /// - Parameter unaccented: found only without the marks.
    case one(Value, unaccented: Bool)
    case several
    case none
  }

  enum Level: Hashable {
    case choice(Int)
    case blank
    case invalid
  }

  /// Names to values: with marks, and without.
  private struct Names<Value: Hashable> {
    var exact: [String: Set<Value>] = [:]
    var bare: [String: Set<Value>] = [:]

    mutating func add(_ name: String, _ value: Value) {
      let key = MatchKey(name)
      guard !key.text.isEmpty else { return }
      exact[key.text, default: []].insert(value)
      bare[key.bare, default: []].insert(value)
    }

    func find(_ key: MatchKey) -> Match<Value> {
      if let found = exact[key.text] {
        if found.count == 1, let value = found.first { return .one(value, unaccented: false) }
        return .several
      }
      // A mark that is wrong is no missing one.
      guard key.text == key.bare, let found = bare[key.bare] else { return .none }
      if found.count == 1, let value = found.first { return .one(value, unaccented: true) }
      return .several
    }
  }

  private var units = Names<UnitPath>()
  private var unitEnds = Names<UnitPath>()
  private var questions = Names<Int>()
  private var levels: [Names<Level>] = []
  private let ordinal: [Int?]

  private static let blankWords = [
    "trống", "phiếu trống", "bỏ trống", "để trống", "không trả lời", "blank", "blanks", "no answer",
  ]
  private static let invalidWords = [
    "không hợp lệ", "phiếu không hợp lệ", "phiếu hỏng", "hỏng", "invalid", "spoilt", "spoiled",
  ]

  init(_ poll: Poll) {
    for unit in poll.units {
      units.add(unit.path.rawValue, unit.path)
      units.add(unit.name.vi, unit.path)
      units.add(unit.name.en, unit.path)
      if let end = unit.path.rawValue.split(separator: "/").last { unitEnds.add(String(end), unit.path) }
    }
    ordinal = poll.questions.map { question in
      if case .ordinal = question.kind { question.choices.count } else { nil }
    }
    for (index, question) in poll.questions.enumerated() {
      questions.add(question.id, index)
      questions.add(question.text.vi, index)
      questions.add(question.text.en, index)
      var names = Names<Level>()
      for (place, choice) in question.choices.enumerated() {
        names.add(choice.code, .choice(place))
        names.add(choice.label.vi, .choice(place))
        names.add(choice.label.en, .choice(place))
      }
      for word in Self.blankWords where names.find(MatchKey(word)) == .none { names.add(word, .blank) }
      for word in Self.invalidWords where names.find(MatchKey(word)) == .none { names.add(word, .invalid) }
      levels.append(names)
    }
  }

  /// By path, name, or the last part of the path.
  func unit(_ text: String) -> Match<UnitPath> {
    let key = MatchKey(text)
    let found = units.find(key)
    return found == .none ? unitEnds.find(key) : found
  }

  func question(_ text: String) -> Match<Int> { questions.find(MatchKey(text)) }

  /// A question as a heading: its id or text, with a number before it or not; or only its number, `Câu 2`.
  func question(heading: String) -> Int? {
    if case .one(let question, _) = self.question(heading) { return question }
    let isNumbering = { (character: Character) in character.isNumber || ". ):-".contains(character) }
    let rest = String(heading.drop(while: isNumbering))
    if rest.count < heading.count, case .one(let question, _) = self.question(rest) { return question }
    let bare = MatchKey(heading).bare
    for word in ["cau hoi", "cau", "question", "q", "tieu chi"] where bare.hasPrefix(word) {
      let number = bare.dropFirst(word.count).filter { $0 != " " && $0 != "." }
      if let number = Int(number), number > 0, ordinal.indices.contains(number - 1) { return number - 1 }
    }
    return nil
  }

  func level(_ text: String, question: Int) -> Match<Level> {
    guard levels.indices.contains(question) else { return .none }
    return levels[question].find(MatchKey(text))
  }

  /// A level by its place, from 1 for the worst. Nil where levels have no order.
  func level(number text: String, question: Int) -> Level? {
    guard ordinal.indices.contains(question), let count = ordinal[question], let number = Int(text),
      (1...max(1, count)).contains(number)
    else { return nil }
    return .choice(number - 1)
  }
}
