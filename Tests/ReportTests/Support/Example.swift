import Foundation
import Ledger
import Logging
import Polling
import RPC
import Schema
import Server
import Testing

@testable import binhchon

/// The shipped example, made once from its seed, with what the tests look at.
struct Example: Sendable {
  /// By the words of their periods.
  let inputs: [String: ReportInput]
  /// What scripts/recount counts of the same ledger.
  let bulletin: Bulletin
  let revision: UInt64

  static let periods = ["2025-Q1", "2025-Q2", "2025", "2025-01", "2025-06-25..2025-06-30", "2020"]

  static func shared() async throws -> Example { try await task.value }
  private static let task = Task { try await Example() }

  private init() async throws {
    (inputs, bulletin, revision) = try await Self.with { assembly, directory in
      let service = InProcessService(transport: Self.caller(assembly, "auditor/hai-chau/a"))
      var inputs: [String: ReportInput] = [:]
      for word in Self.periods {
        let period = try #require(ReportPeriod(argument: word))
        var input = try await ReportInput.fetch("mot-cua", unit: "", period, service)
        // Another one in every ledger.
        input.epoch = "so-thu"
        inputs[word] = input
      }
      return (inputs, try Bulletin.recounted(directory), assembly.revision)
    }
  }

  /// - Parameter work: with the example being served, and where its ledger is.
  static func with<Result>(_ work: (Assembly, String) async throws -> Result) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-example-\(UUID().uuidString)").path
    try SQLiteLedger.create(directory: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (ledger, state) = try SQLiteLedger.open(directory: directory) { _ in }
    try PublicationMemory.begin(directory: directory, epoch: state.epoch)
    let lastDay = try #require(Day(iso: "2025-06-30"))
    try await ExampleSurvey.enter(in: ledger, seed: 1, lastDay: lastDay, by: "test", Self.hash)
    await ledger.close()
    let assembly = try await Assembly.open(
      Assembly.Options(
        dataDirectory: directory, trustDomain: "t", commitQueue: 64, hash: Self.hash, kioskAuthority: nil,
        now: { Timestamp(milliseconds: 1_751_300_000_000) }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
    do {
      let result = try await work(assembly, directory)
      await assembly.close()
      return result
    } catch {
      await assembly.close()
      throw error
    }
  }

  static func caller(_ assembly: Assembly, _ identity: String) -> InProcessTransport {
    InProcessTransport(
      router: assembly.router,
      peer: Peer(identity: "spiffe://t/\(identity)", certificate: "test", address: "in process"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Sendable private static func hash(_ message: [UInt8]) -> [UInt8] { SHA256.digest(of: message) }
}

/// Files beside the sources.
enum Shipped {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../\(name)").standardized.path
  }

  static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  static func rulebook(_ name: String) throws -> Rulebook {
    try RulebookFile.read(try text("rulebooks/\(name).yaml"), file: name)
  }

  static func scores() throws -> SelfScores {
    try SelfScores.read(try text("examples/mot-cua/tu-cham.yaml"), file: "tu-cham.yaml")
  }
}
