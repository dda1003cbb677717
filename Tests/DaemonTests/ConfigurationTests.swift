import Testing

@testable import binhchond

@Suite struct ConfigurationTests {
  @Test func anEmptyFileMeansTheDefaults() throws {
    let configuration = try Configuration.parse("", file: "/etc/binhchon/binhchon.yaml")
    #expect(configuration.listenHost == "127.0.0.1")
    #expect(configuration.listenPort == 7443)
    #expect(configuration.certificateFile == "/etc/binhchon/certs/server.pem")
    #expect(configuration.revocationListFile == nil)
    #expect(configuration.clientCertificates == .required)
    #expect(configuration.handshakeTimeout == .seconds(10))
  }

  @Test func whatInitWritesIsTheDefaults() throws {
    let written = try Configuration.parse(
      ConfigurationTemplate.text(["trust_domain": "danang.vn"]), file: "d/binhchon.yaml")
    let defaults = try Configuration.parse("trust_domain: danang.vn", file: "d/binhchon.yaml")
    #expect("\(written)" == "\(defaults)")
  }

  @Test func flagsOverrideTheEnvironmentWhichOverridesTheFile() throws {
    let text = "listen: 10.0.0.1:1\ntrust_domain: a.vn\nlog:\n  level: debug\n"
    let configuration = try Configuration.parse(
      text, file: "x.yaml", environment: ["BINHCHON_LISTEN": "10.0.0.2:2", "BINHCHON_TRUST_DOMAIN": "b.vn"],
      flags: ["listen": "10.0.0.3:3"])
    #expect(configuration.listenHost == "10.0.0.3")
    #expect(configuration.listenPort == 3)
    #expect(configuration.trustDomain == "b.vn")
    #expect(configuration.logLevel == .debug)
  }

  @Test func pathsAreRelativeToTheFileUnlessAbsolute() throws {
    let text = "tls:\n  crl: lists/crl.pem\n  ca: /etc/ssl/ca.pem\n"
    let configuration = try Configuration.parse(text, file: "conf/x.yaml")
    #expect(configuration.revocationListFile == "conf/lists/crl.pem")
    #expect(configuration.authorityFile == "/etc/ssl/ca.pem")
  }

  @Test(arguments: [
    ("liste: x", "x.yaml:1:1: there is no key liste; did you mean listen?"),
    (
      "listen: 127.0.0.1:1\ntls:\n  certificat: a",
      "x.yaml:3:3: there is no key tls.certificat; did you mean tls.certificate?"
    ),
    ("listen: 70000", "x.yaml:1:9: listen must be HOST:PORT, for example 127.0.0.1:7443, not \"70000\""),
    ("listen: a:70000", "x.yaml:1:9: listen must be HOST:PORT, for example 127.0.0.1:7443, not \"a:70000\""),
    ("tls:\n  minimum_version: 1.1", "x.yaml:2:20: tls.minimum_version must be one of 1.2, 1.3, not \"1.1\""),
    ("tls: 3", "x.yaml:1:6: must be keys with values, `key: value`"),
    (
      "limits:\n  connections: many",
      "x.yaml:2:16: limits.connections must be a whole number from 1 to 1000000, not \"many\""
    ),
    (
      "limits:\n  unread_bytes: 1048576",
      "x.yaml:2:17: limits.unread_bytes must be a whole number from 35651584 to 1099511627776, not \"1048576\""
    ),
    (
      "shutdown_grace: 10",
      "x.yaml:1:17: shutdown_grace must be a duration such as 10s, 250ms or 5m, at most a day, not \"10\""
    ),
    (
      "enrolment:\n  lifetime: 90",
      "x.yaml:2:13: enrolment.lifetime must be a number of days from 1d to 825d, not \"90\""
    ),
    ("listen: [a]", "x.yaml:1:9: listen must be a single value"),
  ])
  func mistakesAreNamedWithTheirPlace(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try Configuration.parse(text, file: "x.yaml") }
    #expect(error?.description == message)
  }

  @Test func aMistakeInTheEnvironmentNamesTheVariable() {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.parse("", file: "x.yaml", environment: ["BINHCHON_LOG_LEVEL": "loud"])
    }
    #expect(error?.place == "BINHCHON_LOG_LEVEL")
  }

  @Test(arguments: [
    ("log:\n  level: [", "x.yaml:3:1: is not YAML: "), ("tls:\n\tca: x", "x.yaml:2:1: is not YAML: "),
    ("listen: a:1\nlisten: b:1", "x.yaml:1: has twice: listen"),
  ])
  func whatIsNotYAMLIsSaidWithItsPlace(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try Configuration.parse(text, file: "x.yaml") }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func theFileThatIsMissingIsNamed() {
    let failure = #expect(throws: Failure.self) { try Configuration.load(file: "no/such.yaml", environment: [:]) }
    #expect(failure?.status == .noInput)
    #expect(failure?.message.hasPrefix("no/such.yaml: No such file or directory") == true)
  }

  @Test func theDirectoryOfTheFileIsNamedWithoutADot() throws {
    #expect(try Configuration.parse("", file: "d/x.yaml").dataDirectory == "d")
  }

  @Test func everyKeyHasItsOwnVariable() {
    let variables = ConfigurationKey.all.map(\.variable)
    #expect(Set(variables).count == variables.count)
    #expect(variables.contains("BINHCHON_TLS_DENY_LIST"))
  }
}
