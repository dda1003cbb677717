import FaultRun
import Foundation
import Testing

/// A citizen is thanked when the tap is on the disk. Whenever the kiosk is killed then, that tap is counted once.
@Suite(.serialized) struct KioskCrashFaultTests {
  @Test(.timeLimit(.minutes(10)))
  func tapsThankedAreTapsCounted() async throws {
    let run = FaultRun("P2-kiosk", cases: 50)
    let result = try await killed(run.cases, of: run)
    #expect(result.breaches == [], "\(run.replay(run.cases.lowerBound))")
    print("P2-kiosk: \(run.cases.count) kills, \(result.thanked) taps thanked, \(result.taken) counted")
  }

  /// A kiosk that thanks before the tap is on the disk: of each life one tap more is taken for thanked than was.
  @Test(.timeLimit(.minutes(2)))
  func earlyThanksAreFound() async throws {
    let result = try await killed(0..<15, of: FaultRun("P2-kiosk control", cases: 1)) { said, before in
      said + [(said.last ?? before) + 1]
    }
    #expect(!result.breaches.isEmpty)
  }

  /// What is taken for thanked: the numbers that a life of the kiosk said, and the last number before it.
  private typealias Thanks = (_ said: [Int64], _ before: Int64) -> [Int64]

  private func killed(
    _ cases: Range<Int>, of run: FaultRun, thanks: Thanks = { said, _ in said }
  ) async throws -> (thanked: Int, taken: Int64, breaches: [String]) {
    // A kiosk that ended by itself is a failed expectation, not the end of all tests.
    signal(SIGPIPE, SIG_IGN)
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let spool = "\(data.path)/spool"
    let arguments = [
      "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", Ballots.poll,
      "--unit", "hai-chau/mot-cua/quay-01", "--spool", spool, "--acknowledge",
    ]
    var thanked: [Int64] = []
    for number in cases {
      var random = run.random(number)
      let said = try tapAndKill(
        arguments, after: Int.random(in: 1...8, using: &random), moment: UInt32.random(in: 0...4_000, using: &random))
      thanked += thanks(said, thanked.last ?? 0)
    }
    let last = try await EndToEndTests.run(Binaries.client, arguments, input: "")
    #expect(last.status == 0, "\(last.errors)")
    let presses = try spoolCounts(spool)
    let official = try TestClient(server, identity: "\(data.path)/certs/official")
    let tallied = try await official.tally().ballots
    await official.shutdown()
    #expect(await server.stop() == 0)

    var breaches: [String] = []
    if thanked != thanked.sorted() || Set(thanked).count != thanked.count {
      breaches.append("thanked twice: \(thanked)")
    }
    if let last = thanked.last, last > presses.taken { breaches.append("thanked for \(last) of \(presses.taken)") }
    // Numbers without a gap, but for taps that were on the disk when the kiosk died before it could say so: one a kill.
    if !(0...cases.count).contains(Int(presses.taken) - thanked.count) {
      breaches.append("\(presses.taken) on the disk, \(thanked.count) thanked")
    }
    if presses.counted != presses.taken || tallied != UInt64(presses.taken) {
      breaches.append("\(presses.taken) on the disk, \(presses.counted) answered, \(tallied) in the tally")
    }
    return (thanked.count, presses.taken, breaches)
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
}
