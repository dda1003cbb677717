internal import Polling

/// Figures that look more like guesses than like counts.
struct PatternWatch {
  /// A number or a set of answers in so many rows one after the other.
  static let longestRunOfCounts = 12
  private var counted = 0
  private var round = 0
  private var lastCount = -1
  private var countRun = 0
  private var lastAnswers: [Answer] = []
  private var answerRun = 0
  /// People do agree: with one question, a hundred alike are nothing rare.
  private let longestRunOfAnswers: Int

  init(questions: Int) {
    longestRunOfAnswers = questions == 1 ? 200 : 30
  }

  mutating func add(_ entry: PaperEntry, row: Int) -> Finding? {
    switch entry {
    case .total(let total):
      guard add(count: total.count) else { return nil }
      return Finding(.repeated, row: row, value: "\(total.count)", detail: "× \(countRun)")
    case .questionnaire(let questionnaire):
      answerRun = questionnaire.answers == lastAnswers ? answerRun + 1 : 1
      lastAnswers = questionnaire.answers
      guard answerRun == longestRunOfAnswers else { return nil }
      let shown = questionnaire.answers.map { $0.choices.joined(separator: "+") }.joined(separator: " ")
      return Finding(.repeated, row: row, value: shown, detail: "× \(answerRun)")
    }
  }

  /// True: so many rows say the same count.
  mutating func add(count: Int) -> Bool {
    // Small counts are often equal and often round.
    guard count >= 10 else {
      (lastCount, countRun) = (-1, 0)
      return false
    }
    counted += 1
    if count.isMultiple(of: 5) { round += 1 }
    countRun = count == lastCount ? countRun + 1 : 1
    lastCount = count
    return countRun == Self.longestRunOfCounts
  }

  /// Of last digits, one in five is 0 or 5.
  func finish() -> Finding? {
    guard counted >= 50, round * 2 >= counted else { return nil }
    return Finding(.roundNumbers, detail: "\(round) / \(counted)")
  }
}
