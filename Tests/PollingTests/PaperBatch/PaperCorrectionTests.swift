import PaperSamples
import Polling
import Testing

private typealias S = PaperSample

@Suite(.timeLimit(.minutes(1)))
struct PaperCorrectionTests {
  private static let best = CellKey.Subject.votes(question: "muc-do", choice: "T")

  private static func take(
    _ batch: inout PaperBatch, _ subject: CellKey.Subject, _ count: Int64, number: UInt64 = 20, by: PaperPerson = S.hoa
  ) throws {
    try batch.take(
      .resolve(.correct(try S.cell(subject), count: count), why: "tờ gốc"), by: by, at: S.now, number: number,
      poll: try S.poll())
  }

  /// Entries of 15 and 14 questionnaires; the sheet has neither's.
  @Test func theLastCorrectionSettlesABatch() throws {
    var batch = try S.batch(try S.way(to: .entriesDiffer))
    let poll = try S.poll()
    try Self.take(&batch, Self.best, 11)
    #expect(batch.phase == .entriesDiffer)
    #expect(batch.differences(in: poll).map(\.cell.subject) == [.ballots])
    try Self.take(&batch, .ballots, 16, number: 21)
    #expect(batch.phase == .definitive)
    var counts: [CellKey.Subject: Int64] = [:]
    for (key, count) in batch.counts(in: poll) { counts[key.subject] = count }
    #expect(
      counts == [
        .ballots: 16, Self.best: 11, .votes(question: "muc-do", choice: "K"): 3, .undervotes(question: "muc-do"): 2,
      ])
    #expect(batch.corrections.map(\.count) == [11, 16])
    #expect(batch.corrections.map(\.by) == [S.hoa.name, S.hoa.name])
    #expect(batch.corrections.map(\.number) == [20, 21])
    #expect(batch.history.suffix(2).map { "\($0.event) \($0.why)" } == ["resolve tờ gốc", "resolve tờ gốc"])
    // The manifest is held against what is counted.
    #expect(batch.manifestDifferences(in: poll) == [ManifestDifference(.ballots, manifest: 15, entered: 16)])
  }

  @Test func whatIsNotCorrectedIsAsTheEntryThatIsKept() throws {
    var batch = try S.batch(try S.way(to: .entriesDiffer))
    let poll = try S.poll()
    try Self.take(&batch, Self.best, 9)
    // The first entry has 15 questionnaires.
    #expect(
      throws: PaperRefusal.sums(["phuong/quay-01 2025-07-31 muc-do: 14 marks and blanks of 15 questionnaires"])
    ) { try batch.take(.resolve(.keep(.first), why: "?"), by: S.hoa, at: S.now, number: 21, poll: poll) }
    try batch.take(.resolve(.keep(.second), why: "đúng"), by: S.hoa, at: S.now, number: 21, poll: poll)
    #expect(
      batch.counts(in: poll)[
        CellKey(
          subject: .ballots, unit: try UnitPath("phuong/quay-01"), channel: .paper, flags: [], day: S.july.last)] == 14)
  }

  @Test func sumsHoldAndACorrectionCanBeCorrected() throws {
    var batch = try S.batch(try S.way(to: .entriesDiffer))
    try Self.take(&batch, Self.best, 10)
    let before = batch
    #expect(throws: PaperRefusal.self) { try Self.take(&batch, .ballots, 14, number: 21) }
    #expect(batch == before)
    try Self.take(&batch, Self.best, 9, number: 21)
    try Self.take(&batch, .ballots, 14, number: 22)
    #expect(batch.phase == .definitive)
    #expect(batch.corrections.map(\.number) == [21, 22])
  }

  @Test func onlyWhatIsDisputedIsCorrected() throws {
    var batch = try S.batch(try S.way(to: .entriesDiffer))
    #expect(throws: PaperRefusal.entriesAgree) {
      try Self.take(&batch, .votes(question: "muc-do", choice: "K"), 4)
    }
    #expect(throws: PaperRefusal.entriesAgree) { try Self.take(&batch, .undervotes(question: "khác"), 4) }
    #expect(throws: PaperRefusal.otherPersonNeeded) {
      try Self.take(&batch, Self.best, 9, by: PaperPerson(.coordinator, S.mai.name))
    }
    for count in [-1, 1_000_000_001, Int64.min, .max] {
      #expect(throws: PaperRefusal.self) { try Self.take(&batch, Self.best, count) }
    }
  }

  @Test func anotherEntryIsNotCorrectedByWhatWasSaidOfTheFirst() throws {
    let poll = try S.poll()
    for event in [PaperEvent.resolve(.drop(.second), why: "sai"), .reset(why: "sai")] {
      var batch = try S.batch(try S.way(to: .entriesDiffer))
      try Self.take(&batch, Self.best, 9)
      try batch.take(event, by: S.hoa, at: S.now, number: 21, poll: poll)
      #expect(batch.corrections.isEmpty)
    }
  }

  @Test func figuresKnowTheirRows() throws {
    let (poll, rows) = (try S.poll(), try S.rows())
    let questionnaire = PaperRow(
      number: 9, label: "P-1", unit: try UnitPath("phuong/quay-02"), period: S.july,
      content: .questionnaire([Answer(question: "muc-do", choices: ["T"])]))
    func numbers(_ unit: String, _ day: Day?, _ subject: CellKey.Subject) throws -> [UInt64] {
      let figure = PaperFigure(unit: try UnitPath(unit), day: day, subject: subject)
      return (rows + [questionnaire]).filter { figure.rests(on: $0, in: poll) }.map(\.number)
    }
    #expect(try numbers("phuong", nil, Self.best) == [2, 9])
    #expect(try numbers("phuong/quay-01", S.july.last, Self.best) == [2])
    #expect(try numbers("phuong", S.first, Self.best) == [])
    #expect(try numbers("phuong", nil, .undervotes(question: "muc-do")) == [4, 5])
    #expect(try numbers("phuong", nil, .ballots) == [2, 3, 4, 5, 9])
    #expect(try numbers("phuong", nil, .votes(question: "ly-do", choice: "X")) == [])
    let batch = try S.batch(try S.way(to: .definitive))
    let figure = PaperFigure(unit: try UnitPath("phuong"), day: nil, subject: Self.best)
    #expect(batch.count(of: figure, in: .first, poll: poll) == 10)
  }
}
