import Foundation
import RPC
import Schema
import Testing

/// Design §3, "Failing disk": faults injected into the system calls of a real server by strace, on its WAL only.
@Suite struct FailingDiskTests {
  private static func injecting(_ fault: String, into data: String) -> [String] {
    // -D: the server is our child, the tracer its.
    ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-P", "\(data)/ledger.db-wal", "-e", "inject=\(fault)"]
  }

  /// A second fsync after a failed one may lie: at the first one the ledger latches and the process ends.
  @Test(.timeLimit(.minutes(2)), arguments: ["fdatasync:error=EIO:when=4", "pwrite64:error=EIO:when=40"])
  func anInputOutputErrorLatchesTheLedger(fault: String) async throws {
    let data = try await demoData()
    var server = try await ServerProcess.start(data.path, wrapper: Self.injecting(fault, into: data.path))
    let client = try TestClient(server, identity: "\(data.path)/certs/kiosk", retries: false)
    let acknowledgedBallots = Shared<[Data: Binhchon_V1_Ballot]>([:])
    let unknownBallots = Shared<[Data: Binhchon_V1_Ballot]>([:])
    let reasons = Shared<Set<String>>([])
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 {
            let ballot = Ballots.ballot("HL")
            let refused = await client.refusal(of: ballot)
            if let refused {
              unknownBallots.update { $0[ballot.ballotID] = ballot }
              reasons.update { _ = $0.insert(refused.reason) }
              return
            }
            acknowledgedBallots.update { $0[ballot.ballotID] = ballot }
          }
        }
      }
    }
    let acknowledged = acknowledgedBallots.value
    let unknown = unknownBallots.value
    // Everybody who waited was told that the outcome is unknown, and the process ended with EX_IOERR.
    // Required: a server that did not latch would never end.
    try #require(reasons.value.contains("OUTCOME_UNKNOWN"), "\(reasons.value)")
    #expect(!reasons.value.contains("DISK_FULL"))
    #expect(!unknown.isEmpty)
    #expect(await server.waitForEnd() == 74)
    #expect(server.log.contains("disk failed"))
    await client.shutdown()

    let entered = try LedgerRows(directory: data.path).ballotIDs()
    #expect(Set(entered).count == entered.count)
    #expect(Set(acknowledged.keys).isSubset(of: entered))
    #expect(Set(entered).subtracting(acknowledged.keys).isSubset(of: unknown.keys))

    // On a good disk all is settled by the same ids.
    server = try await ServerProcess.start(data.path)
    let retry = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    for ballot in acknowledged.values { #expect(try await retry.cast(ballot).replayed) }
    for ballot in unknown.values { #expect(try await retry.cast(ballot).replayed == entered.contains(ballot.ballotID)) }
    await retry.shutdown()
    #expect(await server.stop() == 0)
    #expect(try await run(Binaries.server, ["verify", data.path]).status == 0)
  }

  /// Only a full disk does not latch: whole batches are refused, and acceptance comes back with the space.
  @Test(.timeLimit(.minutes(2)))
  func aFullDiskRefusesWholeBatchesUntilThereIsSpace() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(
      data.path, wrapper: Self.injecting("pwrite64:error=ENOSPC:when=20..60", into: data.path))
    let client = try TestClient(server, identity: "\(data.path)/certs/kiosk", retries: false)
    var accepted: [Data] = []
    var full: [Data] = []
    // Until it was full and then took some again.
    var acceptedAfter = 0
    for _ in 0..<5000 where acceptedAfter < 20 {
      let ballot = Ballots.ballot("HL")
      switch await client.refusal(of: ballot) {
      case nil:
        accepted.append(ballot.ballotID)
        if !full.isEmpty { acceptedAfter += 1 }
      case let refused?:
        #expect(refused == Refused(.resourceExhausted, "DISK_FULL"))
        full.append(ballot.ballotID)
      }
    }
    #expect(!full.isEmpty, "the disk was never full")
    #expect(acceptedAfter == 20, "acceptance did not come back")
    #expect(try await client.tally().ballots == UInt64(accepted.count))
    #expect(Set(try LedgerRows(directory: data.path).ballotIDs()) == Set(accepted))
    await client.shutdown()
    #expect(await server.stop() == 0)
    #expect(try await run(Binaries.server, ["verify", data.path]).status == 0)
  }

  /// The kiosk's disk fails when an answer is written down; nobody taps, and nobody ends its input. It ends all the same,
  /// for whoever starts it again.
  @Test(.timeLimit(.minutes(2)))
  func aKioskWhoseDiskFailsEndsThoughNobodyTaps() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let spool = "\(data.path)/spool"
    let arguments = [
      "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", "hai-chau-hai-long",
      "--unit", "hai-chau/mot-cua/quay-01", "--spool", spool, "--acknowledge",
    ]
    let calls = try await FailingCalls(.sync, 1, below: spool, waits: true, in: data.path)
    let kiosk = try TappedKiosk(arguments, environment: calls.environment)
    // The start writes too: a tap that is answered comes after it.
    try kiosk.tap("5")
    try #require(await kiosk.output.first { $0.hasPrefix("1 ") } != nil, "\(kiosk.errors.text)")
    // While the server stands still, the second one has no answer.
    try server.halt()
    try kiosk.tap("4")
    try #require(await kiosk.output.first { $0 == "kept 2" } != nil, "\(kiosk.errors.text)")
    try calls.begin()
    server.signal(SIGCONT)

    #expect(await kiosk.waitForEnd() == 74, "\(kiosk.errors.text)")
    #expect(await kiosk.errors.first { $0.contains("[SPOOL_FAILED]") } != nil, "\(kiosk.errors.text)")
    #expect(calls.failure?.hasPrefix("fdatasync \(spool)/") == true)
    let rest = try await run(Binaries.client, arguments, input: "")
    #expect(rest.status == 0, "\(rest.errors)")
    let official = try TestClient(server, identity: "\(data.path)/certs/official")
    #expect(try await official.tally().ballots == 2)
    await official.shutdown()
    #expect(await server.stop() == 0)
  }
}

/// A kiosk that takes keys from a pipe that stays open.
private final class TappedKiosk {
  let output = ProcessLog()
  let errors = ProcessLog()
  private let keys = Pipe()
  private let process = Process()
  private let end: Task<Int32, Never>

  /// - Parameter arguments: of the client. It is ended after a minute: its lines and its status are waited for.
  init(_ arguments: [String], environment: [String: String]) throws {
    // A kiosk that ended by itself is a failed expectation, not the end of all tests.
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "60", Binaries.client] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["LANG": "C.UTF-8"]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = keys
    process.standardOutput = output.pipe()
    process.standardError = errors.pipe()
    let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.yield($0.terminationStatus) }
    try process.run()
    end = Task {
      for await status in ends { return status }
      return -1
    }
  }

  func tap(_ key: String) throws {
    try keys.fileHandleForWriting.write(contentsOf: Data(key.utf8))
  }

  /// The exit status.
  func waitForEnd() async -> Int32 {
    await end.value
  }
}
