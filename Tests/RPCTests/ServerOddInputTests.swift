import NIOCore
import Testing
import Wire

@testable import RPC

/// "Limits and odd input" of the protocol, row by row, on a real socket, beside a connection that must not notice.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ServerOddInputTests {
  private let tooLarge = FrameHeader.maximumBodyLength + 1

  private func header(_ length: UInt32, _ id: UInt32, _ type: FrameType = .request) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeMultipleIntegers(length, id, type.rawValue, UInt8(0))
    return buffer
  }

  /// The peer's connection still works.
  private func expectGoesOn(_ peer: RawPeer, _ id: UInt32) async throws {
    #expect(try await peer.echo(id, "goes on") == "#\(id) OK goes on")
  }

  @Test(arguments: [FrameType.request, .data])
  func oversizeFrameIsAnsweredAndTheConnectionGoesOn(type: FrameType) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.send(header(tooLarge, 1, type))
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED", "before its body has come")
      try await peer.send(ByteBuffer(repeating: 0xff, count: Int(tooLarge)))
      try await expectGoesOn(peer, 3)
    }
  }

  @Test func oversizeDataEndsItsCall() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Both", flags: .remoteOpen)
      try await peer.send(header(tooLarge, 1, .data))
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED")
      await server.cancelled.wait()
      try await peer.send(ByteBuffer(repeating: 0, count: Int(tooLarge)))
      try await expectGoesOn(peer, 3)
    }
  }

  @Test func fourMebibytesAreTaken() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      let envelope = requestBody("Unary").readableBytes
      // Tag, three bytes of length, and the payload itself.
      let most = Int(FrameHeader.maximumBodyLength) - envelope - 5
      try await peer.request(1, "Unary", String(repeating: "a", count: most))
      // The answer has a shorter envelope: it fits.
      #expect(await peer.nextText() == "#1 OK " + String(repeating: "a", count: most))
      try await expectGoesOn(peer, 3)
    }
  }

  @Test func reservedByteIsAnsweredAndTheConnectionCloses() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Hang")
      try await peer.send(header(0x0100_0000, 3))
      #expect(await peer.nextTexts(2) == ["#3 RESOURCE_EXHAUSTED", nil])
      await server.cancelled.wait()
    }
  }

  @Test func anotherProtocolIsClosed() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.send(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
      #expect(await peer.next() != nil)
      #expect(await peer.next() == nil)
    }
  }

  @Test func ownLargeResponsesAreNeverSent() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Large", "\(5 << 20)")
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED")
      // The envelope counts too: tag and four bytes of length.
      let most = Int(FrameHeader.maximumBodyLength) - 5
      try await peer.request(3, "Large", "\(most)")
      #expect(await peer.nextText()?.utf8.count == "#3 OK ".utf8.count + most)
      try await peer.request(5, "Large", "\(most + 1)")
      #expect(await peer.nextText() == "#5 RESOURCE_EXHAUSTED")
      try await expectGoesOn(peer, 7)
    }
  }

  @Test func bodyThatIsNoProtobuf() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.send(.request, 1, [], ByteBuffer(bytes: [0xff, 0xff, 0xff]))
      #expect(await peer.nextText() == "#1 INVALID_ARGUMENT")
      try await expectGoesOn(peer, 3)
    }
  }

  @Test func payloadThatIsNoMessage() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      var body = ByteBuffer()
      RequestEnvelope(service: "test.Echo", method: "Unary", payload: ByteBuffer(bytes: [0xff])).encode(into: &body)
      try await peer.send(.request, 1, [], body)
      #expect(await peer.nextText() == "#1 INVALID_ARGUMENT")
      try await peer.request(3, "Join", flags: .remoteOpen)
      try await peer.send(.data, 3, [], ByteBuffer(bytes: [0xff]))
      #expect(await peer.nextText() == "#3 INVALID_ARGUMENT")
      try await expectGoesOn(peer, 5)
    }
  }

  @Test func unknownServiceAndMethod() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Unary", service: "test.Nothing")
      try await peer.request(3, "Nothing")
      // Legal protobuf, of an empty service.
      try await peer.send(.request, 5)
      try await peer.request(7, "/test.Echo/Unary", service: String(repeating: "x", count: 1 << 20))
      #expect(
        await peer.nextTexts(4) == ["#1 UNIMPLEMENTED", "#3 UNIMPLEMENTED", "#5 UNIMPLEMENTED", "#7 UNIMPLEMENTED"])
      try await expectGoesOn(peer, 9)
    }
  }

  /// Strings are compared and hashed in their normal form, and making that of a run of combining marks takes time that
  /// grows with its square: these would hold the event loop, and the bystander on it, for hours.
  @Test func namesThatAreCostlyToCompare() async throws {
    let marks = "a" + String(repeating: "\u{301}\u{323}", count: 1_000_000)
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Unary", service: marks)
      #expect(await peer.nextText() == "#1 UNIMPLEMENTED")
      try await peer.request(3, marks)
      #expect(await peer.nextText() == "#3 UNIMPLEMENTED")
      var body = ByteBuffer()
      RequestEnvelope(
        service: "test.Echo", method: "Unary", metadata: Metadata([Metadata.Entry(key: marks, value: "")])
      ).encode(into: &body)
      try await peer.send(.request, 5, [], body)
      #expect(await peer.nextText() == "#5 INVALID_ARGUMENT")
      try await expectGoesOn(peer, 7)
    }
  }

  @Test(arguments: [UInt8(0), 4, 5, 0x7f, 0x80, 0x81, 0x82, 0xff])
  func unknownTypesAndResponsesAreIgnored(type: UInt8) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Hang")
      for id: UInt32 in [0, 1, 2, 3] {
        try await peer.send(FrameType(rawValue: type), id, [], ByteBuffer(string: "12345678"))
        try await peer.send(.response, id)
      }
      try await expectGoesOn(peer, 3)
      server.release.set()
      #expect(await peer.nextText() == "#1 OK released", "the running call has not noticed")
    }
  }

  @Test func dataForARunningUnaryCall() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Hang")
      try await peer.data(1, "?")
      #expect(await peer.nextText() == "#1 INVALID_ARGUMENT")
      await server.cancelled.wait()
      // Its handler answers into the void: nothing more comes on 1.
      try await expectGoesOn(peer, 3)
    }
  }

  @Test(arguments: [1, 9, 10, 11, 15])
  func endInTheMiddleOfAFrame(bytes count: Int) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Hang")
      let frame = Frame(streamID: StreamID(rawValue: 3), type: .request, body: requestBody("Unary", "x"))
      var part = try bytes(of: frame)
      part.moveWriterIndex(to: count)
      try await peer.send(part)
      try await peer.halfClose()
      #expect(await peer.next() == nil)
      await server.cancelled.wait()
    }
  }

  @Test(arguments: ["Hang", "Join", "Both"])
  func halfCloseCancelsWhatRuns(method: String) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, method, flags: method == "Hang" ? [] : .remoteOpen)
      try await expectGoesOn(peer, 3)
      try await peer.halfClose()
      #expect(await peer.next() == nil)
      await server.cancelled.wait()
    }
  }

  @Test func theRestOfAStartedFrameHasADeadline() async throws {
    try await EchoServer.withBystander { limits in
      limits.partialFrame = .milliseconds(100)
    } _: { server in
      let stalled = try await server.connect()
      try await stalled.send(header(FrameHeader.maximumBodyLength, 1))
      #expect(await stalled.next() == nil)

      let inHeader = try await server.connect()
      try await inHeader.send(ByteBuffer(bytes: [0]))
      #expect(await inHeader.next() == nil)

      let dropped = try await server.connect()
      try await dropped.send(header(tooLarge, 1))
      #expect(await dropped.nextTexts(2) == ["#1 RESOURCE_EXHAUSTED", nil])
    }
  }

  @Test func aClientThatNeverReads() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect(reads: false)
      // Each answer is 1 MiB; 200 requests are far less than one read.
      for call: UInt32 in 0..<200 {
        let body = requestBody("Large", "\(1 << 20)")
        peer.sendWithoutWaiting(
          try bytes(of: Frame(streamID: StreamID(rawValue: 2 * call + 1), type: .request, body: body)))
      }
      // It reads after all, and everything that was accepted is answered.
      try await peer.startReading()
      var answered: Set<StreamID> = []
      for _ in 0..<200 {
        let frame = await peer.next()
        if let frame, frame.body.readableBytes > 1 << 20 { answered.insert(frame.streamID) }
      }
      #expect(answered.count == 200)
      try await expectGoesOn(peer, 401)
    }
  }
}
