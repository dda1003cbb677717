import Foundation
import Testing

/// The day the disk is lost: a backup from before, and kiosks that were thanked for more.
@Suite struct RestoreTests {
  @Test(.timeLimit(.minutes(2)))
  func whatCameAfterTheBackupComesBackFromTheKiosks() async throws {
    let data = try await demoData()
    let backup = "\(data.path)/backup.db"
    var server = try await ServerProcess.start(data.path)
    func tap(_ keys: String) async throws -> Finished {
      try await run(
        Binaries.client,
        [
          "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", "hai-chau-hai-long",
          "--unit", "hai-chau/mot-cua/quay-01", "--spool", "\(data.path)/spool", "--wait", "60",
        ], input: keys)
    }
    #expect(try await tap("54545").status == 0)
    let made = try await run(Binaries.server, ["backup", "--verify", "--to", backup, data.path])
    #expect(made.status == 0, "\(made.errors)")
    #expect(try await tap("1212121").status == 0)
    await server.crash()

    let refused = try await run(Binaries.server, ["restore", backup, data.path])
    #expect(refused.status == 73, "a ledger that is there is never replaced")
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      try FileManager.default.moveItem(atPath: "\(data.path)/\(file)", toPath: "\(data.path)/lost-\(file)")
    }
    try Data(String(repeating: "ab", count: 32).utf8).write(to: URL(fileURLWithPath: "\(data.path)/wrong"))
    let wrong = try await run(Binaries.server, ["restore", backup, "\(data.path)/x", "--pepper", "\(data.path)/wrong"])
    #expect(wrong.status == 78, "with another pepper every dossier could be rated again")
    let restored = try await run(Binaries.server, ["restore", backup, data.path])
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(restored.output.contains("restore: ok"))

    server = try await ServerProcess.start(data.path)
    let official = try TestClient(server, identity: "\(data.path)/certs/official")
    #expect(try await official.tally().ballots == 5)
    // The first answer tells the kiosk of the new epoch.
    #expect(try await tap("3").status == 0)
    #expect(try await official.tally().ballots == 13)
    await official.shutdown()
    #expect(await server.stop() == 0)
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.output.contains("verify: ok"), "\(verified.output)")
  }
}
