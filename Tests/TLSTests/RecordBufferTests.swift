import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Connections of one event loop that take turns with its buffers.
@Suite struct RecordBufferTests {
  let workshop: Workshop
  let loop = EmbeddedEventLoop()

  init() throws { workshop = try Workshop() }

  private func pairs(_ count: Int) throws -> [EmbeddedPair] {
    let provider = try TLSContextProvider(workshop.server(.none))
    let client = try TLSContext(workshop.client(nil))
    return try (0..<count).map { _ in
      let pair = try EmbeddedPair(provider, client, loop: loop)
      try pair.pump()
      return pair
    }
  }

  // MARK: - The buffers alone

  private func address(_ buffer: ByteBuffer) -> UnsafeRawPointer? {
    buffer.withVeryUnsafeBytes { $0.baseAddress }
  }

  @Test func comesBackEmptyAndIsTheSame() {
    let buffers = RecordBuffers()
    var buffer = buffers.takePlaintext(10)
    let first = address(buffer)
    buffer.writeString("secret")
    buffers.giveBack(plaintext: &buffer)
    buffer = ByteBuffer()
    let again = buffers.takePlaintext(RecordBuffers.capacity)
    #expect(again.readableBytes == 0 && again.writableBytes >= RecordBuffers.capacity)
    #expect(address(again) == first)
    // It is away: the next one gets another.
    #expect(address(buffers.takePlaintext(1)) != first)
  }

  @Test func whoKeepsAPartKeepsIt() {
    let buffers = RecordBuffers()
    var buffer = buffers.takeCiphertext(10)
    buffer.writeString("secret")
    let kept = buffer.getSlice(at: 0, length: 3)
    buffers.giveBack(ciphertext: &buffer)
    var next = buffers.takeCiphertext(10)
    next.writeString("others")
    #expect(kept.map { String(buffer: $0) } == "sec")
    #expect(String(buffer: buffer) == "secret")
  }

  @Test func largeOnesAreNotKept() {
    let buffers = RecordBuffers()
    var large = buffers.takePlaintext(RecordBuffers.capacity + 1)
    #expect(large.writableBytes > RecordBuffers.capacity)
    buffers.giveBack(plaintext: &large)
    #expect(buffers.takePlaintext(1).capacity == RecordBuffers.capacity)
  }

  @Test func oneForEachEventLoop() throws {
    let context = try TLSContext(workshop.server(.none))
    let other = EmbeddedEventLoop()
    #expect(context.recordBuffers(on: loop) === context.recordBuffers(on: loop))
    #expect(context.recordBuffers(on: loop) !== context.recordBuffers(on: other))
  }

  // MARK: - Connections

  /// What one connection has been given stays what it was while others are served inside its callbacks, three deep.
  @Test func servedInsideEachOthersCallbacks() throws {
    let pairs = try pairs(3)
    let texts = ["first", "second, longer", "third"]
    var waiting: [ByteBuffer] = []
    for (pair, text) in zip(pairs, texts) {
      pair.client.send(text)
      waiting.append(try #require(try pair.client.take()))
    }
    var kept: [ByteBuffer] = []
    for (index, pair) in pairs.enumerated() {
      let keeper = Keeper { buffer, context in
        context.write(NIOAny(buffer), promise: nil)
        if index < 2 { try? pairs[index + 1].server.give(waiting[index + 1]) }
        context.writeAndFlush(NIOAny(buffer), promise: nil)
        #expect(String(buffer: buffer) == texts[index])
        if index == 1 { kept.append(buffer) }
      }
      try pair.server.channel.pipeline.syncOperations.addHandler(keeper, position: .before(pair.server.witness))
    }
    try pairs[0].server.give(waiting[0])
    for (pair, text) in zip(pairs, texts) {
      try pair.pump()
      #expect(String(buffer: pair.client.witness.received) == text + text)
    }
    #expect(kept.map { String(buffer: $0) } == [texts[1]])
  }

  /// A peer that does not read: its records wait while others use the buffers.
  @Test func waitingRecordsAreNotOverwritten() throws {
    let pairs = try pairs(2)
    let lines = (0..<50).map { "line \($0) of the slow one;" }
    for line in lines {
      pairs[0].server.send(line)
      pairs[1].server.send("for the quick one")
      try pairs[1].pump()
    }
    try pairs[0].pump()
    #expect(String(buffer: pairs[0].client.witness.received) == lines.joined())
    #expect(pairs[1].client.witness.received.readableBytes == 50 * 17)
  }

  @Test(arguments: [Int.max, 1000, 5])
  func tinyAndLargeRecordsInTurns(piece: Int) throws {
    let pairs = try pairs(2)
    var expected = ["", ""]
    for size in [1, 2048, 2, 2047, 16384, 3, 2049, 100_000, 1, 2020, 1] {
      for (index, pair) in pairs.enumerated() {
        let text = String(repeating: index == 0 ? "a" : "b", count: size)
        expected[index] += text
        pair.client.send(text)
        pair.server.send(text)
      }
      for pair in pairs { try pair.pump(piece: piece) }
    }
    for (pair, text) in zip(pairs, expected) {
      #expect(String(buffer: pair.server.witness.received) == text)
      #expect(String(buffer: pair.client.witness.received) == text)
    }
  }
}

/// Looks at what arrives, before the witness does.
private final class Keeper: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let look: (ByteBuffer, ChannelHandlerContext) -> Void

  init(_ look: @escaping (ByteBuffer, ChannelHandlerContext) -> Void) { self.look = look }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    look(unwrapInboundIn(data), context)
    context.fireChannelRead(data)
  }
}
