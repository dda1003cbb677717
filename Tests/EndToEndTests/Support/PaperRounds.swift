import FaultRun
import Foundation
import RPC
import Schema
import SeededRandom
import Testing

@testable import binhchon

/// Batches of paper that two clerks enter from files that say the same, while their program, the server or both are killed.
struct PaperRounds {
  enum Victim: CaseIterable {
    case client, server, both
  }

  struct Result {
    var batches = 0
    /// Kills that came before the command had ended.
    var interrupted = 0
    /// Kills after a byte of the rows.
    var aimed = 0
    /// Of those the ones that came when some rows were in and some were not, by who was killed.
    var midway: [Victim: Int] = [:]
    /// Of those the ones after which the command went on by itself.
    var wentOn = 0
    /// What a batch may not show; empty: every promise was kept.
    var breaches: [String] = []
  }

  /// What is imported after a kill: what was imported before it.
  var again: @Sendable (_ file: PaperFileSample, _ path: String) -> String = { $1 }

  /// Of one entry at most.
  private static let killsPerEntry = 3
  /// Of so many kills one comes at any moment of the command, which also connects, reads and checks; the others come after
  /// any byte of its rows behind the first chunk.
  private static let aimedBesideOne = 4
  /// More than a command sends beside its rows.
  private static let beside = 8 << 10

  func run(_ cases: Range<Int>, of run: FaultRun) async throws -> Result {
    let site = try await DemoSite()
    let file = try PaperFileSample(in: site.directory.path, named: "lo-calm")
    let gate = Gate()
    let address = try await gate.start(to: site.server)
    // What an import sends, and how long it takes, when nobody is killed: moments are drawn from that.
    let began = ContinuousClock.now
    let calm = try await enter(file.path, "calm", "clerk", site, address).waitForEnd()
    let usual = (time: ContinuousClock.now - began, bytes: gate.sent)
    try #require(calm == 0, "an import that nobody kills ends with \(calm)")
    try #require(usual.bytes > 10 * Self.beside, "an import sends \(usual.bytes) bytes only")

    var server = site.server
    var result = Result()
    var numbers = cases
    while let first = numbers.first {
      // As long as that of the calm one: files of other names are longer.
      let batch = "lo-\(String("000\(first)".suffix(4)))"
      // No file is counted in two batches.
      let file = try PaperFileSample(in: site.directory.path, named: batch)
      for (entry, clerk, typed) in [(1, "clerk", file.path), (2, "second-clerk", file.secondPath)]
        as [(UInt32, String, String)]
      {
        var path = typed
        for number in numbers.prefix(Self.killsPerEntry) {
          let come = try await rows(of: entry, in: batch, site, server)
          // A client that went on when its server came back: nothing is left to interrupt.
          if come == file.rows { break }
          numbers = numbers.dropFirst()
          var random = run.random(number)
          let victim = Victim.allCases[number % Victim.allCases.count]
          let moment = Double.random(in: 0..<1, using: &random)
          let isAimed = number % Self.aimedBesideOne != Self.aimedBesideOne - 1
          if isAimed { gate.arm(.hold, after: file.position(moment, after: come, usual.bytes, Self.beside)) }
          let process = try enter(path, batch, clerk, site, address)
          if isAimed {
            // One that ends by itself sends no more: what a killed client had sent may have come in meanwhile.
            let end = Task {
              _ = await process.waitForEnd()
              if !Task.isCancelled { gate.disarm() }
            }
            if await gate.wasReached() {
              result.aimed += 1
              let come = try await rows(of: entry, in: batch, site, server)
              if 0 < come, come < file.rows { result.midway[victim, default: 0] += 1 }
            }
            end.cancel()
          } else {
            // No wait for anything: the moment is what is tried out.
            try await Task.sleep(for: usual.time * moment)
          }
          let isInterrupted = process.isRunning
          if isInterrupted { result.interrupted += 1 }
          if victim != .server { process.kill() }
          if victim != .client {
            await server.crash()
            server = try await ServerProcess.start(site.data, arguments: ["--listen", server.address])
          }
          if await process.waitForEnd() == 0, isInterrupted { result.wentOn += 1 }
          path = again(file, typed)
        }
        let status = try await enter(path, batch, clerk, site, address).waitForEnd()
        if status != 0 { result.breaches.append("\(batch), \(clerk): the import ends with \(status)") }
      }
      result.breaches += try await accept(batch, of: file, site, server)
      result.batches += 1
    }
    result.breaches += try await settle(file, result.batches, site, server)
    try await gate.stop()
    return result
  }

  private func enter(
    _ path: String, _ batch: String, _ clerk: String, _ site: DemoSite, _ address: String
  ) throws -> ClientProcess {
    try ClientProcess([
      "import", path, "--poll", Ballots.poll, "--batch", batch, "--manifest", "\(path).yaml", "--accept-warnings",
      "--json", "--server", address, "--identity", "\(site.data)/certs/\(clerk)",
    ])
  }

  /// How many of them have come.
  private func rows(of entry: UInt32, in batch: String, _ site: DemoSite, _ server: ServerProcess) async throws -> Int {
    let coordinator = try TestClient(server, identity: "\(site.data)/certs/coordinator")
    var request = Binhchon_V1_GetPaperBatchRequest()
    (request.poll, request.batch) = (Ballots.poll, batch)
    var come = 0
    do {
      let shown = try await coordinator.call(PaperMethods.getPaperBatch, request).batch
      come = shown.entries.first { $0.number == entry }.map { Int($0.rows) } ?? 0
    } catch let error as RPCError where error.code == .notFound {
      // Nothing was said of it yet.
    }
    await coordinator.shutdown()
    return come
  }

  private func accept(
    _ batch: String, of file: PaperFileSample, _ site: DemoSite, _ server: ServerProcess
  ) async throws -> [String] {
    let place = "\(batch) --poll \(Ballots.poll) --json"
    let accepted = try await site.shell("binhchon paper accept \(place)", as: "coordinator", server: server)
    let shown = try await site.shell("binhchon paper show \(place)", as: "official", server: server)
    let seen = try JSONDecoder().decode(PaperBatchSeen.self, from: Data(shown.output.utf8))
    return (accepted.status == 0 ? [] : ["\(batch): not accepted: \(accepted.output)"])
      + seen.breaches(of: file).map { "\(batch): \($0)" }
  }

  /// The tally, and both recounts.
  private func settle(
    _ file: PaperFileSample, _ batches: Int, _ site: DemoSite, _ server: ServerProcess
  ) async throws -> [String] {
    let official = try TestClient(server, identity: "\(site.data)/certs/official")
    var breaches = file.breaches(try await official.tally(), batches: batches)
    await official.shutdown()
    let recounts = try await site.recounts()
    if recounts.ours != recounts.python { breaches.append("two recounts differ") }
    let status = await server.stop()
    if status != 0 { breaches.append("the server ended with \(status)") }
    return breaches
  }
}

/// How a batch stands, as far as it matters whether everything is in it once.
struct PaperBatchSeen: Decodable {
  struct Entry: Decodable {
    var rows: Int
    var files: [File]
  }
  struct File: Decodable {
    var rows: Int
    var whole: Bool
  }
  struct Step: Decodable {
    var event: String
    var why: String?
  }

  var phase: String
  var entries: [Entry]
  var history: [Step]

  func breaches(of file: PaperFileSample) -> [String] {
    var breaches: [String] = []
    if phase != "accepted" { breaches.append("is \(phase)") }
    if entries.map(\.rows) != [file.rows, file.rows] { breaches.append("has \(entries.map(\.rows)) rows") }
    if entries.contains(where: { $0.files.count != 1 || $0.files.contains { !$0.whole || $0.rows != file.rows } }) {
      breaches.append("has entries of other files")
    }
    if history.map(\.event) != ["manifest", "claim", "finalise", "claim", "finalise", "accept"] {
      breaches.append("came about by \(history.map(\.event))")
    }
    return breaches
  }
}

/// A file of paper results in several chunks, its manifest, and what it adds up to.
struct PaperFileSample: Sendable {
  let path: String
  /// The second clerk's: the same bytes would be the first one's.
  let secondPath: String
  /// The same with the counts of two levels exchanged: every sheet adds up.
  let exchangedPath: String
  let rows: Int
  private(set) var questionnaires = 0
  private(set) var votes: [String: Int] = [:]

  private static let levels = ["RHL", "HL", "BT", "KHL", "RKHL"]

  /// - Parameter name: other sheets that say the same have another one.
  init(in directory: String, named name: String = "to", sheets: Int = 2_500) throws {
    path = "\(directory)/\(name).csv"
    secondPath = "\(directory)/\(name)-hai.csv"
    exchangedPath = "\(directory)/\(name)-khac.csv"
    rows = sheets * Self.levels.count
    var random = SeededRandom.SplitMix64(seed: 7)
    let heading = "Tờ,Đơn vị,Ngày,Mức,Số phiếu,Số phiếu thu về\n"
    var (text, exchanged) = (heading, heading)
    for sheet in 1...sheets {
      let counts = Self.levels.map { _ in Int.random(in: 0...99, using: &random) }
      let all = counts.reduce(0, +)
      for (index, level) in Self.levels.enumerated() {
        func row(_ count: Int) -> String {
          "\(name)-\(sheet),Quầy 0\(sheet % 3 + 1),\(sheet % 4 + 14)/7/2025,\(level),\(count),\(all)\n"
        }
        text += row(counts[index])
        exchanged += row(counts[index < 2 ? 1 - index : index])
        votes[level, default: 0] += counts[index]
      }
      questionnaires += all
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try Data("\u{FEFF}\(text)".utf8).write(to: URL(fileURLWithPath: secondPath))
    try Data(exchanged.utf8).write(to: URL(fileURLWithPath: exchangedPath))
    let manifest = "unit: hai-chau\nfrom: 2025-07-01\nto: 2025-07-31\nquestionnaires: \(questionnaires)\n"
    for path in [path, secondPath, exchangedPath] {
      try Data(manifest.utf8).write(to: URL(fileURLWithPath: "\(path).yaml"))
    }
  }

  /// Between the first chunk and the last byte of what follows rows that have come.
  ///
  /// - Parameters:
  ///   - moment: from 0 to 1.
  ///   - bytes: that a command sends for all of it.
  ///   - beside: at most so many of them are no rows.
  func position(_ moment: Double, after come: Int, _ bytes: Int, _ beside: Int) -> Int {
    let first = beside + (come > 0 ? 0 : ChunkFeed.rowsPerChunk * bytes / rows)
    let last = (rows - come) * (bytes - beside) / rows - beside
    return first + Int(Double(last - first) * moment)
  }

  /// Where a tally of nothing but so many batches of this file is not what the file says.
  func breaches(_ tally: Binhchon_V1_WindowCount, batches: Int) -> [String] {
    var breaches: [String] = []
    if tally.ballots != UInt64(questionnaires * batches) {
      breaches.append("\(tally.ballots) questionnaires, \(batches) × \(questionnaires) entered")
    }
    for choice in tally.questions.first?.choices ?? [] {
      let entered = votes[choice.choice] ?? 0
      if choice.count != UInt64(entered * batches) {
        breaches.append("\(choice.choice): \(choice.count), \(batches) × \(entered) entered")
      }
    }
    if tally.questions.first?.choices.count != votes.count { breaches.append("other levels") }
    return breaches
  }
}

/// The client as a process that can be killed.
final class ClientProcess: Sendable {
  private let pid: Int32
  private let end: Task<Int32, Never>
  private let isEnded = Shared(false)

  init(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binaries.client)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { [isEnded] process in
      isEnded.update { $0 = true }
      ended.yield(process.terminationStatus)
    }
    try process.run()
    pid = process.processIdentifier
    end = Task { () -> Int32 in
      for await status in ends { return status }
      return -1
    }
  }

  var isRunning: Bool { !isEnded.value }

  /// kill -9, unless it has ended.
  func kill() {
    if isRunning { Foundation.kill(pid, SIGKILL) }
  }

  /// Ctrl-C.
  func interrupt() {
    if isRunning { Foundation.kill(pid, SIGINT) }
  }

  func waitForEnd() async -> Int32 { await end.value }
}
