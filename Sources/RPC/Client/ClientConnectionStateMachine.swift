internal import NIOCore
internal import Wire

/// One connection as the client sees it: who holds which stream id, whether new calls may start, and what a frame means
/// for whom. Generic over what stands for a call, so that tests pass a string.
///
///     active -> draining -> closed
///
/// Draining (after GOAWAY, or when the ids are used up): running calls go on, new ones go to another connection, and
/// the connection is closed after its last call.
struct ClientConnectionStateMachine<Call> {
  enum State: Equatable {
    case active(next: StreamID)
    case draining
    case closed
  }

  enum OnBegin: Equatable {
    case started(StreamID)
    /// As `started`, and it was the last id: from here on the connection is draining.
    case startedLast(StreamID)
    /// The call was surely not started; another connection may take it.
    case refused
  }

  enum OnMessage {
    case deliver(Call)
    case deliverAndEnd(Call)
    case end(Call)
    case fail(Call)
    /// The server broke the rules of this call: fail it, and tell the server if `sendCancel`.
    case failUnexpected(Call, sendCancel: Bool)
    case drop
  }

  enum OnGiveUp: Equatable {
    case sendCancel
    case nothing
  }

  enum OnPing: Equatable {
    case answer
    case acknowledged
    case drop
  }

  enum OnGoAway {
    /// Takes no new calls; these were refused, in the order of their ids.
    case drain(refused: [Call])
    case ignore
  }

  /// A call that ended with its connection.
  struct Lost {
    let call: Call
    /// The server has surely not acted on it.
    let notStarted: Bool
  }

  private struct Stream {
    var machine: ClientStreamStateMachine
    let call: Call
    let deadline: NIODeadline?
  }

  let isExtended: Bool
  private(set) var state: State
  private var streams: [StreamID: Stream] = [:]

  /// - Parameter firstID: 1; tests start near the end.
  init(isExtended: Bool, firstID: StreamID = .firstOfClient) {
    self.isExtended = isExtended
    self.state = .active(next: firstID)
  }

  var runningCalls: Int { streams.count }
  /// Nothing keeps this connection open any more.
  var isDrained: Bool { state == .draining && streams.isEmpty }

  func call(_ id: StreamID) -> Call? { streams[id]?.call }

  // MARK: What the caller does

  mutating func begin(_ call: Call, _ kind: MethodKind, deadline: NIODeadline?) -> OnBegin {
    guard case .active(let id) = state else { return .refused }
    streams[id] = Stream(machine: ClientStreamStateMachine(kind), call: call, deadline: deadline)
    guard let next = id.next else {
      state = .draining
      return .startedLast(id)
    }
    state = .active(next: next)
    return .started(id)
  }

  /// The Request is about to be written; false: the call ended while it waited.
  mutating func writeRequest(_ id: StreamID) -> Bool {
    streams[id]?.machine.writeRequest() ?? false
  }

  func send(_ id: StreamID) -> ClientStreamStateMachine.OnSend {
    streams[id]?.machine.send() ?? .refuseDone
  }

  mutating func finish(_ id: StreamID) -> ClientStreamStateMachine.OnFinish {
    streams[id]?.machine.finish() ?? .ignore
  }

  /// The caller, its deadline, or we ourselves want no more of this call.
  mutating func giveUp(_ id: StreamID) -> OnGiveUp {
    guard var stream = streams.removeValue(forKey: id) else { return .nothing }
    return stream.machine.giveUp() == .cancel && isExtended ? .sendCancel : .nothing
  }

  // MARK: What the server sends

  mutating func receivedResponse(_ id: StreamID, isOK: Bool, isEmpty: Bool) -> OnMessage {
    guard var stream = streams[id] else { return .drop }
    let action = stream.machine.receivedResponse(isOK: isOK, isEmpty: isEmpty)
    settle(id, stream)
    return switch action {
    case .deliverAndEnd: .deliverAndEnd(stream.call)
    case .end: .end(stream.call)
    case .fail: .fail(stream.call)
    case .drop: .drop
    }
  }

  mutating func receivedData(_ id: StreamID, closes: Bool, hasMessage: Bool) -> OnMessage {
    guard var stream = streams[id] else { return .drop }
    let action = stream.machine.receivedData(closes: closes, hasMessage: hasMessage)
    settle(id, stream)
    return switch action {
    case .deliver: .deliver(stream.call)
    case .deliverAndEnd: .deliverAndEnd(stream.call)
    case .end: .end(stream.call)
    case .failUnexpected: .failUnexpected(stream.call, sendCancel: isExtended)
    case .nothing, .drop: .drop
    }
  }

  /// A PING: one of the peer's, which wants its echo, or the echo of ours.
  func receivedPing(isAcknowledgement: Bool, length: Int) -> OnPing {
    guard isExtended, state != .closed, length == 8 else { return .drop }
    return isAcknowledgement ? .acknowledged : .answer
  }

  /// The server takes no calls above `highest`.
  ///
  /// - Parameter highest: nil when the body was unreadable: then nothing is known to be refused.
  mutating func receivedGoAway(highest: StreamID?) -> OnGoAway {
    guard isExtended, state != .closed else { return .ignore }
    state = .draining
    let refused = streams.filter { id, _ in highest.map { id > $0 } ?? false }.sorted { $0.key < $1.key }
    for (id, _) in refused { streams[id] = nil }
    return .drain(refused: refused.map(\.value.call))
  }

  // MARK: Time and the end

  /// The first deadline of a running call; nil: none has one.
  var nextDeadline: NIODeadline? { streams.values.lazy.compactMap(\.deadline).min() }

  /// The calls whose time is over, in the order of their ids. They still run: give each of them up.
  func overdue(now: NIODeadline) -> [(StreamID, Call)] {
    streams.filter { $0.value.deadline.map { $0 <= now } ?? false }.map { ($0.key, $0.value.call) }
      .sorted { $0.0 < $1.0 }
  }

  /// The connection is gone, or about to be. Empty the second time.
  mutating func closed() -> [Lost] {
    state = .closed
    let last = streams.sorted { $0.key < $1.key }
    streams = [:]
    return last.compactMap { _, stream in
      var machine = stream.machine
      return switch machine.connectionLost() {
      case .failLost: Lost(call: stream.call, notStarted: false)
      case .failNotStarted: Lost(call: stream.call, notStarted: true)
      case .ignore: nil
      }
    }
  }

  private mutating func settle(_ id: StreamID, _ stream: Stream) {
    streams[id] = stream.machine.isDone ? nil : stream
  }
}
