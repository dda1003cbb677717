import Logging
import NIOCore
import Polling
import TLS

/// What `binhchond` runs with. One YAML file, overridden by the environment, overridden by flags.
struct Configuration: Sendable {
  var listenHost = "127.0.0.1"
  var listenPort = 7443
  var dataDirectory = "."
  var pepperFile = "pepper"
  var trustDomain = "binhchon.test"

  var certificateFile = "certs/server.pem"
  var keyFile = "certs/server.key"
  var authorityFile = "certs/ca.pem"
  var revocationListFile: String?
  var denyListFile: String?
  var clientCertificates = TLSConfiguration.ClientCertificates.required
  var minimumVersion = TLSConfiguration.MinimumVersion.tls13
  var handshakeTimeout = TimeAmount.seconds(10)

  var enrolmentCertificateFile: String?
  var enrolmentKeyFile: String?
  /// Seconds.
  var enrolmentLifetime: Int64 = 90 * 86_400

  /// Whether kiosks can get their certificates here.
  var isEnrolling: Bool { enrolmentKeyFile != nil }

  var mostConnections = 12_000
  var mostConnectionsPerIdentity = 32
  var mostHandshakes = 2_048
  var mostHandshakesPerAddress = 256
  var mostUnreadBytes = 256 << 20
  var mostCallsPerConnection = 128
  var commitQueue = 16_384

  var alerts = AlertThresholds()

  var logLevel = Logger.Level.info
  var logFormat = LogFormat.text
  var shutdownGrace = TimeAmount.seconds(10)

  enum LogFormat: String, CaseIterable {
    case text
    case json
  }
}

/// A configuration that cannot be used: where, what, and what would do.
struct ConfigurationError: Error, CustomStringConvertible {
  /// `FILE:LINE:COLUMN`, an environment variable's or a flag's name.
  var place: String
  var problem: String

  var description: String { "\(place): \(problem)" }
}

/// One key of the file: its default, what it is for, how its text is read.
struct ConfigurationKey: Sendable {
  /// Dotted path in the file, `tls.certificate`.
  var path: String
  var defaultText: String
  var help: String
  /// Says what is wrong with the text, or sets it. Paths come resolved against the file's directory.
  var set: @Sendable (inout Configuration, String) throws(Problem) -> Void
  var isPath = false

  struct Problem: Error {
    var text: String
  }

  /// The variable that overrides it: `BINHCHON_TLS_CERTIFICATE`.
  var variable: String {
    "BINHCHON_" + path.uppercased().map { $0 == "." ? "_" : $0 }
  }
}

extension ConfigurationKey {
  static let all: [ConfigurationKey] = [
    key("listen", "127.0.0.1:7443", "address and port to take connections on; port 0 takes a free one") {
      (configuration, text) throws(Problem) in
      (configuration.listenHost, configuration.listenPort) = try address(text)
    },
    path("data", ".", "directory of the ledger", \.dataDirectory),
    path("pepper", "pepper", "file with the secret that dossier numbers are hashed under", \.pepperFile),
    key("trust_domain", "binhchon.test", "trust domain of client certificates (spiffe://DOMAIN/ROLE/UNIT/NAME)") {
      (configuration, text) throws(Problem) in
      guard !text.isEmpty, !text.contains("/") else { throw Problem(text: "must be a domain name") }
      configuration.trustDomain = text
    },
    key("shutdown_grace", "10s", "how long running calls may take to finish after SIGTERM") {
      (configuration, text) throws(Problem) in
      configuration.shutdownGrace = try duration(text)
    },
    path("tls.certificate", "certs/server.pem", "the server's certificate chain, PEM", \.certificateFile),
    path("tls.key", "certs/server.key", "its private key, PEM", \.keyFile),
    path("tls.ca", "certs/ca.pem", "authorities that client certificates must come from, PEM", \.authorityFile),
    optionalPath("tls.crl", "revoked certificates (CRL), PEM; reloaded on SIGHUP", \.revocationListFile),
    optionalPath("tls.deny_list", "denied identities or serials, one per line; reloaded on SIGHUP", \.denyListFile),
    key("tls.client_certificates", "required", "required, optional or none") {
      (configuration, text) throws(Problem) in
      configuration.clientCertificates = try choice(
        text, ["required": .required, "optional": .optional, "none": .none])
    },
    key("tls.minimum_version", "1.3", "1.3 or 1.2") { (configuration, text) throws(Problem) in
      configuration.minimumVersion = try choice(text, ["1.3": .tls13, "1.2": .tls12])
    },
    key("tls.handshake_timeout", "10s", "a connection that has not finished its handshake by then is closed") {
      (configuration, text) throws(Problem) in
      configuration.handshakeTimeout = try duration(text)
    },
    optionalPath(
      "enrolment.ca_certificate",
      "authorities that may make kiosks and nothing else, PEM; the first one signs and must be in tls.ca too",
      \.enrolmentCertificateFile),
    optionalPath(
      "enrolment.ca_key", "the first one's private key, PEM; none: no kiosk is enrolled", \.enrolmentKeyFile),
    key("enrolment.lifetime", "90d", "how long a kiosk's certificate is good; kiosks renew in the last third") {
      (configuration, text) throws(Problem) in
      guard text.hasSuffix("d"), let days = Int64(text.dropLast()), (1...825).contains(days) else {
        throw Problem(text: "must be a number of days from 1d to 825d")
      }
      configuration.enrolmentLifetime = days * 86_400
    },
    key("limits.connections", "12000", "most connections at once; more are closed at once") {
      (configuration, text) throws(Problem) in
      configuration.mostConnections = try integer(text, 1...1_000_000)
    },
    key(
      "limits.connections_per_identity", "32",
      "most connections at once under one identity; over it one silent for 30 s gives way, else the new one"
    ) { (configuration, text) throws(Problem) in
      configuration.mostConnectionsPerIdentity = try integer(text, 1...1_000_000)
    },
    key(
      "limits.handshakes", "2048",
      "most TLS handshakes unfinished at once; over it one of who has most, or one of 2 s, gives way, else the new one"
    ) { (configuration, text) throws(Problem) in
      configuration.mostHandshakes = try integer(text, 1...100_000)
    },
    key(
      "limits.handshakes_per_address", "256",
      "the same from one IPv4 address or IPv6 /64; a whole office may be behind one"
    ) { (configuration, text) throws(Problem) in
      configuration.mostHandshakesPerAddress = try integer(text, 1...100_000)
    },
    key(
      "limits.unread_bytes", "268435456",
      "most bytes of answers that slow callers leave unread, in all; over it who has most, or an eighth of it, is closed"
    ) { (configuration, text) throws(Problem) in
      // An eighth has room for the largest answer and what may wait before it.
      configuration.mostUnreadBytes = try integer(text, 34 << 20...1 << 40)
    },
    key("limits.calls_per_connection", "128", "most calls running on one connection; more get RESOURCE_EXHAUSTED") {
      (configuration, text) throws(Problem) in
      configuration.mostCallsPerConnection = try integer(text, 1...100_000)
    },
    key("limits.commit_queue", "16384", "most ballots waiting for the disk; more get RESOURCE_EXHAUSTED") {
      (configuration, text) throws(Problem) in
      configuration.commitQueue = try integer(text, 1_024...10_000_000)
    },
    key("alerts.index", "80", "percent satisfied over seven days, under which a counter is reported to officials") {
      (configuration, text) throws(Problem) in
      configuration.alerts.index = UInt64(try integer(text, 0...100))
    },
    key("alerts.minimum_answers", "30", "answers under which no share over days is judged") {
      (configuration, text) throws(Problem) in
      configuration.alerts.minimumAnswers = UInt64(try integer(text, 1...1_000_000))
    },
    key("alerts.burst_votes", "5", "votes for the worst level at one counter that are a burst") {
      (configuration, text) throws(Problem) in
      configuration.alerts.burstVotes = UInt64(try integer(text, 2...1_000_000))
    },
    key("alerts.burst_minutes", "15", "if they come within so many minutes") {
      (configuration, text) throws(Problem) in
      configuration.alerts.burstMinutes = Int64(try integer(text, 1...1_440))
    },
    key("alerts.silence_minutes", "60", "minutes without a message after which officials are told of a kiosk") {
      (configuration, text) throws(Problem) in
      configuration.alerts.silenceMinutes = Int64(try integer(text, 1...100_000))
    },
    key("log.level", "info", "trace, debug, info, notice, warning, error or critical") {
      (configuration, text) throws(Problem) in
      guard let level = Logger.Level(rawValue: text) else {
        throw Problem(text: "must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      configuration.logLevel = level
    },
    key("log.format", "text", "text or json, on standard error") { (configuration, text) throws(Problem) in
      configuration.logFormat = try choice(text, ["text": .text, "json": .json])
    },
  ]

  private static func key(
    _ path: String, _ defaultText: String, _ help: String,
    _ set: @escaping @Sendable (inout Configuration, String) throws(Problem) -> Void
  ) -> ConfigurationKey {
    ConfigurationKey(path: path, defaultText: defaultText, help: help, set: set)
  }

  private static func path(
    _ path: String, _ defaultText: String, _ help: String,
    _ field: WritableKeyPath<Configuration, String> & Sendable
  ) -> ConfigurationKey {
    ConfigurationKey(
      path: path, defaultText: defaultText, help: help, set: { $0[keyPath: field] = $1 }, isPath: true)
  }

  private static func optionalPath(
    _ path: String, _ help: String, _ field: WritableKeyPath<Configuration, String?> & Sendable
  ) -> ConfigurationKey {
    ConfigurationKey(path: path, defaultText: "", help: help, set: { $0[keyPath: field] = $1 }, isPath: true)
  }

  /// `HOST:PORT`; an IPv6 host in brackets.
  static func address(_ text: String) throws(Problem) -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon != text.startIndex
    else { throw Problem(text: "must be HOST:PORT, for example 127.0.0.1:7443") }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return (String(host), port)
  }

  private static func choice<Value>(_ text: String, _ choices: [String: Value]) throws(Problem) -> Value {
    guard let value = choices[text] else {
      throw Problem(text: "must be one of \(choices.keys.sorted().joined(separator: ", "))")
    }
    return value
  }

  private static func integer(_ text: String, _ range: ClosedRange<Int>) throws(Problem) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw Problem(text: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// `10s`, `250ms` or `5m`, at most a day.
  private static func duration(_ text: String) throws(Problem) -> TimeAmount {
    let digits = text.prefix { $0.isNumber }
    let factors = ["ms": 1, "s": 1000, "m": 60_000]
    guard let count = Int64(digits), let factor = factors[String(text.dropFirst(digits.count))],
      (1...86_400_000).contains(count), count * Int64(factor) <= 86_400_000
    else { throw Problem(text: "must be a duration such as 10s, 250ms or 5m, at most a day") }
    return .milliseconds(count * Int64(factor))
  }
}
