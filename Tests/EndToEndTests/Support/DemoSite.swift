import Foundation
import Testing

/// A directory as the README leaves its reader in one: `demo-data` with its server, and `examples`. People of the demo
/// type commands there.
struct DemoSite: Sendable {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL.path

  let directory: TemporaryDirectory
  let server: ServerProcess

  var data: String { "\(directory.path)/demo-data" }

  init() async throws {
    directory = try TemporaryDirectory()
    let made = try await run(Binaries.server, ["init", "\(directory.path)/demo-data", "--demo"])
    try #require(made.status == 0, "\(made.errors)")
    try FileManager.default.createSymbolicLink(
      atPath: "\(directory.path)/examples", withDestinationPath: "\(Self.root)/examples")
    server = try await ServerProcess.start("\(directory.path)/demo-data")
  }

  /// What a terminal shows of a command, and how it ended.
  ///
  /// - Parameters:
  ///   - person: whose certificate it is where the command names none, as in `demo-data/certs`.
  ///   - server: another one than its own.
  func shell(_ line: String, as person: String = "", server: ServerProcess? = nil) async throws -> Finished {
    let path = URL(fileURLWithPath: Binaries.client).deletingLastPathComponent().path
    let usual = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try await run(
      "/bin/bash", ["-c", "cd '\(directory.path)' || exit 99; set -o pipefail; exec 2>&1; \(line)"],
      environment: [
        "PATH": "\(path):\(usual)", "BINHCHON_SERVER": (server ?? self.server).address,
        "BINHCHON_IDENTITY": "demo-data/certs/\(person)",
      ])
  }

  /// What both verifiers say of the ledger; they share no code.
  func recounts() async throws -> (ours: String, python: String) {
    let file = "\(directory.path)/bulletin"
    let verified = try await run(Binaries.server, ["verify", data, "--bulletin", file])
    try #require(verified.status == 0, "\(verified.output)\(verified.errors)")
    let python = try await run("/usr/bin/python3", ["\(Self.root)/scripts/recount", data])
    try #require(python.status == 0, "\(python.errors)")
    return (try String(contentsOfFile: file, encoding: .utf8), python.output)
  }
}
