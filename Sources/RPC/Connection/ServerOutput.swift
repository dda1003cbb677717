internal import NIOCore
internal import Wire

/// What waits to be written on a connection: frames of a burst one behind the other in one buffer.
struct ServerOutput {
  /// Streams with messages to send, the one that waits longest first.
  var ready = CircularBuffer<StreamID>()
  private var staged = ByteBuffer()
  /// Writing may bring news at once: one round at a time.
  var isSettling = false
  /// The last write is out, closing follows.
  var isClosing = false

  var stagedBytes: Int { staged.readableBytes }

  /// The buffer to write; without storage between bursts.
  mutating func take() -> ByteBuffer {
    let taken = staged
    staged = ByteBuffer()
    return taken
  }

  /// One allocation for a burst of small answers instead of one per doubling.
  private mutating func prepare() {
    if staged.capacity == 0 { staged.reserveCapacity(512) }
  }

  /// A Response with a status that is no success.
  mutating func stage(_ status: Status, on id: StreamID) {
    stage(ResponseEnvelope(status: status), on: id)
  }

  /// A Response with a message; with code 8 instead if that is too large to be sent.
  mutating func stage(payload: ByteBuffer, on id: StreamID) {
    stage(ResponseEnvelope(payload: payload), on: id)
  }

  /// The same with a message that is borrowed. Most responses to votes leave here, so the frame is written at once and
  /// not field by field.
  mutating func stage(payload: UnsafeRawBufferPointer, on id: StreamID) {
    let length = ProtobufSize.field(ofLength: payload.count)
    guard let checked = UInt32(exactly: length), checked <= FrameHeader.maximumBodyLength else {
      return stageTooLarge(on: id)
    }
    prepare()
    let size = FrameHeader.size + length
    staged.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
      memory.storeBytes(of: checked.bigEndian, as: UInt32.self)
      memory.storeBytes(of: id.rawValue.bigEndian, toByteOffset: 4, as: UInt32.self)
      memory[8] = FrameType.response.rawValue
      memory[9] = 0
      guard payload.count > 0 else { return size }
      memory[10] = 2 << 3 | 2
      var position = 11
      var rest = payload.count
      while rest >= 0x80 {
        memory[position] = UInt8(truncatingIfNeeded: rest) | 0x80
        rest >>= 7
        position += 1
      }
      memory[position] = UInt8(truncatingIfNeeded: rest)
      UnsafeMutableRawBufferPointer(rebasing: memory[(position + 1)...]).copyMemory(from: payload)
      return size
    }
  }

  private mutating func stage(_ envelope: ResponseEnvelope, on id: StreamID) {
    stageResponse(on: id) { envelope.encode(into: &$0) }
  }

  private mutating func stageResponse(on id: StreamID, _ writeBody: (inout ByteBuffer) -> Void) {
    prepare()
    do {
      try FrameEncoder.encode(streamID: id, type: .response, into: &staged, body: writeBody)
    } catch {
      stageTooLarge(on: id)
    }
  }

  private mutating func stageTooLarge(on id: StreamID) {
    // Code and a constant text: this one fits.
    stage(Status(.resourceExhausted, "the response is over \(FrameHeader.maximumBodyLength) bytes"), on: id)
  }

  /// A frame whose body has been measured before.
  mutating func stage(_ frame: Frame) {
    if frame.body.readableBytes < 256 { prepare() }
    do {
      try FrameEncoder.encode(frame, into: &staged)
    } catch {
      assertionFailure("\(error): WriterQueue refuses what does not fit")
    }
  }

  /// The same, encoded already. Alone it is not even copied.
  mutating func stage(_ frame: SharedFrame) {
    if staged.readableBytes == 0 {
      staged = frame.bytes
    } else {
      staged.writeImmutableBuffer(frame.bytes)
    }
  }

  /// GOAWAY: the highest id taken, four bytes, and a Status.
  mutating func stageGoAway(_ highest: StreamID) {
    var body = ByteBuffer()
    body.writeInteger(highest.rawValue)
    ServerConnectionStateMachine.shuttingDown.encode(into: &body)
    stage(Frame(streamID: .connection, type: .goAway, body: body))
  }
}

extension ServerConnectionHandler {
  /// After any news, outside a burst of reads: everything that may be written leaves in as few writes as may be.
  func settle() {
    guard !isReading, !output.isSettling, context != nil else { return }
    output.isSettling = true
    defer { output.isSettling = false }
    repeat {
      while !output.ready.isEmpty, hasRoomToWrite, stageNextMessage() {}
      flush()
    } while !output.ready.isEmpty && isWritable
    if machine.isDrained { closeAfterWriting() }
  }

  var hasRoomToWrite: Bool {
    isWritable && output.stagedBytes < shared.limits.writeBound
  }

  func flush() {
    guard output.stagedBytes > 0, let context else { return }
    context.writeAndFlush(wrapOutboundOut(output.take()), promise: nil)
    if !countUnread(context) { closeNow(context) }
  }

  /// Cancels what runs and closes; what waits to be written is dropped.
  private func closeNow(_ context: ChannelHandlerContext) {
    cancelEverything()
    context.close(promise: nil)
  }

  private func cancelEverything() {
    for id in machine.close(answering: false) {
      cancelCall(id, RPCError(.cancelled, "the connection is closing"))
    }
  }

  /// Cancels what runs, writes what is answered and closes; the peer gets `linger` to read it.
  func closeAfterWriting() {
    cancelEverything()
    guard machine.state != .closed, !output.isClosing, let context else { return }
    output.isClosing = true
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    let timer = context.eventLoop.scheduleTask(in: shared.limits.linger) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in timer.cancel() }
    context.writeAndFlush(wrapOutboundOut(output.take()), promise: written)
  }
}
