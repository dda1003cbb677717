public import NIOCore

/// Bounds of a server: of one connection, and of all together. What is over a bound is answered with code 8, or not
/// read; what was accepted is finished.
public struct ServerLimits: Hashable, Sendable {
  /// Connections open at once.
  public var connections = 16_384
  /// Unary calls running at once on one connection. A cancelled call counts until its handler has ended.
  public var unaryCallsPerConnection = 256
  /// Unary calls running at once in all.
  public var unaryCalls = 8_192
  /// Streaming calls running at once on one connection.
  public var streamsPerConnection = 256
  /// Streaming calls running at once in all.
  public var streams = 32_768
  /// Bytes of unfinished frames, of running calls' requests and of messages waiting for handlers, in all.
  public var bytesHeld = 256 << 20
  /// Frames up to this many bytes are not counted among `bytesHeld`: the numbers of connections and calls bound them,
  /// and who sends much cannot shut out those who send little.
  public var smallFrame = 16 << 10
  /// Messages that may wait for a stream's handler; more are kept for `incomingGrace`.
  public var incomingMessages = 64
  /// Bytes that may wait for a stream's handler; one more fails the stream at once.
  public var incomingBytes = 8 << 20
  /// How long a stream's handler may be behind before the stream fails.
  public var incomingGrace = TimeAmount.seconds(1)
  /// Messages a stream's handler may have written ahead of the connection.
  public var outgoingMessages = 16
  /// Bytes a stream's handler may have written ahead of the connection (one message is always allowed).
  public var outgoingBytes = 256 << 10
  /// Bytes waiting to be written on one connection; over it nothing more is read from it.
  public var writeBound = 256 << 10
  /// Bytes waiting to be written on connections that are over `writeBound`, in all. Over it the connection that has most
  /// is closed, as is one that has an eighth of it: its peer does not read, and what it was answered is done.
  public var bytesUnread = 256 << 20
  /// How long the rest of a started frame may take.
  public var partialFrame = TimeAmount.seconds(20)
  /// How long a closing connection may take to write what is answered already.
  public var linger = TimeAmount.seconds(1)
  /// What a client is told to wait after code 8.
  public var retryAfter = Duration.milliseconds(200)

  /// One peer's part of `bytesUnread`, lest it has all of it.
  var bytesUnreadPerConnection: Int { bytesUnread / 8 }

  public init() {}
}
