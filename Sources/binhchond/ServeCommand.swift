import ArgumentParser
import FoundationEssentials
import Logging
import ServiceLifecycle

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve until SIGTERM or SIGINT; SIGHUP reloads certificates, CRL and deny list.",
    discussion: """
      Examples:
        binhchond serve --config /var/lib/binhchon/binhchon.yaml
        binhchond serve --config DIR/binhchon.yaml --listen 127.0.0.1:0 \\
            --port-file port

      Keys of the configuration file with their defaults and the variables that override them; flags override both. \
      Relative paths are relative to the file.

      \(ConfigurationKey.all.map(\.manual).joined(separator: "\n"))
      """)

  @Option(help: "The configuration file.")
  var config: String

  @Option(help: "HOST:PORT to listen on instead of the configured one; port 0 takes a free one.")
  var listen: String?

  @Option(help: "Write the port that was taken to this file once connections are accepted.")
  var portFile: String?

  func run() async throws {
    var flags: [String: String] = [:]
    flags["listen"] = listen
    let configuration = try Configuration.load(
      file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
    LoggingSystem.bootstrap(configuration.logHandler)
    let logger = Logger(label: "binhchond")

    let service = try await ServerService.open(configuration, portFile: portFile, logger: logger)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
  }
}

extension ConfigurationKey {
  fileprivate var manual: String {
    "  \(path): \(defaultText.isEmpty ? "(none)" : defaultText)  \(variable)\n      \(help)"
  }
}

extension Configuration {
  /// For `LoggingSystem.bootstrap`.
  var logHandler: @Sendable (String) -> any LogHandler {
    let isJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil
    return { label in
      LineLogHandler(
        logLevel: logLevel, format: logFormat, hasJournalPriority: isJournal && logFormat == .text, label: label)
    }
  }
}
