public import NIOCore

/// A body that may not go on the wire.
public struct FrameTooLarge: Error, Hashable, Sendable {
  /// Bytes the body would have had.
  public let length: Int

  public init(length: Int) {
    self.length = length
  }
}

/// Frames to bytes. Frames are appended one behind the other, so that a burst leaves in one write.
public enum FrameEncoder {
  /// Appends `frame`. Throws `FrameTooLarge`, and appends nothing, if the body has more than 4 MiB.
  public static func encode(_ frame: Frame, into buffer: inout ByteBuffer) throws(FrameTooLarge) {
    let length = frame.body.readableBytes
    guard let checked = UInt32(exactly: length), checked <= FrameHeader.maximumBodyLength else {
      throw FrameTooLarge(length: length)
    }
    buffer.reserveCapacity(minimumWritableBytes: FrameHeader.size + length)
    write(
      FrameHeader(length: checked, streamID: frame.streamID, type: frame.type, flags: frame.flags), into: &buffer)
    buffer.writeImmutableBuffer(frame.body)
  }

  /// Appends a frame whose body `writeBody` appends: no copy of the body. If it throws, or the body has more than
  /// 4 MiB (`FrameTooLarge`), the buffer is as it was.
  public static func encode(
    streamID: StreamID, type: FrameType, flags: FrameFlags = [], into buffer: inout ByteBuffer,
    body writeBody: (inout ByteBuffer) throws -> Void
  ) throws {
    let start = buffer.writerIndex
    write(FrameHeader(length: 0, streamID: streamID, type: type, flags: flags), into: &buffer)
    do {
      try writeBody(&buffer)
      let length = buffer.writerIndex - start - FrameHeader.size
      guard let checked = UInt32(exactly: length), checked <= FrameHeader.maximumBodyLength else {
        throw FrameTooLarge(length: length)
      }
      buffer.setInteger(checked, at: start)
    } catch {
      buffer.moveWriterIndex(to: start)
      throw error
    }
  }

  private static func write(_ header: FrameHeader, into buffer: inout ByteBuffer) {
    buffer.writeMultipleIntegers(
      header.length, header.streamID.rawValue, header.type.rawValue, header.flags.rawValue)
  }
}
