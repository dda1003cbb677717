public import NIOCore

/// One frame: a header whose length is the body's, and the body.
public struct Frame: Hashable, Sendable {
  public var streamID: StreamID
  public var type: FrameType
  public var flags: FrameFlags
  public var body: ByteBuffer

  public init(streamID: StreamID, type: FrameType, flags: FrameFlags = [], body: ByteBuffer = ByteBuffer()) {
    self.streamID = streamID
    self.type = type
    self.flags = flags
    self.body = body
  }
}
