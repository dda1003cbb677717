import Logging
import Polling
import RPC
import Schema
import Synchronization
import Tallies
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct TallyServiceTests {
  /// A ballot may be answered before it is folded: who asks for figures after the answer waits for it.
  @Test func figuresHaveWhatWasAcknowledgedBefore() async throws {
    let board = try BallotIntakeTests.board()
    // Nothing of this poll is left out, so nothing is kept there.
    let desk = PublicationDesk(
      shelf: PublicationShelf(directory: "/nonexistent"), epoch: "e", known: [], every: 86_400_000,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { BallotIntakeTests.now })
    let service = TallyService(
      board: board, desk: desk, access: Access(trustDomain: "t"), now: { BallotIntakeTests.now },
      acknowledged: { 3 })
    var router = Router()
    service.register(in: &router)
    let caller = ServiceTests.caller(router, "official/hai-chau/o")

    let isAnswered = Atomic(false)
    async let answer = {
      var request = Binhchon_V1_GetTallyRequest()
      request.poll = "hai-chau-hai-long"
      let response = try await caller.call(TallyMethods.getTally, request)
      isAnswered.store(true, ordering: .relaxed)
      return response
    }()
    for _ in 0..<1_000 { await Task.yield() }
    let tooSoon = isAnswered.load(ordering: .relaxed)
    #expect(!tooSoon)
    let key = CellKey(
      subject: .ballots, unit: try UnitPath("hai-chau/mot-cua/quay-01"), channel: .kiosk, flags: [],
      day: Day(of: BallotIntakeTests.now))
    await board.fold([try PollID("hai-chau-hai-long"): [key: 1]], published: [], revision: 3)
    let tally = try await answer.tally
    #expect(tally.revision == 3)
    #expect(tally.windows.first { $0.window == .total }?.ballots == 1)
  }
}
