import ArgumentParser
import FoundationEssentials
import TLS

struct CheckConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether `serve` could run with a configuration: the file, the certificates, the ledger's place.",
    discussion: "Example:\n  binhchond check-config DIR/binhchon.yaml")

  @Argument(help: "The configuration file.")
  var file: String

  func run() throws {
    let configuration = try Configuration.load(file: file, environment: ProcessInfo.processInfo.environment)
    let tls: TLSContext
    do {
      tls = try TLSContext(configuration.tls)
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    _ = try KioskRule.load(configuration)
    _ = try KioskIssuer.load(configuration, tls)
    _ = try Pepper.load(configuration.pepperFile)
    guard FileManager.default.fileExists(atPath: "\(configuration.dataDirectory)/ledger.db") else {
      throw Failure(.noInput, "there is no ledger in \(configuration.dataDirectory); `binhchond init DIR` makes one")
    }
    for problem in configuration.permissionProblems { printToStandardError("binhchond: warning: \(problem)") }
    print("configuration ok: \(file)")
  }
}
