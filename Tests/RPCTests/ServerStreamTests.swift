import NIOCore
import Testing
import Wire

@testable import RPC

/// "Who sends what" and "Server side of one stream" of the protocol on a real socket, beside a connection that must not
/// notice.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ServerStreamTests {
  private func expectGoesOn(_ peer: RawPeer, _ id: UInt32) async throws {
    #expect(try await peer.echo(id, "goes on") == "#\(id) OK goes on")
  }

  // MARK: Who sends what

  @Test func unary() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      #expect(try await peer.echo(1, "Rất hài lòng") == "#1 OK Rất hài lòng")
      #expect(try await peer.echo(3, "") == "#3 OK ")
      for (id, how, answer) in [
        (UInt32(5), "known", "NOT_FOUND"), (7, "cancelled", "CANCELLED"), (9, "ok", "INTERNAL"), (11, "?", "INTERNAL"),
      ] {
        try await peer.request(id, "Fail", how)
        #expect(await peer.nextText() == "#\(id) \(answer)")
      }
    }
  }

  @Test func errorsOfHandlersKeepTheirSecrets() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Fail", "secret")
      let secret = try ResponseEnvelope(decoding: try #require(await peer.next()).body)
      #expect(secret == ResponseEnvelope(status: Status(.internal, "internal error")))
      try await peer.request(3, "Fail", "known")
      let known = try ResponseEnvelope(decoding: try #require(await peer.next()).body)
      let details = [StatusDetail(typeURL: "t/x", value: [1, 2])]
      #expect(known == ResponseEnvelope(status: Status(.notFound, "no such thing", details: details)))
    }
  }

  @Test func serverStream() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Count", "3", flags: .remoteClosed)
      #expect(await peer.nextTexts(4) == ["#1 data 0", "#1 data 1", "#1 data 2", "#1 data end"])
      // The payload is the one message, even if it is empty.
      try await peer.request(3, "Count", "", flags: .remoteClosed)
      #expect(await peer.nextText() == "#3 data end")
      try await peer.request(5, "Count", "2 fail", flags: .remoteClosed)
      #expect(await peer.nextTexts(3) == ["#5 data 0", "#5 data 1", "#5 DATA_LOSS"])
      try await peer.request(7, "Count", "100", flags: .remoteClosed)
      #expect(await peer.nextTexts(101) == (0..<100).map { "#7 data \($0)" } + ["#7 data end"])
    }
  }

  @Test func clientStream() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Join", flags: .remoteOpen)
      for text in ["a", "", "b"] { try await peer.data(1, text) }
      try await peer.endInput(1)
      #expect(await peer.nextText() == "#1 OK a,,b")
      // With RO a payload that is not empty is the first message; Rust adds ND.
      try await peer.request(3, "Join", "first", flags: [.remoteOpen, .noData])
      try await peer.send(.data, 3, .remoteClosed, ByteBuffer(string: "last"))
      #expect(await peer.nextText() == "#3 OK first,last")
      // RC: all input is in the request.
      try await peer.request(5, "Join", "only", flags: .remoteClosed)
      #expect(await peer.nextText() == "#5 OK only")
      try await peer.request(7, "Join", flags: .remoteClosed)
      #expect(await peer.nextText() == "#7 OK ")
      // Unary clients set no flag.
      try await peer.request(9, "Join", "unary")
      #expect(await peer.nextText() == "#9 OK unary")
    }
  }

  @Test func bidirectional() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Both", flags: .remoteOpen)
      for text in ["a", "b"] {
        try await peer.data(1, text)
        #expect(await peer.nextText() == "#1 data re \(text)")
      }
      try await peer.endInput(1)
      #expect(await peer.nextText() == "#1 data end")
      // The server may end first; what the client still sends is late, not wrong.
      try await peer.request(3, "Both", flags: .remoteOpen)
      try await peer.data(3, "quit")
      #expect(await peer.nextText() == "#3 data end")
      try await peer.data(3, "late")
      try await peer.endInput(3)
      try await expectGoesOn(peer, 5)
    }
  }

  // MARK: What arrives in which state

  @Test func none() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.data(5, "x")
      #expect(await peer.nextText() == "#5 INVALID_ARGUMENT")
      try await peer.endInput(7)
      #expect(await peer.nextText() == "#7 INVALID_ARGUMENT")
      try await peer.send(.data, 9, .remoteClosed, ByteBuffer(string: "x"))
      #expect(await peer.nextText() == "#9 INVALID_ARGUMENT")
      try await expectGoesOn(peer, 5)
    }
  }

  @Test(arguments: [FrameFlags.remoteOpen, .remoteClosed])
  func requestOnARunningStream(flags: FrameFlags) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, flags == .remoteOpen ? "Both" : "Hang", flags: flags)
      try await peer.request(1, "Unary", "again")
      #expect(await peer.nextText() == "#1 INVALID_ARGUMENT")
      await server.cancelled.wait()
      try await expectGoesOn(peer, 3)
    }
  }

  @Test func inputClosed() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      // Data RC|ND is dropped.
      try await peer.request(1, "Hang")
      try await peer.endInput(1)
      try await expectGoesOn(peer, 3)
      // Data RC with a body is the peer's fault.
      try await peer.send(.data, 1, .remoteClosed, ByteBuffer(string: "x"))
      #expect(await peer.nextText() == "#1 INVALID_ARGUMENT")
      await server.cancelled.wait()
      try await expectGoesOn(peer, 5)
    }
  }

  @Test func done() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      #expect(try await peer.echo(1, "x") == "#1 OK x")
      try await peer.data(1, "late")
      try await peer.endInput(1)
      try await peer.send(.data, 1, .remoteClosed, ByteBuffer(string: "late"))
      try await peer.request(1, "Unary", "again")
      #expect(await peer.nextText() == "#1 INVALID_ARGUMENT", "the only answer of the four")
      try await expectGoesOn(peer, 3)
    }
  }

  // MARK: Ids

  @Test func ids() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      for id: UInt32 in [0, 2, .max - 1] {
        #expect(try await peer.echo(id, "x") == "#\(id) INVALID_ARGUMENT")
        try await peer.data(id, "x")
        #expect(await peer.nextText() == "#\(id) INVALID_ARGUMENT")
      }
      #expect(try await peer.echo(5, "x") == "#5 OK x")
      #expect(try await peer.echo(3, "lower, never used") == "#3 OK lower, never used")
      #expect(try await peer.echo(3, "x") == "#3 INVALID_ARGUMENT")
      #expect(try await peer.echo(.max, "x") == "#\(UInt32.max) OK x")
      #expect(try await peer.echo(.max - 2, "x") == "#\(UInt32.max - 2) OK x")
      #expect(try await peer.echo(7, "too old to tell") == "#7 INVALID_ARGUMENT")
    }
  }

  // MARK: Bytes

  @Test func drippedBytes() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      var frames = try bytes(
        of: Frame(streamID: .firstOfClient, type: .request, flags: .remoteOpen, body: requestBody("Join")),
        Frame(streamID: .firstOfClient, type: .data, body: ByteBuffer(string: "nhỏ giọt")),
        Frame(streamID: .firstOfClient, type: .data, flags: [.remoteClosed, .noData]))
      while let byte = frames.readSlice(length: 1) { try await peer.send(byte) }
      #expect(await peer.nextText() == "#1 OK nhỏ giọt")
    }
  }

  @Test func aBurstInOneWrite() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      var burst = ByteBuffer()
      for call: UInt32 in 0..<200 {
        try FrameEncoder.encode(
          Frame(streamID: StreamID(rawValue: 2 * call + 1), type: .request, body: requestBody("Unary", "\(call)")),
          into: &burst)
      }
      try await peer.send(burst)
      let answers = Set(await peer.nextTexts(200))
      #expect(answers == Set((0..<200).map { "#\(2 * $0 + 1) OK \($0)" }))
    }
  }
}
