import NIOCore
import NIOPosix
import RPC
import Synchronization
import Wire

/// The other end of a real socket, with nothing of our client in it: frames and bytes as a test wants them.
final class RawPeer: Sendable {
  private let channel: any Channel
  private let inbox: Inbox

  private init(channel: any Channel, inbox: Inbox) {
    self.channel = channel
    self.inbox = inbox
  }

  static func connect(to address: SocketAddress, reads: Bool = true) async throws -> RawPeer {
    let inbox = Inbox()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Reader(inbox: inbox))
        }
      }
      .connect(to: address).get()
    return RawPeer(channel: channel, inbox: inbox)
  }

  // MARK: Sending

  func send(_ bytes: ByteBuffer) async throws {
    try await channel.writeAndFlush(bytes).get()
  }

  /// Does not wait until the bytes have left: the server may not read them.
  func sendWithoutWaiting(_ bytes: ByteBuffer) {
    channel.writeAndFlush(bytes, promise: nil)
  }

  func send(_ type: FrameType, _ id: UInt32, _ flags: FrameFlags = [], _ body: ByteBuffer = ByteBuffer()) async throws {
    try await send(bytes(of: Frame(streamID: StreamID(rawValue: id), type: type, flags: flags, body: body)))
  }

  func request(
    _ id: UInt32, _ method: String, _ payload: String = "", flags: FrameFlags = [], timeout: Int64 = 0,
    service: String = "test.Echo"
  ) async throws {
    try await send(.request, id, flags, requestBody(method, payload, timeout: timeout, service: service))
  }

  func data(_ id: UInt32, _ text: String) async throws {
    try await send(.data, id, [], ByteBuffer(string: text))
  }

  func endInput(_ id: UInt32) async throws {
    try await send(.data, id, [.remoteClosed, .noData])
  }

  /// FIN: our side says no more, the other may.
  func halfClose() async throws {
    try await channel.close(mode: .output).get()
  }

  func close() async {
    _ = try? await channel.close().get()
  }

  /// From now on, what was sent to us is read.
  func startReading() async throws {
    try await channel.setOption(.autoRead, value: true).get()
  }

  // MARK: Receiving

  /// The next frame; nil when the other end has closed.
  func next() async -> Frame? { await inbox.next() }

  /// The next frame in short, to be compared: "2 #1 [0] text".
  func nextText() async -> String? { await next().map(describe) }

  func nextTexts(_ count: Int) async -> [String?] {
    var texts: [String?] = []
    for _ in 0..<count { texts.append(await nextText()) }
    return texts
  }

  /// Makes a unary echo call as a whole.
  func echo(_ id: UInt32, _ text: String) async throws -> String? {
    try await request(id, "Unary", text)
    return await nextText()
  }
}

func requestBody(
  _ method: String, _ payload: String = "", timeout: Int64 = 0, service: String = "test.Echo"
) -> ByteBuffer {
  var body = ByteBuffer()
  RequestEnvelope(
    service: service, method: method, payload: ByteBuffer(string: payload), timeoutNanoseconds: timeout
  ).encode(into: &body)
  return body
}

func bytes(of frames: Frame...) throws -> ByteBuffer {
  var buffer = ByteBuffer()
  for frame in frames { try FrameEncoder.encode(frame, into: &buffer) }
  return buffer
}

/// "#1 OK text", "#1 INVALID_ARGUMENT", "#1 data text", "#1 data end", "#0 type 80 flags 1 …".
func describe(_ frame: Frame) -> String {
  switch frame.type {
  case .response:
    guard let envelope = try? ResponseEnvelope(decoding: frame.body) else { return "#\(frame.streamID) garbage" }
    let code = envelope.status?.code ?? .ok
    if code != .ok { return "#\(frame.streamID) \(code)" }
    return "#\(frame.streamID) OK \(String(buffer: envelope.payload))"
  case .data where frame.flags == [.remoteClosed, .noData]:
    return "#\(frame.streamID) data end"
  case .data where frame.flags == []:
    return "#\(frame.streamID) data \(String(buffer: frame.body))"
  default:
    return
      "#\(frame.streamID) type \(frame.type.rawValue) flags \(frame.flags.rawValue) \(frame.body.readableBytes) bytes"
  }
}

/// Frames on their way from an event loop to a test.
private final class Inbox: Sendable {
  private struct State {
    var frames: [Frame] = []
    var isClosed = false
    var reader: CheckedContinuation<Frame?, Never>?
  }

  private let state = Mutex(State())

  func put(_ frame: Frame) {
    let reader = state.withLock { state in
      if let reader = state.reader.take() { return Optional(reader) }
      state.frames.append(frame)
      return nil
    }
    reader?.resume(returning: frame)
  }

  func close() {
    let reader = state.withLock { state in
      state.isClosed = true
      return state.reader.take()
    }
    reader?.resume(returning: nil)
  }

  func next() async -> Frame? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let now: Frame?? = state.withLock { state in
          if !state.frames.isEmpty { return .some(state.frames.removeFirst()) }
          if state.isClosed || Task.isCancelled { return .some(nil) }
          state.reader = continuation
          return nil
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      close()
    }
  }
}

private final class Reader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let inbox: Inbox
  private var decoder = FrameDecoder()

  init(inbox: Inbox) {
    self.inbox = inbox
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    decoder.append(unwrapInboundIn(data))
    while case .frame(let frame)? = decoder.next() { inbox.put(frame) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { inbox.close() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    inbox.close()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset is an end like any other.
    inbox.close()
    context.close(promise: nil)
  }
}
