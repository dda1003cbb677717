public import Polling

/// Reads a file of paper results to its end and says all that is wrong with it, in one pass and in bounded memory.
public struct PaperCheck {
  public struct Options: Sendable {
    /// Nil: found out per column.
    public var encoding: TextEncoding?
    /// Of a workbook; nil: the first one.
    public var sheet: String?
    /// What is said of columns; all others are read from their headings.
    public var columns: [ColumnChoice] = []
    /// Days that all rows are of: they tell the year of a day that is written without. Nil: those of the poll.
    public var period: Period?
    public var limits = PaperLimits()

    public init() {}
  }

  /// What happens while a file is read. All are called in the order of the file.
  public struct Events {
    /// The heading was found; rows follow.
    public var began: (PaperReport) throws -> Void = { _ in }
    /// Only those that are rejected.
    public var rejected: (CheckedRow) throws -> Void = { _ in }
    /// Only those that are accepted: what they say, and their numbers. Nil: nobody asks, which saves time.
    public var accepted: ((_ entry: PaperEntry, _ row: Int) throws -> Void)?
    /// Of the file, a column or a row.
    public var found: (Finding) throws -> Void = { _ in }
    /// Now and then: rows read, bytes read and how many there are.
    public var progress: (_ rows: Int, _ done: Int, _ total: Int?) throws -> Void = { _, _, _ in }

    public init() {}
  }

  /// Rows that are looked at before the first one is checked: for the encodings, and to find the heading.
  static let sampleRows = 500
  static let sampleBytes = 1 << 20
  /// The heading stands within so many rows: forms have a title above.
  static let headingRows = 30

  private let poll: Poll
  private let options: Options
  private let today: Day
  private let index: PollIndex

  /// - Parameter today: days behind it are errors.
  public init(poll: Poll, options: Options = Options(), today: Day) {
    self.poll = poll
    self.options = options
    self.today = today
    index = PollIndex(poll)
  }

  /// - Parameter path: `-` for standard input.
  /// - Throws: `FileFailure` when the system did not let us read, and whatever `events` throw. What is wrong with the
  ///   file is in the report.
  public func run(_ path: String, _ events: Events = Events()) throws -> PaperReport {
    var report = PaperReport()
    do {
      let file = try PaperFile(
        path, sheet: options.sheet, encoding: options.encoding, limits: options.limits)
      report.format = file.format
      report.isUTF16 = file.isUTF16
      try check(file, &report, events)
    } catch let problem as PaperProblem {
      report.isCutShort = true
      try tell(Finding(problem), &report, events)
    }
    return report
  }

  private func check(_ file: PaperFile, _ report: inout PaperReport, _ events: Events) throws {
    var (sample, problem) = try sample(of: file)
    let detector = detector(for: sample)
    let verdicts = detector.verdicts(count: sample.map(\.count).max() ?? 0)
    if let export = sample.prefix(Self.headingRows).lazy.compactMap(OwnExport.init).first {
      throw PaperProblem(.ourExport, detail: export.command)
    }
    guard let (place, map) = heading(sample, verdicts) else {
      throw problem ?? noHeading(sample, verdicts)
    }
    report.kind = map.kind
    report.headingRow = sample[place].number
    report.columns = map.headings.indices.map { column in
      PaperReport.Column(heading: map.headings[column], field: map.fields[column], encoding: verdicts[column])
    }
    let before = about(file, map, verdicts)
    try events.began(report)
    for finding in before { try tell(finding, &report, events) }
    if before.contains(where: { $0.code.blocks }) {
      report.isCutShort = true
      return
    }

    let reader = RowReader(
      map: map,
      reader: CellReader(poll: poll, index: index, startsIn1904: file.startsIn1904, today: today, days: days),
      encodings: Array(verdicts.prefix(map.fields.count)), detector: detector)
    var checker = PaperChecker(poll: poll, reader: reader, mostRemembered: options.limits.remembered)
    var delivery = RowDelivery(report, poll, events)
    defer { report = delivery.report }
    for row in sample[(place + 1)...] { try checker.take(row) { try delivery.give($0) } }
    let rows = sample.count
    sample = []
    if problem == nil {
      do {
        try checkRest(of: file, map, behind: rows, &checker, &delivery, events)
      } catch let found as PaperProblem {
        problem = found
      }
    }
    for finding in try checker.finish({ try delivery.give($0) }) { try delivery.tell(finding) }
    delivery.finish()
    if let problem { throw problem }
    if delivery.report.rows == 0 { try delivery.tell(Finding(.noRows)) }
  }

  /// Nil: the poll does not say since when it is open.
  private var days: Period? {
    if let period = options.period { return period }
    guard let opens = poll.opensAt.map(Day.init(of:)) else { return nil }
    var last = today
    if let closes = poll.closesAt {
      let day = Day(of: closes)
      last = min(last, day.start == closes ? day.advanced(by: -1) : day)
    }
    return opens <= last ? Period(first: opens, last: last) : nil
  }

  /// Whole plain sheets where there are some, all else row by row.
  private func checkRest(
    of file: PaperFile, _ map: ColumnMap, behind rows: Int, _ checker: inout PaperChecker,
    _ delivery: inout RowDelivery, _ events: Events
  ) throws {
    var rows = rows
    func count(_ more: Int) throws {
      let before = rows
      rows += more
      guard before >> 12 != rows >> 12 else { return }
      let (done, total) = file.progress
      try events.progress(rows, done, total)
    }
    var lane = file.delimited.flatMap { PlainLane($0, map, poll, options.limits) }
    var rowsToRead = 0
    while true {
      if rowsToRead == 0, lane != nil {
        rowsToRead = try lane?.run(&checker, &delivery, count) ?? 0
      }
      guard let row = try file.next() else { return }
      try checker.take(row) { try delivery.give($0) }
      try count(1)
      rowsToRead = max(0, rowsToRead - 1)
    }
  }

  /// The first rows. Behind a problem nothing can be read, but the rows before it are checked all the same.
  private func sample(of file: PaperFile) throws -> (rows: [SourceRow], problem: PaperProblem?) {
    var rows: [SourceRow] = []
    var bytes = 0
    do {
      while rows.count < Self.sampleRows, bytes < Self.sampleBytes, let row = try file.next() {
        rows.append(row)
        bytes += row.bytes.count
      }
    } catch let problem as PaperProblem {
      return (rows, problem)
    }
    return (rows, nil)
  }

  private func detector(for sample: [SourceRow]) -> EncodingDetector {
    var detector = EncodingDetector(forced: options.encoding)
    for row in sample {
      for column in row.cells.indices where row.cells[column].kind == .text {
        detector.add(column: column, row[column])
      }
    }
    return detector
  }

  private func tell(_ finding: Finding, _ report: inout PaperReport, _ events: Events) throws {
    report.add(finding)
    try events.found(finding)
  }

  /// The row whose cells are best known as headings, the first of equals.
  private func heading(_ sample: [SourceRow], _ verdicts: [EncodingVerdict]) -> (Int, ColumnMap)? {
    var best: (place: Int, map: ColumnMap, known: Int)?
    for (place, row) in sample.prefix(Self.headingRows).enumerated() {
      guard let map = ColumnMap.suggest(cells(row, verdicts), for: poll, index, choices: options.columns) else {
        continue
      }
      let known = Set(map.fields.compactMap { $0 }).count
      if known > best?.known ?? 0 { best = (place, map, known) }
    }
    return best.map { ($0.place, $0.map) }
  }

  private func cells(_ row: SourceRow, _ verdicts: [EncodingVerdict]) -> [String] {
    row.cells.indices.map { verdicts[$0].encoding.decode(row[$0]).text.trimmed }
  }

  private func noHeading(_ sample: [SourceRow], _ verdicts: [EncodingVerdict]) -> PaperProblem {
    let rows = sample.prefix(Self.headingRows).map { cells($0, verdicts) }
    if rows.allSatisfy({ $0.allSatisfy(\.isEmpty) }) { return PaperProblem(.emptyFile) }
    let seen = rows.first { $0.contains { !$0.isEmpty } } ?? []
    return PaperProblem(.noHeading, detail: seen.prefix(8).map { String($0.prefix(40)) }.joined(separator: " | "))
  }

  /// What is to be said before the first row.
  private func about(_ file: PaperFile, _ map: ColumnMap, _ verdicts: [EncodingVerdict]) -> [Finding] {
    var found = map.findings(for: poll, choices: options.columns)
    if let column = map.column(.rejectCodes) { found.append(Finding(.ownRejects, column: column)) }
    if !file.otherSheets.isEmpty {
      found.append(Finding(.otherSheets, detail: file.otherSheets.joined(separator: ", ")))
    }
    for (column, field) in map.fields.enumerated() where field != nil && field != .note {
      let verdict = verdicts[column]
      if verdict.confidence < EncodingVerdict.sure {
        found.append(
          Finding(
            .encodingUnsure, column: column, value: verdict.sample,
            detail: "\(verdict.encoding.name) \(verdict.confidence) %"))
      }
    }
    return found
  }
}
