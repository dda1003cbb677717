import Foundation
import Schema
import Testing

/// What officials were shown of a poll with k over 1, recounted by the real program from what the real server wrote.
@Suite struct PublishedVerifyTests {
  @Test(.timeLimit(.minutes(1)))
  func everyFigureThatWasShownIsRecountedAlsoInABackup() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    func client(_ role: String) throws -> TestClient {
      try TestClient(server, identity: "\(data.path)/certs/\(role)")
    }
    let (admin, kiosk, official) = (try client("admin"), try client("kiosk"), try client("official"))
    var publish = ReasonsPoll.publishRequest()
    publish.poll.policy.k = 5
    _ = try await admin.call(PollMethods.publishPoll, publish)
    var ballots: [Data] = []
    for level in [String](repeating: "RHL", count: 9) + [String](repeating: "HL", count: 6) {
      let ballot = Ballots.ballot(level, poll: ReasonsPoll.id)
      _ = try await kiosk.cast(ballot)
      ballots.append(ballot.ballotID)
    }
    let shown = try await official.tally(of: ReasonsPoll.id)
    #expect(shown.ballots == 15 && shown.questions[0].choices.map(\.count) == [0, 0, 0, 6, 9])
    // What comes later changes nothing that was shown.
    let void = Binhchon_V1_VoidBallotRequest.with {
      $0.ballotID = ballots[0]
      $0.reason = "thử"
    }
    _ = try await admin.call(BallotMethods.voidBallot, void)
    for client in [admin, kiosk, official] { await client.shutdown() }

    let copy = "\(data.path)/copy.db"
    let backup = try await run(Binaries.server, ["backup", "--to", copy, data.path])
    #expect(backup.status == 0, "\(backup)")
    for place in [data.path, copy] {
      let verified = try await run(Binaries.server, ["verify", place])
      #expect(verified.status == 0 && verified.output.contains("verify: ok"), "\(verified)")
      let figures = try #require(verified.output.firstMatch(of: /([0-9]+) published figures equal/)?.1)
      #expect(try #require(Int(figures)) > 100)
    }
    #expect(await server.stop() == 0)

    for (place, file) in [(data.path, "\(data.path)/publications.json"), (copy, "\(copy).publications.json")] {
      let remembered = URL(fileURLWithPath: file)
      let changed = try String(contentsOf: remembered, encoding: .utf8)
        .replacing(/"count":[0-9]+/, with: #""count":77777"#, maxReplacements: 1)
      try Data(changed.utf8).write(to: remembered)
      let different = try await run(Binaries.server, ["verify", place])
      #expect(different.status == 1 && different.output.contains("verify: DIFFERENT"), "\(different)")
      #expect(different.output.contains("published of poll \(ReasonsPoll.id) on"), "\(different)")
    }
  }
}
