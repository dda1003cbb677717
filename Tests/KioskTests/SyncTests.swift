import CFaultVFS
import Foundation
import Polling
import Schema
import Synchronization
import Testing

@testable import Kiosk

/// The sync as it runs: tasks, timers and the spool's file, against a server in memory.
@Suite(.timeLimit(.minutes(1))) struct SyncTests {
  /// Counts each ballot id once, and answers as told.
  final class Server: Sendable {
    struct State {
      var ledger: Set<Data> = []
      var messages = 0
      var copies = 0
      var requests: [Binhchon_V1_CastBallotsRequest] = []
      /// What it says in place of the truth.
      var acknowledged: UInt64?
      /// Its newest backup has so many ballots; nil: it says nothing of its ledger beside the answers.
      var backedUp: UInt64?
      /// The greatest number of a report that it has heard of.
      var reported: UInt64 = 0
      /// What to do with the next messages, in order.
      var script: [Step] = []
    }
    enum Step {
      /// The ballots are kept, the answer is lost.
      case answerLost
      case fail(SyncFailure)
      case refuse(code: Int32, reason: String)
      /// Never answers.
      case hang
    }
    let state = Mutex(State())

    init(_ script: [Step] = []) {
      state.withLock { $0.script = script }
    }

    let epoch = Mutex("e1")

    var ledger: Int { state.withLock { $0.ledger.count } }
    var messages: Int { state.withLock { $0.messages } }

    func cast(_ request: Binhchon_V1_CastBallotsRequest) async throws -> Binhchon_V1_CastBallotsResponse {
      let step = state.withLock { state in
        state.messages += 1
        state.requests.append(request)
        state.copies += request.ballots.count
        return state.script.isEmpty ? nil : state.script.removeFirst()
      }
      if case .fail(let failure) = step { throw failure }
      if case .hang = step {
        // Ends by cancellation only.
        let nothing = AsyncStream<Void> { _ in }
        for await _ in nothing {}
        throw CancellationError()
      }
      var response = Binhchon_V1_CastBallotsResponse()
      response.kiosk.acknowledgedThrough = state.withLock { $0.acknowledged } ?? request.kiosk.highestSequence
      response.kiosk.reportNumber = state.withLock { state in
        state.reported = max(state.reported, request.kiosk.number)
        return state.reported
      }
      response.results = try request.ballots.map { ballot in
        if case .refuse(let code, let reason) = step {
          var result = try Samples.refused(1, code: code, reason: reason)
          result.ballotID = ballot.ballotID
          return result
        }
        let isNew = state.withLock { $0.ledger.insert(ballot.ballotID).inserted }
        var result = Samples.receipt(of: try BallotID(bytes: ballot.ballotID), replayed: !isNew)
        result.receipt.ledgerEpoch = epoch.withLock { $0 }
        return result
      }
      if let backedUp = state.withLock({ $0.backedUp }) {
        response.kiosk.ledgerEpoch = epoch.withLock { $0 }
        response.kiosk.revision = UInt64(ledger)
        response.kiosk.backedUpThrough = backedUp
        response.kiosk.serverTimeMs = Samples.wall.milliseconds
      }
      if case .answerLost = step { throw SyncFailure.unreachable() }
      return response
    }
  }

  final class Reports: Sendable {
    let settled = Mutex<[Settlement]>([])
    let statuses = Mutex<[SyncStatus]>([])
    let unready = Mutex<[String]>([])
    let restored = Mutex<[String]>([])

    func add(_ report: Sync.Report) {
      switch report {
      case .settled(let settlements): settled.withLock { $0 += settlements }
      case .status(let status): statuses.withLock { $0.append(status) }
      case .unready(let taps): unready.withLock { $0 += taps.map(\.reason) }
      case .serverKnowsLess(let known, let settled, let offered):
        restored.withLock { $0.append("\(known) of \(settled), \(offered) again") }
      case .news, .notWritten: break
      }
    }
  }

  let directory: TemporaryDirectory
  let spool: Spool
  let reports = Reports()

  init() throws {
    directory = try TemporaryDirectory()
    spool = try Spool(directory: directory.path)
  }

  private func start(_ sync: Sync, _ server: Server) -> Task<Void, any Error> {
    Task { [reports] in try await sync.run(server.cast) { reports.add($0) } }
  }

  /// Runs until everything is sent.
  private func drain(
    _ server: Server, timeout: Int64 = 30_000, within bound: Duration = .seconds(50)
  ) async throws {
    var configuration = SyncStateMachine.Configuration()
    configuration.timeout = timeout
    let sync = Sync(spool: spool, of: .init(version: "1.2", poll: "p"), configuration)
    let runner = start(sync, server)
    await sync.drain(within: bound)
    runner.cancel()
    try await runner.value
  }

  @Test func aDayOfflineGoesInAFewMessages() async throws {
    let presses = (1...20_000).map { Samples.press(UInt64($0)) }
    for first in stride(from: 0, to: presses.count, by: 100) {
      _ = try spool.take(Array(presses[first..<first + 100]))
    }
    let server = Server()
    let start = ContinuousClock.now
    try await drain(server)
    print("20,000 taps in \(server.messages) messages, \(ContinuousClock.now - start)")
    #expect(server.ledger == 20_000)
    #expect(server.messages == 40)
    #expect(spool.status.counted == 20_000)
    #expect(reports.settled.withLock { $0.count } == 20_000)
  }

  @Test func tapsThatComeWhileItRunsGoOutToo() async throws {
    let server = Server()
    let sync = Sync(spool: spool)
    let runner = start(sync, server)
    for number in 1...50 as ClosedRange<UInt64> {
      _ = try spool.take([Samples.press(number)])
      sync.wake()
      if number % 10 == 0 { await sync.drain(within: .seconds(50)) }
      if number % 10 == 0 { #expect(spool.status.counted == number) }
    }
    runner.cancel()
    try await runner.value
    #expect(server.ledger == 50)
  }

  @Test func lostAnswersAndLostConnectionsCostTimeOnly() async throws {
    let server = Server([.answerLost, .fail(.unreachable()), .answerLost])
    _ = try spool.take((1...10).map { Samples.press($0) })
    try await drain(server)
    #expect(server.ledger == 10)
    #expect(spool.status.counted == 10)
    #expect(reports.statuses.withLock { $0.map(\.isReachable) } == [false, true])
  }

  @Test func anAnswerThatNeverComesIsNotWaitedForForEver() async throws {
    let server = Server([.hang])
    _ = try spool.take([Samples.press(1)])
    try await drain(server, timeout: 50)
    #expect(server.ledger == 1)
    #expect(spool.status.counted == 1)
  }

  @Test func whoIsNotLetInStopsWaitingAndKeepsEverything() async throws {
    let server = Server(Array(repeating: .refuse(code: 7, reason: "OUT_OF_SCOPE"), count: 10_000))
    _ = try spool.take([Samples.press(1), Samples.press(2)])
    try await drain(server)
    #expect(reports.statuses.withLock { $0.last?.barredBy } == "OUT_OF_SCOPE")
    #expect(spool.status.pending == 2)
    // Let in again.
    server.state.withLock { $0.script = [] }
    try await drain(server)
    #expect(spool.status.counted == 2)
  }

  @Test func everyMessageSaysHowTheSpoolStandsAndRepetitionsGoWithTheirMark() async throws {
    _ = try spool.take([
      Samples.press(1), Samples.press(2, Samples.reading(steady: 50_400), marks: .repeated),
      Samples.press(3, Samples.reading(steady: 51_400 + 600_000)), Samples.press(4, Samples.reading(steady: 651_800)),
    ])
    let server = Server()
    try await drain(server)
    #expect(server.ledger == 4)
    #expect(spool.status.pending == 0)
    let request = try #require(server.state.withLock { $0.requests.first { !$0.ballots.isEmpty } })
    #expect(request.kiosk.spool == Data(spool.id))
    #expect([request.kiosk.version, request.kiosk.poll] == ["1.2", "p"])
    #expect([request.kiosk.presses, request.kiosk.pending, request.kiosk.highestSequence] == [4, 4, 4])
    #expect(request.kiosk.days.map(\.presses).reduce(0, +) == 4)
    #expect(request.kiosk.capacity == 1_000_000)
    #expect(!request.kiosk.spoolSetAside)
    let marks = request.presses
    #expect(marks.map(\.ballot) == [0, 1, 2, 3])
    #expect(marks.map(\.clockUnknown) == [true, false, false, false])
    #expect(marks.map(\.repeated) == [false, true, false, false])
    #expect(marks.map { $0.sincePrevious != nil } == [false, true, false, true])
    #expect([marks[1].sincePreviousMs, marks[3].sincePreviousMs] == [400, 400])
    // It was set back before the third.
    #expect(marks.map(\.clockBackward) == [true, true, true, false])
  }

  @Test func aLedgerThatKnowsLessThanItAnsweredIsOfferedTheRestAgainOnce() async throws {
    let server = Server()
    _ = try spool.take((1...5).map { Samples.press($0) })
    try await drain(server)
    // Put back by hand from a backup: it keeps its name.
    server.state.withLock { state in
      state.ledger = []
      state.acknowledged = 2
    }
    _ = try spool.take([Samples.press(6)])
    try await drain(server)
    #expect(server.ledger == 4)
    #expect(server.messages == 3)
    #expect(spool.status.counted == 6)
    #expect(reports.restored.withLock { $0 } == ["2 of 5, 4 again"])
  }

  /// By the time that a backup of it is heard of, others have cast up to where it was.
  @Test func whatALedgerPutBackHasLostIsOfferedBeforeABackupLetsItGo() async throws {
    let server = Server()
    server.state.withLock { $0.backedUp = 0 }
    _ = try spool.take((1...5).map { Samples.press($0) })
    try await drain(server)
    server.state.withLock { state in
      state.ledger = Set((1...3).map { Data(Samples.id($0).bytes) } + (101...110).map { Data(Samples.id($0).bytes) })
      state.acknowledged = 3
      state.backedUp = 13
    }
    _ = try spool.take([Samples.press(6)])
    try await drain(server)
    #expect(server.ledger == 16)
    #expect(server.state.withLock { state in (4...6).allSatisfy { state.ledger.contains(Data(Samples.id($0).bytes)) } })
    #expect(reports.restored.withLock { $0 } == ["3 of 5, 3 again"])
  }

  @Test func aSpoolThatWasPutBackFromACopyTellsNewsAgain() async throws {
    let server = Server()
    // Of messages that this spool does not know of.
    let heard: UInt64 = 1 << 40
    server.state.withLock { $0.reported = heard }
    for press in 1...3 as ClosedRange<UInt64> {
      _ = try spool.take([Samples.press(press)])
      try await drain(server)
    }
    let numbers = server.state.withLock { $0.requests.map(\.kiosk.number) }
    #expect(numbers.first ?? .max < heard)
    #expect(numbers.dropFirst() == [heard + 1, heard + 2])
  }

  @Test func aKioskWithNothingToSendSaysThatItIsThere() async throws {
    let server = Server()
    try await drain(server)
    #expect(server.state.withLock { $0.requests.map { [$0.ballots.count, $0.hasKiosk ? 1 : 0] } } == [[0, 1]])
  }

  @Test func whatTheServerIsNotReadyForStaysAndTheWaitEnds() async throws {
    let server = Server(Array(repeating: .refuse(code: 5, reason: "UNKNOWN_POLL"), count: 10_000))
    _ = try spool.take([Samples.press(1), Samples.press(2)])
    try await drain(server)
    #expect(reports.statuses.withLock { $0.last?.unreadyBy } == "UNKNOWN_POLL")
    #expect(reports.unready.withLock { $0.prefix(2) } == ["UNKNOWN_POLL", "UNKNOWN_POLL"])
    #expect(spool.status.pending == 2)
    server.state.withLock { $0.script = [] }
    try await drain(server)
    #expect(spool.status.counted == 2)
  }

  @Test func aNewLedgerIsOfferedOnceWhatAnotherHasCounted() async throws {
    let old = Server()
    _ = try spool.take([Samples.press(1), Samples.press(2)])
    try await drain(old)
    let new = Server()
    new.epoch.withLock { $0 = "e2" }
    _ = try spool.take([Samples.press(3)])
    try await drain(new)
    #expect(new.ledger == 3)
    #expect(new.state.withLock { $0.copies } == 3)
    #expect(spool.status.counted == 3)
    // And nothing again of what it has.
    _ = try spool.take([Samples.press(4)])
    try await drain(new)
    #expect(new.state.withLock { $0.copies } == 4)
  }

  @Test func whatABackupHoldsIsForgottenAndTheRestIsOfferedToTheRestoredLedger() async throws {
    let server = Server()
    server.state.withLock { $0.backedUp = 0 }
    _ = try spool.take((1...5).map { Samples.press($0) })
    try await drain(server)
    #expect(spool.keptCount == 5)
    // A backup with the first five; then one more, which it lacks.
    server.state.withLock { $0.backedUp = 5 }
    _ = try spool.take([Samples.press(6)])
    try await drain(server)
    #expect(spool.keptCount == 1)
    // The backup, put back.
    let restored = Server()
    restored.epoch.withLock { $0 = "e2" }
    restored.state.withLock { state in
      state.backedUp = 0
      state.ledger = server.state.withLock { $0.ledger }
      state.ledger.remove(Data(Samples.id(6).bytes))
    }
    _ = try spool.take([Samples.press(7)])
    try await drain(restored)
    #expect(restored.ledger == 7)
    #expect(restored.state.withLock { $0.copies } == 2, "nothing that the backup holds goes again")
    #expect(spool.status.counted == 7)
    #expect(spool.keptCount == 2)
  }

  @Test func aFullDiskUnderTheAnswersIsWaitedOut() async throws {
    let disk = try SpoolDiskTests.FaultyDisk()
    let place = try TemporaryDirectory()
    let spool = try Spool(directory: place.path, .init(), vfs: disk.name)
    _ = try spool.take((1...3).map { Samples.press($0) })
    disk.fail(Int(FAULT_WRITE), with: ENOSPC, forever: true)
    let server = Server()
    let sync = Sync(spool: spool)
    let runner = Task {
      try await sync.run(server.cast) { report in
        // There is room again.
        if case .notWritten(let error) = report, error.code == .diskFull { disk.fail(0, number: 0, with: 0) }
      }
    }
    await sync.drain(within: .seconds(50))
    runner.cancel()
    try await runner.value
    // Sent twice; there may be a heartbeat beside them.
    #expect(server.state.withLock { $0.copies } == 6)
    #expect(server.ledger == 3)
    #expect(spool.status.counted == 3)
  }

  @Test func withoutAServerTheWaitEndsInTime() async throws {
    _ = try spool.take([Samples.press(1)])
    let server = Server(Array(repeating: .fail(.unreachable()), count: 100))
    try await drain(server, within: .milliseconds(20))
    #expect(spool.status.pending == 1)
    #expect(server.ledger == 0)
  }

  @Test func aSyncThatHasEndedIsNotWaitedFor() async throws {
    let sync = Sync(spool: spool)
    let runner = start(sync, Server())
    runner.cancel()
    try await runner.value
    _ = try spool.take([Samples.press(1)])
    await sync.drain(within: .seconds(3_600))
    #expect(spool.status.pending == 1)
  }

  @Test func whatIsNoBallotAnyMoreDoesNotHoldUpTheOthers() async throws {
    let taps = try spool.take((1...3).map { Samples.press($0, isOpen: $0 == 2) })
    var broken = taps[1]
    broken.bytes = [0xFF, 0xFF]
    #expect(try spool.complete(broken, with: nil))
    let server = Server()
    try await drain(server)
    #expect(server.ledger == 2)
    #expect(spool.status.rejected == 1)
    #expect(reports.settled.withLock { $0.first { $0.tap.sequence == 2 }?.verdict } == .rejected(reason: "UNREADABLE"))
  }
}
