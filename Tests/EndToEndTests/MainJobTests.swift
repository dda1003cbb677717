import Foundation
import Testing

/// The main job through the programs themselves: a rating is cast, watched, counted, recounted and backed up.
@Suite struct MainJobTests {
  @Test(.timeLimit(.minutes(1)))
  func aDryRunIsTellableByPrograms() async throws {
    let example = try await run(Binaries.client, ["polls", "example"])
    let directory = try TemporaryDirectory()
    let file = "\(directory.path)/poll.yaml"
    try example.output.write(toFile: file, atomically: true, encoding: .utf8)
    let checked = try await run(Binaries.client, ["polls", "publish", "--dry-run", "--json", file])
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.output.contains("\"poll\":\"hai-chau-hai-long\""), "\(checked.output)")
  }

  @Test(.timeLimit(.minutes(2)))
  func aRatingTravelsFromAKioskToTheOfficialAndTheAuditor() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    func client(_ role: String, _ arguments: [String], input: String? = nil) async throws -> Finished {
      try await run(
        Binaries.client, arguments + ["--server", server.address, "--identity", "\(data.path)/certs/\(role)"],
        input: input)
    }
    let poll = ["--poll", "hai-chau-hai-long"]

    let vote = try await client(
      "kiosk", ["vote", "--unit", "hai-chau/mot-cua/quay-01", "--choice", "RHL", "--json"] + poll)
    #expect(vote.status == 0, "\(vote.errors)")
    #expect(vote.output.contains("\"outcome\":\"counted\""), "\(vote.output)")
    let kiosk = try await client(
      "kiosk", ["kiosk", "--unit", "hai-chau/mot-cua/quay-02", "--lang", "en"] + poll, input: "5\n4\n4\n1\n")
    #expect(kiosk.status == 0, "\(kiosk.errors)")

    struct Update: Decodable {
      var kind: String
      var tally: Tally
    }
    struct Tally: Decodable {
      struct Window: Decodable {
        struct Question: Decodable {
          struct Choice: Decodable {
            var choice: String
            var count: Int
          }
          var choices: [Choice]
        }
        var window: String
        var ballots: Int
        var questions: [Question]
      }
      var revision: Int
      var windows: [Window]
    }
    let watched = try await client("official", ["watch", "--json", "--once"] + poll)
    #expect(watched.status == 0, "\(watched.errors)")
    let update = try JSONDecoder().decode(Update.self, from: Data(watched.output.utf8))
    #expect(update.kind == "snapshot")
    // One entry published the poll.
    #expect(update.tally.revision == 6)
    let total = try #require(update.tally.windows.first { $0.window == "total" })
    #expect(total.ballots == 5)
    #expect(total.questions[0].choices.map(\.count) == [1, 0, 0, 2, 2])

    // A counter of its own; and a unit beyond the kiosk's subtree.
    let counter = try await client("official", ["tally", "--unit", "hai-chau/mot-cua/quay-02", "--csv"] + poll)
    #expect(counter.output.contains("total"))
    let elsewhere = try await client("kiosk", ["vote", "--unit", "hai-chau", "--choice", "HL", "--lang", "en"] + poll)
    #expect(elsewhere.status == 77)
    #expect(elsewhere.errors.contains("[OUT_OF_SCOPE]"), "\(elsewhere.errors)")

    // Recount and backup, while it serves.
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 0 && verified.output.contains("verify: ok"), "\(verified.output)\(verified.errors)")
    let copy = "\(data.path)/copy.db"
    let backup = try await run(Binaries.server, ["backup", "--to", copy, "--config", "\(data.path)/binhchon.yaml"])
    #expect(backup.status == 0, "\(backup.errors)")
    #expect(backup.output.contains("6 entries up to revision 6"), "\(backup.output)")
    #expect(try await run(Binaries.server, ["backup", "--to", copy, data.path]).status == 73)
    let recounted = try await run(Binaries.server, ["verify", copy])
    #expect(recounted.output.contains("6 entries") && recounted.output.contains("verify: ok"), "\(recounted.errors)")
    let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
    #expect(mode == 0o600)

    // Closing ends it; the ballot that was counted is still answered.
    let closed = try await client("admin", ["polls", "close", "hai-chau-hai-long", "--reason", "hết đợt"])
    #expect(closed.status == 0, "\(closed.errors)")
    let late = try await client(
      "kiosk", ["vote", "--unit", "hai-chau/mot-cua/quay-01", "--choice", "HL", "--lang", "en"] + poll)
    #expect(late.errors.contains("[POLL_NOT_OPEN]"), "\(late.status) \(late.errors)")
    #expect(await server.stop() == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func aVerifyThatFindsADifferenceSaysSoAndExitsWithOne() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    _ = try await kiosk.cast(Ballots.ballot())
    await kiosk.shutdown()
    #expect(await server.stop() == 0)
    try LedgerRows(directory: data.path).execute("UPDATE cell SET count = count + 1")
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 1)
    #expect(verified.output.contains("verify: DIFFERENT"), "\(verified.output)")
  }

  @Test(.timeLimit(.minutes(1)))
  func whatCannotBeDoneIsSaidBySysexits() async throws {
    let data = try await demoData()
    let config = "\(data.path)/binhchon.yaml"
    #expect(try await run(Binaries.server, ["init", data.path]).status == 73)
    #expect(try await run(Binaries.server, ["verify", "\(data.path)/nothing"]).status == 66)
    #expect(try await run(Binaries.server, ["verify"]).status == 64)
    let nowhere = try await run(Binaries.server, ["init", "/dev/null/data"])
    #expect(nowhere.status == 73)
    #expect(nowhere.errors.contains("cannot make /dev/null"), "\(nowhere.errors)")
    #expect(try await run(Binaries.server, ["serve", "--config", "\(data.path)/nothing.yaml"]).status == 66)
    #expect(try await run(Binaries.server, ["check-config", config]).status == 0)
    try "listen: 127.0.0.1:0\nlisten_: 2\n".write(toFile: config, atomically: true, encoding: .utf8)
    let wrong = try await run(Binaries.server, ["serve", "--config", config])
    #expect(wrong.status == 78)
    #expect(
      wrong.errors.contains("binhchon.yaml:2:1: there is no key listen_; did you mean listen?"), "\(wrong.errors)")
  }

  @Test(.timeLimit(.minutes(1)))
  func twoServersNeverWriteOneLedger() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let second = try await run(
      Binaries.server, ["serve", "--config", "\(data.path)/binhchon.yaml", "--listen", "127.0.0.1:0"])
    #expect(second.status == 75, "\(second.errors)")
    #expect(await server.stop() == 0)
  }
}
