internal import Logging
internal import NIOCore
internal import Wire

/// What the server sends.
extension ClientConnectionHandler {
  func received(_ frame: Frame) {
    switch frame.type {
    case .response: receivedResponse(frame)
    case .data:
      perform(
        machine.receivedData(
          frame.streamID, closes: frame.flags.contains(.remoteClosed), hasMessage: !frame.flags.contains(.noData)),
        frame.streamID, frame.body)
    case .ping:
      switch machine.receivedPing(
        isAcknowledgement: frame.flags.contains(.acknowledgement), length: frame.body.readableBytes)
      {
      case .answer: unansweredPing = ByteBuffer(buffer: frame.body)
      case .acknowledged: break
      case .drop: logDropped(frame)
      }
    case .goAway: receivedGoAway(frame)
    default: logDropped(frame)
    }
  }

  private func receivedResponse(_ frame: Frame) {
    guard let call = machine.call(frame.streamID) else { return logDropped(frame) }
    do {
      let response = try ResponseEnvelope(decoding: frame.body)
      let status = response.status ?? .ok
      perform(
        machine.receivedResponse(
          frame.streamID, isOK: status.code == .ok, isEmpty: response.payload.readableBytes == 0),
        frame.streamID, response.payload, status)
    } catch {
      let failure = CallFailure(RPCError(.internal, "the response could not be decoded", cause: error), .ended)
      fail(call, frame.streamID, failure, nil)
    }
  }

  private func perform(
    _ action: ClientConnectionStateMachine<ClientCall>.OnMessage, _ id: StreamID, _ body: ByteBuffer,
    _ status: Status = .ok
  ) {
    switch action {
    case .deliver(let call):
      if !call.deliver(body) { drop(id, because: call.failure ?? .answeredAlready) }
    case .deliverAndEnd(let call):
      _ = call.deliver(body)
      call.end()
      release(id, because: .answeredAlready)
    case .end(let call):
      call.end()
      release(id, because: .answeredAlready)
    case .fail(let call):
      let failure = CallFailure(RPCError(status), .answered)
      call.fail(failure)
      release(id, because: failure)
    case .failUnexpected(let call, let sendCancel):
      if sendCancel { encode(Frame(streamID: id, type: .cancel)) }
      call.fail(.unexpectedData)
      release(id, because: .unexpectedData)
    case .drop:
      logger.debug("frame dropped", metadata: ["stream": "\(id)"])
    }
  }

  func receivedOversize(_ header: FrameHeader) {
    guard !header.hasReservedByte else { return close(ConnectionEnded.garbage) }
    guard header.type == .response || header.type == .data, let call = machine.call(header.streamID) else { return }
    fail(call, header.streamID, .responseTooLarge, nil)
  }

  /// GOAWAY: the highest id taken (4 bytes), then a status that says why.
  private func receivedGoAway(_ frame: Frame) {
    var body = frame.body
    let highest = body.readInteger(as: UInt32.self).map { StreamID(rawValue: $0) }
    guard case .drain(let refused) = machine.receivedGoAway(highest: highest) else { return logDropped(frame) }
    report(.draining)
    let reason = CallFailure(ConnectFailure(ConnectionEnded.drained), notStarted: true)
    for call in refused {
      call.fail(reason)
      release(call.streamID, because: reason)
    }
  }

  private func logDropped(_ frame: Frame) {
    logger.debug(
      "frame dropped",
      metadata: ["stream": "\(frame.streamID)", "type": "\(frame.type.rawValue)", "flags": "\(frame.flags.rawValue)"])
  }
}

extension FrameFlags {
  /// What a Request says about its input. "No data" beside "remote open" keeps servers that take any payload for a
  /// message from seeing an empty one (ttrpc-rust issue 221); others ignore it.
  init(request kind: MethodKind) {
    self =
      switch kind {
      case .unary: []
      case .serverStream: .remoteClosed
      case .clientStream, .bidirectional: [.remoteOpen, .noData]
      }
  }
}
