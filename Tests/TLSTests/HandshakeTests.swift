import COpenSSL
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Back to back, without sockets or clocks.
@Suite struct HandshakeTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test(arguments: [Int.max, 7, 1])
  func handshakeDataAndGoodbye(piece: Int) throws {
    try workshop.issueClient(serial: "0A1B")
    let server = workshop.server().with { $0.applicationProtocols = ["ttrpc"] }
    let client = workshop.client().with { $0.applicationProtocols = ["ttrpc"] }
    let pair = try EmbeddedPair(workshop, server, client)
    try pair.pump(piece: piece)
    pair.client.send("vote")
    try pair.pump(piece: piece)
    pair.server.send("thanks")
    try pair.pump(piece: piece)

    let identity = try #require(pair.server.handler.peerIdentity)
    #expect(identity.uri == Workshop.kiosk)
    #expect(identity.subject == "CN=kiosk")
    #expect(identity.issuer == "CN=BinhChon Test CA")
    #expect(identity.serial == "0A1B")
    #expect(identity.notAfter == workshop.now + Workshop.day)
    #expect(pair.server.handler.tlsVersion == "TLSv1.3")
    #expect(pair.client.handler.negotiatedProtocol == "ttrpc")
    #expect(pair.client.handler.peerIdentity?.subject == "CN=localhost")

    let closed = Watched(pair.client.channel.close())
    try pair.pump(piece: piece)
    #expect(closed.isFulfilled)
    #expect(!pair.server.channel.isActive)
    #expect(pair.client.witness.story == [.handshake("ttrpc"), .data("thanks"), .shutdown, .inactive])
    #expect(pair.server.witness.story == [.handshake("ttrpc"), .data("vote"), .shutdown, .inactive])
  }

  @Test func largeDataBothWays() throws {
    let pair = try EmbeddedPair(workshop)
    try pair.pump()
    let large = ByteBuffer(string: String(repeating: "phiếu bầu ", count: 400_000))
    pair.client.channel.writeAndFlush(large, promise: nil)
    try pair.pump(piece: 65536)
    #expect(pair.server.witness.received == large)
    pair.server.channel.writeAndFlush(large, promise: nil)
    try pair.pump(piece: 16389)
    #expect(pair.client.witness.received == large)
  }

  @Test func manyWritesMakeOneRecord() throws {
    let pair = try EmbeddedPair(workshop)
    try pair.pump()
    let before = pair.client.meter.writes
    var written = 0
    for _ in 0..<100 {
      pair.client.channel.write(ByteBuffer(string: "0123456789")).assumeIsolated().whenSuccess { written += 1 }
    }
    pair.client.channel.flush()
    #expect(pair.client.meter.writes == before + 1)
    let bytes = try #require(try pair.client.take())
    // 1000 bytes, header 5, inner type 1, tag 16.
    #expect(bytes.readableBytes == 1022)
    #expect(written == 100)
    try pair.server.give(bytes)
    #expect(pair.server.witness.received.readableBytes == 1000)
  }

  @Test func dataWrittenBeforeTheHandshakeWaitsForIt() throws {
    let provider = try TLSContextProvider(workshop.server(.none))
    let server = try Side(.server(provider: provider))
    let client = try Side(.client(context: try TLSContext(workshop.client(nil)), serverHostname: "localhost"))
    client.send("early")
    client.channel.write(ByteBuffer(string: ", not flushed"), promise: nil)
    try server.connect()
    try client.connect()
    let hello = try #require(try client.take())
    #expect(hello.readableBytesView.first == 22)
    #expect(try client.take() == nil)
    try server.give(hello)
    try client.give(try #require(try server.take()))
    while let bytes = try client.take() { try server.give(bytes) }
    #expect(server.witness.story.prefix(2) == [.handshake(nil), .data("early, not flushed")])
  }

  @Test func lastBytesOfTheHandshakeAndFirstDataTogether() throws {
    let pair = try EmbeddedPair(workshop)
    pair.client.send("at once")
    try pair.server.give(try #require(try pair.client.take()))
    try pair.client.give(try #require(try pair.server.take()))
    var together = ByteBuffer()
    while var bytes = try pair.client.take() { together.writeBuffer(&bytes) }
    try pair.server.give(together)
    #expect(pair.server.witness.story == [.handshake(nil), .data("at once")])
  }

  @Test func endOfInputInTheHandshake() throws {
    let pair = try EmbeddedPair(workshop)
    try pair.server.give(try #require(try pair.client.take()))
    try pair.server.cutOff()
    #expect(pair.server.witness.story == [.error(.handshakeInterrupted), .inactive])
  }

  @Test func handshakeDeadline() throws {
    let pair = try EmbeddedPair(workshop)
    pair.server.channel.embeddedEventLoop.advanceTime(by: .milliseconds(9999))
    #expect(pair.server.witness.story.isEmpty)
    pair.server.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(pair.server.witness.story == [.error(.handshakeTimeout), .inactive])
    // Afterwards there is none.
    let other = try EmbeddedPair(workshop)
    try other.pump()
    other.server.channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(other.server.witness.story == [.handshake(nil)])
  }

  @Test func plainHTTPIsRefused() throws {
    let server = try Side(.server(provider: try TLSContextProvider(workshop.server(.none))))
    try server.connect()
    try server.give(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
    #expect(server.witness.story == [.error(.protocolViolation), .inactive])
    #expect(server.witness.errors.first?.reason == "http request")
  }

  @Test(arguments: ["", "a\u{0}b"])
  func noNameToCheckIsNoConnection(hostname: String) throws {
    let client = try Side(.client(context: try TLSContext(workshop.client(nil)), serverHostname: hostname))
    try client.connect()
    #expect(client.witness.story == [.error(.configurationInvalid), .inactive])
    #expect(try client.take() == nil)
  }

  @Test func autoReadOff() throws {
    let pair = try EmbeddedPair(workshop)
    // Each read() that brought no plaintext is repeated, until the handshake is over.
    let begun = pair.server.meter.reads
    #expect(begun > 0)
    try pair.server.give(try #require(try pair.client.take()))
    #expect(pair.server.meter.reads > begun)
    try pair.pump()
    // Embedded channels never read by themselves: one wish, one answer.
    pair.server.channel.read()
    let wished = pair.server.meter.reads
    pair.client.send("x")
    try pair.pump()
    #expect(pair.server.witness.story.last == .data("x"))
    #expect(pair.server.meter.reads == wished)
  }

  /// Every KeyUpdate that asks for one is answered, and is no plaintext that would stop the reading: who sends them and
  /// reads no answers must meet the same backpressure as everybody else.
  @Test func demandsForAnswersAreNotReadWhileAnswersAreStuck() throws {
    let server = try Side(.server(provider: try TLSContextProvider(workshop.server(.none))))
    try server.connect()
    let client = try TLSConnection(try TLSContext(workshop.client(nil)), serverHostname: "localhost")
    _ = client.start()
    while let bytes = client.takeOutbound() {
      try server.give(bytes)
      while let answer = try server.take() { _ = client.receive(answer) }
    }
    #expect(server.witness.story == [.handshake(nil)])
    server.channel.read()

    func demandAnswer() throws {
      #expect(SSL_key_update(client.ssl, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(client.ssl) == 1)
      try server.give(try #require(client.takeOutbound()))
    }
    var reads = server.meter.reads
    try demandAnswer()
    #expect(server.meter.reads == reads + 1)
    server.channel.isWritable = false
    reads = server.meter.reads
    try demandAnswer()
    #expect(server.meter.reads == reads)
    server.channel.isWritable = true
    server.channel.pipeline.fireChannelWritabilityChanged()
    #expect(server.meter.reads == reads + 1)
    #expect(try server.take() != nil)
  }
}
