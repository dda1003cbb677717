import CSQLite3
import Foundation
import Testing

/// What kiosks keep for the day the server's disk is lost, and what they need not keep any more.
@Suite struct BackedUpTests {
  private let places = ["01", "02"]

  @Test(.timeLimit(.minutes(3)))
  func everyVoteIsCountedOnceThoughTheDiskIsLostAndKiosksForgetWhatABackupHolds() async throws {
    let data = try await demoData()
    let elsewhere = try TemporaryDirectory()
    let backup = "\(elsewhere.path)/backup.db"
    var server = try await ServerProcess.start(data.path)
    try await tapEverywhere("54545", server, data)
    #expect(try kept(data) == [5, 5])

    // While the server runs; it says so with its next answer.
    let made = try await run(Binaries.server, ["backup", "--to", backup, data.path])
    #expect(made.status == 0, "\(made.errors)")
    try await tapEverywhere("121", server, data)
    #expect(try kept(data) == [3, 3], "what the backup holds is forgotten")
    await server.crash()

    // The disk is gone; certificates and pepper are kept elsewhere, as they should be.
    let replaced = try TemporaryDirectory()
    for name in ["binhchon.yaml", "pepper", "certs"] {
      try FileManager.default.copyItem(atPath: "\(data.path)/\(name)", toPath: "\(replaced.path)/\(name)")
    }
    let restored = try await run(Binaries.server, ["restore", backup, replaced.path])
    #expect(restored.status == 0, "\(restored.errors)")
    server = try await ServerProcess.start(replaced.path)
    let official = try TestClient(server, identity: "\(replaced.path)/certs/official")
    #expect(try await official.tally().ballots == 10)
    try await tapEverywhere("3", server, data)
    #expect(try await official.tally().ballots == 18)
    #expect(try kept(data) == [4, 4], "of the new ledger there is no backup yet")
    await official.shutdown()
    #expect(await server.stop() == 0)
    let ids = try LedgerRows(directory: replaced.path).ballotIDs()
    #expect(ids.count == 18)
    #expect(Set(ids).count == 18)
    let verified = try await run(Binaries.server, ["verify", replaced.path])
    #expect(verified.output.contains("verify: ok"), "\(verified.output)")
  }

  private func spool(_ place: String, _ data: TemporaryDirectory) -> String { "\(data.path)/spool-\(place)" }

  private func tapEverywhere(_ keys: String, _ server: ServerProcess, _ data: TemporaryDirectory) async throws {
    for place in places {
      let tapped = try await run(
        Binaries.client,
        [
          "kiosk", "--server", server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", "hai-chau-hai-long",
          "--unit", "hai-chau/mot-cua/quay-\(place)", "--spool", spool(place, data), "--wait", "60",
        ], input: keys)
      #expect(tapped.status == 0, "\(tapped.errors)")
    }
  }

  /// Answered presses in each spool.
  private func kept(_ data: TemporaryDirectory) throws -> [Int] {
    try places.map { place in
      var database: OpaquePointer?
      defer { sqlite3_close(database) }
      var statement: OpaquePointer?
      defer { sqlite3_finalize(statement) }
      guard
        sqlite3_open_v2("\(spool(place, data))/spool.db", &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
        sqlite3_prepare_v2(database, "SELECT count(*) FROM tap WHERE state = 2", -1, &statement, nil) == SQLITE_OK,
        sqlite3_step(statement) == SQLITE_ROW
      else { throw LedgerRows.Failed(message: String(cString: sqlite3_errmsg(database))) }
      return Int(sqlite3_column_int64(statement, 0))
    }
  }
}
