public import NIOCore

/// Bytes to frames, however the bytes were cut. Holds at most one unfinished frame; the body of a frame that is too
/// large is dropped as it arrives and never stored.
///
/// Bodies are slices of the bytes that were appended: who keeps a body for long keeps its neighbours alive too, and
/// should copy it.
public struct FrameDecoder: Sendable {
  public enum Event: Hashable, Sendable {
    case frame(Frame)
    /// The header of a frame with more than 4 MiB; its body will be dropped.
    case oversize(FrameHeader)
  }

  /// Bytes not yet made into a frame; empty and without storage of its own between bursts.
  private var buffer = ByteBuffer()
  /// Bytes still to come of a body that is being dropped.
  private var bytesToDrop = 0

  public init() {}

  /// Whether a frame has begun and its rest has not arrived. Meaningful after `next()` returned nil.
  public var isInsideFrame: Bool { bytesToDrop > 0 || buffer.readableBytes > 0 }

  /// Bytes held back until their frame is whole.
  public var bufferedBytes: Int { buffer.readableBytes }

  /// Takes what the peer sent. Call `next()` until it returns nil after each call.
  public mutating func append(_ bytes: ByteBuffer) {
    guard buffer.readableBytes > 0 else {
      buffer = bytes
      return
    }
    buffer.writeImmutableBuffer(bytes)
  }

  /// The next whole frame, or nil when more bytes are needed.
  public mutating func next() -> Event? {
    if bytesToDrop > 0 {
      let dropped = min(bytesToDrop, buffer.readableBytes)
      buffer.moveReaderIndex(forwardBy: dropped)
      bytesToDrop -= dropped
    }
    guard let header = peekHeader() else {
      settle()
      return nil
    }
    if header.isOversize {
      buffer.moveReaderIndex(forwardBy: FrameHeader.size)
      bytesToDrop = Int(header.length)
      return .oversize(header)
    }
    let length = Int(header.length)
    guard buffer.readableBytes >= FrameHeader.size + length else {
      settle()
      return nil
    }
    buffer.moveReaderIndex(forwardBy: FrameHeader.size)
    guard let body = buffer.readSlice(length: length) else { return nil }
    return .frame(Frame(streamID: header.streamID, type: header.type, flags: header.flags, body: body))
  }

  /// Gives up the unfinished frame: what is stored of it is let go, what is to come will be dropped. nil, and nothing
  /// done, when not even its header is whole.
  public mutating func abandonFrame() -> FrameHeader? {
    guard bytesToDrop == 0, let header = peekHeader() else { return nil }
    bytesToDrop = max(0, FrameHeader.size + Int(header.length) - buffer.readableBytes)
    buffer = ByteBuffer()
    return header
  }

  private func peekHeader() -> FrameHeader? {
    guard
      let (length, id, type, flags) = buffer.peekMultipleIntegers(as: (UInt32, UInt32, UInt8, UInt8).self)
    else { return nil }
    return FrameHeader(
      length: length, streamID: StreamID(rawValue: id), type: FrameType(rawValue: type),
      flags: FrameFlags(rawValue: flags))
  }

  /// Between bursts: nothing left lets go of the peer's buffer, an unfinished frame moves into storage of its own, so
  /// that appending does not copy it again and bytes already handed out do not pile up in front of it.
  private mutating func settle() {
    if buffer.readableBytes == 0 {
      buffer = ByteBuffer()
    } else if buffer.readerIndex > 0 {
      buffer = ByteBuffer(buffer: buffer.slice())
    }
  }
}
