import COpenSSL
import NIOCore
import Testing

@testable import TLS

/// A server's connection after its session has been put away, and the tickets that take its place.
@Suite struct ServerSessionTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.issueClient(serial: "C0FFEE")
  }

  /// On another OpenSSL the sessions stay, and these tests say nothing.
  @Test func thisOpenSSLIsKnown() { #expect(ServerSession.isManaged) }

  @Test(
    arguments: ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"], [Int.max, 1])
  func everythingWorksWithoutTheSession(suite: String, piece: Int) throws {
    let server = try TLSContext(workshop.server())
    let client = try TLSContext(workshop.client())
    #expect(SSL_CTX_set_ciphersuites(client.pointer, suite) == 1)
    for isResumed in [false, true] {
      let pair = try ConnectionPair(server, client)
      pair.pump(piece: piece)
      #expect(pair.server.isResumed == isResumed)
      #expect(pair.server.peer?.identity.uri == Workshop.kiosk)
      #expect(pair.server.peer?.serial == "C0FFEE")
      #expect(SSL_get0_peer_certificate(pair.server.ssl) == nil)
      #expect(SSL_get0_verified_chain(pair.server.ssl) == nil)

      let large = String(repeating: "phiếu bầu ", count: 5000)
      for round in 0..<3 {
        // New keys in each direction, asked for by either side; in the last round none are new.
        for side in [pair.client, pair.server] where round < 2 {
          let kind = round == 0 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED
          #expect(SSL_key_update(side.ssl, kind) == 1 && SSL_do_handshake(side.ssl) == 1)
          pair.pump(piece: piece)
        }
        for text in ["x", large] {
          #expect(pair.client.send(ByteBuffer(string: text)) == nil)
          #expect(pair.server.send(ByteBuffer(string: text)) == nil)
          pair.pump(piece: piece)
          #expect(pair.received() == (text, text))
        }
      }
      pair.client.sendCloseNotify()
      pair.pump(piece: piece)
      guard case .closeNotify = pair.serverEnd else {
        Issue.record("\(pair.serverEnd)")
        return
      }
    }
  }

  @Test func recordsAreNoLongerThanTheClientAskedFor() throws {
    let client = try TLSContext(workshop.client())
    #expect(SSL_CTX_set_tlsext_max_fragment_length(client.pointer, UInt8(TLSEXT_max_fragment_length_512)) == 1)
    let pair = try ConnectionPair(try TLSContext(workshop.server()), client)
    pair.pump()
    let text = String(repeating: "0123456789", count: 1000)
    #expect(pair.server.send(ByteBuffer(string: text)) == nil)
    pair.pump()
    #expect(pair.received().client == text)
    #expect(pair.recordLengths.allSatisfy { $0 <= 512 + 256 })
    #expect(pair.recordLengths.count > 10000 / 512)
    #expect(pair.server.peer?.identity.uri == Workshop.kiosk)
  }

  /// What a resumed connection knows of its peer is what the full handshake found.
  @Test func aTicketBringsEverythingBack() throws {
    let server = try TLSContext(workshop.server())
    let client = try TLSContext(workshop.client())
    var found: [Certificate?] = []
    for _ in 0..<3 {
      let pair = try ConnectionPair(server, client)
      pair.pump()
      found.append(pair.server.peer)
    }
    let first = try #require(found[0])
    #expect(found[1] == first && found[2] == first)
    #expect(first.subject == "CN=kiosk" && first.issuer == "CN=BinhChon Test CA")
    #expect(first.notAfter == workshop.now + Workshop.day)
  }

  @Test func noTicketForWhoIsRefused() throws {
    try workshop.write(Workshop.kiosk, to: "deny")
    let server = try TLSContext(workshop.server().with { $0.denyListFile = workshop.path("deny") })
    let client = try TLSContext(workshop.client())
    for _ in 0..<2 {
      let pair = try ConnectionPair(server, client)
      pair.pump()
      #expect(!pair.server.isResumed)
      #expect(pair.client.isResumed == false)
    }
  }

  // MARK: - What stands in a ticket

  func certificate(
    notAfter: Int64? = .max, uris: [String] = ["spiffe://a.test/kiosk/b/c", ""]
  ) -> Certificate {
    Certificate(
      subject: "CN=máy 3", issuer: "CN=CA", issuerName: [48, 0], issuerHash: 0xDEAD_BEEF, serial: "00FF",
      notBefore: -1, notAfter: notAfter, uris: uris)
  }

  @Test(arguments: [[], ["spiffe://a.test/kiosk/b/c"], ["spiffe://a.test/kiosk/b/c", ""]])
  func encodingBringsBackWhatWentIn(uris: [String]) throws {
    let certificate = certificate(uris: uris)
    let bytes = try #require(certificate.encoded())
    #expect(bytes.withUnsafeBytes { Certificate(encoded: $0) } == certificate)
  }

  @Test func whatCannotBeEncodedIsNot() {
    #expect(certificate(notAfter: nil).encoded() == nil)
    #expect(certificate(uris: [String](repeating: String(repeating: "u", count: 1000), count: 17)).encoded() == nil)
    #expect(certificate(uris: [String(repeating: "u", count: 1 << 16)]).encoded() == nil)
  }

  @Test func aPartIsNeverTheWhole() throws {
    let certificate = certificate()
    let bytes = try #require(certificate.encoded())
    for count in bytes.indices {
      #expect(bytes[..<count].withUnsafeBytes { Certificate(encoded: $0) } != certificate)
    }
    #expect((bytes + [0]).withUnsafeBytes { Certificate(encoded: $0) } == nil)
  }

  // MARK: - Revocation lists are asked by number

  @Test(arguments: ["01", "7F", "80", "FF00", "0102030405060708090A0B0C0D0E0F1011121314"])
  func serialNumbers(serial: String) throws {
    try workshop.issueClient("listed", serial: serial)
    try workshop.revoke([serial])
    let server = try TLSContext(workshop.server().with { $0.crlFile = workshop.path("crl.pem") })
    let listed = try PEM.certificates(
      in: try readFile(workshop.path("listed.pem")), path: "listed.pem", code: .certificateInvalid)[0]
    let other = try PEM.certificates(
      in: try readFile(workshop.path("kiosk.pem")), path: "kiosk.pem", code: .certificateInvalid)[0]
    #expect(server.refusal(of: Certificate(listed.pointer))?.code == .certificateRevoked)
    #expect(server.refusal(of: Certificate(other.pointer)) == nil)
  }
}
