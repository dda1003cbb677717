import Logging
import NIOCore
import NIOPosix
import RPC
import Synchronization
import Testing

/// A message of UTF-8 text; other bytes are no such message.
struct Text: RPCMessage, Hashable {
  struct NotUTF8: Error {}

  var text: String

  init(_ text: String) {
    self.text = text
  }

  init(decoding bytes: ByteBuffer) throws {
    guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else { throw NotUTF8() }
    self.text = text
  }

  func encode(into buffer: inout ByteBuffer) throws {
    buffer.writeString(text)
  }
}

/// Something that happens once, awaited by whoever cares; waiting for it does not end by cancellation.
final class Signal: Sendable {
  private let state = Mutex<(isSet: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

  func set() {
    let waiters = state.withLock { state in
      state.isSet = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isSet = state.withLock { state in
        if !state.isSet { state.waiters.append(continuation) }
        return state.isSet
      }
      if isSet { continuation.resume() }
    }
  }
}

enum Echo {
  static let unary = UnaryMethod<Text, Text>("test.Echo", "Unary", isReplaySafe: true)
  /// Runs until it is cancelled, or `release` is set.
  static let hang = UnaryMethod<Text, Text>("test.Echo", "Hang")
  /// Hears no cancellation: runs until `release` is set.
  static let deaf = UnaryMethod<Text, Text>("test.Echo", "Deaf")
  static let fail = UnaryMethod<Text, Text>("test.Echo", "Fail")
  /// Has a shortcut.
  static let quick = UnaryMethod<Text, Text>("test.Echo", "Quick")
  /// A response of as many bytes as the request says.
  static let large = UnaryMethod<Text, Text>("test.Echo", "Large")
  /// As many responses as the request says, then the error of the second word, if any.
  static let count = ServerStreamMethod<Text, Text>("test.Echo", "Count")
  static let join = ClientStreamMethod<Text, Text>("test.Echo", "Join")
  static let both = BidirectionalMethod<Text, Text>("test.Echo", "Both")
  /// Reads no request until `release` is set, then answers how many there were.
  static let slow = ClientStreamMethod<Text, Text>("test.Echo", "Slow")
  /// Writes numbers of 64 KiB until it is told otherwise, by each policy.
  static let floodWait = ServerStreamMethod<Text, Text>("test.Echo", "FloodWait")
  static let floodConflate = ServerStreamMethod<Text, Text>("test.Echo", "FloodConflate")
  static let floodFail = ServerStreamMethod<Text, Text>("test.Echo", "FloodFail")
  /// A feed without an end, of one message.
  static let feed = ServerStreamMethod<Text, Text>("test.Echo", "Feed")
  /// Shows what the test offers to its sink.
  static let shown = ServerStreamMethod<Text, Text>("test.Echo", "Shown")
}

/// The sinks of calls, as they come.
final class Sinks: Sendable {
  private let stream: AsyncStream<ResponseSink>
  private let continuation: AsyncStream<ResponseSink>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func add(_ sink: ResponseSink) { continuation.yield(sink) }

  /// The sink of the next call.
  func next() async -> ResponseSink? {
    for await sink in stream { return sink }
    return nil
  }
}

/// A real server on a real socket, and what its handlers did.
final class EchoServer: Sendable {
  let server: RPCServer
  let address: SocketAddress
  /// A handler was cancelled.
  let cancelled: Signal
  /// Lets deaf and slow handlers go on.
  let release: Signal
  /// Messages flooding handlers have written.
  let counter: Counter
  /// What the shortcut holds.
  let quick: EchoShortcut.Held
  let sinks: Sinks
  private let channel: any Channel

  private struct Secret: Error {}

  static func start(
    level: ProtocolLevel = .plain, _ change: (inout ServerLimits) -> Void = { _ in }
  ) async throws -> EchoServer {
    var limits = ServerLimits()
    change(&limits)
    let cancelled = Signal()
    let release = Signal()
    let counter = Counter()
    let sinks = Sinks()
    let quick = EchoShortcut.Held()
    var router = router(cancelled: cancelled, release: release, counter: counter, sinks: sinks)
    router.handle(Echo.quick) { request, _ in Text("\(request.text) by the handler") }
    router.addShortcut(to: Echo.quick) { EchoShortcut(port: $0, held: quick) }
    let server = RPCServer(router: router, limits: limits, logger: quiet)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        server.serve(
          channel, level: level,
          peer: Peer(
            identity: "spiffe://test/kiosk/1", certificate: "", address: "\(channel.remoteAddress, default: "")"))
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return EchoServer(
      server: server, address: try #require(channel.localAddress), cancelled: cancelled, release: release,
      counter: counter, quick: quick, sinks: sinks, channel: channel)
  }

  private init(
    server: RPCServer, address: SocketAddress, cancelled: Signal, release: Signal, counter: Counter,
    quick: EchoShortcut.Held, sinks: Sinks, channel: any Channel
  ) {
    self.server = server
    self.address = address
    self.cancelled = cancelled
    self.release = release
    self.counter = counter
    self.quick = quick
    self.sinks = sinks
    self.channel = channel
  }

  func connect(reads: Bool = true) async throws -> RawPeer { try await RawPeer.connect(to: address, reads: reads) }

  func stop() async {
    release.set()
    await server.drain(grace: .zero)
    _ = try? await channel.close().get()
  }

  /// Runs `body` while a bystander on another connection makes one call after the other; every one of them, one before
  /// and one after `body` among them, must be answered rightly.
  static func withBystander(
    level: ProtocolLevel = .plain, limits change: (inout ServerLimits) -> Void = { _ in },
    _ body: (EchoServer) async throws -> Void
  ) async throws {
    let server = try await start(level: level, change)
    let bystander = try await server.connect()
    #expect(try await bystander.echo(1, "before") == "#1 OK before")
    let isOver = Atomic(false)
    async let last = goOn(bystander, until: isOver)
    do {
      try await body(server)
    } catch {
      Issue.record(error)
    }
    isOver.store(true, ordering: .relaxed)
    let id = try await last
    #expect(try await bystander.echo(id, "after") == "#\(id) OK after")
    await bystander.close()
    await server.stop()
  }

  private static func goOn(_ bystander: RawPeer, until isOver: borrowing Atomic<Bool>) async throws -> UInt32 {
    var id: UInt32 = 3
    while !isOver.load(ordering: .relaxed) {
      #expect(try await bystander.echo(id, "meanwhile \(id)") == "#\(id) OK meanwhile \(id)")
      id += 2
    }
    return id
  }

  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  final class Counter: Sendable {
    private let value = Atomic(0)
    func add() { value.add(1, ordering: .relaxed) }
    var current: Int { value.load(ordering: .relaxed) }
  }

  static func router(
    cancelled: Signal = Signal(), release: Signal = Signal(), counter: Counter = Counter(), sinks: Sinks = Sinks()
  ) -> Router {
    var router = Router()
    router.handle(Echo.unary) { request, _ in request }
    router.handle(Echo.hang) { _, _ in
      await withTaskCancellationHandler {
        await release.wait()
      } onCancel: {
        cancelled.set()
        release.set()
      }
      try Task.checkCancellation()
      return Text("released")
    }
    router.handle(Echo.deaf) { _, _ in
      await withTaskCancellationHandler {
        await release.wait()
      } onCancel: {
        cancelled.set()
      }
      return Text("late")
    }
    router.handle(Echo.fail) { request, _ in
      switch request.text {
      case "known":
        throw RPCError(.notFound, "no such thing", details: [StatusDetail(typeURL: "t/x", value: [1, 2])])
      case "cancelled": throw CancellationError()
      case "ok": throw RPCError(.ok, "not really")
      default: throw Secret()
      }
    }
    router.handle(Echo.large) { request, _ in Text(String(repeating: "x", count: Int(request.text) ?? 0)) }
    router.handle(Echo.count) { request, _, writer in
      let words = request.text.split(separator: " ")
      for number in 0..<(Int(words.first ?? "") ?? 0) { try await writer.write(Text("\(number)")) }
      if words.count > 1 { throw RPCError(.dataLoss, "told to") }
    }
    router.handle(Echo.join) { requests, _ in
      var joined: [String] = []
      do {
        for try await request in requests { joined.append(request.text) }
      } catch let error as RPCError where error.code == .cancelled {
        cancelled.set()
        throw error
      }
      return Text(joined.joined(separator: ","))
    }
    router.handle(Echo.both) { requests, _, writer in
      do {
        for try await request in requests {
          if request.text == "quit" { return }
          try await writer.write(Text("re \(request.text)"))
        }
      } catch {
        cancelled.set()
        throw error
      }
    }
    router.handle(Echo.slow) { requests, _ in
      await release.wait()
      var count = 0
      for try await _ in requests { count += 1 }
      return Text("\(count)")
    }
    for (method, policy) in [
      (Echo.floodWait, ResponsePolicy.wait), (Echo.floodConflate, .conflate), (Echo.floodFail, .fail),
    ] {
      router.handle(method, policy: policy) { request, _, writer in
        for number in 0..<(Int(request.text) ?? 0) {
          try await writer.write(Text("\(number) " + String(repeating: "x", count: 65_536)))
          counter.add()
        }
      }
    }
    router.handle(Echo.shown) { _, _, writer in
      sinks.add(writer.sink)
      let end = Signal()
      await withTaskCancellationHandler {
        await end.wait()
      } onCancel: {
        cancelled.set()
        end.set()
      }
      try Task.checkCancellation()
    }
    router.handle(Echo.feed, policy: .conflate) { _, _, writer in
      try await writer.write(Text("state"))
      let end = Signal()
      await withTaskCancellationHandler {
        await end.wait()
      } onCancel: {
        cancelled.set()
        end.set()
      }
    }
    return router
  }
}
