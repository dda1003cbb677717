import NIOCore
import Testing
import Wire

@testable import RPC

/// Calls over real sockets, against a server that says what the test tells it.
@Suite(.timeLimit(.minutes(1))) struct ClientCallTests {
  // MARK: Unary

  @Test func unary() async throws {
    try await withScriptedServer { server, client, _ in
      let metadata = Metadata([Metadata.Entry(key: "Trace", value: "t1")])
      async let answer = client.call(Words.ask, "hello", timeout: .seconds(30), metadata: metadata)
      let peer = try await server.accept()
      let (id, envelope) = try await peer.expectRequest("Ask", id: 1)
      #expect(envelope.service == "test.Words")
      #expect(envelope.payload == ByteBuffer(string: "hello"))
      #expect(envelope.metadata == metadata)
      #expect(envelope.timeoutNanoseconds > 0)
      #expect(envelope.timeoutNanoseconds <= 30_000_000_000)
      try await peer.send(.response(id, "world"))
      #expect(try await answer == "world")

      async let second = client.call(Words.ask, "again")
      let (next, _) = try await peer.expectRequest("Ask", id: 3)
      try await peer.send(.response(next))
      #expect(try await second == "")
    }
  }

  /// Success comes as no status (Go) and as an empty one (Rust); an empty answer as a body of 0 or 2 bytes.
  @Test(arguments: [[], [0x0a, 0x00], [0x0a, 0x02, 0x08, 0x00]] as [[UInt8]])
  func emptyAnswers(body: [UInt8]) async throws {
    try await withScriptedServer { server, client, _ in
      async let answer = client.call(Words.ask, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      try await peer.send(Frame(streamID: id, type: .response, body: ByteBuffer(bytes: body)))
      #expect(try await answer == "")
    }
  }

  @Test func errorWithDetails() async throws {
    try await withScriptedServer { server, client, _ in
      let detail = StatusDetail(typeURL: "type.googleapis.com/google.rpc.ErrorInfo", value: [1, 2, 3])
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      // The payload beside an error means nothing.
      try await peer.send(.response(id, "junk", status: Status(.alreadyExists, "twice", details: [detail])))
      let met = await error
      #expect(met?.code == .alreadyExists)
      #expect(met?.message == "twice")
      #expect(met?.details == [detail])
    }
  }

  @Test func manyCallsAtOnceAnsweredInAnyOrder() async throws {
    try await withScriptedServer { server, client, _ in
      try await withThrowingTaskGroup(of: (Int, Word).self) { group in
        for number in 0..<50 {
          group.addTask { (number, try await client.call(Words.ask, Word("\(number)"))) }
        }
        let peer = try await server.accept()
        var requests: [(StreamID, String)] = []
        for _ in 0..<50 {
          let (id, envelope) = try await peer.expectRequest("Ask")
          requests.append((id, String(buffer: envelope.payload)))
        }
        #expect(requests.map(\.0.rawValue) == (0..<50).map { UInt32($0) * 2 + 1 })
        for (id, text) in requests.reversed() { try await peer.send(.response(id, "re: \(text)")) }
        for try await (number, answer) in group { #expect(answer == Word("re: \(number)")) }
      }
    }
  }

  @Test func strayFramesHurtNobody() async throws {
    try await withScriptedServer { server, client, _ in
      async let answer = client.call(Words.ask, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      let odd = StreamID(rawValue: 77)
      try await peer.send(
        .response(odd, "nobody's"), .data(odd, "nobody's"), .response(.connection), .data(StreamID(rawValue: 2), "x"),
        // Extensions, on a plain connection, and types that nobody has defined.
        .goAway(highest: 0), Frame(streamID: .connection, type: .ping, body: ByteBuffer(integer: UInt64(7))),
        Frame(streamID: id, type: FrameType(rawValue: 0x77), body: ByteBuffer(string: "?")),
        Frame(streamID: id, type: .request, body: ByteBuffer(string: "?")),
        Frame(streamID: id, type: .cancel),
        .response(id, "mine"))
      #expect(try await answer == "mine")
      // The late second answer, too.
      try await peer.send(.response(id, "twice"))
      async let second = client.call(Words.ask, "q")
      // No PONG was sent in between.
      let (next, _) = try await peer.expectRequest("Ask", id: 3)
      try await peer.send(.response(next, "still here"))
      #expect(try await second == "still here")
    }
  }

  @Test func drippedBytes() async throws {
    try await withScriptedServer { server, client, _ in
      async let responses = client.call(Words.list, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("List", flags: .remoteClosed)
      try await peer.drip(
        .data(id, "one"), .data(id), .response(StreamID(rawValue: 9), "stray"), .data(id, "two"), .end(id))
      var words: [Word] = []
      for try await word in try await responses { words.append(word) }
      #expect(words == ["one", "", "two"])
    }
  }

  // MARK: What the peer may not do

  @Test func aSingleAnswerIsNoStream() async throws {
    try await withScriptedServer(.extended) { server, client, _ in
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      try await peer.send(.data(id, "x"))
      #expect(await error?.code == .internal)
      #expect(try await peer.receive() == Frame(streamID: id, type: .cancel))
    }
  }

  @Test func unreadableResponses() async throws {
    try await withScriptedServer { server, client, _ in
      async let envelope = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      let (first, _) = try await peer.expectRequest("Ask")
      try await peer.send(Frame(streamID: first, type: .response, body: ByteBuffer(bytes: [0x0a, 0x7f])))
      #expect(await envelope?.code == .internal)

      async let message = failure { try await client.call(Words.ask, "q") }
      let (second, _) = try await peer.expectRequest("Ask")
      try await peer.send(
        Frame(streamID: second, type: .response, body: ByteBuffer(bytes: [0x12, 0x02, 0xff, 0xfe])))
      #expect(await message?.code == .internal)
    }
  }

  @Test func tooLargeAResponseFailsItsCallOnly() async throws {
    try await withScriptedServer { server, client, _ in
      async let large = failure { try await client.call(Words.ask, "large") }
      let peer = try await server.accept()
      let (first, _) = try await peer.expectRequest("Ask")
      async let small = client.call(Words.ask, "small")
      let (second, _) = try await peer.expectRequest("Ask")
      let length = Int(FrameHeader.maximumBodyLength) + 1
      var bytes = ByteBuffer()
      bytes.writeMultipleIntegers(UInt32(length), first.rawValue, UInt8(0x02), UInt8(0))
      bytes.writeRepeatingByte(0, count: length)
      try await peer.send(bytes)
      try await peer.send(.response(second, "fine"))
      #expect(await large?.code == .resourceExhausted)
      #expect(try await small == "fine")
    }
  }

  @Test func tooLargeARequestIsNotSent() async throws {
    try await withScriptedServer { server, client, _ in
      let text = String(repeating: "x", count: Int(FrameHeader.maximumBodyLength) + 1)
      async let error = failure { try await client.call(Words.ask, Word(text)) }
      let peer = try await server.accept()
      #expect(await error?.code == .resourceExhausted)
      async let answer = client.call(Words.ask, "small")
      let (id, _) = try await peer.expectRequest("Ask", id: 3)
      try await peer.send(.response(id, "fine"))
      #expect(try await answer == "fine")
    }
  }

  @Test func anotherProtocolIsRefused() async throws {
    try await withScriptedServer { server, client, _ in
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      try await peer.expectRequest("Ask")
      try await peer.send(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n"))
      let met = await error
      #expect(met?.code == .unavailable)
      #expect(met?.cause as? ConnectionEnded == .garbage)
      #expect(try await peer.receive() == nil)
    }
  }

  // MARK: Streams

  @Test func serverStream() async throws {
    try await withScriptedServer { server, client, _ in
      async let responses = client.call(Words.list, "q")
      let peer = try await server.accept()
      let (id, envelope) = try await peer.expectRequest("List", flags: .remoteClosed)
      #expect(envelope.payload == ByteBuffer(string: "q"))
      // A stream has no end of its own: none is asked for.
      #expect(envelope.timeoutNanoseconds == 0)
      try await peer.send(.data(id, "a"))
      var iterator = try await responses.makeAsyncIterator()
      #expect(try await iterator.next() == "a")
      // ND without RC is nothing at all; an empty body without ND is a message.
      try await peer.send(.data(id, flags: .noData), .data(id), .data(id, "b"), .end(id))
      #expect(try await iterator.next() == "")
      #expect(try await iterator.next() == "b")
      #expect(try await iterator.next() == nil)
      #expect(try await iterator.next() == nil)
    }
  }

  /// Ways to end a stream that no server should use, and some do.
  @Test(
    arguments: [
      (Frame.response(StreamID(rawValue: 1)), ["a"]),
      (Frame.response(StreamID(rawValue: 1), status: .ok), ["a"]),
      (Frame.response(StreamID(rawValue: 1), "last"), ["a", "last"]),
      (Frame.data(StreamID(rawValue: 1), "last", flags: .remoteClosed), ["a", "last"]),
      (Frame.data(StreamID(rawValue: 1), flags: .remoteClosed), ["a", ""]),
    ] as [(Frame, [Word])])
  func lenientEnds(last: Frame, expected: [Word]) async throws {
    try await withScriptedServer { server, client, _ in
      async let responses = client.call(Words.list, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("List", flags: .remoteClosed)
      try await peer.send(.data(id, "a"), last, .data(id, "after the end"))
      var words: [Word] = []
      for try await word in try await responses { words.append(word) }
      #expect(words == expected)
    }
  }

  @Test func aStreamThatFails() async throws {
    try await withScriptedServer { server, client, _ in
      async let responses = client.call(Words.list, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("List", flags: .remoteClosed)
      try await peer.send(.data(id, "a"), .response(id, status: Status(.notFound, "no more")))
      var iterator = try await responses.makeAsyncIterator()
      #expect(try await iterator.next() == "a")
      let first = await failure { try await iterator.next() }
      #expect(first?.code == .notFound)
      let second = await failure { try await iterator.next() }
      #expect(second?.message == "no more")
    }
  }

  @Test func clientStream() async throws {
    try await withScriptedServer { server, client, _ in
      async let opened = client.call(Words.join)
      let peer = try await server.accept()
      // No phantom message: "no data" beside "remote open", and no payload.
      let (id, envelope) = try await peer.expectRequest("Join", flags: [.remoteOpen, .noData])
      #expect(envelope.payload.readableBytes == 0)
      let call = try await opened
      try await call.write("a")
      try await call.write("")
      try await call.write("b")
      #expect(try await peer.receive() == .data(id, "a"))
      #expect(try await peer.receive() == .data(id, ""))
      #expect(try await peer.receive() == .data(id, "b"))
      async let answer = call.finish()
      #expect(try await peer.receive() == .end(id))
      try await peer.send(.response(id, "ab"))
      #expect(try await answer == "ab")
    }
  }

  @Test func aClientStreamAnsweredEarly() async throws {
    try await withScriptedServer(.extended) { server, client, _ in
      async let opened = client.call(Words.join)
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Join", flags: [.remoteOpen, .noData])
      let call = try await opened
      try await peer.send(.response(id, "enough"))
      // The answer is there as soon as a write is refused.
      var refused: RPCError?
      while refused == nil {
        do {
          try await call.write("more")
        } catch let error as RPCError {
          refused = error
        }
      }
      #expect(refused?.code == .failedPrecondition)
      #expect(try await call.finish() == "enough")
    }
  }

  @Test func aClientStreamRefusedEarly() async throws {
    try await withScriptedServer { server, client, _ in
      async let opened = client.call(Words.join)
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Join", flags: [.remoteOpen, .noData])
      let call = try await opened
      try await peer.send(.response(id, status: Status(.permissionDenied, "not you")))
      var refused: RPCError?
      while refused == nil {
        do {
          try await call.write("more")
        } catch let error as RPCError {
          refused = error
        }
      }
      #expect(refused?.code == .permissionDenied)
      #expect(await failure { try await call.finish() }?.code == .permissionDenied)
    }
  }

  @Test func bidirectional() async throws {
    try await withScriptedServer { server, client, _ in
      async let opened = client.call(Words.chat)
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Chat", flags: [.remoteOpen, .noData])
      let call = try await opened
      var responses = call.responses.makeAsyncIterator()
      try await call.write("ping")
      #expect(try await peer.receive() == .data(id, "ping"))
      try await peer.send(.data(id, "pong"))
      #expect(try await responses.next() == "pong")
      try await call.finish()
      try await call.finish()
      #expect(try await peer.receive() == .end(id))
      #expect(await failure { try await call.write("late") }?.code == .failedPrecondition)
      try await peer.send(.data(id, "bye"), .end(id))
      #expect(try await responses.next() == "bye")
      #expect(try await responses.next() == nil)
    }
  }

  @Test func aReaderThatFallsBehindLosesItsCallOnly() async throws {
    var configuration = ClientConfiguration()
    configuration.maximumUnreadBytes = 3 * (1 + ResponseQueueStateMachine<Void>.overhead)
    try await withScriptedServer(.extended, configuration: configuration) { server, client, _ in
      async let opened = client.call(Words.list, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("List", flags: .remoteClosed)
      let responses = try await opened
      for number in 0..<5 { try await peer.send(.data(id, "\(number)")) }
      #expect(try await peer.receive() == Frame(streamID: id, type: .cancel))
      async let other = client.call(Words.ask, "q")
      let (next, _) = try await peer.expectRequest("Ask")
      try await peer.send(.response(next, "fine"))
      #expect(try await other == "fine")
      var words: [Word] = []
      let error = await failure { for try await word in responses { words.append(word) } }
      #expect(words == ["0", "1", "2"])
      #expect(error?.code == .resourceExhausted)
    }
  }

  // MARK: Backpressure

  /// A server that does not read holds up who writes to it, and nobody else; nothing is lost.
  @Test func writersWaitForTheServer() async throws {
    try await withScriptedServer(.extended) { server, client, _ in
      async let opened = client.call(Words.chat)
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Chat", flags: [.remoteOpen, .noData])
      let call = try await opened
      try await peer.channel.setOption(.autoRead, value: false).get()
      let megabyte = Word(String(repeating: "x", count: 1 << 20))
      let writer = Task {
        for _ in 0..<64 { try await call.write(megabyte) }
        try await call.finish()
      }
      // Answers still come through, and deadlines still hold.
      try await peer.send(.data(id, "hello"))
      var responses = call.responses.makeAsyncIterator()
      #expect(try await responses.next() == "hello")
      let error = await failure { try await client.call(Words.ask, "q", timeout: .milliseconds(100)) }
      #expect(error?.code == .deadlineExceeded)
      try await peer.channel.setOption(.autoRead, value: true).get()
      var messages = 0
      while let frame = try await peer.receive(), frame != .end(id) {
        // The other call may or may not have been written before its deadline.
        guard frame.streamID == id else { continue }
        #expect(frame.body.readableBytes == 1 << 20)
        messages += 1
      }
      #expect(messages == 64)
      try await writer.value
    }
  }

  @Test func aWaitingWriterIsReleasedByCancel() async throws {
    try await withScriptedServer(.extended) { server, client, _ in
      async let opened = client.call(Words.chat)
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Chat", flags: [.remoteOpen, .noData])
      let call = try await opened
      try await peer.channel.setOption(.autoRead, value: false).get()
      let megabyte = Word(String(repeating: "x", count: 1 << 20))
      let (written, continuation) = AsyncStream.makeStream(of: Void.self)
      let writer = Task {
        // More than any socket buffers hold: the last write cannot be reached.
        for _ in 0..<1000 {
          try await call.write(megabyte)
          continuation.yield()
        }
      }
      for await _ in written { break }
      writer.cancel()
      await #expect(throws: CancellationError.self) { try await writer.value }
      #expect(await failure { try await call.write("late") }?.code == .cancelled)
      try await peer.channel.setOption(.autoRead, value: true).get()
      while let frame = try await peer.receive(), frame.type == .data { #expect(frame.streamID == id) }
      // The CANCEL ended the loop; the connection is as good as before.
      async let answer = client.call(Words.ask, "q")
      let (next, _) = try await peer.expectRequest("Ask", id: 3)
      try await peer.send(.response(next, "fine"))
      #expect(try await answer == "fine")
    }
  }
}
