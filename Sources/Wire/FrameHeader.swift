/// What a frame is. Values from 0x80 are ours, spoken only where `ttrpc-ext/1` was negotiated.
public struct FrameType: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let request = FrameType(rawValue: 0x01)
  public static let response = FrameType(rawValue: 0x02)
  public static let data = FrameType(rawValue: 0x03)
  public static let ping = FrameType(rawValue: 0x80)
  public static let cancel = FrameType(rawValue: 0x81)
  public static let goAway = FrameType(rawValue: 0x82)
}

/// A frame's flags; what a bit means depends on the type, undefined bits are ignored.
public struct FrameFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The sender will send no more on this stream ("remote" is said from the receiver's side).
  public static let remoteClosed = FrameFlags(rawValue: 0x01)
  /// More Data frames follow the Request.
  public static let remoteOpen = FrameFlags(rawValue: 0x02)
  /// The frame carries no message: an empty body is then nothing, and not an empty message.
  public static let noData = FrameFlags(rawValue: 0x04)
  /// On a PING: the echo of the other side's PING.
  public static let acknowledgement = FrameFlags(rawValue: 0x01)
}

/// The ten bytes before every body: length, stream id, type, flags; unsigned, big-endian.
public struct FrameHeader: Hashable, Sendable {
  /// Bytes of a header on the wire.
  public static let size = 10
  /// Bytes a body may have, inclusive: 4 MiB.
  public static let maximumBodyLength: UInt32 = 4 << 20

  /// Bytes of the body, the header not counted.
  public var length: UInt32
  public var streamID: StreamID
  public var type: FrameType
  public var flags: FrameFlags

  public init(length: UInt32, streamID: StreamID, type: FrameType, flags: FrameFlags) {
    self.length = length
    self.streamID = streamID
    self.type = type
    self.flags = flags
  }

  public var isOversize: Bool { length > Self.maximumBodyLength }

  /// Byte 0 is always 0 in a frame of ours; something else is not a large frame but another protocol or garbage.
  public var hasReservedByte: Bool { length >> 24 != 0 }
}
