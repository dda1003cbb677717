internal import Polling

/// What the rows of one sheet and question add up to, against the number of its questionnaires.
struct SheetSums {
  private(set) var votes = 0
  private(set) var blank = 0
  private(set) var invalid = 0
  /// How many votes a questionnaire may have.
  let allowed: Int

  var all: Int { votes + blank + invalid }

  mutating func add(_ level: SheetTotal.Level, _ count: Int) {
    switch level {
    case .choice: votes += count
    case .blank: blank += count
    case .invalid: invalid += count
    }
  }

  func fits(_ questionnaires: Int) -> Bool {
    allowed == 1
      ? all == questionnaires
      : blank + invalid <= questionnaires && votes <= (questionnaires - blank - invalid) * allowed
  }

  /// 3 % of the whole, if that is known.
  func manyUnused(_ questionnaires: Int?) -> (unused: Int, whole: Int)? {
    let (unused, whole) = (blank + invalid, questionnaires ?? all)
    guard allowed == 1 || questionnaires != nil, whole > 0, unused > 0, unused * 100 >= whole * 3 else { return nil }
    return (unused, whole)
  }
}
