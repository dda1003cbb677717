import Foundation
import Kiosk
import Polling
import Schema
import Synchronization
import Testing

@testable import binhchon

/// A kiosk with keys from a pipe, its spool on the disk, and a server in memory.
@Suite(.timeLimit(.minutes(1))) struct KioskSessionTests {
  let directory: TemporaryDirectory
  let service: FakeService

  init() throws {
    directory = try TemporaryDirectory()
    service = FakeService([try Samples.poll()])
  }

  private func session(patience: Duration = .seconds(50), capacity: Int = 1_000) -> KioskSession {
    var configuration = Spool.Configuration()
    configuration.capacity = capacity
    let console = Console(
      language: .en, json: false, verbosity: -1, style: .plain, errorStyle: .plain, outputIsTerminal: false,
      errorIsTerminal: false)
    return KioskSession(
      service: service, poll: "hai-chau-hai-long", unit: "hai-chau/mot-cua/quay-01", channel: .kiosk, console: console,
      patience: patience, spoolPath: directory.path, spoolConfiguration: configuration)
  }

  private func tap(_ keys: String, _ session: KioskSession) async throws -> CastSummary {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(keys.utf8))
    try pipe.fileHandleForWriting.close()
    return try await session.runPipe(ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor))
  }

  @Test(arguments: [false, true])
  func everyTapArrivesOnceWhateverIsLost(_ failsAfterwards: Bool) async throws {
    service.state.withLock {
      $0.failures = 3
      $0.failsAfterwards = failsAfterwards
    }
    let summary = try await tap("5 4 4\n1x5", session())
    #expect(service.ballots == 5)
    #expect(summary.counted + summary.replayed == 5)
    #expect(summary.status == .ok)
    let ballots = service.state.withLock { Array($0.ledger.values) }
    #expect(ballots.map(\.kioskSequence).sorted() == [1, 2, 3, 4, 5])
    #expect(ballots.flatMap { $0.answers.flatMap(\.choices) }.sorted() == ["HL", "HL", "RHL", "RHL", "RKHL"])
  }

  @Test(arguments: [false, true])
  func reasonsJoinTheirRatingAndDossiersTheirs(_ isDripped: Bool) async throws {
    let poll = try KioskStates.poll()
    service.state.withLock { $0.polls = [poll] }
    var session = session()
    session.options.takesDossier = true
    let input = "5 2(13) =H40-1\n1(2)(1) 3 4"
    let summary = try await isDripped ? drip(input, session) : tap(input, session)
    #expect(summary.counted == 5)
    #expect(summary.status == .ok)
    let ballots = service.state.withLock { $0.ledger.values.sorted { $0.kioskSequence < $1.kioskSequence } }
    let told = ballots.map { ballot in
      ballot.answers.map { $0.choices.joined(separator: ",") }.joined(separator: " ") + " " + ballot.credential
    }
    #expect(told == ["RHL ", "KHL CHO,HUONG-DAN ", "RKHL THAI-DO CO H40-1", "BT ", "HL "])
  }

  /// Each byte by itself, the next one once the last is read.
  private func drip(_ keys: String, _ session: KioskSession) async throws -> CastSummary {
    let pipe = Pipe()
    let running = Task {
      try await session.runPipe(ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor))
    }
    for byte in keys.utf8 {
      try pipe.fileHandleForWriting.write(contentsOf: [byte])
      var waiting: Int32 = 1
      while waiting > 0 {
        await Task.yield()
        try #require(ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &waiting) == 0)
      }
    }
    try pipe.fileHandleForWriting.close()
    return try await running.value
  }

  @Test func aRatingWithoutItsDossierIsRefusedWhereThePollAsksForOne() async throws {
    let poll = try KioskStates.poll(needsDossier: true)
    service.state.withLock { $0.polls = [poll] }
    let summary = try await tap("5 =H40-1\n5 5", session())
    #expect(summary.counted == 1)
    #expect(summary.reasons == ["DOSSIER_MISSING": 2])
    #expect(service.state.withLock { $0.ledger.values.map(\.credential) } == ["H40-1"])
  }

  @Test func whatIsLeftIsToldAndSentByTheNextRun() async throws {
    service.state.withLock { $0.failures = .max }
    let first = try await tap("54", session(patience: .milliseconds(20)))
    #expect(first.unconfirmed == 2)
    #expect(first.status == .tryAgain)
    service.state.withLock { $0.failures = 0 }
    let second = try await tap("1", session())
    #expect(second.counted == 3)
    #expect(second.status == .ok)
    #expect(service.ballots == 3)
  }

  @Test func aFullSpoolRefusesAndSaysSo() async throws {
    service.state.withLock { $0.failures = .max }
    let first = try await tap("54321", session(patience: .milliseconds(20), capacity: 3))
    #expect(first.unconfirmed == 3)
    #expect(first.refused == 2)
    #expect(first.reasons == ["SPOOL_FULL": 2])
    service.state.withLock { $0.failures = 0 }
    #expect(try await tap("", session()).counted == 3)
    let kept = service.state.withLock { $0.ledger.values.flatMap { $0.answers.flatMap(\.choices) } }
    #expect(kept.sorted() == ["BT", "HL", "RHL"])
  }

  @Test func aKioskThatIsNotLetInKeepsItsRatings() async throws {
    service.state.withLock {
      $0.refusingAll = Refusal(code: StatusCode.permissionDenied.rawValue, message: "no", reason: "OUT_OF_SCOPE")
    }
    let summary = try await tap("54", session())
    #expect(summary.unconfirmed == 2)
    service.state.withLock { $0.refusingAll = nil }
    #expect(try await tap("", session()).counted == 2)
  }

  @Test func ratingsOfAPollThatTheServerDoesNotHaveWaitForIt() async throws {
    service.state.withLock {
      $0.refusingAll = Refusal(code: StatusCode.notFound.rawValue, message: "no", reason: "UNKNOWN_POLL")
    }
    let summary = try await tap("54", session())
    #expect(summary.unconfirmed == 2)
    #expect(summary.status == .tryAgain)
    service.state.withLock { $0.refusingAll = nil }
    #expect(try await tap("", session()).counted == 2)
  }

  /// Nobody types, and nobody ends the input: a spool that failed ends the run all the same.
  @Test func aSpoolThatFailedEndsTheRunAtOnce() async throws {
    let failure = ClientError(.inputOutput, Text(verbatim: "disk"), reason: "SPOOL_FAILED")
    let pipe = Pipe()
    let source = ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor)
    let record = TapRecord()
    record.attempt { throw OutputClosed() }
    try pipe.fileHandleForWriting.write(contentsOf: Data("5".utf8))
    let thrown = await #expect(throws: ClientError.self) {
      try await record.untilFailure {
        while try await source.next() != nil { record.fail(failure) }
      }
    }
    #expect(thrown?.status == .inputOutput)
    #expect(throws: ClientError.self) { try record.throwFailure() }
    // Whatever else went wrong is told at the end.
    let other = TapRecord()
    other.attempt { throw OutputClosed() }
    try await other.untilFailure {}
    #expect(throws: OutputClosed.self) { try other.throwFailure() }
    await #expect(throws: CancellationError.self) { try await TapRecord().untilFailure { throw CancellationError() } }
    try pipe.fileHandleForWriting.close()
  }

  @Test func twoKiosksDoNotShareASpool() async throws {
    let held = try session().openSpool()
    do {
      _ = try await tap("5", session())
      Issue.record("it runs")
    } catch let error as ClientError {
      #expect(error.status == .tryAgain)
      #expect(error.reason == "SPOOL_IN_USE")
    }
    withExtendedLifetime(held) {}
  }

  /// With their mark: this server counts what it gets, a real one flags them.
  @Test func repetitionsGoOutToo() async throws {
    let session = session()
    let found = try await session.find()
    let factory = BallotFactory(poll: found.poll, unit: session.unit, channel: session.channel)
    let clock = DeviceClock()
    do {
      let spool = try session.openSpool()
      let delivery = KioskDelivery(spool) { _ in }
      let presses = [TapMarks(), .repeated, []].map {
        session.press(4, of: found.form, factory, clock.read(), marks: $0)
      }
      #expect(try delivery.take(presses).count == 3)
      #expect(delivery.delivery.waiting == 3)
      #expect(delivery.heldCount == 0)
    }
    let summary = try await tap("", session)
    #expect(summary.counted == 3)
    #expect(summary.status == .ok)
    #expect(try session.openSpool().status.pending == 0)
  }

  @Test(arguments: [Binhchon_V1_TimePrecision.second, .minute, .hour, .day])
  func aClockThatWasNeverSetMakesBallotsThatKeepTheRules(_ precision: Binhchon_V1_TimePrecision) async throws {
    let session = session()
    var poll = try Samples.poll()
    poll.policy.timePrecision = precision
    let factory = BallotFactory(poll: poll, unit: session.unit, channel: session.channel)
    for wall: Int64 in [.min, -1, 0, 1, 70_000_000] {
      let reading = ClockReading(wall: .init(milliseconds: wall), steady: 5_000, boot: "a")
      let press = session.press(0, of: try KioskForm(poll), factory, reading)
      let ballot = press.ballot(7)
      let id = try BallotID(bytes: ballot.ballotID)
      #expect(id.time.floored(to: factory.precision) == id.time)
      #expect(ballot.deviceTimeMs == id.time.milliseconds)
      #expect(ballot.deviceTimeMs > 0)
      // A number would tell the order of those whose times are coarse.
      #expect(ballot.kioskSequence == ([.second, .minute].contains(precision) ? 7 : 0))
    }
  }

  @Test func theSpoolLiesWhereStateBelongs() throws {
    func place(_ variables: [String: String]) throws -> String {
      try SpoolPlace.directory(unit: "hai-chau/mot-cua", ProcessEnvironment(variables: variables))
    }
    #expect(try place(["HOME": "/home/k"]) == "/home/k/.local/state/binhchon/kiosk/hai-chau+mot-cua")
    #expect(
      try place(["HOME": "/home/k", "XDG_STATE_HOME": "/var/lib/k"]) == "/var/lib/k/binhchon/kiosk/hai-chau+mot-cua")
    #expect(throws: ClientError.self) { try place([:]) }
  }
}
