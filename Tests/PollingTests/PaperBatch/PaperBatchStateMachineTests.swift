import PaperSamples
import Polling
import Testing

private typealias S = PaperSample

@Suite(.timeLimit(.minutes(1)))
struct PaperBatchStateMachineTests {
  /// A letter per phase, in the order of `PaperBatch.Phase`.
  private static let letters = Array("efFsSDdapr")

  /// What each event leads to from each phase; `-`: refused, not at this stage; `!`: refused for another reason.
  private static func table() throws -> [(PaperEvent, PaperPerson, to: String)] {
    [
      (.putManifest(try S.manifest(), why: "số phiếu"), S.hoa, "ffFsSDd---"),
      (.claim(.first), S.lan, "-F--------"),
      (.claim(.second), S.mai, "---S------"),
      (try S.chunk(.first, file: 2, try S.rows()), S.lan, "--F-------"),
      (try S.chunk(.second, file: 2, try S.rows()), S.mai, "----S-----"),
      (.finalise(.first, warnings: []), S.lan, "--s-------"),
      (.finalise(.second, warnings: []), S.mai, "----d-----"),
      (.discard(.first, why: "nhầm tệp"), S.lan, "--f-------"),
      (.discard(.second, why: "nhầm tệp"), S.mai, "----s-----"),
      // In older ledgers.
      (.discard(.first, why: nil), S.lan, "--f-------"),
      (.reset(why: "nhầm lô"), S.hoa, "--fffff---"),
      (.resolve(.keep(.first), why: "đối chiếu"), S.hoa, "-----d----"),
      (.resolve(.drop(.first), why: "đối chiếu"), S.hoa, "-----s----"),
      (
        .resolve(.correct(try S.cell(.votes(question: "muc-do", choice: "T")), count: 9), why: "tờ T-01"), S.hoa,
        "-----D----"
      ),
      (.accept, S.hoa, "------a---"),
      (.proposeReversal(why: "đếm nhầm"), S.hoa, "-------p--"),
      (.withdrawReversal(why: "đúng rồi"), S.hoa, "--------a-"),
      (.confirmReversal, S.kim, "--------r-"),
      (.drawSheets(seed: "7", sheets: 1), S.thu, "------dap-"),
      // Nothing is drawn on the way to any phase.
      (.recordSheets([.init(sheet: 1, .match)], why: ""), S.thu, "------!!!-"),
    ]
  }

  @Test(arguments: PaperBatch.Phase.allCases)
  func everyEventInEveryPhase(_ phase: PaperBatch.Phase) throws {
    let place = try #require(PaperBatch.Phase.allCases.firstIndex(of: phase))
    let before = try S.batch(try S.way(to: phase))
    #expect(before.phase == phase)
    for (event, person, to) in try Self.table() {
      var batch = before
      var refusal: PaperRefusal?
      do {
        try batch.take(event, by: person, at: S.now, number: 100, poll: try S.poll())
      } catch let found as PaperRefusal { refusal = found }
      let letter = Array(to)[place]
      if letter == "-" || letter == "!" {
        #expect((refusal == .phase(phase)) == (letter == "-"), "\(event.word) in \(phase)")
        #expect(refusal != nil, "\(event.word) in \(phase)")
        #expect(batch == before, "\(event.word) in \(phase)")
      } else {
        #expect(refusal == nil, "\(event.word) in \(phase)")
        let reached = PaperBatch.Phase.allCases.firstIndex(of: batch.phase).map { Self.letters[$0] }
        #expect(reached == letter, "\(event.word) in \(phase)")
      }
    }
  }

  /// Every event by somebody in the other role.
  @Test func rolesHaveTheirOwn() throws {
    let batch = try S.batch(try S.way(to: .awaitingFirst))
    for (event, person, _) in try Self.table() {
      var batch = batch
      let other: PaperPerson.Role = person.role == .clerk ? .coordinator : .clerk
      #expect(throws: PaperRefusal.role(person.role), "\(event.word)") {
        try batch.take(event, by: PaperPerson(other, person.name), at: S.now, number: 9, poll: try S.poll())
      }
    }
  }

  @Test func everyWordIsInTheTable() throws {
    #expect(Set(try Self.table().map(\.0.word)) == Set(PaperEvent.Word.allCases))
  }

  private static func refusals() throws -> [(PaperBatch.Phase, PaperEvent, PaperPerson, PaperRefusal)] {
    let other = PaperManifest(
      pollVersion: 1, unit: try UnitPath("phuong/quay-01"), period: S.july, questionnaires: 15)
    let rows = try S.rows()
    return [
      // The second entry, the judgement, and the confirmation: by another person, whatever the certificate.
      (.awaitingSecond, .claim(.second), S.lan, .otherPersonNeeded),
      (.awaitingSecond, .claim(.second), PaperPerson(by: "second-clerk/phuong/lan")!, .otherPersonNeeded),
      (.entriesDiffer, .resolve(.keep(.first), why: "?"), PaperPerson(.coordinator, S.lan.name), .otherPersonNeeded),
      (.definitive, .accept, PaperPerson(.coordinator, S.mai.name), .otherPersonNeeded),
      (.reversalProposed, .confirmReversal, S.hoa, .otherPersonNeeded),
      // One's own entry.
      (.enteringFirst, try S.chunk(.first, file: 2, rows), S.mai, .notYours("phuong/lan")),
      (.enteringFirst, .finalise(.first, warnings: []), S.mai, .notYours("phuong/lan")),
      (.enteringSecond, .discard(.second, why: "?"), S.lan, .notYours("phuong/mai")),
      // Reasons.
      (.enteringFirst, .discard(.first, why: ""), S.lan, .reasonNeeded),
      (.enteringFirst, .discard(.first, why: String(repeating: "x", count: 1_001)), S.lan, .reasonNeeded),
      (.definitive, .reset(why: ""), S.hoa, .reasonNeeded),
      (.entriesDiffer, .resolve(.drop(.second), why: ""), S.hoa, .reasonNeeded),
      (.accepted, .proposeReversal(why: ""), S.hoa, .reasonNeeded),
      (.accepted, .proposeReversal(why: String(repeating: "x", count: 1_001)), S.hoa, .reasonNeeded),
      (.awaitingFirst, .putManifest(try S.manifest(), why: ""), S.hoa, .reasonNeeded),
      // Manifests.
      (.empty, .putManifest(try S.manifest(isSingleEntry: true), why: ""), S.lan, .role(.coordinator)),
      (.enteringFirst, .putManifest(other, why: "?"), S.hoa, .manifestFixed),
      (
        .empty, .putManifest(try S.manifest(questionnaires: 0), why: ""), S.lan,
        .invalid([Violation("manifest.questionnaires", "must be 1 to 1000000000")])
      ),
      (
        .empty, .putManifest(try S.manifest(controls: [.init(.ballots, 1)]), why: ""), S.lan,
        .invalid([Violation("manifest.controls[0]", "is of nothing that this version of the poll asks")])
      ),
      // Files and chunks.
      (.enteringFirst, try S.chunk(.first, file: 1, rows), S.lan, .file),
      (.enteringFirst, try S.chunk(.first, file: 2, number: 2, rows), S.lan, .chunk(expected: 1)),
      (
        .enteringFirst, try S.chunk(.first, file: 2, isLast: false, []), S.lan,
        .invalid([Violation("rows", "must be 1 to 10000, in at most 3145728 bytes")])
      ),
      (
        .enteringFirst, try S.chunk(.first, file: 2, [try S.total(7, .blank, 1, at: "phuong/quay-09")]), S.lan,
        .row(number: 7, problem: "is of phuong/quay-09, no unit of this poll")
      ),
      (
        .enteringFirst,
        try S.chunk(
          .first, file: 2, [try S.total(7, .blank, 1, period: DaySpan(first: S.first, last: Day(number: 20_301)))]),
        S.lan, .row(number: 7, problem: "is of days outside the manifest's period")
      ),
      (
        .enteringFirst, try S.chunk(.first, file: 2, [try S.total(7, .choice("X"), 1, question: "ly-do")]), S.lan,
        .row(
          number: 7,
          problem: "does not say how many questionnaires its sheet has, and question ly-do takes several votes")
      ),
      (
        .enteringFirst, try S.chunk(.first, file: 2, [try S.total(7, .choice("X"), 1)]), S.lan,
        .row(number: 7, problem: "names a choice that is not in question muc-do")
      ),
    ]
  }

  @Test func whatIsRefusedAndWhy() throws {
    for (index, (phase, event, person, refusal)) in try Self.refusals().enumerated() {
      var batch = try S.batch(try S.way(to: phase))
      let before = batch
      #expect(throws: refusal, "\(index) \(event.word) in \(phase)") {
        try batch.take(event, by: person, at: S.now, number: 100, poll: try S.poll())
      }
      #expect(batch == before, "\(index)")
    }
  }

  @Test func aPeriodThatIsNotOverIsRefused() throws {
    var batch = PaperBatch()
    #expect(throws: PaperRefusal.invalid([Violation("manifest.period", "is not over")])) {
      try batch.take(
        .putManifest(try S.manifest(), why: ""), by: S.lan, at: S.july.last.start.adding(-1), number: 1,
        poll: try S.poll())
    }
  }

  @Test func differingEntriesNameTheirCellsAndOneIsKept() throws {
    var batch = try S.batch(try S.way(to: .entriesDiffer))
    let poll = try S.poll()
    func cell(_ subject: CellKey.Subject) throws -> CellKey {
      CellKey(
        subject: subject, unit: try UnitPath("phuong/quay-01"), channel: .paper, flags: [], day: S.july.last)
    }
    #expect(
      batch.differences(in: poll) == [
        PaperDifference(try cell(.ballots), first: 15, second: 14),
        PaperDifference(try cell(.votes(question: "muc-do", choice: "T")), first: 10, second: 9),
      ])
    try batch.take(.resolve(.keep(.second), why: "đúng"), by: S.hoa, at: S.now, number: 20, poll: poll)
    #expect(batch.counts(in: poll)[try cell(.ballots)] == 14)
    // The manifest says 15.
    #expect(throws: PaperRefusal.manifestDiffers([ManifestDifference(.ballots, manifest: 15, entered: 14)])) {
      try batch.take(.accept, by: S.hoa, at: S.now, number: 21, poll: poll)
    }
    try batch.take(
      .putManifest(try S.manifest(questionnaires: 14), why: "một tờ của lô khác"), by: S.hoa, at: S.now, number: 21,
      poll: poll)
    try batch.take(.accept, by: S.hoa, at: S.now, number: 22, poll: poll)
    #expect(batch.acceptance == 22)
    #expect(batch.history.map(\.number) == [1, 2, 4, 5, 7, 20, 21, 22])
  }

  @Test func aDroppedEntryIsEnteredAgainByWhoDidNotEnterTheOther() throws {
    var batch = try S.batch(try S.way(to: .entriesDiffer))
    let poll = try S.poll()
    try batch.take(.resolve(.drop(.first), why: "sai"), by: S.hoa, at: S.now, number: 20, poll: poll)
    #expect(batch.first?.by == S.mai.name)
    #expect(throws: PaperRefusal.otherPersonNeeded) {
      try batch.take(.claim(.second), by: S.mai, at: S.now, number: 21, poll: poll)
    }
    try batch.take(.claim(.second), by: S.lan, at: S.now, number: 21, poll: poll)
    try batch.take(S.chunk(.second, try S.rows(9)), by: S.lan, at: S.now, number: 22, poll: poll)
    try batch.take(.finalise(.second, warnings: []), by: S.lan, at: S.now, number: 23, poll: poll)
    #expect(batch.phase == .definitive)
  }

  @Test func controlsOfTheManifestAreKept() throws {
    var way = try S.way(to: .definitive)
    let controls: [PaperManifest.Control] = [
      .init(.votes(question: "muc-do", choice: "T"), 10), .init(.undervotes(question: "muc-do"), 3),
    ]
    way[0].0 = .putManifest(try S.manifest(controls: controls), why: "")
    var batch = try S.batch(way)
    #expect(
      throws: PaperRefusal.manifestDiffers([
        ManifestDifference(.undervotes(question: "muc-do"), manifest: 3, entered: 2)
      ])
    ) { try batch.take(.accept, by: S.hoa, at: S.now, number: 100, poll: try S.poll()) }
  }

  @Test func oneEntryIsEnoughWhereTheManifestSaysSoAndIsMarked() throws {
    let batch = try S.batch([
      (.putManifest(try S.manifest(isSingleEntry: true), why: ""), S.hoa), (.claim(.first), S.lan),
      (try S.chunk(.first, try S.rows()), S.lan), (.finalise(.first, warnings: []), S.lan),
    ])
    #expect(batch.phase == .definitive)
    let counts = batch.counts(in: try S.poll())
    #expect(!counts.isEmpty)
    #expect(counts.keys.allSatisfy { $0.flags == .singleEntry && $0.flags.isCounted })
    #expect(try S.batch(try S.way(to: .accepted)).counts(in: try S.poll()).keys.allSatisfy { $0.flags == [] })
  }

  @Test func aFileThatIsNotWholeIsNotFinal() throws {
    var batch = try S.batch([
      (.putManifest(try S.manifest(), why: ""), S.lan), (.claim(.first), S.lan),
      (try S.chunk(.first, isLast: false, try S.rows()), S.lan),
    ])
    let poll = try S.poll()
    #expect(throws: PaperRefusal.fileUnfinished) {
      try batch.take(.finalise(.first, warnings: []), by: S.lan, at: S.now, number: 4, poll: poll)
    }
    #expect(throws: PaperRefusal.fileUnfinished) {
      try batch.take(S.chunk(.first, file: 2, try S.rows()), by: S.lan, at: S.now, number: 4, poll: poll)
    }
    #expect(throws: PaperRefusal.chunk(expected: 2)) {
      try batch.take(S.chunk(.first, try S.rows()), by: S.lan, at: S.now, number: 4, poll: poll)
    }
    try batch.take(S.chunk(.first, number: 2, []), by: S.lan, at: S.now, number: 4, poll: poll)
    try batch.take(.finalise(.first, warnings: []), by: S.lan, at: S.now, number: 5, poll: poll)
    #expect(batch.first?.files.map(\.rows) == [4])
  }
}

extension Timestamp {
  fileprivate func adding(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: self.milliseconds + milliseconds)
  }
}
