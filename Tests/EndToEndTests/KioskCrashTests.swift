import CSQLite3
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

    let presses = try counts(spool)
    #expect(presses.taken > 8)
    #expect(presses.counted == presses.taken)
    let official = try TestClient(server, identity: "\(data.path)/certs/official")
    #expect(try await official.tally().ballots == UInt64(presses.taken))
    await official.shutdown()
    #expect(await server.stop() == 0)
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.output.contains("verify: ok"), "\(verified.output)")
  }

  /// About half a minute; scripts/kiosk-kills says how many.
  static let kills = ProcessInfo.processInfo.environment["BINHCHON_KILLS"].flatMap { Int($0) } ?? 200

  /// A citizen is thanked when the tap is on the disk. Whatever is killed then, and whenever, that tap is counted once.
  @Test(.timeLimit(.minutes(5)))
  func tapsThankedAreTapsCounted() async throws {
    signal(SIGPIPE, SIG_IGN)
    var random = SplitMix64()
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let spool = "\(data.path)/spool"
    let arguments = [
      "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", "hai-chau-hai-long",
      "--unit", "hai-chau/mot-cua/quay-01", "--spool", spool, "--acknowledge",
    ]
    var thanked: [Int64] = []
    for _ in 1...Self.kills {
      thanked += try tapAndKill(
        arguments, after: Int.random(in: 1...8, using: &random), moment: UInt32.random(in: 0...4_000, using: &random))
    }
    // Numbers without a gap, but for taps that were on the disk when the kiosk died before it could say so: one a kill.
    #expect(thanked == thanked.sorted() && Set(thanked).count == thanked.count)
    let last = try await run(Binaries.client, arguments, input: "")
    #expect(last.status == 0, "\(last.errors)")
    let presses = try counts(spool)
    #expect(presses.counted == presses.taken)
    #expect(thanked.last ?? 0 <= presses.taken)
    #expect((0...Self.kills).contains(Int(presses.taken) - thanked.count))
    let official = try TestClient(server, identity: "\(data.path)/certs/official")
    #expect(try await official.tally().ballots == UInt64(presses.taken))
    await official.shutdown()
    #expect(await server.stop() == 0)
    print("\(Self.kills) kills: \(thanked.count) taps thanked, \(presses.taken) on the disk, as many counted")
  }

  /// Taps one by one, each after the thanks for the one before; kills the kiosk so many microseconds into one of them.
  /// Returns the numbers of the taps that were thanked for.
  private func tapAndKill(_ arguments: [String], after taps: Int, moment: UInt32) throws -> [Int64] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binaries.client)
    process.arguments = arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = Data()
    func thanked() -> [Int64] {
      // What has no end of line was not said.
      String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .filter { $0.hasPrefix("kept ") }.compactMap { Int64($0.dropFirst(5)) }
    }
    for tap in 1...taps {
      try input.fileHandleForWriting.write(contentsOf: Data("5".utf8))
      if tap == taps { break }
      while thanked().count < tap {
        let bytes = output.fileHandleForReading.availableData
        try #require(!bytes.isEmpty, "the kiosk ended by itself")
        text += bytes
      }
    }
    // No wait for anything: the moment is what is tried out.
    usleep(moment)
    kill(process.processIdentifier, SIGKILL)
    text += try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return thanked()
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

  private func counts(_ spool: String) throws -> (taken: Int64, counted: Int64) {
    var handle: OpaquePointer?
    try #require(sqlite3_open(spool + "/spool.db", &handle) == SQLITE_OK)
    defer { sqlite3_close_v2(handle) }
    var statement: OpaquePointer?
    try #require(sqlite3_prepare_v2(handle, "SELECT presses, counted FROM spool", -1, &statement, nil) == SQLITE_OK)
    defer { sqlite3_finalize(statement) }
    try #require(sqlite3_step(statement) == SQLITE_ROW)
    return (sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1))
  }
}
