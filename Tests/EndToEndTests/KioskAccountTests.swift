import CSQLite3
import Foundation
import RPC
import Schema
import Testing

@testable import binhchon

/// Real kiosks, a real server and `binhchon kiosks`: a key that is stuck, a server that is away, polls that have closed,
/// and a press that is lost. Every press is in one column.
@Suite struct KioskAccountTests {
  private struct Account: Decodable {
    struct Counts: Decodable {
      var presses: Int
      var counted: Int
      var flagged: Int
      var duplicate: Int
      var rejected: Int
      var late: Int
      var lateCounted: Int
      var corrections: Int
      var pending: Int
    }
    struct Alarm: Decodable {
      var alarm: String
    }
    struct Day: Decodable {
      var counts: Counts
      var lawKept: Bool
    }
    var unit: String
    var name: String
    var version: String
    var acknowledgedThrough: Int
    var missing: Int
    var waiting: Int
    var lawKept: Bool
    var total: Counts
    var today: Counts
    var alarms: [Alarm]
    var days: [Day]
  }

  /// One kiosk over servers that come and go.
  private struct Site {
    let data: String
    var server: ServerProcess

    mutating func restart() async throws {
      server = try await ServerProcess.start(data)
    }

    func client(_ role: String, _ arguments: [String], input: String? = nil) async throws -> Finished {
      try await run(
        Binaries.client, arguments + ["--server", server.address, "--identity", "\(data)/certs/\(role)"],
        input: input)
    }

    func kiosk(_ poll: String) -> [String] {
      [
        "kiosk", "--poll", poll, "--unit", "hai-chau/mot-cua/quay-01", "--spool", "\(data)/spool", "--lang", "en",
      ]
    }

    func account() async throws -> Account {
      let listed = try await client("official", ["kiosks", "--json", "--days"])
      #expect(listed.status == 0, "\(listed.errors)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Account.self, from: Data(listed.output.utf8))
    }

    func publish(_ id: String, _ change: (inout Binhchon_V1_Poll) -> Void) async throws {
      var request = DossierPoll.publishRequest
      request.poll.id = id
      request.poll.policy.onePerCredential = false
      change(&request.poll)
      let admin = try TestClient(server, identity: "\(data)/certs/admin")
      _ = try await admin.call(PollMethods.publishPoll, request)
      await admin.shutdown()
    }

    func close(_ poll: String) async throws {
      let closed = try await client("admin", ["polls", "close", poll, "--reason", "hết đợt"])
      #expect(closed.status == 0, "\(closed.errors)")
    }

    /// A press that is answered, then so many while the server is away; the kiosk ends with these in its spool.
    mutating func tapAndLoseTheServer(_ poll: String, keys: Int) async throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Binaries.client)
      process.arguments =
        kiosk(poll) + ["--server", server.address, "--identity", "\(data)/certs/kiosk", "--wait", "1"]
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
      process.terminationHandler = {
        ended.yield($0.terminationStatus)
        ended.finish()
      }
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data("4".utf8))
      // Blocks until the first line: it is answered.
      _ = output.fileHandleForReading.availableData
      await server.crash()
      try input.fileHandleForWriting.write(contentsOf: Data(String(repeating: "5", count: keys).utf8))
      try input.fileHandleForWriting.close()
      for await status in ends { #expect(status == 75) }
      try await restart()
    }
  }

  @Test(.timeLimit(.minutes(3)))
  func everyPressIsInOneColumn() async throws {
    signal(SIGPIPE, SIG_IGN)
    let data = try await demoData()
    var site = Site(data: data.path, server: try await ServerProcess.start(data.path))

    // A key that is stuck.
    try await site.publish("ket-phim") { $0.policy.cooldownMs = 600_000 }
    let stuck = try await site.client("kiosk", site.kiosk("ket-phim"), input: "55555")
    #expect(stuck.status == 0, "\(stuck.errors)")
    var account = try await site.account()
    #expect([account.total.presses, account.total.counted, account.total.flagged] == [5, 1, 4] as [Int])
    let tally = try await site.client("official", ["tally", "--poll", "ket-phim", "--json"])
    #expect(tally.output.contains("\"flagged_ballots\":4"), "\(tally.output)")

    // A burst: two are let through.
    try await site.publish("dap-lien-tuc") {
      $0.policy.burst.presses = 2
      $0.policy.burst.withinMs = 3_600_000
    }
    let burst = try await site.client("kiosk", site.kiosk("dap-lien-tuc"), input: "555")
    #expect(burst.status == 0, "\(burst.errors)")
    account = try await site.account()
    #expect([account.total.presses, account.total.counted, account.total.flagged] == [8, 3, 5] as [Int])

    // A server that is away, and a poll that closes in the meantime: seven days are there for such.
    try await site.publish("dong-roi") { $0.policy.cooldownMs = 0 }
    try await site.tapAndLoseTheServer("dong-roi", keys: 20)
    try await site.close("dong-roi")
    let late = try await site.client("kiosk", site.kiosk("dong-roi"), input: "")
    #expect(late.status == 0, "\(late.errors)")

    // One that is sealed when it closes.
    try await site.publish("niem-phong") { $0.policy.lateMs = 0 }
    try await site.tapAndLoseTheServer("niem-phong", keys: 3)
    try await site.close("niem-phong")
    _ = try await site.client("kiosk", site.kiosk("niem-phong"), input: "")

    account = try await site.account()
    let total = account.total
    #expect([total.presses, total.counted, total.flagged, total.late, total.pending] == [33, 5, 5, 23, 0] as [Int])
    #expect([total.lateCounted, total.corrections, total.duplicate, total.rejected] == [20, 3, 0, 0] as [Int])
    #expect(account.today.presses + (account.days.dropFirst().first?.counts.presses ?? 0) == 33)
    #expect(account.acknowledgedThrough == 33)
    #expect([account.missing, account.waiting] == [0, 0] as [Int])
    #expect([account.unit, account.name, account.version] == ["hai-chau/mot-cua", "kiosk-demo", BinhChon.version])
    #expect(account.lawKept)
    #expect(account.days.map(\.lawKept).contains(false) == false)
    #expect(account.alarms.map(\.alarm) == [])
    #expect(try await site.client("official", ["kiosks", "--check"]).status == 0)
    let corrections = try await site.client("auditor", ["kiosks", "corrections", "niem-phong", "--json"])
    #expect(corrections.output.split(separator: "\n").count == 3, "\(corrections.output)\(corrections.errors)")
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.output.contains("verify: ok"), "\(verified.output)")

    // A press that the kiosk has given up and nobody else has.
    try execute(
      "UPDATE spool SET presses = presses + 1, rejected = rejected + 1; UPDATE day SET presses = presses + 1",
      "\(data.path)/spool/spool.db")
    let broken = try await site.client("kiosk", site.kiosk("ket-phim"), input: "")
    #expect(broken.status == 0, "\(broken.errors)")
    #expect(try await site.account().alarms.map(\.alarm) == ["law-broken"])
    for (language, words) in [("en", "1 presses are missing"), ("vi", "1 lần bấm bị mất")] {
      let listed = try await site.client("official", ["kiosks", "--days", "--check", "--lang", language])
      #expect(listed.status == 1)
      #expect(listed.output.contains(words), "\(listed.output)\(listed.errors)")
    }
    #expect(await site.server.stop() == 0)
  }

  private func execute(_ sql: String, _ path: String) throws {
    var handle: OpaquePointer?
    try #require(sqlite3_open(path, &handle) == SQLITE_OK)
    defer { sqlite3_close_v2(handle) }
    try #require(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
  }
}
