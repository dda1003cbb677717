public import NIOCore

/// A message left as its bytes, for handlers that read or write some of them by hand.
public struct EncodedMessage: RPCMessage {
  public var bytes: ByteBuffer

  public init(decoding bytes: ByteBuffer) {
    self.bytes = bytes
  }

  public func encode(into buffer: inout ByteBuffer) {
    buffer.writeImmutableBuffer(bytes)
  }

  /// The message of a call's request. Throws `RPCError` as a typed stream does: code 3.
  public func decoded<Message: RPCMessage>(as: Message.Type = Message.self) throws(RPCError) -> Message {
    try decodeRequest(bytes)
  }
}

extension BidirectionalMethod {
  /// The same method with its messages left encoded.
  public var encoded: BidirectionalMethod<EncodedMessage, EncodedMessage> {
    BidirectionalMethod<EncodedMessage, EncodedMessage>(service, method, isReplaySafe: isReplaySafe)
  }
}
