internal import Polling

/// Checks row after row of one file against a poll. Pure but for what it remembers, which is bounded: a group of rows,
/// and a hash of each sheet or questionnaire to find those that are there twice.
struct PaperChecker {
  private let poll: Poll
  /// Of each question.
  private let levels: [[SheetTotal.Level]]
  var reader: RowReader
  private var group: SheetGroup?
  private var seen: Set<Int> = []
  private var isSeenFull = false
  private let mostRemembered: Int
  private var patterns: PatternWatch
  private var sum = 0
  private var sumSinceTotal = 0
  private var isSumDoubtful = false
  private var eitherWay = 0
  private var firstEitherWay: Int?
  private var provesDayFirst = false
  private let sheetsColumn: Int?

  init(poll: Poll, reader: RowReader, mostRemembered: Int) {
    self.mostRemembered = mostRemembered
    self.poll = poll
    levels = poll.questions.map(\.levels)
    self.reader = reader
    patterns = PatternWatch(questions: poll.questions.count)
    sheetsColumn = reader.map.column(.sheets)
  }

  /// Takes a row; those that are done are given to `done`, in the order of the file.
  mutating func take(_ row: SourceRow, _ done: (CheckedRow) throws -> Void) throws {
    if row.isBlank { return }
    let read = reader.read(row)
    var checked = CheckedRow(
      source: row, entry: read.entry, findings: read.findings, isRejected: read.isBlocked)
    if read.isEitherWay {
      eitherWay += 1
      firstEitherWay = firstEitherWay ?? row.number
    }
    provesDayFirst = provesDayFirst || read.provesDayFirst
    isSumDoubtful = isSumDoubtful || read.isBlocked
    if read.isTotalsRow {
      checked.findings.append(totalsRow(row, read.total))
      checked.isRejected = checked.findings.contains { $0.code.blocks }
      try closeGroup(done)
      return try give(checked, done)
    }
    if let entry = read.entry {
      if let finding = patterns.add(entry, row: row.number) { checked.findings.append(finding) }
      if case .total(let total) = entry {
        sum += total.count
        sumSinceTotal += total.count
      }
      if let finding = repeated(entry, read.group, row.number) {
        checked.findings.append(finding)
        checked.isRejected = checked.isRejected || finding.code.blocks
      }
    }
    guard let key = read.group else { return try give(checked, done) }
    if let open = group, open.key != key || open.isFull { try closeGroup(done) }
    if group == nil {
      group = SheetGroup(key: key, findsRepeats: sheetsColumn != nil)
      if sheetsColumn != nil, !remember(key) {
        checked.findings.append(Finding(.sheetTorn, row: row.number))
      }
    }
    group?.add(checked, sheets: read.sheets)
  }

  /// Takes a sheet that nothing was to be told of so far, if nothing is to be told of it with all that came before.
  ///
  /// - Returns: False: nothing was taken, its rows are to be taken one by one.
  mutating func take(_ sheet: PlainSheet, _ done: (CheckedRow) throws -> Void) throws -> Bool {
    let levels = levels[sheet.question]
    let key = SheetGroup.key(
      sheet: sheet.name, unit: poll.units[sheet.unit].path.rawValue, period: sheet.period,
      question: sheet.question)
    guard group?.key != key else { return false }
    var sums = SheetSums(allowed: Int(poll.questions[sheet.question].votesAllowed))
    var patterns = patterns
    for line in sheet.lines {
      sums.add(levels[line.level], line.count)
      if patterns.add(count: line.count) { return false }
    }
    if let sheets = sheet.questionnaires, !sums.fits(sheets) { return false }
    guard sums.manyUnused(sheet.questionnaires) == nil else { return false }
    let keys = sheetsColumn != nil ? [key] : sheet.lines.map { Self.key(levels[$0.level], of: key) }
    guard !keys.contains(where: seen.contains) else { return false }

    try closeGroup(done)
    for key in keys { _ = remember(key) }
    self.patterns = patterns
    sum += sums.all
    sumSinceTotal += sums.all
    eitherWay += sheet.eitherWay
    firstEitherWay = firstEitherWay ?? sheet.firstEitherWay
    provesDayFirst = provesDayFirst || sheet.provesDayFirst
    return true
  }

  /// The file has ended.
  mutating func finish(_ done: (CheckedRow) throws -> Void) throws -> [Finding] {
    try closeGroup(done)
    var found: [Finding] = []
    if let finding = patterns.finish() { found.append(finding) }
    if eitherWay > 0, !provesDayFirst {
      found.append(
        Finding(.datesEitherWay, row: firstEitherWay, column: reader.map.column(.period), detail: "× \(eitherWay)"))
    }
    if isSeenFull { found.append(Finding(.repeatsUnchecked, detail: "> \(mostRemembered)")) }
    return found
  }

  private mutating func closeGroup(_ done: (CheckedRow) throws -> Void) throws {
    guard let open = group.take() else { return }
    for row in open.closed(in: poll) { try give(row, done) }
  }

  private func give(_ row: CheckedRow, _ done: (CheckedRow) throws -> Void) throws {
    guard row.isRejected else { return try done(row) }
    var row = row
    row.texts = reader.texts(row.source)
    try done(row)
  }

  private mutating func totalsRow(_ row: SourceRow, _ total: Int?) -> Finding {
    defer { sumSinceTotal = 0 }
    // With rows that could not be read above it, its sum says nothing.
    guard let total, !isSumDoubtful else { return Finding(.totalsRow, row: row.number) }
    if total == sum || total == sumSinceTotal { return Finding(.totalsRow, row: row.number, value: "\(total)") }
    return Finding(.totalsDiffer, row: row.number, value: "\(total)", detail: "\(sum)")
  }

  /// Rows that say what an earlier row said. Where sheets are summed up, the group looks for those itself.
  private mutating func repeated(_ entry: PaperEntry, _ group: Int?, _ row: Int) -> Finding? {
    switch entry {
    case .total(let total):
      guard sheetsColumn == nil, let group else { return nil }
      return remember(Self.key(total.level, of: group)) ? nil : Finding(.rowTwice, row: row)
    case .questionnaire(let questionnaire):
      guard !questionnaire.number.isEmpty else { return nil }
      var hasher = Hasher()
      hasher.combine(questionnaire.unit)
      hasher.combine(bytesOf: questionnaire.number)
      if remember(hasher.finalize()) { return nil }
      return Finding(
        .questionnaireTwice, row: row, column: reader.map.column(.questionnaire),
        value: String(questionnaire.number.unicodeScalars.prefix(200)))
    }
  }

  private static func key(_ level: SheetTotal.Level, of group: Int) -> Int {
    var hasher = Hasher()
    hasher.combine(group)
    hasher.combine(level)
    return hasher.finalize()
  }

  /// False: it was there already.
  private mutating func remember(_ hash: Int) -> Bool {
    if seen.contains(hash) { return false }
    guard seen.count < mostRemembered else {
      isSeenFull = true
      return true
    }
    seen.insert(hash)
    return true
  }
}
