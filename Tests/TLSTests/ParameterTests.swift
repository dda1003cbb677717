import COpenSSL
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Which suites and groups each of our sides takes from a peer that knows one only.
@Suite struct ParameterTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// Whether a handshake comes about when `change` has made the other side a peer of its own kind.
  private func agrees(isServerOurs: Bool, _ change: (OpaquePointer) -> Int32) throws -> Bool {
    let server = try TLSContext(workshop.server(.none))
    let client = try TLSContext(workshop.client(nil))
    #expect(change(isServerOurs ? client.pointer : server.pointer) == 1)
    let pair = try EmbeddedPair(TLSContextProvider(server), client)
    try pair.pump()
    let story = pair.server.witness.story
    if story != [.handshake(nil)] {
      #expect(!story.contains(.handshake(nil)))
      #expect(pair.server.witness.errors.count == 1)
    }
    return story == [.handshake(nil)]
  }

  @Test(
    arguments: [
      ("X25519", true), ("P-256", true), ("P-384", true), ("P-521", false), ("X448", false), ("ffdhe2048", false),
    ], [true, false])
  func groups(group: (name: String, isTaken: Bool), isServerOurs: Bool) throws {
    let agrees = try agrees(isServerOurs: isServerOurs) { bc_SSL_CTX_set1_groups_list($0, group.name) }
    #expect(agrees == group.isTaken)
  }

  @Test(
    arguments: [
      ("TLS_AES_128_GCM_SHA256", true), ("TLS_AES_256_GCM_SHA384", true), ("TLS_CHACHA20_POLY1305_SHA256", true),
      ("TLS_AES_128_CCM_SHA256", false),
    ], [true, false])
  func suites(suite: (name: String, isTaken: Bool), isServerOurs: Bool) throws {
    let agrees = try agrees(isServerOurs: isServerOurs) { SSL_CTX_set_ciphersuites($0, suite.name) }
    #expect(agrees == suite.isTaken)
  }
}
