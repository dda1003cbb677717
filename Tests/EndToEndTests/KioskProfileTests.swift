import Foundation
import Testing

/// A kiosk that starts without its server shows what it kept, and what it takes then is counted as it was shown.
@Suite struct KioskProfileTests {
  @Test(.timeLimit(.minutes(2)))
  func aPollThatChangedWhileTheKioskWasOffline() async throws {
    let data = try await demoData()
    let spool = try TemporaryDirectory()
    func client(_ server: String, _ role: String, _ arguments: [String], input: String? = nil) async throws -> Finished
    {
      try await run(
        Binaries.client, arguments + ["--server", server, "--identity", "\(data.path)/certs/\(role)", "--lang", "en"],
        input: input)
    }
    func tap(_ keys: String, _ server: String, wait: Int) async throws -> Finished {
      try await client(
        server, "kiosk",
        [
          "kiosk", "--poll", "hai-chau-hai-long", "--unit", "hai-chau/mot-cua/quay-01", "--spool", spool.path, "--wait",
          "\(wait)",
        ], input: keys)
    }

    let first = try await ServerProcess.start(data.path)
    let nothing = try await tap("4", "127.0.0.1:1", wait: 0)
    #expect(nothing.status == 69, "\(nothing.errors)")
    let online = try await tap("4", first.address, wait: 30)
    #expect(online.status == 0, "\(online.errors)")
    #expect(await first.stop() == 0)

    let offline = try await tap("4 2(1)", first.address, wait: 0)
    #expect(offline.status == 75)
    #expect(offline.errors.contains("showing version 1, kept here"), "\(offline.errors)")

    // The next version has another choice in the place of HL, and asks nobody for reasons.
    let second = try await ServerProcess.start(data.path)
    let shown = try await client(second.address, "admin", ["polls", "show", "hai-chau-hai-long"])
    #expect(shown.output.contains("code: HL\n") && shown.output.contains("asked-if:"), "\(shown.output)")
    let file = "\(spool.path)/poll.yaml"
    let reasons = try #require(shown.output.range(of: "  - id: ly-do"))
    try shown.output[..<reasons.lowerBound].replacing("code: HL\n", with: "code: TOT\n")
      .write(toFile: file, atomically: true, encoding: .utf8)
    let published = try await client(second.address, "admin", ["polls", "publish", file])
    #expect(published.output.contains("version 2"), "\(published.output)\(published.errors)")

    let again = try await tap("4", second.address, wait: 30)
    #expect(again.status == 0, "\(again.errors)")
    // Number and first choice of each: what was tapped offline, with its old version, and the new tap.
    let lines = again.output.split(separator: "\n").filter { $0.contains(" counted") }.map { line in
      line.split(separator: " ").prefix(2).joined(separator: " ")
    }
    #expect(["2 HL", "3 KHL", "4 TOT"].allSatisfy(lines.contains), "\(again.output)")

    let tally = try await client(second.address, "official", ["tally", "--poll", "hai-chau-hai-long", "--csv"])
    let totals = tally.output.split(separator: "\r\n").filter { $0.contains(",total,") }
    // Four ballots; of HL only the version it was shown in knows.
    #expect(totals.contains { $0.contains(",total,4,0,hai-long,TOT,1") }, "\(tally.output)")
    #expect(totals.contains { $0.contains(",total,4,0,hai-long,KHL,1") }, "\(tally.output)")
    #expect(await second.stop() == 0)
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 0 && verified.output.contains("ballots 4"), "\(verified.output)\(verified.errors)")
  }
}
