import NIOCore
import NIOPosix
import Synchronization
import Testing
import Wire

@testable import RPC

/// Getting a connection, and not getting one.
@Suite(.timeLimit(.minutes(4))) struct ClientReconnectTests {
  struct Down: Error, Equatable {
    let attempt: Int
  }
  struct CertificateRefused: PermanentConnectFailure, Equatable {}

  /// Fails as told, then connects.
  final class FailingConnector: ClientConnector {
    private let real: TCPConnector
    private let errors: Mutex<[any Error]>

    init(_ real: TCPConnector, failing errors: [any Error]) {
      self.real = real
      self.errors = Mutex(errors)
    }

    func connect(
      _ install: @escaping @Sendable (any Channel, ProtocolLevel) throws -> Void
    ) async throws -> any Channel {
      if let error = errors.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw error }
      return try await real.connect(install)
    }
  }

  /// Never gets anywhere.
  struct StuckConnector: ClientConnector {
    func connect(
      _ install: @escaping @Sendable (any Channel, ProtocolLevel) throws -> Void
    ) async throws -> any Channel {
      try await never()
    }
  }

  private func answer(_ server: ScriptedServer, _ text: String) async throws {
    let peer = try await server.accept()
    let (id, _) = try await peer.expectRequest("Ask", id: 1)
    try await peer.send(.response(id, text))
  }

  @Test func callsWaitWhileTheBackoffGrows() async throws {
    let server = try await ScriptedServer.start()
    let environment = TestEnvironment()
    var configuration = ClientConfiguration.patient
    configuration.reconnect = Backoff(base: .milliseconds(100), factor: 2, maximum: .milliseconds(500))
    let client = RPCClient(
      connector: FailingConnector(
        TCPConnector(server.address, .plain), failing: (1...5).map { Down(attempt: $0) }),
      configuration: configuration, environment: environment.environment(random: 0.5), logger: quiet)
    async let first = client.call(Words.ask, "q", timeout: .seconds(3000))
    try await answer(server, "fine")
    #expect(try await first == "fine")
    #expect(environment.pauses == [50, 100, 200, 250, 250].map { .milliseconds($0) })
    await client.shutdown()
    try await server.stop()
  }

  @Test func withoutAConnectionTheDeadlineNamesTheCause() async throws {
    // The deadline passes when the third attempt has failed.
    let (failures, failed) = AsyncStream.makeStream(of: Void.self)
    let count = Atomic<Int>(0)
    let environment = ClientEnvironment(sleep: { duration in
      if duration > .seconds(60) {
        for await _ in failures { return }
      } else if count.add(1, ordering: .relaxed).newValue == 3 {
        failed.yield()
        try await never()
      }
    })
    let client = RPCClient(
      connector: FailingConnector(
        TCPConnector(try SocketAddress(ipAddress: "127.0.0.1", port: 1), .plain),
        failing: (1...3).map { Down(attempt: $0) }),
      configuration: .patient, environment: environment, logger: quiet)
    let error = await failure { try await client.call(Words.ask, "q") }
    #expect(error?.code == .unavailable)
    #expect(error?.cause as? Down == Down(attempt: 3))
    await client.shutdown()
  }

  @Test func aConnectorThatHangsCostsTheDeadlineOnly() async throws {
    let client = RPCClient(connector: StuckConnector(), configuration: .patient, logger: quiet)
    let error = await failure { try await client.call(Words.ask, "q", timeout: .milliseconds(50)) }
    #expect(error?.code == .deadlineExceeded)
    let task = Task { try await client.call(Words.ask, "q") }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // A stream without a timeout waits for a connection no longer than the default.
    var configuration = ClientConfiguration.patient
    configuration.defaultTimeout = .milliseconds(50)
    let brief = RPCClient(connector: StuckConnector(), configuration: configuration, logger: quiet)
    #expect(await failure { try await brief.call(Words.list, "q") }?.code == .deadlineExceeded)
    await brief.shutdown()
    await client.shutdown()
  }

  @Test func aRefusedCertificateFailsCallsAtOnce() async throws {
    let server = try await ScriptedServer.start()
    let environment = TestEnvironment()
    let client = RPCClient(
      connector: FailingConnector(TCPConnector(server.address, .plain), failing: [CertificateRefused()]),
      configuration: .patient, environment: environment.environment(), logger: quiet)
    let error = await failure { try await client.call(Words.askSafely, "q", timeout: .seconds(3600)) }
    #expect(error?.code == .unavailable)
    #expect(error?.cause is CertificateRefused)
    // After the pause another call tries again: somebody may have renewed it.
    var states = client.connectionState.makeAsyncIterator()
    while let state = await states.next(), state != .idle {}
    async let answered = client.call(Words.ask, "q")
    try await answer(server, "fine")
    #expect(try await answered == "fine")
    await client.shutdown()
    try await server.stop()
  }

  /// TLS 1.3 tells a client that its certificate was refused only after the handshake.
  @Test func aRefusalAfterTheConnectionStood() async throws {
    struct RefusingConnector: ClientConnector {
      let real: TCPConnector
      func connect(
        _ install: @escaping @Sendable (any Channel, ProtocolLevel) throws -> Void
      ) async throws -> any Channel {
        let channel = try await real.connect(install)
        channel.pipeline.fireErrorCaught(CertificateRefused())
        return channel
      }
    }
    let server = try await ScriptedServer.start()
    let client = RPCClient(
      connector: RefusingConnector(real: TCPConnector(server.address, .plain)),
      configuration: .patient, environment: TestEnvironment().environment(), logger: quiet)
    let error = await failure { try await client.call(Words.askSafely, "q", timeout: .seconds(3600)) }
    #expect(error?.code == .unavailable)
    #expect(error?.cause is CertificateRefused)
    await client.shutdown()
    try await server.stop()
  }

  @Test func stateIsShown() async throws {
    try await withScriptedServer { server, client, _ in
      var states = client.connectionState.makeAsyncIterator()
      #expect(await states.next() == .idle)
      async let first = client.call(Words.ask, "q")
      let peer = try await server.accept()
      let (id, _) = try await peer.expectRequest("Ask")
      while let state = await states.next(), state != .connected { #expect(state == .connecting) }
      try await peer.send(.response(id, "fine"))
      _ = try await first
      try await peer.close()
      // Backing off, or idle again already if the draw was short.
      let after = await states.next()
      #expect(after != .connected)
      async let second = client.call(Words.ask, "q")
      try await answer(server, "again")
      _ = try await second
      while let state = await states.next(), state != .connected {}
      await client.shutdown()
      #expect(await states.next() == .shutDown)
      #expect(await states.next() == nil)
      var late = client.connectionState.makeAsyncIterator()
      #expect(await late.next() == .shutDown)
    }
  }

  @Test func shutDownEndsEverything() async throws {
    try await withScriptedServer { server, client, _ in
      async let running = failure { try await client.call(Words.askSafely, "q") }
      let peer = try await server.accept()
      try await peer.expectRequest("AskSafely")
      await client.shutdown()
      let error = await running
      #expect(error?.code == .unavailable)
      #expect(try await peer.receive() == nil)
      #expect(await failure { try await client.call(Words.askSafely, "q") }?.code == .unavailable)
    }
    let stuck = RPCClient(connector: StuckConnector(), configuration: .patient, logger: quiet)
    async let waiting = failure { try await stuck.call(Words.askSafely, "q") }
    var states = stuck.connectionState.makeAsyncIterator()
    while let state = await states.next(), state != .connecting {}
    await stuck.shutdown()
    #expect(await waiting?.code == .unavailable)
  }

  @Test func aClientLetGoCloses() async throws {
    let server = try await ScriptedServer.start()
    var client: RPCClient? = RPCClient(
      connector: TCPConnector(server.address, .plain), configuration: .patient, logger: quiet)
    let call = Task { [client] in try await client?.call(Words.ask, "q") }
    let peer = try await server.accept()
    let (id, _) = try await peer.expectRequest("Ask")
    try await peer.send(.response(id, "fine"))
    #expect(try await call.value == "fine")
    client = nil
    #expect(try await peer.receive() == nil)
    try await server.stop()
  }
}
