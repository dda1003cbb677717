import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// The ways a connection ends, and callbacks that re-enter.
@Suite struct EndingTests {
  let pair: EmbeddedPair

  init() throws {
    pair = try EmbeddedPair(try Workshop())
    try pair.pump()
  }

  @Test func endWithoutCloseNotifyIsUnclean() throws {
    try pair.server.cutOff()
    #expect(pair.server.witness.story == [.handshake(nil), .error(.uncleanShutdown), .inactive])
  }

  @Test func truncatedRecordIsUnclean() throws {
    pair.client.send("a vote that is cut off")
    var bytes = try #require(try pair.client.take())
    bytes.moveWriterIndex(to: bytes.writerIndex - 1)
    try pair.server.give(bytes)
    try pair.server.cutOff()
    #expect(pair.server.witness.story == [.handshake(nil), .error(.uncleanShutdown), .inactive])
  }

  @Test func halfClosedWithoutCloseNotifyIsUnclean() throws {
    pair.server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    pair.server.channel.embeddedEventLoop.run()
    #expect(pair.server.witness.story == [.handshake(nil), .error(.uncleanShutdown), .inactive])
  }

  @Test func closeNotifyThenEndIsClean() throws {
    pair.client.channel.close(promise: nil)
    try pair.server.give(try #require(try pair.client.take()))
    try pair.client.cutOff()
    #expect(pair.server.witness.story == [.handshake(nil), .shutdown, .inactive])
    #expect(pair.client.witness.story == [.handshake(nil), .inactive])
  }

  @Test func alteredRecordIsRefusedWithAnAlert() throws {
    pair.client.send("one vote")
    var bytes = try #require(try pair.client.take())
    let last = bytes.writerIndex - 1
    let value = try #require(bytes.getInteger(at: last, as: UInt8.self))
    bytes.setInteger(value ^ 1, at: last)
    try pair.server.give(bytes)
    #expect(pair.server.witness.story == [.handshake(nil), .error(.protocolViolation)])
    try pair.pump()
    #expect(pair.client.witness.story == [.handshake(nil), .error(.peerAlert), .inactive])
    #expect(pair.client.witness.errors.first?.reason.contains("bad record mac") == true)
    // Whoever closes on an error waits, so that the alert is not lost; input is thrown away, and time runs out.
    let closed = pair.server.channel.close()
    try pair.server.give(ByteBuffer(string: "more"))
    #expect(pair.server.channel.isActive)
    pair.server.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    try closed.wait()
    #expect(pair.server.witness.story == [.handshake(nil), .error(.protocolViolation), .inactive])
  }

  @Test func aSilentPeerDelaysCloseOnlySoLong() throws {
    var closed = 0
    for _ in 0..<2 { pair.client.channel.close().assumeIsolated().whenSuccess { closed += 1 } }
    pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(4999))
    #expect(closed == 0)
    pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(closed == 2)
    #expect(pair.client.witness.story == [.handshake(nil), .inactive])
  }

  @Test func dataAfterOurCloseIsNotDelivered() throws {
    pair.server.send("too late")
    let late = try #require(try pair.server.take())
    let closed = pair.client.channel.close()
    try pair.client.give(late)
    try pair.pump()
    try closed.wait()
    #expect(pair.client.witness.story == [.handshake(nil), .shutdown, .inactive])
  }

  @Test func writesAfterCloseAndUnflushedOnesFail() throws {
    let unflushed = pair.client.channel.write(ByteBuffer(string: "never flushed"))
    pair.client.channel.close(promise: nil)
    #expect(throws: ChannelError.ioOnClosedChannel) { try unflushed.wait() }
    let late = pair.client.channel.writeAndFlush(ByteBuffer(string: "late"))
    #expect(throws: ChannelError.ioOnClosedChannel) { try late.wait() }
    try pair.pump()
    #expect(pair.server.witness.story == [.handshake(nil), .shutdown, .inactive])
  }

  @Test func closingOneDirectionIsNotSupported() {
    let closed = pair.client.channel.close(mode: .output)
    #expect(throws: ChannelError.operationUnsupported) { try closed.wait() }
    #expect(pair.client.channel.isActive)
  }

  @Test func answersOfTheLastBurstGoOutBeforeGoodbye() throws {
    pair.server.witness.react = { event, context in
      if case .data = event { context.write(NIOAny(ByteBuffer(string: "answer")), promise: nil) }
      if event == .readComplete { context.flush() }
    }
    pair.client.send("question")
    var bytes = try #require(try pair.client.take())
    // A peer that closes its side at once (as Go's CloseWrite does) and still reads.
    pair.client.channel.close(promise: nil)
    var goodbye = try #require(try pair.client.take())
    bytes.writeBuffer(&goodbye)
    try pair.server.give(bytes)
    #expect(pair.server.witness.story == [.handshake(nil), .data("question"), .shutdown, .inactive])
    let answer = try #require(try pair.server.take())
    // An answer record (5 + 6 + 1 + 16), and the goodbye in another write.
    #expect(answer.readableBytes == 28)
    #expect(try pair.server.take() != nil)
  }

  @Test func closeInsideARead() throws {
    pair.server.witness.react = { event, context in
      if case .data = event { context.close(promise: nil) }
    }
    pair.client.send("one")
    pair.client.send("two")
    try pair.pump()
    #expect(pair.server.witness.story == [.handshake(nil), .data("one"), .shutdown, .inactive])
    #expect(pair.client.witness.story == [.handshake(nil), .shutdown, .inactive])
  }

  @Test func closeAndWriteInsideTheHandshakeEvent() throws {
    let pair = try EmbeddedPair(try Workshop())
    pair.server.witness.react = { event, context in
      guard case .handshake = event else { return }
      context.writeAndFlush(NIOAny(ByteBuffer(string: "welcome")), promise: nil)
      context.close(promise: nil)
    }
    pair.client.send("hello")
    try pair.pump()
    #expect(pair.server.witness.story == [.handshake(nil), .shutdown, .inactive])
    #expect(pair.client.witness.story == [.handshake(nil), .data("welcome"), .shutdown, .inactive])
  }

  @Test func writeInsideAWritePromise() throws {
    let channel = pair.client.channel
    let again = channel.embeddedEventLoop.makePromise(of: Void.self)
    again.futureResult.assumeIsolated().whenSuccess {
      channel.writeAndFlush(ByteBuffer(string: "second"), promise: nil)
    }
    channel.writeAndFlush(ByteBuffer(string: "first "), promise: again)
    try pair.pump()
    #expect(String(buffer: pair.server.witness.received) == "first second")
  }

  @Test func removedHandlerFailsWhatWaits() throws {
    let written = pair.client.channel.write(ByteBuffer(string: "waiting"))
    let closed = pair.client.channel.close()
    try pair.client.cutOff()
    #expect(throws: ChannelError.ioOnClosedChannel) { try written.wait() }
    try closed.wait()
  }
}
