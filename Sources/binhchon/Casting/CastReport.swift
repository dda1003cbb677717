/// Tells what becomes of many ballots: each one for programs, progress and refusals for people, a sum at the end.
struct CastReport {
  private(set) var summary = CastSummary()
  private let console: Console
  private let total: Int?
  private var progressLine: ProgressLine
  private var checkedCount = 0
  private var toldRefusals = 0

  /// More refusals than this are counted, not told one by one.
  private static let longestList = 20

  init(console: Console, total: Int?) {
    self.console = console
    self.total = total
    progressLine = ProgressLine(console)
  }

  mutating func add(_ entry: BatchStateMachine.Entry, _ outcome: CastOutcome) throws {
    summary.add(outcome)
    try tell(
      entry.line, outcome,
      CastRecord(
        line: entry.line, ballot: entry.ballot, outcome: outcome, language: console.language))
  }

  mutating func reject(_ line: Int, _ error: ClientError) throws {
    let outcome = CastOutcome.rejected(error)
    summary.add(outcome)
    try tell(line, outcome, CastRecord(line: line, ballot: nil, outcome: outcome, language: console.language))
  }

  mutating func checked(_ count: Int) {
    checkedCount += count
  }

  private mutating func tell(_ line: Int, _ outcome: CastOutcome, _ record: CastRecord) throws {
    if console.json { try console.print(json: record) }
    switch outcome {
    case .refused, .rejected:
      toldRefusals += 1
      if !console.json, toldRefusals <= Self.longestList {
        let reason = record.reason.map { " [\($0)]" } ?? ""
        let message = record.message ?? ""
        progressLine.clear()
        console.say(
          Text(vi: "dòng \(line): \(message)\(reason)", en: "line \(line): \(message)\(reason)"))
      }
    case .taken, .unknown: break
    }
    progress()
  }

  private mutating func progress() {
    let (count, figures) = (UInt64(max(0, summary.total)), console.figures)
    let goal = total.map { " / " + figures.count(UInt64(max(0, $0))) } ?? ""
    progressLine.show { seconds in
      let (done, rate) = (figures.count(count), figures.count(UInt64(max(0, Double(count) / max(seconds, 0.001)))))
      return Text(vi: "\(done)\(goal) phiếu, \(rate) phiếu/giây", en: "\(done)\(goal) ballots, \(rate)/s")
    }
  }

  mutating func finish(isDryRun: Bool) throws {
    progressLine.clear()
    if console.json { return try console.print(json: SummaryRecord(summary: summary)) }
    if isDryRun {
      let good = console.figures.count(UInt64(max(0, checkedCount)))
      let bad = console.figures.count(UInt64(max(0, summary.refused)))
      return try console.print(
        Text(vi: "\(good) phiếu hợp lệ, \(bad) sai; không gửi", en: "\(good) ballots fine, \(bad) wrong; none cast")(
          console.language))
    }
    if toldRefusals > Self.longestList {
      console.say(
        Text(
          vi: "… và \(toldRefusals - Self.longestList) dòng khác; --json in từng dòng",
          en: "… and \(toldRefusals - Self.longestList) more lines; --json prints every one"))
    }
    try console.print(summary.text(console.figures))
  }
}

struct SummaryRecord: Encodable {
  var summary: CastSummary
}
