public import NIOCore

/// A message of a call. What bytes it is made of is its own affair: this room knows no message library.
public protocol RPCMessage: Sendable {
  /// Throws when the bytes are no such message; the error stays in the log, the peer hears only that.
  init(decoding bytes: ByteBuffer) throws

  /// Appends the message to `buffer`.
  func encode(into buffer: inout ByteBuffer) throws
}

extension RPCMessage {
  /// The message in a buffer of its own.
  public func encoded() throws -> ByteBuffer {
    var buffer = ByteBuffer()
    try encode(into: &buffer)
    return buffer
  }
}
