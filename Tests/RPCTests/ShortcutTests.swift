import NIOCore
import Synchronization
import Testing
import Wire

@testable import RPC

/// Calls that take the shortcut, as a peer sees them: answered as any others are, in bursts.
@Suite(.timeLimit(.minutes(1))) struct ShortcutTests {
  private func withServer(
    _ limit: WritableKeyPath<ServerLimits, Int> = \.unaryCalls, _ most: Int = 100,
    _ body: (EchoServer) async throws -> Void
  ) async throws {
    try await EchoServer.withBystander(level: .extended, limits: { $0[keyPath: limit] = most }, body)
  }

  /// The body of a request with metadata, which a shortcut does not look at.
  private func bodyWithMetadata(_ text: String) -> ByteBuffer {
    var body = ByteBuffer()
    RequestEnvelope(
      service: "test.Echo", method: "Quick", payload: ByteBuffer(string: text),
      metadata: Metadata([Metadata.Entry(key: "k", value: "v")])
    ).encode(into: &body)
    return body
  }

  @Test func aBurstIsBegunAtOnceAndAnsweredAsOne() async throws {
    try await withServer { server in
      let peer = try await server.connect()
      var burst = ByteBuffer()
      for id in [1, 3, 5] as [UInt32] {
        burst.writeImmutableBuffer(
          try bytes(of: Frame(streamID: StreamID(rawValue: id), type: .request, body: requestBody("Quick", "t\(id)"))))
      }
      try await peer.send(burst)
      #expect(await peer.nextTexts(3) == ["#1 OK t1 of 3", "#3 OK t3 of 3", "#5 OK t5 of 3"])
      await peer.close()
    }
  }

  @Test func whatItLeavesIsForTheHandler() async throws {
    try await withServer { server in
      let peer = try await server.connect()
      try await peer.request(1, "Quick", "plain")
      #expect(await peer.nextText() == "#1 OK plain by the handler")
      try await peer.send(.request, 3, [], bodyWithMetadata("t"))
      #expect(await peer.nextText() == "#3 OK t by the handler")
      try await peer.request(5, "Quick", "t", timeout: -1)
      #expect(await peer.nextText() == "#5 DEADLINE_EXCEEDED")
      await peer.close()
    }
  }

  @Test func aFailureIsAStatus() async throws {
    try await withServer { server in
      let peer = try await server.connect()
      try await peer.request(1, "Quick", "fail")
      #expect(await peer.nextText() == "#1 NOT_FOUND")
      await peer.close()
    }
  }

  @Test func aLateAnswerIsDroppedAndItsPlaceIsFree() async throws {
    try await withServer(\.unaryCallsPerConnection, 1) { server in
      let peer = try await server.connect()
      try await peer.request(1, "Quick", "hold", timeout: 1_000_000)
      #expect(await peer.nextText() == "#1 DEADLINE_EXCEEDED")
      // It holds its place until it is answered, as a deaf handler does.
      try await peer.request(3, "Quick", "t")
      #expect(await peer.nextText() == "#3 RESOURCE_EXHAUSTED")
      server.quick.answerHeld()
      // The answer passes through the same event loop before this call can.
      var id: UInt32 = 5
      var answer: String?
      repeat {
        try await peer.request(id, "Quick", "t")
        answer = await peer.nextText()
        id += 2
      } while answer?.hasSuffix("RESOURCE_EXHAUSTED") ?? false
      #expect(answer == "#\(id - 2) OK t of 1")
      await peer.close()
    }
  }

  @Test func aCancelledCallIsNotAnswered() async throws {
    try await withServer { server in
      let peer = try await server.connect()
      try await peer.request(1, "Quick", "hold")
      try await peer.send(.cancel, 1)
      // Frames are taken in order: when this is answered the cancellation is in force.
      #expect(try await peer.echo(3, "after") == "#3 OK after")
      server.quick.answerHeld()
      #expect(try await peer.echo(5, "still there") == "#5 OK still there")
      await peer.close()
    }
  }

  @Test func callsOfAConnectionThatIsGoneGiveTheirPlacesBack() async throws {
    try await withServer(\.unaryCalls, 4) { server in
      for _ in 0..<5 {
        let peer = try await server.connect()
        try await peer.request(1, "Quick", "hold")
        try await peer.request(3, "Quick", "hold")
        // Both are held when this is answered.
        try await peer.request(5, "Count", "1")
        #expect(await peer.nextTexts(2) == ["#5 data 0", "#5 data end"])
        await peer.close()
        server.quick.answerHeld()
      }
    }
  }

  @Test func overTheBoundItIsRefusedLikeAnyCall() async throws {
    try await withServer(\.unaryCallsPerConnection, 2) { server in
      let peer = try await server.connect()
      for id in [1, 3, 5] as [UInt32] { try await peer.request(id, "Quick", "hold") }
      #expect(await peer.nextText() == "#5 RESOURCE_EXHAUSTED")
      server.quick.answerHeld()
      #expect(Set(await peer.nextTexts(2)) == ["#1 OK hold", "#3 OK hold"])
      await peer.close()
    }
  }

  @Test func aDrainWaitsForWhatWasTaken() async throws {
    let server = try await EchoServer.start(level: .extended)
    let peer = try await server.connect()
    try await peer.request(1, "Quick", "hold")
    #expect(try await peer.echo(3, "both have come") == "#3 OK both have come")
    async let drained: Void = server.server.drain(grace: .seconds(30))
    #expect(await peer.nextText()?.hasPrefix("#0 type 130") ?? false)
    try await peer.request(5, "Quick", "t")
    #expect(await peer.nextText() == "#5 UNAVAILABLE")
    server.quick.answerHeld()
    #expect(await peer.nextText() == "#1 OK hold")
    #expect(await peer.next() == nil)
    await drained
    await server.stop()
  }
}
