import COpenSSL
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import TLS

/// Whom a server lets in, on full handshakes and resumed ones. Back to back, so that the order of things is ours.
@Suite struct TrustTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.issueClient(serial: "C0FFEE")
  }

  /// One connection from start to goodbye.
  struct Outcome {
    let server: [Seen]
    let client: [Seen]
    let wasResumed: Bool
    let serverErrors: [TLSError]
    let clientErrors: [TLSError]
    var serverError: TLSError.Code? { serverErrors.first?.code }
    var clientError: TLSError.Code? { clientErrors.first?.code }
  }

  @discardableResult
  func visit(_ provider: TLSContextProvider, _ client: TLSContext, hostname: String = "localhost") throws -> Outcome {
    let pair = try EmbeddedPair(provider, client, hostname: hostname)
    try pair.pump()
    pair.client.send("vote")
    try pair.pump()
    let wasResumed = pair.server.handler.isResumed
    pair.client.channel.close(promise: nil)
    try pair.pump()
    try pair.hangUp()
    return Outcome(
      server: pair.server.witness.story, client: pair.client.witness.story, wasResumed: wasResumed,
      serverErrors: pair.server.witness.errors, clientErrors: pair.client.witness.errors)
  }

  static let served: [Seen] = [.handshake(nil), .data("vote"), .shutdown]

  // MARK: - Required, optional, none

  @Test func requiredCertificate() throws {
    let provider = try TLSContextProvider(workshop.server(.required))
    #expect(try visit(provider, TLSContext(workshop.client())).server.starts(with: Self.served))
    let refused = try visit(provider, TLSContext(workshop.client(nil)))
    #expect(refused.server == [.error(.certificateMissing), .inactive])
    // In TLS 1.3 the client's handshake ends before the server's.
    #expect(refused.client.starts(with: [.handshake(nil), .error(.peerRefusedCertificate)]))
    #expect(refused.clientErrors.first?.advice.contains("certificate") == true)
    #expect(refused.clientErrors.first?.reason.contains("certificate required") == true)
  }

  @Test func optionalCertificate() throws {
    let provider = try TLSContextProvider(workshop.server(.optional))
    #expect(try visit(provider, TLSContext(workshop.client())).server.starts(with: Self.served))
    #expect(try visit(provider, TLSContext(workshop.client(nil))).server.starts(with: Self.served))
    try workshop.issueClient("bad", notBefore: -2 * Workshop.day, notAfter: -Workshop.day)
    #expect(try visit(provider, TLSContext(workshop.client("bad"))).serverError == .certificateExpired)
  }

  @Test func noCertificateAskedFor() throws {
    let pair = try EmbeddedPair(workshop, workshop.server(.none), workshop.client())
    try pair.pump()
    #expect(pair.server.witness.story == [.handshake(nil)])
    #expect(pair.server.handler.peerIdentity == nil)
  }

  // MARK: - Bad certificates

  @Test func expiredAndNotYetValid() throws {
    let provider = try TLSContextProvider(workshop.server())
    try workshop.issueClient("old", notBefore: -2 * Workshop.day, notAfter: -1)
    let expired = try visit(provider, TLSContext(workshop.client("old")))
    #expect(expired.server == [.error(.certificateExpired), .inactive])
    #expect(expired.clientErrors.first?.advice.contains("expired") == true)
    try workshop.issueClient("early", notBefore: Workshop.day, notAfter: 2 * Workshop.day)
    let early = try visit(provider, TLSContext(workshop.client("early")))
    #expect(early.serverErrors.first?.message.contains("not valid yet") == true)
  }

  @Test func strangersAuthority() throws {
    let stranger = try Workshop(authorityNamed: "Someone Else")
    try workshop.issueClient("stranger", by: stranger.authority)
    let provider = try TLSContextProvider(workshop.server())
    let refused = try visit(provider, TLSContext(workshop.client("stranger")))
    #expect(refused.server == [.error(.certificateUntrusted), .inactive])
    #expect(refused.clientErrors.first?.advice.contains("authority") == true)
    // The same name does not make the same authority.
    let impostor = try Workshop()
    try workshop.issueClient("impostor", by: impostor.authority)
    #expect(try visit(provider, TLSContext(workshop.client("impostor"))).serverError == .certificateUntrusted)
    // And the client asks the same of the server.
    let client = workshop.client().with { $0.trustRootsFile = stranger.path("ca.pem") }
    let other = try visit(provider, TLSContext(client))
    #expect(other.client == [.error(.certificateUntrusted), .inactive])
    #expect(other.serverError == .peerRefusedCertificate)
  }

  @Test func serverCertificateIsNoClientCertificate() throws {
    let client = workshop.client().with {
      $0.certificateChainFile = workshop.path("server.pem")
      $0.privateKeyFile = workshop.path("server.key")
    }
    #expect(try visit(TLSContextProvider(workshop.server()), TLSContext(client)).serverError == .certificateUntrusted)
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func rightHostname(hostname: String) throws {
    let provider = try TLSContextProvider(workshop.server(.none))
    let client = try TLSContext(workshop.client(nil))
    #expect(try visit(provider, client, hostname: hostname).server.starts(with: Self.served))
  }

  @Test(arguments: ["binhchon.test", "127.0.0.2", "localhost.test"])
  func wrongHostname(hostname: String) throws {
    let provider = try TLSContextProvider(workshop.server(.none))
    let client = try TLSContext(workshop.client(nil))
    // A session of the right name is not offered to a wrong one.
    try visit(provider, client)
    let refused = try visit(provider, client, hostname: hostname)
    #expect(refused.client == [.error(.hostnameMismatch), .inactive])
    #expect(refused.serverError == .peerRefusedCertificate)
  }

  // MARK: - Revoked, full and resumed

  @Test(arguments: [TLSConfiguration.MinimumVersion.tls12, .tls13])
  func resumption(version: TLSConfiguration.MinimumVersion) throws {
    let provider = try TLSContextProvider(workshop.server().with { $0.minimumVersion = version })
    let client = try TLSContext(workshop.client().with { $0.minimumVersion = version })
    if version == .tls12 { #expect(bc_SSL_CTX_set_max_proto_version(client.pointer, TLS1_2_VERSION) == 1) }
    #expect(try !visit(provider, client).wasResumed)
    for _ in 0..<3 {
      let again = try visit(provider, client)
      #expect(again.wasResumed)
      #expect(again.server.starts(with: Self.served))
    }
    // A client that starts anew has no session.
    #expect(try !visit(provider, TLSContext(workshop.client())).wasResumed)
  }

  @Test(arguments: [true, false])
  func revoked(byDenyList: Bool) throws {
    try workshop.revoke([])
    try workshop.write("# nobody\n", to: "deny")
    let configuration = workshop.server().with {
      $0.crlFile = workshop.path("crl.pem")
      $0.denyListFile = workshop.path("deny")
    }
    let provider = try TLSContextProvider(configuration)
    let client = try TLSContext(workshop.client())
    try visit(provider, client)
    #expect(try visit(provider, client).wasResumed)

    if byDenyList {
      try workshop.write("\(Workshop.kiosk)  # stolen\n", to: "deny")
    } else {
      try workshop.revoke(["C0FFEE"])
    }
    try provider.reload()
    for client in [client, try TLSContext(workshop.client())] {
      let refused = try visit(provider, client)
      #expect(refused.server == [.error(.certificateRevoked), .inactive])
      #expect(refused.clientError == .peerRefusedCertificate)
      #expect(refused.clientErrors.first?.advice.contains("revoked") == true)
    }
    // Others are not disturbed.
    try workshop.issueClient("other", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-01", serial: "C0FFEF")
    #expect(try visit(provider, TLSContext(workshop.client("other"))).server.starts(with: Self.served))
  }

  @Test func deniedBySerialNumber() throws {
    let pair = try EmbeddedPair(workshop, workshop.server(), workshop.client())
    try pair.pump()
    let certificate = try PEM.certificates(
      in: try readFile(workshop.path("kiosk.pem")), path: "kiosk.pem", code: .certificateInvalid)[0]
    let hash = String(X509_issuer_name_hash(certificate.pointer), radix: 16)
    let entry = String(repeating: "0", count: 8 - hash.count) + hash + "/00c0ffee"
    try workshop.write(entry, to: "deny")
    let provider = try TLSContextProvider(workshop.server().with { $0.denyListFile = workshop.path("deny") })
    #expect(try visit(provider, TLSContext(workshop.client())).serverError == .certificateRevoked)
  }

  @Test func listOfAnotherAuthorityIsNoList() throws {
    let other = try Workshop(authorityNamed: "Second CA")
    try other.revoke([])
    try workshop.write(workshop.authority.certificatePEM + other.authority.certificatePEM, to: "ca.pem")
    let provider = try TLSContextProvider(workshop.server().with { $0.crlFile = other.path("crl.pem") })
    #expect(try visit(provider, TLSContext(workshop.client())).serverError == .crlMissing)
  }

  // MARK: - What time does to sessions

  @Test func resumedWithAnExpiredCertificate() throws {
    let clock = Clock(workshop.now)
    let provider = TLSContextProvider(try TLSContext(workshop.server(), now: { clock.seconds }))
    let client = try TLSContext(workshop.client())
    try visit(provider, client)
    #expect(try visit(provider, client).wasResumed)
    clock.seconds = workshop.now + Workshop.day + 1
    let late = try visit(provider, client)
    #expect(late.serverError == .certificateExpired)
    #expect(!late.wasResumed)
  }

  @Test func resumedUnderAnExpiredList() throws {
    try workshop.revoke([], expiring: 60)
    let clock = Clock(workshop.now)
    let configuration = workshop.server().with { $0.crlFile = workshop.path("crl.pem") }
    let provider = TLSContextProvider(try TLSContext(configuration, now: { clock.seconds }))
    let client = try TLSContext(workshop.client())
    try visit(provider, client)
    #expect(try visit(provider, client).wasResumed)
    clock.seconds = workshop.now + 61
    #expect(try visit(provider, client).serverError == .crlExpired)
  }

  /// By the system's clock the list has expired, by ours not yet: OpenSSL has to say so, and it looks at full handshakes.
  @Test func openSSLChecksTheListToo() throws {
    try workshop.revoke([], expiring: -50)
    let then = workshop.now - 100
    let configuration = workshop.server().with { $0.crlFile = workshop.path("crl.pem") }
    let provider = TLSContextProvider(try TLSContext(configuration, now: { then }))
    #expect(try visit(provider, TLSContext(workshop.client())).serverError == .crlExpired)
  }

  final class Clock: Sendable {
    private let value: Atomic<Int64>
    init(_ seconds: Int64) { value = Atomic(seconds) }
    var seconds: Int64 {
      get { value.load(ordering: .relaxed) }
      set { value.store(newValue, ordering: .relaxed) }
    }
  }

  // MARK: - A session begun without a certificate, where one is required

  /// What is the same in two contexts that should have nothing in common.
  enum Shared: CaseIterable { case ticketKeys, andSessionContext, andNobodyJudgesTickets }

  @Test(arguments: Shared.allCases)
  func anonymousSession(shared: Shared) throws {
    let open = try TLSContext(workshop.server(.none))
    let strict = try TLSContext(workshop.server(.required))
    for server in [open, strict] {
      var keys = [UInt8](repeating: 7, count: 80)
      #expect(bc_SSL_CTX_set_ticket_keys(server.pointer, &keys, 80) == 1)
      if shared != .ticketKeys { #expect(SSL_CTX_set_session_id_context(server.pointer, keys, 32) == 1) }
    }
    if shared == .andNobodyJudgesTickets {
      #expect(SSL_CTX_set_session_ticket_cb(strict.pointer, nil, nil, nil) == 1)
    }
    let client = try TLSContext(workshop.client(nil))
    #expect(try visit(TLSContextProvider(open), client).server.starts(with: Self.served))
    #expect(try visit(TLSContextProvider(open), client).wasResumed)
    let refused = try visit(TLSContextProvider(strict), client)
    #expect(refused.serverError == .certificateMissing)
    #expect(!refused.server.contains(.handshake(nil)))
    #expect(!refused.server.contains(.data("vote")))
    // The last case is the trap itself: OpenSSL does resume, and only our own look at the identity refuses.
    #expect(refused.wasResumed == (shared == .andNobodyJudgesTickets))
  }

  // MARK: - Reload in the middle

  @Test(arguments: [true, false])
  func handshakeThatBeganUnderTheOldList(isRevoked: Bool) throws {
    try workshop.revoke([])
    let configuration = workshop.server().with { $0.crlFile = workshop.path("crl.pem") }
    let provider = try TLSContextProvider(configuration)
    let pair = try EmbeddedPair(provider, TLSContext(workshop.client()))
    try pair.server.give(try #require(try pair.client.take()))
    try pair.client.give(try #require(try pair.server.take()))
    pair.client.send("vote")

    try workshop.revoke(isRevoked ? ["C0FFEE"] : [])
    try provider.reload()
    pair.server.channel.embeddedEventLoop.run()
    try pair.pump()
    if isRevoked {
      #expect(pair.server.witness.story.first == .error(.certificateRevoked))
      #expect(!pair.server.witness.story.contains(.data("vote")))
    } else {
      #expect(pair.server.witness.story == [.handshake(nil), .data("vote")])
    }
  }

  @Test func reloadPutsOutTheRevokedAndNobodyElse() throws {
    try workshop.issueClient("other", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-01", serial: "C0FFEF")
    try workshop.write("", to: "deny")
    let provider = try TLSContextProvider(workshop.server().with { $0.denyListFile = workshop.path("deny") })
    let stolen = try EmbeddedPair(provider, TLSContext(workshop.client()))
    let other = try EmbeddedPair(provider, TLSContext(workshop.client("other")))
    for pair in [stolen, other] { try pair.pump() }

    try workshop.write(Workshop.kiosk, to: "deny")
    try provider.reload()
    for pair in [stolen, other] {
      pair.server.channel.embeddedEventLoop.run()
      pair.client.send("vote")
      try pair.pump()
    }
    #expect(stolen.server.witness.story == [.handshake(nil), .error(.certificateRevoked), .inactive])
    #expect(stolen.client.witness.story == [.handshake(nil), .shutdown, .inactive])
    #expect(other.server.witness.story == [.handshake(nil), .data("vote")])
    #expect(provider.generation == 1)
  }

  /// Also if another authority of the same name comes in its place.
  @Test(arguments: [true, false])
  func reloadPutsOutWhoseAuthorityIsGone(isResumed: Bool) throws {
    let other = try Workshop(authorityNamed: "Second CA")
    try workshop.issueClient(
      "other", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-01", by: other.authority)
    let first = workshop.authority.certificatePEM
    let roots = try workshop.write(first + other.authority.certificatePEM, to: "roots.pem")
    let provider = try TLSContextProvider(workshop.server().with { $0.trustRootsFile = roots })
    let client = try TLSContext(workshop.client("other"))
    if isResumed { try visit(provider, client) }
    let gone = try EmbeddedPair(provider, client)
    let stays = try EmbeddedPair(provider, TLSContext(workshop.client()))
    for pair in [gone, stays] { try pair.pump() }
    #expect(gone.server.handler.isResumed == isResumed)

    // Tickets that OpenSSL writes by itself do not tell the root's key.
    let successor = try Workshop(
      authorityNamed: isResumed && !ServerSession.isManaged ? "Third CA" : "Second CA")
    for (text, isGone) in [
      (other.authority.certificatePEM + first, false),
      (first + successor.authority.certificatePEM, true),
    ] {
      try workshop.write(text, to: "roots.pem")
      try provider.reload()
      for pair in [gone, stays] {
        pair.server.channel.embeddedEventLoop.run()
        try pair.pump()
      }
      #expect(gone.server.witness.errors.map(\.code) == (isGone ? [.certificateUntrusted] : []))
    }
    stays.client.send("vote")
    try stays.pump()
    #expect(gone.server.witness.story == [.handshake(nil), .error(.certificateUntrusted), .inactive])
    #expect(stays.server.witness.story == [.handshake(nil), .data("vote")])
    #expect(try visit(provider, client).serverError == .certificateUntrusted)
  }

  /// Who shows an intermediate's certificate along with its own is judged by the root above it.
  @Test func intermediatesFallWithTheirRoot() throws {
    func authority(_ name: String, by issuer: CertificateIssuer?) throws -> CertificateIssuer {
      let draft = try CertificateDraft(
        commonName: name, notBefore: workshop.now - 60, notAfter: workshop.now + 600, serial: nil)
      return CertificateIssuer(
        try draft.sign(
          issuer: issuer,
          extensions: [
            (NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
            (NID_subject_key_identifier, "hash"),
          ]))
    }
    let root = try authority("Root", by: nil)
    let middle = try authority("Middle", by: root)
    let leaf = try middle.client(
      uri: Workshop.kiosk, commonName: "k", notBefore: workshop.now - 60, notAfter: workshop.now + 600)
    try workshop.write(leaf.certificatePEM + middle.certificatePEM, to: "leaf.pem")
    try workshop.write(leaf.privateKeyPEM, to: "leaf.key")
    let roots = try workshop.write(workshop.authority.certificatePEM + root.certificatePEM, to: "roots.pem")
    let provider = try TLSContextProvider(workshop.server().with { $0.trustRootsFile = roots })
    let pair = try EmbeddedPair(provider, TLSContext(workshop.client("leaf")))
    try pair.pump()
    try provider.reload()
    pair.server.channel.embeddedEventLoop.run()
    pair.client.send("vote")
    try pair.pump()
    #expect(pair.server.witness.story == [.handshake(nil), .data("vote")])

    try workshop.write(workshop.authority.certificatePEM, to: "roots.pem")
    try provider.reload()
    pair.server.channel.embeddedEventLoop.run()
    try pair.pump()
    #expect(pair.server.witness.errors.map(\.code) == [.certificateUntrusted])
  }

  @Test func badReloadChangesNothing() throws {
    try workshop.write("", to: "deny")
    let provider = try TLSContextProvider(workshop.server().with { $0.denyListFile = workshop.path("deny") })
    let client = try TLSContext(workshop.client())
    let pair = try EmbeddedPair(provider, client)
    try pair.pump()
    try workshop.write("\(Workshop.kiosk)\nnonsense\n", to: "deny")
    let error = #expect(throws: TLSError.self) { try provider.reload() }
    #expect(error?.code == .denyListInvalid)
    #expect(error?.message.contains("deny, line 2") == true)
    pair.server.channel.embeddedEventLoop.run()
    #expect(provider.generation == 0)
    #expect(pair.server.channel.isActive)
    #expect(try visit(provider, client).wasResumed)
  }

  // MARK: - Application protocols

  @Test(
    arguments: [
      ([], ["ttrpc"], nil), (["ttrpc-ext/1", "ttrpc"], [], nil),
      (["ttrpc-ext/1", "ttrpc"], ["ttrpc", "ttrpc-ext/1"], "ttrpc-ext/1"),
      (["ttrpc-ext/1", "ttrpc"], ["h2", "ttrpc"], "ttrpc"),
    ] as [([String], [String], String?)])
  func applicationProtocol(server: [String], client: [String], chosen: String?) throws {
    let pair = try EmbeddedPair(
      workshop, workshop.server(.none).with { $0.applicationProtocols = server },
      workshop.client(nil).with { $0.applicationProtocols = client })
    try pair.pump()
    #expect(pair.server.witness.story == [.handshake(chosen)])
    #expect(pair.client.witness.story == [.handshake(chosen)])
  }

  @Test func noCommonApplicationProtocol() throws {
    let pair = try EmbeddedPair(
      workshop, workshop.server(.none).with { $0.applicationProtocols = ["ttrpc"] },
      workshop.client(nil).with { $0.applicationProtocols = ["h2", "ttrpc-ext/1", "ttrp"] })
    try pair.pump()
    try pair.hangUp()
    #expect(pair.server.witness.story == [.error(.noApplicationProtocol), .inactive])
    #expect(pair.client.witness.story == [.error(.noApplicationProtocol), .inactive])
  }
}
