import PaperSamples
import Polling
import Testing

@testable import Ledger

private typealias S = PaperSample

@Suite(.timeLimit(.minutes(1)))
struct PaperFoldTests {
  /// The acts that all of this makes, as a server enters them, and the batch it leads to.
  private static func acts(_ steps: [(PaperEvent, PaperPerson)]) throws -> ([EnteredAct], PaperBatch) {
    let poll = try S.poll()
    var batch = PaperBatch()
    var acts: [EnteredAct] = []
    for (index, (event, person)) in steps.enumerated() {
      let counts = event == .accept ? batch.counts(in: poll) : [:]
      let reverses = event == .confirmReversal ? batch.acceptance : nil
      let number = UInt64(index + 1)
      try batch.take(event, by: person, at: S.now, number: number, poll: poll)
      let act = Act(
        register: .paper(poll.id, try PaperBatchCode("t7")), id: .init(high: 0, low: number),
        name: event.word.rawValue, body: event.body,
        counts: counts.isEmpty ? [] : [ActCounts(poll: poll.id, version: 1, cells: counts)], reverses: reverses,
        by: "\(person.role)/\(person.name)", at: S.now)
      acts.append(EnteredAct(number: number, sequence: number + 10, act: act))
    }
    return (acts, batch)
  }

  @Test(arguments: PaperBatch.Phase.allCases)
  func aRegisterFoldsToTheBatchItIsOf(_ phase: PaperBatch.Phase) throws {
    let (acts, batch) = try Self.acts(try S.way(to: phase))
    var folded = PaperBatch()
    for act in acts { try folded.fold(act, poll: try S.poll()) }
    #expect(folded == batch)
    #expect(folded.phase == phase)
  }

  @Test func correctionsAndAuditsFoldToo() throws {
    func correct(_ subject: CellKey.Subject, _ count: Int64) throws -> (PaperEvent, PaperPerson) {
      (.resolve(.correct(try S.cell(subject), count: count), why: "tờ gốc"), S.hoa)
    }
    let (acts, batch) = try Self.acts(
      try S.way(to: .entriesDiffer) + [
        try correct(.votes(question: "muc-do", choice: "T"), 10), try correct(.ballots, 15), (.accept, S.hoa),
        (.drawSheets(seed: "1", sheets: 1), S.thu), (.recordSheets([.init(sheet: 1, .match)], why: ""), S.thu),
      ])
    var folded = PaperBatch()
    for act in acts { try folded.fold(act, poll: try S.poll()) }
    #expect(folded == batch)
    #expect(folded.phase == .accepted && folded.audit?.records.count == 1)
  }

  @Test func anActThatTheRulesDoNotAllowIsNoPartOfIt() throws {
    let (acts, _) = try Self.acts(try S.way(to: .reversed))
    func folding(_ index: Int, _ change: (inout Act) -> Void) throws {
      var batch = PaperBatch()
      for act in acts[..<index] { try batch.fold(act, poll: try S.poll()) }
      let before = batch
      var changed = acts[index]
      change(&changed.act)
      #expect(throws: LedgerFileError.self) { try batch.fold(changed, poll: try S.poll()) }
      #expect(batch == before)
    }
    let accept = try #require(acts.firstIndex { $0.act.name == "accept" })
    try folding(accept) { $0.counts = [] }
    try folding(accept) { $0.by = "clerk/phuong/lan" }
    try folding(accept) { $0.by = "official/phuong/hoa" }
    try folding(accept) { act in
      for (key, count) in act.counts[0].cells { act.counts[0].cells[key] = count + 1 }
    }
    try folding(acts.count - 1) { $0.reverses = nil }
    try folding(acts.count - 1) { $0.reverses = 1 }
    try folding(0) { $0.name = "other" }
    try folding(0) { $0.counts = acts[accept].act.counts }
  }

  @Test func registersAreNamedByPollAndBatch() throws {
    let register = Register.paper(try PollID("hai-long"), try PaperBatchCode("t7.q3"))
    let names = try #require(Register.paper(named: register.name))
    #expect((names.poll.rawValue, names.batch.rawValue) == ("hai-long", "t7.q3"))
    for name in ["", "hai-long", "hai-long/", "/t7", "a/b/c", "a b/c"] { #expect(Register.paper(named: name) == nil) }
  }
}
