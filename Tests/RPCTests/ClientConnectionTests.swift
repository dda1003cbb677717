import NIOCore
import NIOPosix
import Testing
import Wire

@testable import RPC

/// Deadlines, cancellation, extensions and lost connections, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct ClientConnectionTests {
  // MARK: Giving up

  @Test(arguments: ProtocolLevel.allCases)
  func aDeadlinePasses(level: ProtocolLevel) async throws {
    try await withScriptedServer(level) { server, client, _ in
      // The connection is there before the clock starts.
      async let first = client.call(Words.ask, "q")
      let peer = try await server.accept()
      let (firstID, _) = try await peer.expectRequest("Ask")
      try await peer.send(.response(firstID, "fine"))
      _ = try await first
      async let error = failure { try await client.call(Words.askSafely, "q", timeout: .seconds(1)) }
      let (id, envelope) = try await peer.expectRequest("AskSafely")
      #expect((1...1_000_000_000).contains(envelope.timeoutNanoseconds))
      #expect(await error?.code == .deadlineExceeded)
      try await expectCancelIfExtended(level, id, peer, client)
    }
  }

  @Test(arguments: ProtocolLevel.allCases)
  func aTaskIsCancelled(level: ProtocolLevel) async throws {
    try await withScriptedServer(level) { server, client, _ in
      let task = Task { try await client.call(Words.askSafely, "q") }
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("AskSafely")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      try await expectCancelIfExtended(level, id, peer, client)
    }
  }

  @Test(arguments: ProtocolLevel.allCases)
  func aStreamIsLetGo(level: ProtocolLevel) async throws {
    try await withScriptedServer(level) { server, client, _ in
      let reader = Task {
        for try await word in try await client.call(Words.list, "q") { return word }
        return ""
      }
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("List", flags: .remoteClosed)
      try await peer.send(.data(id, "a"))
      #expect(try await reader.value == "a")
      try await expectCancelIfExtended(level, id, peer, client)
    }
  }

  @Test(arguments: ProtocolLevel.allCases)
  func aStreamIsCancelled(level: ProtocolLevel) async throws {
    try await withScriptedServer(level) { server, client, _ in
      async let opened = client.call(Words.list, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("List", flags: .remoteClosed)
      let responses = try await opened
      responses.cancel()
      var iterator = responses.makeAsyncIterator()
      #expect(await failure { try await iterator.next() }?.code == .cancelled)
      try await expectCancelIfExtended(level, id, peer, client)
    }
  }

  /// The next frames: CANCEL where the peer understands it, and then the Request of another call.
  private func expectCancelIfExtended(
    _ level: ProtocolLevel, _ id: StreamID, _ peer: ScriptedPeer, _ client: RPCClient
  ) async throws {
    if level == .extended { #expect(try await peer.receive() == Frame(streamID: id, type: .cancel)) }
    async let answer = client.call(Words.ask, "q")
    let (next, _) = try await peer.expectRequest("Ask")
    // The late answer of the call that was given up is dropped.
    try await peer.send(.response(id, "late"), .response(next, "fine"))
    #expect(try await answer == "fine")
  }

  @Test func theDefaultTimeoutIsSentAndKept() async throws {
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = .seconds(1)
    try await withScriptedServer(configuration: configuration) { server, client, _ in
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      let (_, envelope) = try await peer.expectRequest("Ask")
      #expect((1...1_000_000_000).contains(envelope.timeoutNanoseconds))
      #expect(await error?.code == .deadlineExceeded)
    }
  }

  /// 2^63 - 1 ns after now does not exist on the clock.
  @Test func anEndlessTimeoutIsNone() async throws {
    try await withScriptedServer { server, client, _ in
      async let answer = client.call(Words.ask, "q", timeout: .seconds(Int64.max))
      let peer = try await server.accept()
      let (id, envelope) = try await peer.expectRequest("Ask")
      #expect(envelope.timeoutNanoseconds == 0)
      try await peer.send(.response(id, "fine"))
      #expect(try await answer == "fine")
    }
  }

  // MARK: PING and GOAWAY

  @Test func pingsAreAnsweredAtExtendedLevel() async throws {
    try await withScriptedServer(.extended) { server, client, _ in
      async let answer = client.call(Words.ask, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      try await peer.send(
        Frame(streamID: .connection, type: .ping, body: ByteBuffer(string: "too short")),
        Frame(streamID: .connection, type: .ping, body: ByteBuffer(string: "8 bytes!")))
      #expect(
        try await peer.receive()
          == Frame(
            streamID: .connection, type: .ping, flags: .acknowledgement, body: ByteBuffer(string: "8 bytes!")))
      try await peer.send(.response(id, "fine"))
      #expect(try await answer == "fine")
    }
  }

  @Test func aSilentServerIsAskedAndGivenUp() async throws {
    var configuration = ClientConfiguration()
    configuration.keepalive = Keepalive(interval: .milliseconds(20), timeout: .milliseconds(20))
    configuration.retry.maximumAttempts = 1
    try await withScriptedServer(.extended, configuration: configuration) { server, client, _ in
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      let ping = try #require(try await peer.skip(to: .ping))
      #expect(ping.flags == [])
      #expect(ping.body.readableBytes == 8)
      let met = await error
      #expect(met?.code == .unavailable)
      #expect(met?.cause as? ConnectionEnded == .noPong)
      while try await peer.receive() != nil {}
    }
  }

  @Test func goAwayMovesCallsToAnotherConnection() async throws {
    try await withScriptedServer(.extended) { server, client, connector in
      async let taken = client.call(Words.ask, "taken")
      let first = try await server.accept()
      let (takenID, _) = try await first.expectRequest("Ask", id: 1)
      // Not replay-safe, and tried again all the same: the server says that it did not take it.
      async let refused = client.call(Words.ask, "refused")
      try await first.expectRequest("Ask", id: 3)
      try await first.send(.goAway(highest: 1))
      let second = try await server.accept()
      let (refusedID, envelope) = try await second.expectRequest("Ask", id: 1)
      #expect(envelope.payload == ByteBuffer(string: "refused"))
      try await second.send(.response(refusedID, "second"))
      #expect(try await refused == "second")
      // The call that was taken ends where it began; then the client closes.
      try await first.send(.response(takenID, "first"))
      #expect(try await taken == "first")
      #expect(try await first.receive() == nil)
      #expect(connector.attempts.load(ordering: .relaxed) == 2)
    }
  }

  @Test(arguments: ProtocolLevel.allCases)
  func idsRunOutAndTheConnectionIsReplaced(level: ProtocolLevel) async throws {
    var environment = ClientEnvironment()
    environment.firstStreamID = StreamID(rawValue: .max - 2)
    try await withScriptedServer(level, environment: environment) { server, client, connector in
      async let one = client.call(Words.ask, "1")
      let first = try await server.accept()
      let (oneID, _) = try await first.expectRequest("Ask", id: .max - 2)
      async let two = client.call(Words.ask, "2")
      let (twoID, _) = try await first.expectRequest("Ask", id: .max)
      async let three = client.call(Words.ask, "3")
      let second = try await server.accept()
      let (threeID, _) = try await second.expectRequest("Ask", id: .max - 2)
      try await first.send(.response(oneID, "one"), .response(twoID, "two"))
      try await second.send(.response(threeID, "three"))
      #expect(try await [one, two, three] == ["one", "two", "three"])
      #expect(try await first.receive() == nil)
      #expect(connector.attempts.load(ordering: .relaxed) == 2)
    }
  }

  // MARK: The server dies

  @Test func aReplaySafeCallIsTriedAgain() async throws {
    let environment = TestEnvironment()
    try await withScriptedServer(environment: environment.environment()) { server, client, _ in
      async let answer = client.call(Words.askSafely, "q")
      let first = try await server.accept()
      try await first.expectRequest("AskSafely")
      try await first.close()
      let second = try await server.accept()
      let (id, envelope) = try await second.expectRequest("AskSafely", id: 1)
      #expect(envelope.payload == ByteBuffer(string: "q"))
      try await second.send(.response(id, "at last"))
      #expect(try await answer == "at last")
      // The retry's wait and the reconnect's, half of 100 ms each; whichever came first.
      #expect(environment.pauses == [.milliseconds(50), .milliseconds(50)])
    }
  }

  @Test func anotherCallIsNot() async throws {
    let environment = TestEnvironment()
    try await withScriptedServer(environment: environment.environment()) { server, client, connector in
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      try await peer.expectRequest("Ask")
      try await peer.close()
      let met = await error
      #expect(met?.code == .unavailable)
      #expect(met?.cause != nil)
      #expect(connector.attempts.load(ordering: .relaxed) == 1)
    }
  }

  @Test func attemptsAreBounded() async throws {
    let environment = TestEnvironment()
    var configuration = ClientConfiguration()
    configuration.retry = RetryPolicy(
      maximumAttempts: 3, backoff: Backoff(base: .milliseconds(300), factor: 2, maximum: .seconds(4)))
    configuration.reconnect = Backoff(base: .zero)
    try await withScriptedServer(configuration: configuration, environment: environment.environment()) {
      server, client, _ in
      async let error = failure { try await client.call(Words.askSafely, "q") }
      for _ in 0..<3 {
        let peer = try await server.accept()
        try await peer.expectRequest("AskSafely")
        try await peer.close()
      }
      #expect(await error?.code == .unavailable)
      #expect(environment.pauses.filter { $0 > .zero } == [.milliseconds(150), .milliseconds(300)])
    }
  }

  @Test func retryInfoIsObeyed() async throws {
    let environment = TestEnvironment()
    try await withScriptedServer(environment: environment.environment()) { server, client, _ in
      async let answer = client.call(Words.askSafely, "q")
      let peer = try await server.accept()
      let (first, _) = try await peer.expectRequest("AskSafely")
      let later = StatusDetail.retryInfo(after: .milliseconds(1700))
      try await peer.send(.response(first, status: Status(.resourceExhausted, "full", details: [later])))
      let (second, _) = try await peer.expectRequest("AskSafely", id: 3)
      #expect(environment.pauses == [.milliseconds(1700)])
      try await peer.send(.response(second, "fine"))
      #expect(try await answer == "fine")

      async let error = failure { try await client.call(Words.ask, "not replay-safe") }
      let (third, _) = try await peer.expectRequest("Ask")
      try await peer.send(.response(third, status: Status(.resourceExhausted, "full", details: [later])))
      #expect(await error?.retryDelay == .milliseconds(1700))
    }
  }

  @Test func aServerStreamIsTriedAgainOnlyBeforeItsFirstMessage() async throws {
    try await withScriptedServer(environment: TestEnvironment().environment()) { server, client, _ in
      async let opened = client.call(Words.listSafely, "q")
      let first = try await server.accept()
      try await first.expectRequest("ListSafely", flags: .remoteClosed)
      let responses = try await opened
      async let message = responses.first { _ in true }
      try await first.close()
      let second = try await server.accept()
      let (id, envelope) = try await second.expectRequest("ListSafely", flags: .remoteClosed)
      #expect(envelope.payload == ByteBuffer(string: "q"))
      try await second.send(.data(id, "a"))
      #expect(try await message == "a")
      try await second.close()
      var iterator = responses.makeAsyncIterator()
      #expect(await failure { try await iterator.next() }?.code == .unavailable)
    }
  }

  @Test func allCallsOfALostConnectionFail() async throws {
    try await withScriptedServer { server, client, _ in
      async let unary = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      try await peer.expectRequest("Ask")
      async let opened = client.call(Words.chat)
      try await peer.expectRequest("Chat", flags: [.remoteOpen, .noData])
      let call = try await opened
      var responses = call.responses.makeAsyncIterator()
      async let next = failure { try await responses.next() }
      try await peer.close()
      #expect(await unary?.code == .unavailable)
      #expect(await next?.code == .unavailable)
      #expect(await failure { try await call.write("late") }?.code == .unavailable)
    }
  }

  @Test func halfAFrameAndTheEnd() async throws {
    try await withScriptedServer { server, client, _ in
      async let error = failure { try await client.call(Words.ask, "q") }
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      var bytes = ByteBuffer()
      try FrameEncoder.encode(.response(id, "never whole"), into: &bytes)
      try await peer.send(bytes.getSlice(at: 0, length: 15) ?? bytes)
      try await peer.close()
      #expect(await error?.code == .unavailable)
    }
  }
}
