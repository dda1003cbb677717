import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import RPC

/// What needs a clock or a full socket at will: the handler on an embedded channel.
@Suite struct ServerConnectionHandlerTests {
  private final class Reads: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0

    func read(context: ChannelHandlerContext) {
      count += 1
      context.read()
    }
  }

  private let channel = EmbeddedChannel()
  private let reads = Reads()

  init() throws {
    try channel.pipeline.syncOperations.addHandler(reads)
    let server = RPCServer(router: Router(), logger: EchoServer.quiet)
    let served = server.serve(
      channel, level: .extended, peer: Peer(identity: nil, certificate: "", address: "embedded"))
    try served.wait()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    reads.count = 0
  }

  private func ping(_ text: String = "12345678") throws -> ByteBuffer {
    try bytes(of: Frame(streamID: .connection, type: .ping, body: ByteBuffer(string: text)))
  }

  private var pong: ByteBuffer {
    get throws {
      try bytes(
        of: Frame(streamID: .connection, type: .ping, flags: .acknowledgement, body: ByteBuffer(string: "12345678")))
    }
  }

  private func setWritable(_ isWritable: Bool) {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }

  @Test func aBurstIsAnsweredInOneWrite() throws {
    var burst = ByteBuffer()
    var answers = ByteBuffer()
    for _ in 0..<50 {
      burst.writeImmutableBuffer(try ping())
      answers.writeImmutableBuffer(try pong)
    }
    try channel.writeInbound(burst)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == answers)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
  }

  @Test func overTheWriteBoundNothingIsReadButAnswersAreWritten() throws {
    channel.read()
    #expect(reads.count == 1)
    setWritable(false)
    channel.read()
    channel.read()
    #expect(reads.count == 1)
    // What had been read before is answered all the same.
    try channel.writeInbound(try ping())
    #expect(try channel.readOutbound(as: ByteBuffer.self) == pong)
    setWritable(true)
    #expect(reads.count == 2)
    setWritable(true)
    #expect(reads.count == 2)
  }

  @Test func theDeadlineOfAFrameIsNotMovedByItsBytes() throws {
    var rest = try ping()
    for _ in 0..<9 {
      let byte = rest.readSlice(length: 1)
      try channel.writeInbound(try #require(byte))
      channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    }
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2) - .nanoseconds(1))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
    #expect(!channel.isActive)
  }

  @Test func everyFrameHasADeadlineOfItsOwn() throws {
    for _ in 0..<5 {
      var frame = try ping()
      let half = frame.readSlice(length: 9)
      try channel.writeInbound(try #require(half))
      channel.embeddedEventLoop.advanceTime(by: .seconds(15))
      try channel.writeInbound(frame)
      #expect(try channel.readOutbound(as: ByteBuffer.self) == pong)
    }
    channel.embeddedEventLoop.advanceTime(by: .hours(24))
    #expect(channel.isActive, "between frames nothing is awaited")
  }

  @Test func timeInWhichWeDoNotReadIsNotThePeers() throws {
    var frame = try ping()
    let half = frame.readSlice(length: 9)
    try channel.writeInbound(try #require(half))
    setWritable(false)
    channel.read()
    channel.embeddedEventLoop.advanceTime(by: .minutes(5))
    #expect(channel.isActive)
    setWritable(true)
    channel.embeddedEventLoop.advanceTime(by: .seconds(19))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(21))
    #expect(!channel.isActive)
  }

  @Test func anErrorOfTheLayerBelowCloses() throws {
    struct Unclean: Error {}
    channel.pipeline.fireErrorCaught(Unclean())
    #expect(!channel.isActive)
  }
}
