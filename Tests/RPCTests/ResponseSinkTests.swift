import NIOCore
import Synchronization
import Testing
import Wire

@testable import RPC

/// One message for many calls: over sockets, and without a wire.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ResponseSinkTests {
  private func offer(_ text: String, to sinks: [ResponseSink]) async {
    await ResponseSink.offer([.init(ByteBuffer(string: text), to: sinks)])
  }

  @Test func manyCallsAreShownTheSame() async throws {
    try await EchoServer.withBystander { server in
      var peers: [RawPeer] = []
      var sinks: [ResponseSink] = []
      for _ in 0..<20 {
        let peer = try await server.connect()
        for id: UInt32 in [1, 3] {
          try await peer.request(id, "Shown", flags: .remoteClosed)
          sinks.append(try #require(await server.sinks.next()))
        }
        peers.append(peer)
      }
      for round in 0..<50 {
        await offer("state \(round)", to: sinks)
        #expect(sinks.allSatisfy { $0.isReady }, "everybody reads: it has left when the offer returns")
      }
      for peer in peers {
        for round in 0..<50 {
          #expect(Set(await peer.nextTexts(2)) == ["#1 data state \(round)", "#3 data state \(round)"])
        }
      }
      // Some are told one thing, others another, in one go.
      await ResponseSink.offer([
        .init(ByteBuffer(string: "left"), to: Array(sinks[..<2])), .init(ByteBuffer(string: "right"), to: [sinks[2]]),
      ])
      #expect(Set(await peers[0].nextTexts(2)) == ["#1 data left", "#3 data left"])
      #expect(await peers[1].nextText() == "#1 data right")
      // Whoever has gone is no hindrance.
      await peers[0].close()
      await server.cancelled.wait()
      await offer("last", to: sinks)
      #expect(Set(await peers[1].nextTexts(2)) == ["#1 data last", "#3 data last"])
    }
  }

  @Test func whoDoesNotReadGetsFewerAndNewer() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect(reads: false)
      try await peer.request(1, "Shown", flags: .remoteClosed)
      let sink = try #require(await server.sinks.next())
      func state(_ number: Int) -> String { "\(number) " + String(repeating: "x", count: 1 << 20) }
      var offered = 0
      while sink.isReady, offered < 100 {
        offered += 1
        await offer(state(offered), to: [sink])
      }
      #expect(offered < 100, "buffers are large, but not that large")
      let isReady = Signal()
      sink.whenReady { isReady.set() }
      for number in 1_000..<1_100 { await offer(state(number), to: [sink]) }
      #expect(!sink.isReady)
      try await peer.startReading()
      await isReady.wait()
      await offer("newest", to: [sink])
      var seen: [String] = []
      while let frame = await peer.next(), seen.last != "newest" {
        seen.append(String(buffer: frame.body).split(separator: " ").first.map(String.init) ?? "")
        if seen.last == "newest" { break }
      }
      #expect(seen == (1...offered).map(String.init) + ["newest"])
    }
  }

  @Test func aMessageOverFourMebibytesEndsItsCalls() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Shown", flags: .remoteClosed)
      let sink = try #require(await server.sinks.next())
      await ResponseSink.offer([.init(ByteBuffer(repeating: 1, count: (4 << 20) + 1), to: [sink])])
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED")
      await server.cancelled.wait()
      #expect(try await peer.echo(3, "goes on") == "#3 OK goes on")
    }
  }

  @Test func aSinkCanFailItsCall() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Shown", flags: .remoteClosed)
      let sink = try #require(await server.sinks.next())
      await offer("first", to: [sink])
      sink.fail(RPCError(.dataLoss, "told to"))
      #expect(await peer.nextTexts(2) == ["#1 data first", "#1 DATA_LOSS"])
      await offer("late", to: [sink])
      #expect(sink.isReady)
      #expect(try await peer.echo(3, "goes on") == "#3 OK goes on")
    }
  }

  @Test func withoutAWire() async throws {
    let sinks = Sinks()
    let transport = InProcessTransport(
      router: EchoServer.router(sinks: sinks), peer: Peer(identity: nil, certificate: "", address: "in process"),
      logger: EchoServer.quiet)
    var shown = try await transport.call(Echo.shown, Text("")).makeAsyncIterator()
    let sink = try #require(await sinks.next())
    await offer("1", to: [sink])
    #expect(!sink.isReady, "nobody has asked for it")
    await offer("2", to: [sink])
    let isReady = Signal()
    sink.whenReady { isReady.set() }
    #expect(try await shown.next() == Text("1"))
    await isReady.wait()
    await offer("3", to: [sink])
    #expect(try await shown.next() == Text("3"))
  }
}
