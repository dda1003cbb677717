import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import RPC

/// The handler alone, with the clock and the channel's room in the hands of the test.
@Suite struct ClientHandlerTests {
  struct Bench {
    let channel = EmbeddedChannel()
    let handler: ClientConnectionHandler
    let connection: ClientConnection

    init(_ level: ProtocolLevel) throws {
      handler = ClientConnectionHandler(
        level: level, firstID: .firstOfClient, keepalive: Keepalive(interval: .seconds(15), timeout: .seconds(10)),
        logger: quiet)
      try channel.pipeline.syncOperations.addHandler(handler)
      connection = ClientConnection(channel, handler)
      channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    func call(_ kind: MethodKind = .unary, timeout: TimeAmount? = nil) -> ClientCall {
      let request = CallRequest(
        service: "s", method: "m", kind: kind, isReplaySafe: false, payload: ByteBuffer(string: "p"), timeout: nil,
        metadata: Metadata())
      return ClientCall(
        request, deadline: timeout.map { Deadline(channel.embeddedEventLoop.now + $0) }, on: connection,
        configuration: ClientConfiguration())
    }

    /// Every write since the last time, as the frames in it.
    func writes() throws -> [[Frame]] {
      channel.embeddedEventLoop.run()
      var writes: [[Frame]] = []
      while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
        var decoder = FrameDecoder()
        decoder.append(bytes)
        var frames: [Frame] = []
        while case .frame(let frame) = decoder.next() { frames.append(frame) }
        #expect(!decoder.isInsideFrame)
        writes.append(frames)
      }
      return writes
    }

    func receive(_ frames: Frame...) throws {
      var bytes = ByteBuffer()
      for frame in frames { try FrameEncoder.encode(frame, into: &bytes) }
      try channel.writeInbound(bytes)
    }

    func advance(_ seconds: Int64) {
      channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    func setWritable(_ isWritable: Bool) {
      channel.isWritable = isWritable
      channel.pipeline.fireChannelWritabilityChanged()
    }
  }

  @Test func framesOfOneTurnLeaveInOneWrite() throws {
    let bench = try Bench(.plain)
    for _ in 0..<3 { bench.call().submit() }
    let writes = try bench.writes()
    #expect(writes.map { $0.map(\.streamID.rawValue) } == [[1, 3, 5]])
    bench.call().submit()
    #expect(try bench.writes().map { $0.map(\.streamID.rawValue) } == [[7]])
  }

  @Test func withoutRoomNothingIsMadeAndTimeIsCountedWhenItIs() throws {
    let bench = try Bench(.extended)
    bench.setWritable(false)
    let abandoned = bench.call()
    abandoned.submit()
    let late = bench.call(timeout: .seconds(3))
    late.submit()
    let patient = bench.call(timeout: .seconds(10))
    patient.submit()
    #expect(try bench.writes().isEmpty)
    abandoned.giveUp(.cancelled)
    bench.advance(4)
    #expect(late.failure?.error.code == .deadlineExceeded)
    #expect(try bench.writes().isEmpty)
    bench.setWritable(true)
    // No Request, and no CANCEL, of the calls that ended before their turn.
    let writes = try bench.writes()
    #expect(writes.map { $0.map(\.streamID.rawValue) } == [[5]])
    let body = try #require(writes.first?.first?.body)
    #expect(try RequestEnvelope(decoding: body).timeoutNanoseconds == 6_000_000_000)
  }

  @Test func callsNotYetWrittenAreNotStartedWhenTheConnectionEnds() throws {
    let bench = try Bench(.plain)
    let written = bench.call()
    written.submit()
    _ = try bench.writes()
    bench.setWritable(false)
    let waiting = bench.call()
    waiting.submit()
    bench.channel.embeddedEventLoop.run()
    bench.channel.pipeline.fireChannelInactive()
    #expect(written.failure?.outcome == .lost)
    #expect(waiting.failure?.outcome == .notStarted)
    let late = bench.call()
    late.submit()
    bench.channel.embeddedEventLoop.run()
    #expect(late.failure?.outcome == .notStarted)
  }

  @Test func deadlinesOfManyCalls() throws {
    let bench = try Bench(.extended)
    // Deadlines only: the server is alive, but slow.
    let calls = [30, 10, 20].map { bench.call(timeout: .seconds($0)) }
    for call in calls { call.submit() }
    let endless = bench.call()
    endless.submit()
    _ = try bench.writes()
    func ended() -> [Bool] { calls.map { $0.failure?.error.code == .deadlineExceeded } }
    bench.advance(9)
    #expect(ended() == [false, false, false])
    bench.advance(1)
    #expect(ended() == [false, true, false])
    #expect(try bench.writes() == [[Frame(streamID: StreamID(rawValue: 3), type: .cancel)]])
    // An answer in time; the timer that was set for it disturbs nobody.
    try bench.receive(.response(StreamID(rawValue: 5), "fine"))
    bench.advance(10)
    #expect(ended() == [false, true, false])
    try bench.receive(.data(.connection))
    bench.advance(10)
    #expect(ended() == [true, true, false])
    #expect(endless.failure == nil)
  }

  @Test func aSilentServerIsAskedThenGivenUp() throws {
    let bench = try Bench(.extended)
    let call = bench.call()
    call.submit()
    _ = try bench.writes()
    bench.advance(14)
    #expect(try bench.writes().isEmpty)
    bench.advance(1)
    let ping = try #require(try bench.writes().first?.first)
    #expect(ping.type == .ping)
    #expect(ping.streamID == .connection)
    #expect(ping.body.readableBytes == 8)
    bench.advance(9)
    #expect(bench.channel.isActive)
    bench.advance(1)
    #expect(!bench.channel.isActive)
    #expect(call.failure?.error.cause as? ConnectionEnded == .noPong)
    #expect(call.failure?.outcome == .lost)
  }

  @Test func aServerThatAnswersPingsIsKept() throws {
    let bench = try Bench(.extended)
    for _ in 0..<100 {
      bench.advance(15)
      var ping = try #require(try bench.writes().first?.first)
      ping.flags = .acknowledgement
      try bench.receive(ping)
    }
    #expect(bench.channel.isActive)
    // And no more of them than one in 15 seconds.
    bench.advance(14)
    #expect(try bench.writes().isEmpty)
  }

  @Test func anIdlePlainConnectionIsLeftAlone() throws {
    let bench = try Bench(.plain)
    bench.advance(100_000)
    #expect(try bench.writes().isEmpty)
    #expect(bench.channel.isActive)
  }

  /// A peer that pings and does not read gets one answer, to its last PING.
  @Test func unreadPongsDoNotPileUp() throws {
    let bench = try Bench(.extended)
    bench.setWritable(false)
    for number in 0..<1000 {
      try bench.receive(Frame(streamID: .connection, type: .ping, body: ByteBuffer(integer: UInt64(number))))
    }
    #expect(try bench.writes().isEmpty)
    bench.setWritable(true)
    let pong = Frame(
      streamID: .connection, type: .ping, flags: .acknowledgement, body: ByteBuffer(integer: UInt64(999)))
    #expect(try bench.writes() == [[pong]])
  }

  @Test func eventsBeforeTheOwnerListensAreNotLost() async throws {
    let bench = try Bench(.extended)
    try bench.receive(.goAway(highest: 0))
    #expect(!bench.channel.isActive)
    let (events, continuation) = AsyncStream.makeStream(of: String.self)
    bench.connection.observe { event in
      switch event {
      case .proved: continuation.yield("proved")
      case .draining: continuation.yield("draining")
      case .closed(let failure): continuation.yield("closed: \(failure)")
      }
    }
    bench.channel.embeddedEventLoop.run()
    continuation.finish()
    var seen: [String] = []
    for await event in events { seen.append(event) }
    #expect(seen == ["proved", "draining", "closed: \(ConnectionEnded.drained)"])
  }
}
