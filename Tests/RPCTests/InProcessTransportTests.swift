import NIOCore
import Testing

@testable import RPC

/// The same handlers without a wire.
@Suite(.timeLimit(.minutes(1))) struct InProcessTransportTests {
  private let cancelled = Signal()
  private let release = Signal()

  private func transport(_ change: (inout ServerLimits) -> Void = { _ in }) -> any Caller {
    var limits = ServerLimits()
    change(&limits)
    return InProcessTransport(
      router: EchoServer.router(cancelled: cancelled, release: release, counter: EchoServer.Counter()),
      peer: Peer(identity: nil, certificate: "", address: "in process"), limits: limits, logger: EchoServer.quiet)
  }

  private func code(_ work: () async throws -> Void) async -> Code? {
    do {
      try await work()
      return nil
    } catch {
      return (error as? RPCError)?.code
    }
  }

  @Test func unary() async throws {
    let transport = transport()
    #expect(try await transport.call(Echo.unary, Text("xin chào")) == Text("xin chào"))
    #expect(await code { _ = try await transport.call(Echo.fail, Text("known")) } == .notFound)
    #expect(await code { _ = try await transport.call(Echo.fail, Text("?")) } == .internal)
    let unknown = UnaryMethod<Text, Text>("test.Echo", "Nothing")
    #expect(await code { _ = try await transport.call(unknown, Text("")) } == .unimplemented)
  }

  @Test func streams() async throws {
    let transport = transport()
    var counted: [String] = []
    for try await response in try await transport.call(Echo.count, Text("50")) { counted.append(response.text) }
    #expect(counted == (0..<50).map(String.init))

    let join = try await transport.call(Echo.join)
    for text in ["a", "b"] { try await join.write(Text(text)) }
    #expect(try await join.finish() == Text("a,b"))

    let both = try await transport.call(Echo.both)
    var responses = both.responses.makeAsyncIterator()
    for text in ["a", "b"] {
      try await both.write(Text(text))
      #expect(try await responses.next() == Text("re \(text)"))
    }
    try await both.finish()
    #expect(try await responses.next() == nil)
    #expect(try await responses.next() == nil)
  }

  @Test func aStreamFailsBehindItsMessages() async throws {
    var counted: [String] = []
    let failure = await code {
      for try await response in try await transport().call(Echo.count, Text("2 fail")) { counted.append(response.text) }
    }
    #expect(counted == ["0", "1"])
    #expect(failure == .dataLoss)
  }

  @Test func deadlines() async throws {
    let transport = transport()
    #expect(await code { _ = try await transport.call(Echo.deaf, Text(""), timeout: .zero) } == .deadlineExceeded)
    #expect(
      await code { _ = try await transport.call(Echo.deaf, Text(""), timeout: .milliseconds(20)) }
        == .deadlineExceeded)
    await cancelled.wait()
    release.set()
  }

  @Test func lettingGoCancels() async throws {
    let transport = transport()
    do {
      let both = try await transport.call(Echo.both)
      try await both.write(Text("a"))
    }
    await cancelled.wait()
  }

  @Test func aCancelledCallerCancelsItsCall() async throws {
    let transport = transport()
    let call = Task { try await transport.call(Echo.deaf, Text("")) }
    call.cancel()
    await #expect(throws: CancellationError.self) { try await call.value }
    release.set()
  }

  @Test func anOverfullStreamFails() async throws {
    let transport = transport { $0.incomingBytes = 100 }
    let slow = try await transport.call(Echo.slow)
    let failure = await code {
      for _ in 0..<1000 { try await slow.write(Text("0123456789")) }
    }
    #expect(failure == .resourceExhausted)
    release.set()
  }
}
