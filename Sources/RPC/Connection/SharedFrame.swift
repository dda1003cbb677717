internal import NIOCore
internal import Wire

/// A Data frame that many connections send, encoded once.
struct SharedFrame {
  let streamID: StreamID
  let message: ByteBuffer
  let bytes: ByteBuffer

  /// - Parameter message: has been measured before.
  init(_ message: ByteBuffer, on streamID: StreamID) {
    self.streamID = streamID
    self.message = message
    var output = ServerOutput()
    output.stage(Frame(streamID: streamID, type: .data, body: message))
    bytes = output.take()
  }
}
