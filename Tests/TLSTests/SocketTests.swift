import COpenSSL
import NIOCore
import Testing

@testable import TLS

/// The promises of issue A's show item 6, on real sockets.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.issueClient(serial: "C0FFEE")
  }

  /// One connection: handshake, a question, the answer, goodbye; what both sides saw.
  func visit(_ server: EchoServer, _ client: TLSContext) async throws -> (client: [Event], server: [Event]) {
    let visitor = try await EchoClient(server, client)
    var seen: [Event] = []
    visitor.channel.writeAndFlush(ByteBuffer(string: "vote"), promise: nil)
    for await event in visitor.events {
      seen.append(event)
      if case .data = event { visitor.channel.close(promise: nil) }
      if event == .inactive { break }
    }
    return (seen, await server.events.story())
  }

  func isServed(_ events: [Event]) -> Bool { events.contains(.data("vote")) && events.contains(.shutdown) }

  func isRefused(_ visit: (client: [Event], server: [Event]), _ code: TLSError.Code) -> Bool {
    visit.server == [.error(code), .inactive] && visit.client.contains(.error(.peerRefusedCertificate))
      && !visit.client.contains(.data("vote"))
  }

  @Test func servedOverTLS13() async throws {
    let server = try await EchoServer(workshop.server().with { $0.applicationProtocols = ["ttrpc-ext/1", "ttrpc"] })
    let client = try TLSContext(workshop.client().with { $0.applicationProtocols = ["ttrpc", "ttrpc-ext/1"] })
    let visit = try await visit(server, client)
    #expect(isServed(visit.client) && isServed(visit.server))
    guard case .handshake(let facts)? = visit.server.first else {
      Issue.record("no handshake: \(visit.server)")
      return
    }
    #expect(facts.version == "TLSv1.3")
    #expect(facts.negotiatedProtocol == "ttrpc-ext/1")
    #expect(facts.peer?.uri == Workshop.kiosk)
    #expect(!facts.isResumed)
    try await server.close()
  }

  @Test func resumedWithTheSameIdentity() async throws {
    let server = try await EchoServer(workshop.server())
    let client = try TLSContext(workshop.client())
    _ = try await visit(server, client)
    guard case .handshake(let facts)? = try await visit(server, client).server.first else {
      Issue.record("no handshake")
      return
    }
    #expect(facts.isResumed)
    #expect(facts.peer?.uri == Workshop.kiosk)
    try await server.close()
  }

  // MARK: - Versions

  @Test(arguments: [(TLS1_1_VERSION, false), (TLS1_2_VERSION, false), (TLS1_3_VERSION, true)] as [(Int32, Bool)])
  func versionsByDefault(version: Int32, isServed: Bool) async throws {
    try await self.version(version, minimum: .tls13, isServed: isServed)
  }

  @Test(arguments: [(TLS1_1_VERSION, false), (TLS1_2_VERSION, true), (TLS1_3_VERSION, true)] as [(Int32, Bool)])
  func versionsWithTLS12Allowed(version: Int32, isServed: Bool) async throws {
    try await self.version(version, minimum: .tls12, isServed: isServed)
  }

  func version(_ version: Int32, minimum: TLSConfiguration.MinimumVersion, isServed: Bool) async throws {
    let server = try await EchoServer(workshop.server().with { $0.minimumVersion = minimum })
    let client = try TLSContext(workshop.client())
    // What our own configuration would not do: ask for an old version, with what it needs.
    #expect(bc_SSL_CTX_set_min_proto_version(client.pointer, version) == 1)
    #expect(bc_SSL_CTX_set_max_proto_version(client.pointer, version) == 1)
    if version == TLS1_1_VERSION {
      SSL_CTX_set_security_level(client.pointer, 0)
      #expect(SSL_CTX_set_cipher_list(client.pointer, "ALL") == 1)
      #expect(bc_SSL_CTX_set1_sigalgs_list(client.pointer, "ECDSA+SHA1:ECDSA+SHA256") == 1)
    }
    let visit = try await visit(server, client)
    #expect(self.isServed(visit.client) == isServed)
    if !isServed {
      #expect(visit.server == [.error(.protocolVersion), .inactive])
      #expect(visit.client == [.error(.protocolVersion), .inactive])
    }
    try await server.close()
  }

  // MARK: - Who is let in

  @Test(arguments: [TLSConfiguration.ClientCertificates.required, .optional, .none])
  func clientWithoutCertificate(policy: TLSConfiguration.ClientCertificates) async throws {
    let server = try await EchoServer(workshop.server(policy))
    let client = try TLSContext(workshop.client(nil))
    for _ in 0..<2 {
      let visit = try await visit(server, client)
      if policy == .required {
        #expect(isRefused(visit, .certificateMissing), "\(visit)")
      } else {
        #expect(isServed(visit.server))
      }
    }
    try await server.close()
  }

  @Test func wrongAuthorityAndExpired() async throws {
    let stranger = try Workshop(authorityNamed: "Someone Else")
    try workshop.issueClient("stranger", by: stranger.authority)
    try workshop.issueClient("old", notBefore: -2 * Workshop.day, notAfter: -1)
    let server = try await EchoServer(workshop.server())
    let strangers = try await visit(server, TLSContext(workshop.client("stranger")))
    #expect(isRefused(strangers, .certificateUntrusted), "\(strangers)")
    let expired = try await visit(server, TLSContext(workshop.client("old")))
    #expect(isRefused(expired, .certificateExpired), "\(expired)")
    try await server.close()
  }

  @Test func hostnameMismatch() async throws {
    try workshop.issueServer(hosts: ["binhchon.test"])
    let server = try await EchoServer(workshop.server())
    let visit = try await visit(server, TLSContext(workshop.client()))
    #expect(visit.client == [.error(.hostnameMismatch), .inactive])
    #expect(visit.server == [.error(.peerRefusedCertificate), .inactive])
    try await server.close()
  }

  @Test(arguments: [true, false])
  func revokedWhileConnectedThenFullThenResumed(byDenyList: Bool) async throws {
    try workshop.revoke([])
    try workshop.write("", to: "deny")
    let server = try await EchoServer(
      workshop.server().with {
        $0.crlFile = workshop.path("crl.pem")
        $0.denyListFile = workshop.path("deny")
      })
    let client = try TLSContext(workshop.client())
    let connected = try await EchoClient(server, client)
    #expect(try await connected.echo("vote"))
    try workshop.issueClient("other", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-01")
    let bystander = try await EchoClient(server, TLSContext(workshop.client("other")))
    #expect(try await bystander.echo("vote"))

    if byDenyList {
      try workshop.write(Workshop.kiosk, to: "deny")
    } else {
      try workshop.revoke(["C0FFEE"])
    }
    try server.provider.reload()
    #expect(await connected.story() == [.shutdown, .inactive])
    await server.events.wait(for: .inactive)
    // With the session of before, and without one.
    for client in [client, try TLSContext(workshop.client())] {
      let refused = try await visit(server, client)
      #expect(isRefused(refused, .certificateRevoked), "\(refused)")
    }
    #expect(try await bystander.echo("still here"))
    try await server.close()
  }

  // MARK: - Reload

  @Test func swappingTheCertificateUnderTrafficDropsNothing() async throws {
    try workshop.issueServer(serial: "A0")
    let server = try await EchoServer(workshop.server())
    let client = try TLSContext(workshop.client())
    let text = String(repeating: "phiếu ", count: 5000)
    let clients = try await withThrowingTaskGroup(of: EchoClient.self) { group in
      for _ in 0..<8 { group.addTask { try await EchoClient(server, client) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for client in clients {
        group.addTask {
          var answered = 0
          for _ in 0..<40 { answered += try await client.echo(text) ? 1 : 0 }
          return answered
        }
      }
      for serial in ["A1", "A2", "A3", "A4"] {
        try workshop.issueServer(serial: serial)
        try server.provider.reload()
        let newcomer = try await EchoClient(server, TLSContext(workshop.client()))
        #expect(await newcomer.events.facts()?.peer?.serial == serial)
        #expect(try await newcomer.echo(text))
      }
      for try await answered in group { #expect(answered == 40) }
    }
    #expect(server.provider.generation == 4)
    try await server.close()
  }

  @Test func badReloadKeepsTheOld() async throws {
    try workshop.issueServer(serial: "A0")
    let server = try await EchoServer(workshop.server())
    let connected = try await EchoClient(server, TLSContext(workshop.client()))
    try workshop.write("-----BEGIN CERTIFICATE-----\nMIIB", to: "server.pem")
    let error = #expect(throws: TLSError.self) { try server.provider.reload() }
    #expect(error?.code == .certificateInvalid)
    #expect(error?.message.contains("server.pem") == true)
    #expect(try await connected.echo("still here"))
    let newcomer = try await EchoClient(server, TLSContext(workshop.client()))
    #expect(await newcomer.events.facts()?.peer?.serial == "A0")
    try await server.close()
  }
}
