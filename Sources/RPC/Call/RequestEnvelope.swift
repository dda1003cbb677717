package import NIOCore

/// The body of a Request frame:
/// `Request { string service=1; string method=2; bytes payload=3; int64 timeout_nano=4; repeated KeyValue metadata=5; }`,
/// `KeyValue { string key=1; string value=2; }`.
package struct RequestEnvelope: Hashable, Sendable {
  /// Metadata entries a request may have: two bytes on the wire are a whole entry in memory.
  package static let maximumMetadataEntries = 256
  /// Bytes of a metadata key.
  package static let longestMetadataKey = 256

  /// Full name, "package.Service".
  package var service: String
  /// Bare name.
  package var method: String
  /// The encoded message of the call; a slice of the bytes decoded from.
  package var payload: ByteBuffer
  /// Time left when the request was encoded, 0: none. A duration, not an instant.
  package var timeoutNanoseconds: Int64
  package var metadata: Metadata

  package init(
    service: String, method: String, payload: ByteBuffer = ByteBuffer(), timeoutNanoseconds: Int64 = 0,
    metadata: Metadata = Metadata()
  ) {
    self.service = service
    self.method = method
    self.payload = payload
    self.timeoutNanoseconds = timeoutNanoseconds
    self.metadata = metadata
  }

  /// Throws when `body` is no such message. Unknown fields are skipped, the last of a repeated single value counts.
  package init(decoding body: ByteBuffer) throws {
    self.init(service: "", method: "")
    var entries: [Metadata.Entry] = []
    let payload = try body.withUnsafeReadableBytes { bytes in
      var payload: Range<Int>?
      var reader = ProtobufReader(bytes)
      while let tag = try reader.nextTag() {
        switch (tag.field, tag.wireType) {
        case (1, .lengthDelimited): service = try reader.string()
        case (2, .lengthDelimited): method = try reader.string()
        case (3, .lengthDelimited): payload = try reader.content()
        case (4, .varint): timeoutNanoseconds = Int64(bitPattern: try reader.varint())
        case (5, .lengthDelimited):
          guard entries.count < Self.maximumMetadataEntries else { throw EnvelopeError.tooManyElements }
          entries.append(try Self.entry(from: reader.message()))
        default: try reader.skip(tag)
        }
      }
      return payload
    }
    metadata = Metadata(entries)
    if let payload, let slice = body.getSlice(at: body.readerIndex + payload.lowerBound, length: payload.count) {
      self.payload = slice
    }
  }

  /// Appends the encoded envelope.
  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeStringField(1, service)
    buffer.writeStringField(2, method)
    if payload.readableBytes > 0 {
      buffer.writeLengthPrefix(3, payload.readableBytes)
      buffer.writeImmutableBuffer(payload)
    }
    buffer.writeVarintField(4, UInt64(bitPattern: timeoutNanoseconds))
    for entry in metadata.entries {
      buffer.writeLengthPrefix(
        5,
        ProtobufSize.field(ofLength: entry.key.utf8.count) + ProtobufSize.field(ofLength: entry.value.utf8.count))
      buffer.writeStringField(1, entry.key)
      buffer.writeStringField(2, entry.value)
    }
  }

  private static func entry(from reader: consuming ProtobufReader) throws(EnvelopeError) -> Metadata.Entry {
    var key = ""
    var value = ""
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.wireType) {
      case (1, .lengthDelimited): key = try reader.string()
      case (2, .lengthDelimited): value = try reader.string()
      default: try reader.skip(tag)
      }
    }
    // Changing the case of megabytes and comparing them takes seconds and more.
    guard key.utf8.count <= Self.longestMetadataKey else { throw .nameTooLong }
    return Metadata.Entry(key: key, value: value)
  }
}
