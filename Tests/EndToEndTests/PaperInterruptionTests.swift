import Foundation
import Testing

/// Imports that are broken off in their middle, at a moment that no clock decides: their bytes are held on the way.
@Suite(.timeLimit(.minutes(3))) struct PaperInterruptionTests {
  /// Behind the first chunk of rows, which the server has then, and before the last.
  private static let middle = 120_000

  private struct Desk {
    let site: DemoSite
    let gate = Gate()
    let address: String

    init() async throws {
      site = try await DemoSite()
      address = try await gate.start(to: site.server)
    }

    func importing(_ path: String, _ batch: String, as person: String, more: Bool = false) -> [String] {
      [
        "import", path, "--poll", Ballots.poll, "--batch", batch, "--manifest", "\(path).yaml", "--accept-warnings",
        "--json", "--lang", "en", "--identity", "\(site.data)/certs/\(person)",
      ] + (more ? ["--more"] : [])
    }

    /// Behind the gate.
    func enter(_ path: String, _ batch: String, as person: String, more: Bool = false) async throws -> Finished {
      try await run(
        Binaries.client, importing(path, batch, as: person, more: more) + ["--server", site.server.address])
    }

    func seen(_ batch: String) async throws -> PaperBatchSeen {
      let shown = try await site.shell(
        "binhchon paper show \(batch) --poll \(Ballots.poll) --json", as: "coordinator")
      return try JSONDecoder().decode(PaperBatchSeen.self, from: Data(shown.output.utf8))
    }

    func stop() async throws {
      try await gate.stop()
      #expect(await site.server.stop() == 0)
    }
  }

  /// Ctrl-C, then a network that breaks: the same command again, and the tally is the file.
  @Test func theSameCommandFinishesIt() async throws {
    let desk = try await Desk()
    let file = try PaperFileSample(in: desk.site.directory.path)

    desk.gate.arm(.hold, after: Self.middle)
    let first = try ClientProcess(
      desk.importing(file.path, "lo", as: "clerk", more: true) + ["--server", desk.address])
    #expect(await desk.gate.wasReached())
    first.interrupt()
    #expect(await first.waitForEnd() == 130)
    desk.gate.open()
    let cut = try await desk.seen("lo")
    #expect(cut.phase == "entering-first" && cut.entries.first?.files.map(\.whole) == [false])
    #expect((1..<file.rows).contains(cut.entries.first?.rows ?? 0))
    // The file is whole then, the entry is not closed; and then it is.
    let again = try await desk.enter(file.path, "lo", as: "clerk", more: true)
    #expect(again.status == 0, "\(again.errors)")
    let whole = try await desk.seen("lo")
    #expect(whole.phase == "entering-first" && whole.entries.first?.files.map(\.whole) == [true])
    #expect(try await desk.enter(file.path, "lo", as: "clerk").status == 0)

    desk.gate.arm(.cut, after: Self.middle)
    let second = try await run(
      Binaries.client, desk.importing(file.secondPath, "lo", as: "second-clerk") + ["--server", desk.address])
    #expect(await desk.gate.wasReached())
    // It came back by itself, or says that the server is away.
    #expect([0, 69].contains(second.status), "\(second.errors)")
    let resumed = try await desk.enter(file.secondPath, "lo", as: "second-clerk")
    #expect(resumed.status == 0, "\(resumed.errors)")

    let accepted = try await desk.site.shell(
      "binhchon paper accept lo --poll \(Ballots.poll) --json", as: "coordinator")
    #expect(accepted.status == 0, "\(accepted.output)")
    #expect(try await desk.seen("lo").breaches(of: file) == [])
    let official = try TestClient(desk.site.server, identity: "\(desk.site.data)/certs/official")
    #expect(file.breaches(try await official.tally(), batches: 1) == [])
    await official.shutdown()
    try await desk.stop()
  }

  /// What was entered of a file that somebody saved anew meanwhile is dropped, and nothing of either is left.
  @Test func aFileThatIsChangedMeanwhile() async throws {
    let desk = try await Desk()
    // More chunks than are read ahead.
    let file = try PaperFileSample(in: desk.site.directory.path, sheets: 6_000)
    desk.gate.arm(.hold, after: Self.middle)
    async let entered = run(
      Binaries.client, desk.importing(file.path, "lo", as: "clerk") + ["--server", desk.address])
    #expect(await desk.gate.wasReached())
    // There is always a file, the one or the other.
    try FileManager.default.copyItem(atPath: file.exchangedPath, toPath: "\(file.path).moi")
    try #require(rename("\(file.path).moi", file.path) == 0)
    desk.gate.open()
    let changed = try await entered
    #expect(changed.status == 65 && changed.errors.contains("FILE_CHANGED"), "\(changed.errors)")
    let dropped = try await desk.seen("lo")
    #expect(dropped.phase == "awaiting-first" && dropped.entries.isEmpty)
    #expect(dropped.history.map(\.event) == ["manifest", "claim", "discard"])
    #expect(dropped.history.last?.why == "the file was changed while it was imported")
    #expect(try await desk.enter(file.path, "lo", as: "clerk").status == 0)
    let entry = try #require(try await desk.seen("lo").entries.first)
    #expect(entry.rows == file.rows && entry.files.map(\.whole) == [true])
    try await desk.stop()
  }
}
