import NIOCore
import Testing
import Wire

@testable import RPC

/// Deadlines, bounds, backpressure, extension frames and the end, on a real socket.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ServerLimitsTests {
  private func expectGoesOn(_ peer: RawPeer, _ id: UInt32) async throws {
    #expect(try await peer.echo(id, "goes on") == "#\(id) OK goes on")
  }

  // MARK: Deadlines

  @Test func theServerAnswersAtTheDeadlineAndDiscardsTheLateResult() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Deaf", timeout: 50_000_000)
      #expect(await peer.nextText() == "#1 DEADLINE_EXCEEDED")
      await server.cancelled.wait()
      server.release.set()
      try await expectGoesOn(peer, 3)
    }
  }

  @Test(arguments: [Int64(-1), .min])
  func aNegativeTimeoutHasPassed(timeout: Int64) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Unary", timeout: timeout)
      #expect(await peer.nextText() == "#1 DEADLINE_EXCEEDED")
      try await peer.request(3, "Both", flags: .remoteOpen, timeout: timeout)
      #expect(await peer.nextText() == "#3 DEADLINE_EXCEEDED")
      try await expectGoesOn(peer, 5)
    }
  }

  @Test(arguments: [Int64(0), .max, .max - 1, 86_400 * 1_000_000_000])
  func aHugeTimeoutIsNone(timeout: Int64) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, "Hang", timeout: timeout)
      try await expectGoesOn(peer, 3)
      server.release.set()
      #expect(await peer.nextText() == "#1 OK released")
    }
  }

  @Test(arguments: ["Join", "Both"])
  func aStreamHasADeadlineToo(method: String) async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect()
      try await peer.request(1, method, flags: .remoteOpen, timeout: 50_000_000)
      #expect(await peer.nextText() == "#1 DEADLINE_EXCEEDED")
      try await peer.data(1, "late")
      try await expectGoesOn(peer, 3)
    }
  }

  // MARK: Bounds

  @Test func unaryCallsOfOneConnection() async throws {
    try await EchoServer.withBystander { limits in
      limits.unaryCallsPerConnection = 2
    } _: { server in
      let peer = try await server.connect()
      try await peer.request(1, "Deaf")
      try await peer.request(3, "Deaf")
      #expect(try await peer.echo(5, "x") == "#5 RESOURCE_EXHAUSTED")
      server.release.set()
      #expect(Set(await peer.nextTexts(2)) == ["#1 OK late", "#3 OK late"])
      try await expectGoesOn(peer, 7)
    }
  }

  @Test func unaryCallsInAll() async throws {
    let server = try await EchoServer.start { $0.unaryCalls = 1 }
    let first = try await server.connect()
    let second = try await server.connect()
    try await first.request(1, "Deaf")
    // Another connection: what the first one has sent is there when the server has answered something later on it.
    try await first.request(3, "Nothing")
    #expect(await first.nextText() == "#3 UNIMPLEMENTED")
    #expect(try await second.echo(1, "x") == "#1 RESOURCE_EXHAUSTED")
    // The caller is gone, its handler is not: the place is taken.
    await first.close()
    await server.cancelled.wait()
    #expect(try await second.echo(3, "x") == "#3 RESOURCE_EXHAUSTED")
    server.release.set()
    var id: UInt32 = 5
    while try await second.echo(id, "x") != "#\(id) OK x" { id += 2 }
    await server.stop()
  }

  @Test func rapidReset() async throws {
    try await EchoServer.withBystander(level: .extended) { limits in
      limits.unaryCallsPerConnection = 8
    } _: { server in
      let peer = try await server.connect()
      for call: UInt32 in 0..<100 {
        try await peer.request(2 * call + 1, "Deaf")
        try await peer.send(.cancel, 2 * call + 1)
      }
      // Eight were started, nothing is said of them; the others were refused.
      let refused = await peer.nextTexts(92)
      #expect(refused == (8..<100).map { "#\(2 * $0 + 1) RESOURCE_EXHAUSTED" })
      await server.cancelled.wait()
      server.release.set()
      var id: UInt32 = 201
      while try await peer.echo(id, "x") != "#\(id) OK x" { id += 2 }
    }
  }

  @Test func connectionsAreBounded() async throws {
    let server = try await EchoServer.start { $0.connections = 1 }
    let first = try await server.connect()
    try await expectGoesOn(first, 1)
    let second = try await server.connect()
    #expect(await second.next() == nil)
    try await expectGoesOn(first, 3)
    #expect(server.server.connectionCount == 1)
    await server.stop()
    #expect(server.server.connectionCount == 0)
  }

  @Test func bytesHeldInAllAreBounded() async throws {
    try await EchoServer.withBystander { limits in
      limits.bytesHeld = 1 << 20
      // However slow this machine is just now.
      limits.partialFrame = .minutes(10)
    } _: { server in
      let peer = try await server.connect()
      let body = requestBody("Unary", String(repeating: "a", count: 3 << 20))
      try await peer.send(bytes(of: Frame(streamID: .firstOfClient, type: .request, body: body)))
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED")
      try await expectGoesOn(peer, 3)

      // Who has sent most of a frame keeps the others from large ones, not from small ones.
      var unfinished = try bytes(of: Frame(streamID: StreamID(rawValue: 5), type: .request, body: body))
      unfinished.moveWriterIndex(to: 900 << 10)
      try await peer.send(unfinished)
      let other = try await server.connect()
      var id: UInt32 = 1
      try await callLargely(other, &id) { $0 == "#\($1) RESOURCE_EXHAUSTED" }
      try await expectGoesOn(other, id)
      await peer.close()
      id += 2
      try await callLargely(other, &id) { $0 != "#\($1) RESOURCE_EXHAUSTED" }
    }
  }

  /// Makes one large call after the other until one is answered as wanted.
  private func callLargely(
    _ peer: RawPeer, _ id: inout UInt32, until isWanted: (_ answer: String?, _ id: UInt32) -> Bool
  ) async throws {
    for _ in 0..<2_000 {
      defer { id += 2 }
      if isWanted(try await peer.echo(id, String(repeating: "b", count: 300 << 10)), id) { return }
    }
    Issue.record("2,000 calls, and none answered as wanted")
  }

  /// Once for a small message that comes with the Request, once for one that the handler waits for.
  @Test func noMessageIsLostOrRefusedInVainWhenTooManyBytesAreHeld() async throws {
    try await EchoServer.withBystander { limits in
      limits.bytesHeld = 1 << 20
    } _: { server in
      let peer = try await server.connect()
      let waiting = try await server.connect()
      try await waiting.request(1, "Both", flags: .remoteOpen)
      try await waiting.data(1, "a")
      #expect(await waiting.nextText() == "#1 data re a")

      var unfinished = try bytes(
        of: Frame(
          streamID: .firstOfClient, type: .request,
          body: requestBody("Unary", String(repeating: "a", count: 2 << 20))))
      unfinished.moveWriterIndex(to: 1 << 20)
      try await peer.send(unfinished)
      let other = try await server.connect()
      var id: UInt32 = 1
      while try await other.echo(id, String(repeating: "b", count: 20 << 10)) != "#\(id) RESOURCE_EXHAUSTED" {
        id += 2
      }
      try await waiting.data(1, String(repeating: "c", count: 20 << 10))
      #expect(await waiting.nextText()?.hasPrefix("#1 data re ccc") == true)
      try await other.request(id + 2, "Both", String(repeating: "d", count: 15 << 10), flags: .remoteOpen)
      #expect(await other.nextText() == "#\(id + 2) RESOURCE_EXHAUSTED")
    }
  }

  @Test func aHandlerThatReadsTooSlowlyLosesItsStreamOnly() async throws {
    try await EchoServer.withBystander { limits in
      limits.incomingMessages = 4
      limits.incomingGrace = .milliseconds(50)
    } _: { server in
      let peer = try await server.connect()
      try await peer.request(1, "Slow", flags: .remoteOpen)
      for number in 0..<4 { try await peer.data(1, "\(number)") }
      try await expectGoesOn(peer, 3)
      try await peer.data(1, "one too many")
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED")
      try await peer.data(1, "late")
      try await expectGoesOn(peer, 5)
    }
  }

  @Test func bytesThatWaitForAHandlerAreBoundedWithoutGrace() async throws {
    try await EchoServer.withBystander { limits in
      limits.incomingBytes = 1000
      limits.incomingGrace = .hours(1)
    } _: { server in
      let peer = try await server.connect()
      try await peer.request(1, "Slow", flags: .remoteOpen)
      try await peer.data(1, String(repeating: "a", count: 900))
      try await peer.data(1, String(repeating: "b", count: 101))
      #expect(await peer.nextText() == "#1 RESOURCE_EXHAUSTED")
      try await expectGoesOn(peer, 3)
    }
  }

  @Test func aHandlerThatComesBackInTimeLosesNothing() async throws {
    try await EchoServer.withBystander { limits in
      limits.incomingMessages = 4
      limits.incomingGrace = .hours(1)
    } _: { server in
      let peer = try await server.connect()
      try await peer.request(1, "Slow", flags: .remoteOpen)
      for number in 0..<50 { try await peer.data(1, "\(number)") }
      // Its own end of input is behind what it has not read: it is heard all the same.
      try await peer.endInput(1)
      try await expectGoesOn(peer, 3)
      server.release.set()
      #expect(await peer.nextText() == "#1 OK 50")
    }
  }

  // MARK: A client that reads slowly

  @Test func waitingStreamsDeliverEverything() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect(reads: false)
      try await peer.request(1, "FloodWait", "500", flags: .remoteClosed)
      try await peer.startReading()
      for number in 0..<500 {
        #expect(await peer.nextText()?.hasPrefix("#1 data \(number) ") == true)
      }
      #expect(await peer.nextText() == "#1 data end")
    }
  }

  /// Unary answers cannot wait for their reader: who leaves an eighth of the bound unread is closed.
  @Test func whoDoesNotReadLargeAnswersIsClosed() async throws {
    try await EchoServer.withBystander { limits in
      limits.bytesUnread = 8 << 20
    } _: { server in
      let peer = try await server.connect(reads: false)
      // It may be closed before the last one.
      for id in UInt32(0)..<16 { try? await peer.request(id * 2 + 1, "Large", "\(3 << 20)") }
      while server.server.connectionCount > 1 { await Task.yield() }
      // Its place is free again: others may leave as much unread.
      let other = try await server.connect()
      try await other.request(1, "Large", "\(3 << 20)")
      #expect(await other.nextText()?.hasPrefix("#1 OK") == true)
      await peer.close()
      await other.close()
    }
  }

  @Test func whoReadsLateIsAnsweredWithinTheBound() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect(reads: false)
      for id in UInt32(0)..<8 { try await peer.request(id * 2 + 1, "Large", "\(3 << 20)") }
      try await peer.startReading()
      for _ in 0..<8 { #expect(await peer.nextText()?.contains(" OK ") == true) }
    }
  }

  @Test func conflatingStreamsDeliverTheNewest() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect(reads: false)
      // 2000 messages of 64 KiB are more than any socket buffer here.
      try await peer.request(1, "FloodConflate", "2000", flags: .remoteClosed)
      while server.counter.current < 2000 { await Task.yield() }
      try await peer.startReading()
      var numbers: [Int] = []
      while let text = await peer.nextText(), text != "#1 data end" {
        numbers.append(Int(text.split(separator: " ")[2]) ?? -1)
      }
      #expect(numbers.count < 1000)
      #expect(numbers.last == 1999)
      #expect(numbers == numbers.sorted())
    }
  }

  @Test func failingStreamsFail() async throws {
    try await EchoServer.withBystander { server in
      let peer = try await server.connect(reads: false)
      try await peer.request(1, "FloodFail", "2000", flags: .remoteClosed)
      try await peer.startReading()
      var last: String?
      while let text = await peer.nextText() {
        last = text
        if !text.hasPrefix("#1 data") { break }
      }
      #expect(last == "#1 RESOURCE_EXHAUSTED")
      #expect(server.counter.current < 2000)
      try await expectGoesOn(peer, 3)
    }
  }

  // MARK: Extension

  @Test func pingCancelAndGoAway() async throws {
    try await EchoServer.withBystander(level: .extended) { server in
      let peer = try await server.connect()
      try await peer.send(.ping, 0, [], ByteBuffer(string: "12345678"))
      let echo = await peer.next()
      #expect(
        echo == Frame(streamID: .connection, type: .ping, flags: .acknowledgement, body: ByteBuffer(string: "12345678"))
      )
      try await peer.request(1, "Hang")
      try await peer.send(.cancel, 1)
      await server.cancelled.wait()
      try await expectGoesOn(peer, 3)
    }
  }

  // MARK: The end

  @Test func drainFinishesWhatRuns() async throws {
    let server = try await EchoServer.start(level: .extended)
    let peer = try await server.connect()
    let idle = try await server.connect()
    try await peer.request(5, "Deaf")
    try await peer.request(7, "Feed", flags: .remoteClosed)
    #expect(await peer.nextText() == "#7 data state")
    try await expectGoesOn(idle, 1)
    async let drained: Void = server.server.drain(grace: .seconds(3600))
    var goAway = try #require(await peer.next())
    #expect(goAway.type == .goAway)
    #expect(goAway.body.readInteger(as: UInt32.self) == 7)
    #expect(try Status(decoding: goAway.body).code == .unavailable)
    #expect(await peer.nextText() == "#7 UNAVAILABLE", "a conflating stream loses nothing by starting again")
    #expect(await idle.next()?.type == .goAway)
    #expect(await idle.next() == nil)
    try await peer.request(9, "Unary", "new")
    #expect(await peer.nextText() == "#9 UNAVAILABLE")
    server.release.set()
    #expect(await peer.nextTexts(2) == ["#5 OK late", nil])
    await drained
    #expect(server.server.connectionCount == 0)
    let late = try await server.connect()
    #expect(await late.next() == nil)
    await server.stop()
  }

  @Test func drainEndsWhatOutlivesTheGrace() async throws {
    let server = try await EchoServer.start()
    let peer = try await server.connect()
    try await peer.request(1, "Deaf")
    try await expectGoesOn(peer, 3)
    async let drained: Void = server.server.drain(grace: .milliseconds(50))
    #expect(await peer.nextTexts(2) == ["#1 UNAVAILABLE", nil])
    await drained
    await server.cancelled.wait()
    await server.stop()
  }

  @Test func drainDoesNotWaitForAClientThatNeverReads() async throws {
    let server = try await EchoServer.start { $0.linger = .milliseconds(50) }
    let peer = try await server.connect(reads: false)
    try await peer.request(1, "FloodWait", "100000", flags: .remoteClosed)
    while server.counter.current < 10 { await Task.yield() }
    await server.server.drain(grace: .milliseconds(50))
    #expect(server.server.connectionCount == 0)
    await server.stop()
  }

  @Test func theEndOfTheConnectionCancelsEveryCall() async throws {
    let server = try await EchoServer.start()
    let peer = try await server.connect()
    try await peer.request(1, "Both", flags: .remoteOpen)
    try await expectGoesOn(peer, 3)
    await peer.close()
    await server.cancelled.wait()
    await server.stop()
  }
}
