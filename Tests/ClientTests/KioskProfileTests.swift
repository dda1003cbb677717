import Foundation
import Kiosk
import Schema
import Testing

@testable import binhchon

/// What a kiosk shows: what the server says, without it what it said last, and another version between citizens only.
@Suite(.timeLimit(.minutes(1))) struct KioskProfileTests {
  let directory: TemporaryDirectory
  let service: FakeService

  init() throws {
    directory = try TemporaryDirectory()
    service = FakeService([try Samples.poll()])
  }

  private func session(
    unit: String = "hai-chau/mot-cua/quay-01", poll: String = "hai-chau-hai-long",
    patience: Duration = .milliseconds(20)
  ) -> KioskSession {
    let console = Console(
      language: .en, json: false, verbosity: -1, style: .plain, errorStyle: .plain, outputIsTerminal: false,
      errorIsTerminal: false)
    return KioskSession(
      service: service, poll: poll, unit: unit, channel: .kiosk, console: console, patience: patience,
      spoolPath: directory.path, spoolConfiguration: .init())
  }

  private func tap(_ keys: String, _ session: KioskSession) async throws -> CastSummary {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(keys.utf8))
    try pipe.fileHandleForWriting.close()
    return try await session.runPipe(ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor))
  }

  private func publish(version: UInt32, _ change: (inout Binhchon_V1_Poll) -> Void = { _ in }) throws {
    var poll = try Samples.poll()
    poll.version = version
    change(&poll)
    service.state.withLock { $0.polls = [poll] }
  }

  private func disconnect(_ isAway: Bool = true) {
    service.state.withLock { $0.refusingProfiles = isAway ? Samples.unavailable : nil }
  }

  private var versions: [UInt32] {
    service.state.withLock { $0.ledger.values.sorted { $0.kioskSequence < $1.kioskSequence }.map(\.pollVersion) }
  }

  @Test func aVersionThatChangedMeanwhileIsCastAsItWasShown() async throws {
    #expect(try await tap("5", session(patience: .seconds(50))).counted == 1)
    disconnect()
    try publish(version: 2)
    // Only the taps find the server here; what is shown is what was kept.
    #expect(try await tap("4", session(patience: .seconds(50))).counted == 1)
    disconnect(false)
    #expect(try await tap("4", session(patience: .seconds(50))).counted == 1)
    #expect(versions == [1, 1, 2])
    // Each asks with what it has: nothing, the first one, the first one.
    let etags = service.state.withLock { $0.profileRequests }
    #expect(etags.first == "")
    #expect(etags.dropFirst().allSatisfy { $0 == "e1/1/1" })
  }

  @Test func withoutAProfileThereIsNothingToShow() async throws {
    disconnect()
    await #expect(throws: Refusal.self) { try await tap("5", session()) }
    #expect(service.ballots == 0)
  }

  @Test func whatIsDamagedIsLeftAside() async throws {
    let path = directory.path + "/profile"
    try Data("no profile".utf8).write(to: URL(fileURLWithPath: path))
    disconnect()
    await #expect(throws: Refusal.self) { try await tap("5", session()) }
    disconnect(false)
    #expect(try await tap("5", session(patience: .seconds(50))).counted == 1)
    #expect(try ProfileFile(directory: directory.path).read()?.poll == Samples.poll())
  }

  @Test func whatWasKeptForOthersIsNotShown() async throws {
    #expect(try await session().find().isCurrent)
    var profile = Binhchon_V1_GetProfileResponse()
    profile.etag = "e1/1/1"
    profile.poll = try Samples.poll()
    try ProfileFile(directory: directory.path).keep(profile)
    disconnect()
    #expect(try await session().find().isCurrent == false)
    await #expect(throws: Refusal.self) { try await session(unit: "hai-chau/mot-cua/quay-99").find() }
    await #expect(throws: Refusal.self) { try await session(poll: "another").find() }
  }

  @Test func namesThatTheServerDoesNotKnowAreToldInWords() async throws {
    let unit = await #expect(throws: ClientError.self) { try await session(unit: "hai-chau/khong-co").find() }
    #expect(unit?.reason == "UNKNOWN_UNIT")
    let poll = await #expect(throws: ClientError.self) { try await session(poll: "khong-co").find() }
    #expect(poll?.reason == "UNKNOWN_POLL")
    #expect(poll?.next?(.en).contains("hai-chau-hai-long") == true)
  }

  /// A running kiosk asks when the server is there again, and shows the new version from the next rating on.
  @Test func aServerThatIsBackIsAskedAtOnce() async throws {
    let pipe = Pipe()
    let session = session(patience: .seconds(50))
    let running = Task {
      try await session.runPipe(ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor))
    }
    func tap() throws { try pipe.fileHandleForWriting.write(contentsOf: Data("5".utf8)) }
    func until(_ isSo: () -> Bool) async { while !isSo(), !Task.isCancelled { await Task.yield() } }

    try tap()
    await until { service.ballots == 1 }
    try publish(version: 2)
    service.state.withLock { $0.failures = 1 }
    var taps = 1
    // It is asked for beside the taps: one of the next ones has it.
    while versions.last == 1 {
      try tap()
      taps += 1
      await until { service.ballots == taps }
    }
    try pipe.fileHandleForWriting.close()
    #expect(try await running.value.counted == UInt64(taps))
    #expect(versions == versions.sorted())
    #expect(try ProfileFile(directory: directory.path).read()?.poll.version == 2)
  }

  /// Nothing is lost on the way: the answers to its ratings tell it that there is another profile.
  @Test func everyAnswerSaysWhichProfileThereIs() async throws {
    service.state.withLock { $0.tellsProfiles = true }
    let pipe = Pipe()
    let session = session(patience: .seconds(50))
    let running = Task {
      try await session.runPipe(ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor))
    }
    func tap() throws { try pipe.fileHandleForWriting.write(contentsOf: Data("5".utf8)) }
    func until(_ isSo: () -> Bool) async { while !isSo(), !Task.isCancelled { await Task.yield() } }
    try tap()
    await until { service.ballots == 1 }
    try publish(version: 2)
    try tap()
    await until { service.state.withLock { $0.profileRequests.count == 2 } }
    try pipe.fileHandleForWriting.close()
    #expect(try await running.value.counted == 2)
    #expect(try ProfileFile(directory: directory.path).read()?.poll.version == 2)
  }

  @Test func aVersionThatDoesNotFitIsNotTakenUp() async throws {
    let pipe = Pipe()
    let session = session(patience: .seconds(50))
    let running = Task {
      try await session.runPipe(ByteSource(descriptor: pipe.fileHandleForReading.fileDescriptor))
    }
    func until(_ isSo: () -> Bool) async { while !isSo(), !Task.isCancelled { await Task.yield() } }
    try pipe.fileHandleForWriting.write(contentsOf: Data("5".utf8))
    await until { service.ballots == 1 }
    try publish(version: 2) { $0.units.removeAll { $0.path.hasSuffix("quay-01") } }
    service.state.withLock { $0.failures = 1 }
    try pipe.fileHandleForWriting.write(contentsOf: Data("5".utf8))
    await until { service.state.withLock { $0.profileRequests.count == 2 } }
    try pipe.fileHandleForWriting.write(contentsOf: Data("5".utf8))
    try pipe.fileHandleForWriting.close()
    #expect(try await running.value.counted == 3)
    #expect(versions == [1, 1, 1])
  }

  /// Where another version may take the page's place.
  @Test(arguments: KioskStates.names)
  func betweenCitizens(_ name: String) throws {
    let idle = ["starting", "asking", "identifying", "not open", "full", "refused", "unfit"]
    #expect(try KioskStates.machine(name).isIdle == idle.contains(name))
  }

  @Test func aCitizenWhoChoseALanguageIsThereUntilTheIdleTime() throws {
    var machine = try KioskStates.machine("asking")
    _ = machine.handle(.key(.character("l")), now: 1_000)
    #expect(!machine.isIdle)
    _ = machine.handle(.tick, now: 30_999)
    #expect(!machine.isIdle)
    _ = machine.handle(.tick, now: 31_000)
    #expect(machine.isIdle)
  }

  @Test func thePipeIsIdleBetweenRatings() throws {
    var machine = PipeStateMachine(form: try KioskForm(KioskStates.poll()), takesDossier: true)
    #expect(machine.isIdle)
    for (keys, isIdle) in [
      ("5", true), ("2", false), ("(1", false), (")", true), ("=H4", false), ("\n", false), ("4", true),
    ] {
      _ = machine.take(keys.utf8, now: 0)
      #expect(machine.isIdle == isIdle, "\(keys)")
    }
  }
}
