import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import Wire

@testable import RPC

/// One event loop's mailbox, with connections on embedded channels: who is told what, in how many writes.
@Suite struct LoopMailboxTests {
  /// A connection whose unary calls wait until the test answers them through the mailbox.
  private final class Connection {
    let channel: EmbeddedChannel
    let mailbox: ConnectionMailbox
    let handler: ServerConnectionHandler

    init(_ mailbox: LoopMailbox, _ shared: ServerConnectionHandler.Shared, on loop: EmbeddedEventLoop) throws {
      self.mailbox = mailbox.open()
      let shortcuts = LoopShortcuts(shared.router, port: ReplyPort(mailbox), eventLoop: loop)
      channel = EmbeddedChannel(loop: loop)
      handler = ServerConnectionHandler(
        shared: shared, level: .plain, peer: Peer(identity: nil, certificate: "", address: "embedded"),
        logger: EchoServer.quiet, mailbox: self.mailbox, shortcuts: shortcuts)
      try channel.pipeline.syncOperations.addHandler(handler)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func call(_ ids: UInt32...) throws {
      for id in ids {
        try channel.writeInbound(
          try bytes(of: Frame(streamID: StreamID(rawValue: id), type: .request, body: requestBody("Unary", "x"))))
      }
    }

    /// Starts a stream of responses whose handler is this test: no task.
    func stream(_ id: UInt32) -> WriterQueue {
      let stream = StreamID(rawValue: id)
      _ = handler.machine.received(Frame(streamID: stream, type: .request, flags: .remoteClosed))
      #expect(handler.machine.start(stream, kind: .serverStream, flags: .remoteClosed) == .run(inputIsOpen: false))
      let queue = WriterQueue(policy: .wait, limits: handler.shared.limits) { [mailbox] in
        mailbox.post(.responses(stream, $0))
      }
      queue.settle(at: mailbox.loop, address(id))
      handler.calls[stream] = RunningCall(requests: nil, responses: queue, endsOnDrain: false, task: nil)
      return queue
    }

    func setWritable(_ isWritable: Bool) {
      channel.isWritable = isWritable
      channel.pipeline.fireChannelWritabilityChanged()
    }

    func address(_ id: UInt32) -> ReplyAddress { ReplyAddress(mailbox.address, stream: StreamID(rawValue: id)) }

    /// What was written since the last time: frames in short, by write.
    func writes() throws -> [[String]] {
      var writes: [[String]] = []
      while let written = try channel.readOutbound(as: ByteBuffer.self) {
        var decoder = FrameDecoder()
        decoder.append(written)
        var frames: [String] = []
        while case .frame(let frame) = decoder.next() { frames.append(describe(frame)) }
        #expect(!decoder.isInsideFrame)
        writes.append(frames)
      }
      return writes
    }

    func close() {
      channel.close(promise: nil)
      // As RPCServer does when the channel has closed.
      mailbox.close()
    }
  }

  /// Takes every call.
  private final class Silence: Shortcut, ShortcutConnection {
    func open(for peer: Peer) -> (any ShortcutConnection)? { self }
    func endOfBurst() {}
    func take(_ payload: UnsafeRawBufferPointer, replyTo address: ReplyAddress) -> Bool { true }
  }

  private let loop = EmbeddedEventLoop()
  private let budget: ServerBudget
  private let mailbox: LoopMailbox
  private let connections: [Connection]

  init() throws {
    var router = Router()
    router.addShortcut(to: Echo.unary) { _ in Silence() }
    let limits = ServerLimits()
    budget = ServerBudget(limits)
    mailbox = LoopMailbox(eventLoop: loop, budget: budget)
    let shared = ServerConnectionHandler.Shared(router: router, limits: limits, budget: budget)
    let (loop, mailbox) = (loop, mailbox)
    connections = try (0..<3).map { _ in try Connection(mailbox, shared, on: loop) }
  }

  private func success(_ text: String) -> PreparedCall.Outcome { .success(ByteBuffer(string: text)) }

  private func batch(_ replies: (ReplyAddress, String)...) -> ReplyBatch {
    var batch = ReplyBatch()
    for (address, text) in replies { batch.append(to: address) { $0.writeString(text) } }
    return batch
  }

  @Test func aBurstIsReadInOneGoAndWrittenOncePerConnection() throws {
    for connection in connections { try connection.call(1, 3, 5) }
    for id: UInt32 in [1, 3] {
      for connection in connections {
        connection.mailbox.post(.handlerEnded(StreamID(rawValue: id), success("\(id)")))
      }
    }
    mailbox.post(
      contentsOf: connections.map { ($0.mailbox.address, .handlerEnded(StreamID(rawValue: 5), success("5"))) })
    for connection in connections { #expect(try connection.writes() == []) }
    loop.run()
    for connection in connections { #expect(try connection.writes() == [["#1 OK 1", "#3 OK 3", "#5 OK 5"]]) }
    // It wakes for the next burst as well.
    try connections[1].call(7)
    connections[1].mailbox.post(.handlerEnded(StreamID(rawValue: 7), success("7")))
    loop.run()
    #expect(try connections.map { try $0.writes() } == [[], [["#7 OK 7"]], []])
  }

  @Test func aBatchAnswersItsCallsAndGivesTheirPlacesBack() throws {
    try connections[0].call(1, 3)
    try connections[1].call(1)
    #expect(budget.unaryCalls.current == 3)
    let long = String(repeating: "dài ", count: 100)
    mailbox.post(
      batch((connections[0].address(3), "ba"), (connections[1].address(1), long), (connections[0].address(1), "")))
    #expect(budget.unaryCalls.current == 0)
    loop.run()
    #expect(try connections.map { try $0.writes() } == [[["#3 OK ba", "#1 OK "]], [["#1 OK \(long)"]], []])
    // The ids are done: nothing more is sent on them.
    mailbox.post(batch((connections[0].address(1), "twice")))
    loop.run()
    #expect(try connections[0].writes() == [])
  }

  /// Where the length of the message's length changes, and up to the most that fits.
  @Test(arguments: [0, 1, 9, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152, (4 << 20) - 5])
  func aBatchIsTheSameBytesAsASingleAnswer(length: Int) throws {
    try connections[0].call(1, 259)
    try connections[1].call(1, 259)
    let message = ByteBuffer(bytes: (0..<length).map { UInt8(truncatingIfNeeded: $0) })
    var batch = ReplyBatch()
    for id: UInt32 in [1, 259] {
      connections[0].mailbox.post(.handlerEnded(StreamID(rawValue: id), .success(message)))
      batch.append(to: connections[1].address(id)) { $0.writeImmutableBuffer(message) }
    }
    mailbox.post(batch)
    loop.run()
    let first = try connections[0].channel.readOutbound(as: ByteBuffer.self)
    #expect(try first == connections[1].channel.readOutbound(as: ByteBuffer.self))
    let second = try #require(first)
    #expect(second.readableBytes > 2 * length)
  }

  @Test func aReplyOverFourMebibytesIsAStatus() throws {
    try connections[0].call(1)
    var batch = ReplyBatch()
    batch.append(to: connections[0].address(1)) {
      $0.writeRepeatingByte(1, count: Int(FrameHeader.maximumBodyLength))
    }
    mailbox.post(batch)
    loop.run()
    #expect(try connections[0].writes() == [["#1 RESOURCE_EXHAUSTED"]])
  }

  @Test func aCallCancelledMeanwhileIsNotAnswered() throws {
    try connections[0].call(1)
    // The id again: the peer's fault, and the call's end.
    try connections[0].call(1)
    #expect(try connections[0].writes() == [["#1 INVALID_ARGUMENT"]])
    mailbox.post(batch((connections[0].address(1), "late")))
    loop.run()
    #expect(try connections[0].writes() == [])
    try connections[0].call(3)
    mailbox.post(batch((connections[0].address(3), "next")))
    loop.run()
    #expect(try connections[0].writes() == [["#3 OK next"]])
  }

  @Test func whatIsForAGoneConnectionReachesNobody() throws {
    try connections[0].call(1)
    try connections[1].call(1)
    let gone = connections[0].address(1)
    mailbox.post(batch((gone, "late"), (connections[1].address(1), "in time")))
    connections[0].close()
    loop.run()
    #expect(try connections[0].writes() == [])
    #expect(try connections[1].writes() == [["#1 OK in time"]])
    #expect(budget.unaryCalls.current == 0, "the place of a gone connection's call is free as well")
    // Another connection has the slot now, and a call of the same id.
    let shared = ServerConnectionHandler.Shared(router: Router(), limits: ServerLimits(), budget: budget)
    let heir = try Connection(mailbox, shared, on: loop)
    #expect(heir.mailbox.address.slot == gone.slot)
    mailbox.post(batch((gone, "late")))
    loop.run()
    #expect(try heir.writes() == [])
  }

  @Test func drainingTellsEveryConnection() throws {
    try connections[0].call(1)
    for connection in connections { connection.mailbox.post(.drain) }
    loop.run()
    #expect(connections.map(\.channel.isActive) == [true, false, false])
    mailbox.post(batch((connections[0].address(1), "the last")))
    loop.run()
    #expect(try connections[0].writes().flatMap(\.self) == ["#1 OK the last"])
    #expect(!connections[0].channel.isActive)
  }

  // MARK: Offers

  /// Offers a message to streams as `ResponseSink` does, and reads the mailbox. Returns at whose it waits.
  private func offer(_ text: String, to addresses: ReplyAddress...) -> [Int] {
    let result = Mutex<[Int]?>(nil)
    let delivery = OfferParcel.Delivery(parcels: 1) { waiting in
      result.withLock { $0 = waiting.map(\.sink) }
    }
    let recipients = addresses.enumerated().map { (address: $1, position: ResponseSink.Position(offer: 0, sink: $0)) }
    mailbox.post(OfferParcel(offers: [(ByteBuffer(string: text), recipients)], delivery: delivery))
    loop.run()
    return result.withLock { $0 } ?? [-1]
  }

  @Test func anOfferIsTheSameBytesForAllInOneWriteEach() throws {
    let queues = connections.map { $0.stream(1) }
    let second = connections[1].stream(3)
    #expect(
      offer("news", to: connections[0].address(1), connections[1].address(1), connections[1].address(3)) == [])
    #expect(
      try connections.map { try $0.writes() } == [[["#1 data news"]], [["#1 data news", "#3 data news"]], []])
    #expect((queues + [second]).allSatisfy { $0.isEmpty })
  }

  @Test func anOfferToASlowPeerWaitsAndIsTheOnlyOne() throws {
    let (slow, quick) = (connections[0], connections[1])
    let queue = slow.stream(1)
    _ = quick.stream(1)
    slow.setWritable(false)
    #expect(offer("old", to: quick.address(1), slow.address(1)) == [1])
    #expect(try slow.writes() == [])
    #expect(try quick.writes() == [["#1 data old"]])
    let readiness = EchoServer.Counter()
    queue.whenEmpty { readiness.add() }
    // Offered all the same: declined.
    #expect(offer("in between", to: slow.address(1), quick.address(1)) == [0])
    #expect(readiness.current == 0)
    slow.setWritable(true)
    #expect(readiness.current == 1)
    #expect(try slow.writes() == [["#1 data old"]])
    #expect(offer("new", to: slow.address(1), quick.address(1)) == [])
    #expect(try slow.writes() == [["#1 data new"]])
    #expect(try quick.writes() == [["#1 data in between"], ["#1 data new"]])
    queue.whenEmpty { readiness.add() }
    #expect(readiness.current == 2, "ready: at once")
  }

  @Test func anOfferWaitsItsTurn() throws {
    let (first, second) = (connections[0].stream(1), connections[0].stream(3))
    // Written, and the mailbox not read yet: the second stream stands behind the first.
    #expect(first.offer(ByteBuffer(string: "1")))
    first.announce()
    #expect(offer("3", to: connections[0].address(3)) == [0], "it waited, and left in the same round")
    #expect(try connections[0].writes() == [["#1 data 1", "#3 data 3"]])
    #expect(first.isEmpty && second.isEmpty)
  }

  @Test func anOfferToAStreamThatIsOverReachesNobody() throws {
    let queue = connections[0].stream(1)
    connections[0].mailbox.post(.responses(.firstOfClient, .failed(RPCError(.dataLoss, "over"))))
    #expect(offer("late", to: connections[0].address(1), connections[0].address(99)) == [])
    #expect(try connections[0].writes() == [["#1 DATA_LOSS"]])
    #expect(queue.isEmpty)
    _ = connections[1].stream(1)
    connections[1].close()
    #expect(offer("late", to: connections[1].address(1)) == [])
    #expect(try connections[1].writes() == [])
  }

  @Test func aStreamThatEndsWhileAnOfferWaitsIsReady() throws {
    let queue = connections[0].stream(1)
    connections[0].setWritable(false)
    #expect(offer("x", to: connections[0].address(1)) == [0])
    let readiness = EchoServer.Counter()
    queue.whenEmpty { readiness.add() }
    connections[0].close()
    #expect(readiness.current == 1, "whoever waits for it must not wait for ever")
  }
}
