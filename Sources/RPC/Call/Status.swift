/// One google.protobuf.Any of a status: an encoded message and the name of its type.
public struct StatusDetail: Hashable, Sendable {
  /// "type.googleapis.com/" and the full name of the message.
  public var typeURL: String
  public var value: [UInt8]

  public init(typeURL: String, value: [UInt8]) {
    self.typeURL = typeURL
    self.value = value
  }
}

/// google.rpc.Status: how a call ended, as it goes over the wire.
public struct Status: Hashable, Sendable {
  public var code: Code
  /// For people; short, English.
  public var message: String
  public var details: [StatusDetail]

  public init(_ code: Code, _ message: String = "", details: [StatusDetail] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  public static let ok = Status(.ok)
}

extension StatusDetail {
  /// google.rpc.RetryInfo: come back no sooner than after `delay`.
  static func retryInfo(after delay: Duration) -> StatusDetail {
    let (seconds, attoseconds) = delay.components
    var value: [UInt8] = []
    func field(_ tag: UInt8, _ number: Int64) {
      guard number != 0 else { return }
      value.append(tag)
      var rest = UInt64(bitPattern: number)
      while rest >= 0x80 {
        value.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      value.append(UInt8(truncatingIfNeeded: rest))
    }
    // google.protobuf.Duration { int64 seconds = 1; int32 nanos = 2; }, wrapped as RetryInfo.retry_delay = 1. Two
    // varints and their tags have at most 22 bytes: one byte of length is enough.
    field(0x08, seconds)
    field(0x10, attoseconds / 1_000_000_000)
    return StatusDetail(
      typeURL: "type.googleapis.com/google.rpc.RetryInfo",
      value: [0x0a, UInt8(truncatingIfNeeded: value.count)] + value)
  }
}
