extension RPCError {
  /// When the server wants to be asked again (google.rpc.RetryInfo among the details): no sooner than after this.
  /// Nil: it did not say, or not legibly.
  public var retryDelay: Duration? {
    for detail in details where detail.isRetryInfo {
      if let delay = detail.retryDelay { return delay }
    }
    return nil
  }
}

extension StatusDetail {
  /// By its last part: what stands before the slash is only where one might look the type up.
  fileprivate var isRetryInfo: Bool {
    typeURL.split(separator: "/").last == "google.rpc.RetryInfo"
  }

  /// `RetryInfo { google.protobuf.Duration retry_delay = 1; }`, `Duration { int64 seconds = 1; int32 nanos = 2; }`
  fileprivate var retryDelay: Duration? {
    value.withUnsafeBytes { bytes in
      do throws(EnvelopeError) {
        var reader = ProtobufReader(bytes)
        var delay = Duration.zero
        while let tag = try reader.nextTag() {
          switch (tag.field, tag.wireType) {
          case (1, .lengthDelimited): delay = try Self.duration(from: reader.message())
          default: try reader.skip(tag)
          }
        }
        return max(delay, .zero)
      } catch {
        // A detail that cannot be read says nothing; the status it came with stands.
        return nil
      }
    }
  }

  private static func duration(from reader: consuming ProtobufReader) throws(EnvelopeError) -> Duration {
    var seconds: Int64 = 0
    var nanoseconds: Int32 = 0
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.wireType) {
      case (1, .varint): seconds = Int64(bitPattern: try reader.varint())
      case (2, .varint): nanoseconds = Int32(truncatingIfNeeded: try reader.varint())
      default: try reader.skip(tag)
      }
    }
    // google.protobuf.Duration ends at 10,000 years; beyond it a sum could leave the range of Duration.
    let limit: Int64 = 315_576_000_000
    return .seconds(min(max(seconds, -limit), limit)) + .nanoseconds(Int64(nanoseconds))
  }
}
