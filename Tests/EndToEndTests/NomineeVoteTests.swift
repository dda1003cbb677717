import Foundation
import Testing

/// A vote by printed codes and a jury's vote through the programs themselves: nominated, screened, voted on, counted, recounted.
@Suite struct NomineeVoteTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private struct Site {
    var data: String
    var server: ServerProcess
    var people: [String: String] = [:]

    init(_ data: String) async throws {
      self.data = data
      server = try await ServerProcess.start(data)
      let authority = try Authority(of: data)
      for (role, name) in [
        ("admin", "quan"), ("clerk", "lan"), ("screener", "tham"), ("coordinator", "kim"), ("official", "minh"),
        ("official", "hoa"), ("official", "an"), ("kiosk", "may-01"),
      ] { people[name] = try authority.client(name, uri: "spiffe://binhchon.test/\(role)/dong-da/\(name)") }
    }

    func run(_ name: String, _ arguments: [String], input: String? = nil) async throws -> Finished {
      let identity = try #require(people[name])
      return try await EndToEndTests.run(
        Binaries.client,
        ["campaign"] + arguments + ["--server", server.address, "--identity", identity, "--json"], input: input)
    }

    /// Must go well.
    @discardableResult
    func done(_ name: String, _ arguments: String..., input: String? = nil) async throws -> String {
      let finished = try await run(name, arguments, input: input)
      try #require(finished.status == 0, "\(arguments): \(finished.errors)")
      return finished.output
    }

    /// A campaign whose models stand for a vote.
    func campaign(_ id: String, vote: String) async throws {
      let file = "\(data)/\(id).yaml"
      let definition = """
        id: \(id)
        title: {vi: Dân vận khéo, en: Skilful mass mobilisation}
        period: {from: 2023-01-01, until: 2024-01-01}
        unit: dong-da
        level: district
        subjects: [model]
        fields:
          - {code: ECONOMY, label: {vi: Kinh tế, en: Economy}}
        vote: \(vote)

        """
      try Data(definition.utf8).write(to: URL(fileURLWithPath: file))
      try await done("quan", "publish", file)
      for number in 1...3 {
        try await done(
          "lan", "nominate", "--campaign", id, "--id", "m\(number)", "--name", "Mô hình số \(number)", "--field",
          "ECONOMY",
          "--registrant", "collective:Tổ dân vận \(number)")
      }
      for (person, move) in [("lan", "submit"), ("tham", "receive"), ("tham", "accept"), ("kim", "open-vote")] {
        try await done(person, "move", "m1", "m2", "m3", move, "--campaign", id, "--why", "đủ điều kiện")
      }
    }

    /// What both verifiers say of the ledger; they share no code.
    func recounts() async throws -> (ours: String, python: String) {
      let file = "\(data)/bulletin"
      try? FileManager.default.removeItem(atPath: file)
      let verified = try await EndToEndTests.run(Binaries.server, ["verify", data, "--bulletin", file])
      #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
      let python = try await EndToEndTests.run("/usr/bin/python3", ["\(NomineeVoteTests.root)/scripts/recount", data])
      #expect(python.status == 0, "\(python.errors)")
      return (try String(contentsOfFile: file, encoding: .utf8), python.output)
    }
  }

  private struct Vote: Decodable, Equatable {
    struct Figures: Decodable, Equatable {
      struct Standing: Decodable, Equatable {
        var nominee: String
        var votes: Int
        var points: Int
        var outcome: String
      }
      var ballots: Int
      var votes: Int
      var overvotes: Int
      var undervotes: Int
      var votesAllowed: Int
      var quorum: Bool
      var standings: [Standing]
    }
    var phase: String
    var entitled: Int
    var figures: Figures?
  }

  private func vote(_ output: String) throws -> Vote {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Vote.self, from: Data(output.utf8))
  }

  @Test(.timeLimit(.minutes(3)))
  func codesAreSpentOnceAndAJuryVotesInTheOpen() async throws {
    let data = try await demoData()
    var site = try await Site(data.path)
    try await secretVote(&site)
    try await juryVote(site)
    let recounts = try await site.recounts()
    #expect(recounts.ours == recounts.python)
    #expect(recounts.ours.contains("vote:kin/vote\t\t6\t9\t0\t3\t0\n"), "\(recounts.ours)")
    #expect(recounts.ours.contains("vote:hoi-dong/vote\tm1\t2\t17\n"))
    #expect(await site.server.stop() == 0)
    let closed = try await site.recounts()
    #expect(closed.ours == recounts.ours && closed.python == recounts.ours)
  }

  private func secretVote(_ site: inout Site) async throws {
    try await site.campaign("kin", vote: "{method: choose, choose: 2, quorum: 1/2, places: 1}")
    let (key, sheet) = ("\(site.data)/hom-phieu.key", "\(site.data)/ma.txt")
    try await site.done("kim", "open-vote", "--campaign", "kin", "--codes", "--key", key)
    try await site.done("kim", "codes", "--campaign", "kin", "--count", "7", "-o", sheet)
    let codes = try String(contentsOfFile: sheet, encoding: .utf8).split(separator: "\n").map(String.init)
    try #require(codes.count == 7)
    let slips = "\(site.data)/ma.html"
    try await site.done("kim", "codes", "--campaign", "kin", "--count", "1", "-o", slips)
    let page = try String(contentsOfFile: slips, encoding: .utf8)
    #expect(page.contains("<p class=\"code\">") && page.contains("<svg"))
    let ballots = [["m1", "m2"], ["m1"], ["m2", "m3"], ["m1", "m3"], ["m1"], ["m2"]]
    for (code, choices) in zip(codes, ballots) {
      let finished = try await site.run(
        "may-01", ["vote", "--campaign", "kin", "--code", "-"] + choices.flatMap { ["--choose", $0] },
        input: "\(code)\n")
      #expect(finished.status == 0, "\(finished.errors)")
    }
    let again = try await site.run(
      "may-01", ["vote", "--campaign", "kin", "--code", codes[0].lowercased(), "--choose", "m3"])
    #expect(again.status == 65 && again.errors.contains("ALREADY_VOTED"), "\(again.errors)")
    let typo = try await site.run(
      "may-01", ["vote", "--campaign", "kin", "--code", "0000-0000-0000-0001", "--choose", "m3"])
    #expect(typo.status == 65 && typo.errors.contains("NOT_ENTITLED"), "\(typo.errors)")
    let many = try await site.run(
      "may-01", ["vote", "--campaign", "kin", "--code", codes[6], "--choose", "m1", "--choose", "m2", "--choose", "m3"])
    #expect(many.status == 65 && many.errors.contains("INVALID_BALLOT"), "\(many.errors)")
    let open = try vote(try await site.done("an", "result", "--campaign", "kin"))
    #expect(open.phase == "open" && open.figures == nil && open.entitled == 8)

    // Nothing that the server wrote tells what was voted, not even to who has the pepper; a kill loses nothing.
    await site.server.crash()
    site.server = try await ServerProcess.start(site.data)
    let early = try await site.run("minh", ["close-vote", "--campaign", "kin", "--key", key])
    #expect(early.status == 77, "\(early.errors)")
    let kept = try Data(contentsOf: URL(fileURLWithPath: key))
    let counted = try vote(try await site.done("kim", "close-vote", "--campaign", "kin", "--key", key))
    #expect(!FileManager.default.fileExists(atPath: key))
    // As if its answer had been lost: the same again tells it, and removes the key.
    try kept.write(to: URL(fileURLWithPath: key))
    #expect(try vote(try await site.done("kim", "close-vote", "--campaign", "kin", "--key", key)) == counted)
    #expect(!FileManager.default.fileExists(atPath: key))
    let figures = try #require(counted.figures)
    #expect(counted.phase == "counted" && figures.quorum)
    #expect((figures.ballots, figures.votes, figures.overvotes, figures.undervotes) == (6, 9, 0, 3))
    #expect(
      figures.standings.map { "\($0.nominee) \($0.votes) \($0.outcome)" } == [
        "m1 4 chosen", "m2 3 not-chosen", "m3 2 not-chosen",
      ])
  }

  private func juryVote(_ site: Site) async throws {
    try await site.campaign("hoi-dong", vote: "{method: jury, levels: 10, threshold: 0.7}")
    let jurors = ["minh", "hoa", "an"].flatMap { ["--juror", "dong-da/\($0)"] }
    _ = try await site.run("kim", ["open-vote", "--campaign", "hoi-dong", "--live"] + jurors)
    try await site.done("minh", "vote", "--campaign", "hoi-dong", "--choose", "m1=9", "--choose", "m2=5")
    try await site.done("hoa", "vote", "--campaign", "hoi-dong", "--choose", "m1=8", "--choose", "m2=6")
    let changed = try await site.run("hoa", ["vote", "--campaign", "hoi-dong", "--choose", "m1=1"])
    #expect(changed.status == 65 && changed.errors.contains("ALREADY_VOTED"), "\(changed.errors)")
    let stranger = try await site.run("lan", ["vote", "--campaign", "hoi-dong", "--choose", "m1=1"])
    #expect(stranger.status == 77 && stranger.errors.contains("NOT_ENTITLED"), "\(stranger.errors)")
    #expect(try vote(try await site.done("an", "result", "--campaign", "hoi-dong")).figures?.ballots == 2)
    let jury = try await site.done("an", "jury", "--campaign", "hoi-dong")
    #expect(jury.contains("dong-da/an") && jury.contains("false"))
    let counted = try vote(try await site.done("kim", "close-vote", "--campaign", "hoi-dong"))
    #expect(
      counted.figures?.standings.map { "\($0.nominee) \($0.points) \($0.outcome)" } == [
        "m1 17 chosen", "m2 11 not-chosen", "m3 0 not-chosen",
      ])
  }
}
