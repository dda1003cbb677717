import Glibc
import Testing

@testable import TLS

/// What is said about bad files, and that secrets are written safely.
@Suite struct FileTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.revoke([])
    try workshop.write("", to: "deny")
  }

  var configuration: TLSConfiguration {
    workshop.server().with {
      $0.crlFile = workshop.path("crl.pem")
      $0.denyListFile = workshop.path("deny")
    }
  }

  func expect(
    _ code: TLSError.Code, naming text: String, _ configuration: TLSConfiguration? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: TLSError.self, sourceLocation: sourceLocation) {
      try TLSContext(configuration ?? self.configuration)
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.message.contains(text) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    #expect(error?.advice.isEmpty == false, sourceLocation: sourceLocation)
  }

  @Test func allGood() throws {
    _ = try TLSContext(configuration)
  }

  @Test(arguments: ["server.pem", "server.key", "ca.pem", "crl.pem", "deny"])
  func missingFile(name: String) {
    workshop.remove(name)
    expect(.fileUnreadable, naming: name)
  }

  static let codes: [(String, TLSError.Code)] = [
    ("server.pem", .certificateInvalid), ("server.key", .privateKeyInvalid), ("ca.pem", .trustRootsInvalid),
    ("crl.pem", .crlInvalid),
  ]

  @Test(arguments: codes)
  func emptyFile(name: String, code: TLSError.Code) throws {
    try workshop.write("", to: name)
    expect(code, naming: name)
  }

  /// A reload may meet a file that is still being written.
  @Test(arguments: codes)
  func everyTornFile(name: String, code: TLSError.Code) throws {
    let bytes = try readFile(workshop.path(name))
    let text = String(decoding: bytes, as: UTF8.self)
    for length in stride(from: 1, to: bytes.count - 1, by: 37) {
      try workshop.write(String(text.prefix(length)), to: name)
      expect(code, naming: name)
    }
    // Cut after the first of two: the line that begins the second one gives it away.
    if name != "server.key" {
      try workshop.write(text + text.prefix(9), to: name)
      expect(code, naming: "after 1 of 2")
      try workshop.write(text + text.prefix(40), to: name)
      expect(code, naming: "after 1 of 2")
    }
  }

  @Test func keyOfAnotherCertificate() throws {
    try workshop.issueClient("other")
    expect(.keyMismatch, naming: "other.key", configuration.with { $0.privateKeyFile = workshop.path("other.key") })
  }

  @Test func keyWithPassphraseAsksNobody() throws {
    let key = """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi4iUmcAAAAAAICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAAAAAAAAAAAAAAAAAAAAAAEgZAA
      -----END ENCRYPTED PRIVATE KEY-----

      """
    try workshop.write(key, to: "server.key")
    expect(.privateKeyInvalid, naming: "server.key")
  }

  @Test func incompleteConfigurations() throws {
    expect(.configurationInvalid, naming: "no trust roots file", configuration.with { $0.trustRootsFile = nil })
    expect(.configurationInvalid, naming: "one is missing", configuration.with { $0.privateKeyFile = nil })
    let client = workshop.client(nil)
    expect(
      .configurationInvalid, naming: "one is missing",
      client.with { $0.certificateChainFile = workshop.path("server.pem") })
    expect(.configurationInvalid, naming: "1 to 255", client.with { $0.applicationProtocols = [""] })
    #expect(throws: TLSError.self) { try TLSContextProvider(client) }
  }

  // MARK: - Revocation lists

  @Test func expiredList() throws {
    try workshop.revoke([], expiring: -1)
    expect(.crlExpired, naming: "crl.pem")
  }

  @Test func listOfAnUnknownAuthority() throws {
    let stranger = try Workshop(authorityNamed: "Someone Else")
    try stranger.revoke([])
    expect(.crlInvalid, naming: "Someone Else", configuration.with { $0.crlFile = stranger.path("crl.pem") })
  }

  @Test func listWithAWrongSignature() throws {
    let impostor = try Workshop()
    try impostor.revoke([])
    expect(.crlInvalid, naming: "signature", configuration.with { $0.crlFile = impostor.path("crl.pem") })
  }

  // MARK: - Deny lists

  @Test func denyList() throws {
    let text = "# stolen\r\n\n  spiffe://a.test/kiosk/b/c  # comment\n0123abCD/00ff\n\tspiffe://a.test/kiosk/b/d"
    let list = try DenyList(parsing: Array(text.utf8), path: "deny")
    #expect(list.uris == ["spiffe://a.test/kiosk/b/c", "spiffe://a.test/kiosk/b/d"])
    #expect(list.certificates == [.init(issuerHash: 0x0123_ABCD, serial: "FF")])
    #expect(try DenyList(parsing: [], path: "deny") == DenyList())
  }

  @Test(arguments: [
    "kiosk", "spiffe://a b", "0123abc/ff", "0123abcd/", "0123abcd/fg", "0123abcd/ff/1", "/ff", "+123abcd/ff",
    "0123abcd/" + String(repeating: "1", count: 41), "0123abcd/١",
  ])
  func badDenyListEntry(entry: String) {
    let error = #expect(throws: TLSError.self) {
      try DenyList(parsing: Array("# first\nspiffe://a.test/b\n\(entry)\n".utf8), path: "deny")
    }
    #expect(error?.code == .denyListInvalid)
    #expect(error?.message.hasPrefix("deny, line 3: ") == true)
  }

  @Test func denyListThatIsNoText() {
    let error = #expect(throws: TLSError.self) { try DenyList(parsing: [0x61, 0xFF], path: "deny") }
    #expect(error?.code == .denyListInvalid)
  }

  // MARK: - Private files

  @Test func privateFile() throws {
    let path = try workshop.write("old", to: "secret")
    #expect(fileMode(path) == 0o600)
    let error = #expect(throws: TLSError.self) { try writePrivateFile("new", to: path) }
    #expect(error?.code == .fileUnwritable)
    #expect(try readFile(path) == Array("old".utf8))
    try writePrivateFile("new", to: path, replacing: true)
    #expect(try readFile(path) == Array("new".utf8))
    let missing = #expect(throws: TLSError.self) { try writePrivateFile("x", to: workshop.path("no/such/place")) }
    #expect(missing?.code == .fileUnwritable)
    // No temporary file is left: the directory goes away with what we know to be in it.
    workshop.remove("secret")
    #expect(try listing(workshop.directory).allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test(arguments: [(0o600, true), (0o640, true), (0o644, false), (0o660, false), (0o604, false)] as [(UInt32, Bool)])
  func permissionProblems(mode: UInt32, isFine: Bool) {
    chmod(workshop.path("server.key"), mode)
    let problems = configuration.permissionProblems()
    #expect(problems.isEmpty == isFine)
    #expect(problems.allSatisfy { $0.contains("server.key") && $0.contains(String(mode, radix: 8)) })
  }

  private func listing(_ directory: String) throws -> [String] {
    guard let stream = opendir(directory) else { throw Workshop.Failure("opendir") }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names
  }
}
