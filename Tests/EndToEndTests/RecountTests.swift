import Foundation
import Schema
import Testing

/// Two verifiers that share no code: the server's, and scripts/recount, which knows nothing but FORMAT.md.
@Suite struct RecountTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private func recount(_ ledger: String) async throws -> Finished {
    try await run("/usr/bin/python3", ["\(Self.root)/scripts/recount", ledger])
  }

  private func bulletin(_ ledger: String, in data: String) async throws -> String {
    let file = "\(data)/bulletin"
    let verified = try await run(Binaries.server, ["verify", ledger, "--bulletin", file])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    return try String(contentsOfFile: file, encoding: .utf8)
  }

  /// Ballots with and without reasons, dossiers and voids, and a kiosk's presses, some of them flagged.
  private func fill(_ data: String, _ server: ServerProcess) async throws {
    let admin = try TestClient(server, identity: "\(data)/certs/admin")
    _ = try await admin.call(PollMethods.publishPoll, DossierPoll.publishRequest)
    let kiosk = try TestClient(server, identity: "\(data)/certs/kiosk")
    for (index, level) in (Ballots.levels + Ballots.levels + Ballots.levels).enumerated() {
      var ballot = Ballots.ballot(level, unit: "hai-chau/mot-cua/quay-0\(index % 3 + 1)")
      if level == "KHL", index > 5 {
        var reasons = Binhchon_V1_Answer()
        reasons.question = "ly-do"
        reasons.choices = ["CHO-LAU"]
        ballot.answers.append(reasons)
      }
      _ = try await kiosk.cast(ballot)
      _ = try await kiosk.cast(DossierPoll.ballot(level, credential: "H17-\(index)"))
      guard index % 5 == 0 else { continue }
      var void = Binhchon_V1_VoidBallotRequest()
      void.ballotID = ballot.ballotID
      void.reason = "thử"
      _ = try await admin.call(BallotMethods.voidBallot, void)
    }
    await kiosk.shutdown()
    await admin.shutdown()
    let taps = try await run(
      Binaries.client,
      [
        "kiosk", "--server", server.address, "--identity", "\(data)/certs/kiosk", "--poll", Ballots.poll, "--unit",
        "hai-chau/mot-cua/quay-01", "--spool", "\(data)/spool", "--wait", "60",
      ], input: "5 4 1 5")
    #expect(taps.status == 0, "\(taps.errors)")
  }

  @Test(.timeLimit(.minutes(2)))
  func bothGiveTheSameBulletin() async throws {
    let data = try await demoData()
    var server = try await ServerProcess.start(data.path)
    try await fill(data.path, server)
    // While it is served, after a crash, and when nothing is left in the journal.
    let served = try await recount(data.path)
    #expect(served.status == 0, "\(served.errors)")
    #expect(served.output.split(separator: "\n").count > 20)
    #expect(try await bulletin(data.path, in: data.path) == served.output)
    await server.crash()
    #expect(try await bulletin(data.path, in: data.path) == served.output)
    #expect(try await recount(data.path).output == served.output)
    server = try await ServerProcess.start(data.path)
    #expect(await server.stop() == 0)
    #expect(try await recount(data.path).output == served.output)
    let backup = "\(data.path)/backup.db"
    #expect(try await run(Binaries.server, ["backup", "--to", backup, data.path]).status == 0)
    #expect(try await recount(backup).output == served.output)
    #expect(try await bulletin(backup, in: data.path) == served.output)

    let flip = ["\(Self.root)/Tests/Recount/flips.py", "\(Self.root)/scripts/recount", data.path]
    let flips = try await run("/usr/bin/python3", flip)
    #expect(flips.status == 0, "\(flips.output)\(flips.errors)")
    #expect(flips.output.contains("every flip found"))
    let blind = try await run("/usr/bin/python3", flip + ["--blind"])
    #expect(blind.status == 1 && blind.output.contains("missed"), "\(blind.output)\(blind.errors)")

    // What the one finds the other finds.
    try LedgerRows(directory: data.path).execute("UPDATE entry SET kind = 3 WHERE seq = 7")
    let changed = try await recount(data.path)
    #expect(changed.status == 1)
    #expect(changed.errors.contains("entry 7 does not have its checksum"), "\(changed.errors)")
    #expect(try await run(Binaries.server, ["verify", data.path]).status == 1)
  }

  @Test func whatIsNoLedger() async throws {
    let empty = try TemporaryDirectory()
    #expect(try await recount(empty.path).status == 66)
    #expect(try await run("/usr/bin/python3", ["\(Self.root)/scripts/recount"]).status == 64)
  }
}
