import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Wire

@testable import RPC

/// A message that is its bytes.
struct Word: RPCMessage, Equatable, ExpressibleByStringLiteral {
  var text: String

  init(_ text: String) { self.text = text }
  init(stringLiteral text: String) { self.text = text }

  struct NotUTF8: Error {}

  init(decoding bytes: ByteBuffer) throws {
    guard let text = bytes.getUTF8ValidatedText() else { throw NotUTF8() }
    self.text = text
  }

  func encode(into buffer: inout ByteBuffer) { buffer.writeString(text) }
}

extension ByteBuffer {
  fileprivate func getUTF8ValidatedText() -> String? {
    String(validating: readableBytesView, as: UTF8.self)
  }
}

enum Words {
  static let ask = UnaryMethod<Word, Word>("test.Words", "Ask")
  static let askSafely = UnaryMethod<Word, Word>("test.Words", "AskSafely", isReplaySafe: true)
  static let list = ServerStreamMethod<Word, Word>("test.Words", "List")
  static let listSafely = ServerStreamMethod<Word, Word>("test.Words", "ListSafely", isReplaySafe: true)
  static let join = ClientStreamMethod<Word, Word>("test.Words", "Join")
  static let chat = BidirectionalMethod<Word, Word>("test.Words", "Chat")
}

/// A listener on a loopback socket; what its connections say is up to the test.
final class ScriptedServer: Sendable {
  let address: SocketAddress
  private let listener: any Channel
  private let accepted: AsyncStream<ScriptedPeer>

  private init(_ listener: any Channel, _ address: SocketAddress, _ accepted: AsyncStream<ScriptedPeer>) {
    self.listener = listener
    self.address = address
    self.accepted = accepted
  }

  static func start() async throws -> ScriptedServer {
    let (accepted, continuation) = AsyncStream.makeStream(of: ScriptedPeer.self)
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let (events, incoming) = AsyncStream.makeStream(of: FrameDecoder.Event.self)
          try channel.pipeline.syncOperations.addHandler(ScriptedHandler(incoming))
          continuation.yield(ScriptedPeer(channel, events))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return ScriptedServer(listener, try #require(listener.localAddress), accepted)
  }

  func accept() async throws -> ScriptedPeer {
    var iterator = accepted.makeAsyncIterator()
    return try #require(await iterator.next())
  }

  func stop() async throws {
    try await listener.close()
  }
}

private final class ScriptedHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var decoder = FrameDecoder()
  private let incoming: AsyncStream<FrameDecoder.Event>.Continuation

  init(_ incoming: AsyncStream<FrameDecoder.Event>.Continuation) {
    self.incoming = incoming
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    decoder.append(unwrapInboundIn(data))
    while let event = decoder.next() { incoming.yield(event) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    incoming.finish()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// The server's end of one connection.
final class ScriptedPeer: Sendable {
  let channel: any Channel
  private let events: AsyncStream<FrameDecoder.Event>

  init(_ channel: any Channel, _ events: AsyncStream<FrameDecoder.Event>) {
    self.channel = channel
    self.events = events
  }

  /// The next frame; nil: the client has closed.
  func receive() async throws -> Frame? {
    var iterator = events.makeAsyncIterator()
    switch await iterator.next() {
    case .frame(let frame): return frame
    case .oversize(let header):
      Issue.record("a frame of \(header.length) bytes")
      return nil
    case nil: return nil
    }
  }

  /// The next frame of a type; those before it are passed over.
  func skip(to type: FrameType) async throws -> Frame? {
    while let frame = try await receive() {
      if frame.type == type { return frame }
    }
    return nil
  }

  /// The next frame, which has to be a Request for `method`.
  @discardableResult
  func expectRequest(
    _ method: String, id: UInt32? = nil, flags: FrameFlags = [], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (id: StreamID, envelope: RequestEnvelope) {
    let frame = try #require(try await receive(), sourceLocation: sourceLocation)
    #expect(frame.type == .request, sourceLocation: sourceLocation)
    #expect(frame.flags == flags, sourceLocation: sourceLocation)
    if let id { #expect(frame.streamID.rawValue == id, sourceLocation: sourceLocation) }
    let envelope = try RequestEnvelope(decoding: frame.body)
    #expect(envelope.method == method, sourceLocation: sourceLocation)
    return (frame.streamID, envelope)
  }

  func send(_ frames: Frame...) async throws {
    var bytes = ByteBuffer()
    for frame in frames { try FrameEncoder.encode(frame, into: &bytes) }
    try await send(bytes)
  }

  func send(_ bytes: ByteBuffer) async throws {
    try await channel.writeAndFlush(bytes)
  }

  /// Every byte in a write of its own.
  func drip(_ frames: Frame...) async throws {
    var bytes = ByteBuffer()
    for frame in frames { try FrameEncoder.encode(frame, into: &bytes) }
    while let byte = bytes.readSlice(length: 1) { try await send(byte) }
  }

  func close() async throws {
    try await channel.close()
  }
}

extension Frame {
  static func response(_ id: StreamID, _ text: String = "", status: Status? = nil) -> Frame {
    var body = ByteBuffer()
    ResponseEnvelope(status: status, payload: ByteBuffer(string: text)).encode(into: &body)
    return Frame(streamID: id, type: .response, body: body)
  }

  static func data(_ id: StreamID, _ text: String = "", flags: FrameFlags = []) -> Frame {
    Frame(streamID: id, type: .data, flags: flags, body: ByteBuffer(string: text))
  }

  static func end(_ id: StreamID) -> Frame {
    Frame(streamID: id, type: .data, flags: [.remoteClosed, .noData])
  }

  static func goAway(highest: UInt32) -> Frame {
    Frame(streamID: .connection, type: .goAway, body: ByteBuffer(integer: highest))
  }
}

/// Plain TCP to an address; counts its attempts.
final class TCPConnector: ClientConnector {
  private let address: SocketAddress
  private let level: ProtocolLevel
  let attempts = Atomic<Int>(0)

  init(_ address: SocketAddress, _ level: ProtocolLevel) {
    self.address = address
    self.level = level
  }

  func connect(
    _ install: @escaping @Sendable (any Channel, ProtocolLevel) throws -> Void
  ) async throws -> any Channel {
    attempts.add(1, ordering: .relaxed)
    let level = level
    return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try install(channel, level) }
      }
      .connect(to: address).get()
  }
}

/// Time and chance in the hands of a test: a sleep is over at once and leaves its length behind.
final class TestEnvironment: Sendable {
  private let slept = Mutex<[Duration]>([])

  /// What was waited for, timeouts left out: those end by cancellation only.
  var pauses: [Duration] { slept.withLock { $0 } }

  /// - Parameter timeout: sleeps from this length on are timeouts, and last.
  func environment(random: Double = 0.5, timeout: Duration = .seconds(5)) -> ClientEnvironment {
    ClientEnvironment(
      sleep: { duration in
        guard duration < timeout else { try await never() }
        self.slept.withLock { $0.append(duration) }
        try Task.checkCancellation()
      },
      random: { random })
  }
}

extension ClientConfiguration {
  /// For tests that are not about time: however slow the machine, nothing happens because time passed.
  static var patient: ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.defaultTimeout = .seconds(3600)
    configuration.keepalive = Keepalive(interval: .seconds(3600), timeout: .seconds(3600))
    return configuration
  }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body` with a listener and a client for it; puts both away afterwards.
func withScriptedServer(
  _ level: ProtocolLevel = .plain, configuration: ClientConfiguration = .patient,
  environment: ClientEnvironment = ClientEnvironment(),
  _ body: (ScriptedServer, RPCClient, TCPConnector) async throws -> Void
) async throws {
  let server = try await ScriptedServer.start()
  let connector = TCPConnector(server.address, level)
  let client = RPCClient(
    connector: connector, configuration: configuration, environment: environment, logger: quiet)
  do {
    try await body(server, client, connector)
  } catch {
    await client.shutdown()
    try await server.stop()
    throw error
  }
  await client.shutdown()
  try await server.stop()
}

/// The error a call failed with.
func failure(_ body: () async throws -> some Sendable, sourceLocation: SourceLocation = #_sourceLocation) async
  -> RPCError?
{
  do {
    _ = try await body()
    Issue.record("the call succeeded", sourceLocation: sourceLocation)
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    Issue.record("not an RPCError: \(error)", sourceLocation: sourceLocation)
    return nil
  }
}
