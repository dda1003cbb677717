import Foundation
import SeededRandom
import Testing

/// The real kiosk and the real server, killed again and again: what is in the kiosk's spool is in the tally, once.
@Suite struct KioskCrashTests {
  @Test(.timeLimit(.minutes(3)))
  func tapsInTheSpoolAreTheTapsInTheTally() async throws {
    // A kiosk that ended by itself is a failed expectation, not the end of all tests.
    signal(SIGPIPE, SIG_IGN)
    var random = SplitMix64()
    let data = try await demoData()
    let spool = "\(data.path)/spool"
    var server = try await ServerProcess.start(data.path)
    func arguments() -> [String] {
      [
        "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", "hai-chau-hai-long",
        "--unit", "hai-chau/mot-cua/quay-01", "--spool", spool, "--wait", "60",
      ]
    }
    for round in 1...8 {
      try await tapAndKill(arguments(), keys: Int.random(in: 1...200, using: &random))
      guard round % 3 == 0 else { continue }
      await server.crash()
      server = try await ServerProcess.start(data.path)
    }
    // What is left goes out by itself.
    let last = try await run(Binaries.client, arguments(), input: "5")
    #expect(last.status == 0, "\(last.errors)")

    let presses = try spoolCounts(spool)
    #expect(presses.taken > 8)
    #expect(presses.counted == presses.taken)
    let official = try TestClient(server, identity: "\(data.path)/certs/official")
    #expect(try await official.tally().ballots == UInt64(presses.taken))
    await official.shutdown()
    #expect(await server.stop() == 0)
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.output.contains("verify: ok"), "\(verified.output)")
  }

  /// Kills the kiosk while it works on so many keys, the first of which the server has answered.
  private func tapAndKill(_ arguments: [String], keys: Int) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binaries.client)
    process.arguments = arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let (ends, ended) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in ended.finish() }
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("4".utf8))
    // Blocks until the first line, or the end.
    _ = output.fileHandleForReading.availableData
    for _ in 0..<keys { try input.fileHandleForWriting.write(contentsOf: Data("5".utf8)) }
    kill(process.processIdentifier, SIGKILL)
    for await _ in ends {}
  }
}
