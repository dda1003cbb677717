package import NIOCore

/// The body of a Response frame: `Response { google.rpc.Status status=1; bytes payload=2; }`.
package struct ResponseEnvelope: Hashable, Sendable {
  /// Details a status may have.
  package static let maximumDetails = 256

  /// nil and code 0 both say success.
  package var status: Status?
  /// The encoded message of the call; a slice of the bytes decoded from. Meaningless beside an error.
  package var payload: ByteBuffer

  package init(status: Status? = nil, payload: ByteBuffer = ByteBuffer()) {
    self.status = status
    self.payload = payload
  }

  /// Throws when `body` is no such message. Unknown fields are skipped.
  package init(decoding body: ByteBuffer) throws {
    self.init()
    let payload = try body.withUnsafeReadableBytes { bytes in
      var payload: Range<Int>?
      var reader = ProtobufReader(bytes)
      while let tag = try reader.nextTag() {
        switch (tag.field, tag.wireType) {
        case (1, .lengthDelimited):
          // A message field that comes twice is merged, not replaced.
          var merged = status ?? .ok
          try merged.merge(from: reader.message())
          status = merged
        case (2, .lengthDelimited): payload = try reader.content()
        default: try reader.skip(tag)
        }
      }
      return payload
    }
    if let payload, let slice = body.getSlice(at: body.readerIndex + payload.lowerBound, length: payload.count) {
      self.payload = slice
    }
  }

  /// Appends the encoded envelope.
  package func encode(into buffer: inout ByteBuffer) {
    if let status {
      buffer.writeLengthPrefix(1, status.encodedSize)
      status.encode(into: &buffer)
    }
    if payload.readableBytes > 0 {
      buffer.writeLengthPrefix(2, payload.readableBytes)
      buffer.writeImmutableBuffer(payload)
    }
  }
}

/// `google.rpc.Status { int32 code=1; string message=2; repeated google.protobuf.Any details=3; }`,
/// `Any { string type_url=1; bytes value=2; }`.
extension Status {
  package init(decoding body: ByteBuffer) throws {
    self = .ok
    self = try body.withUnsafeReadableBytes { bytes in
      var status = Status.ok
      try status.merge(from: ProtobufReader(bytes))
      return status
    }
  }

  package func encode(into buffer: inout ByteBuffer) {
    // A negative int32 is ten bytes on the wire: sign-extended to 64 bits.
    buffer.writeVarintField(1, UInt64(bitPattern: Int64(code.rawValue)))
    buffer.writeStringField(2, message)
    for detail in details {
      buffer.writeLengthPrefix(3, detail.encodedSize)
      buffer.writeStringField(1, detail.typeURL)
      buffer.writeBytesField(2, detail.value)
    }
  }

  package var encodedSize: Int {
    var size = ProtobufSize.field(varint: UInt64(bitPattern: Int64(code.rawValue)))
    size += ProtobufSize.field(ofLength: message.utf8.count)
    for detail in details {
      size += ProtobufSize.element(ofLength: detail.encodedSize)
    }
    return size
  }

  fileprivate mutating func merge(from reader: consuming ProtobufReader) throws(EnvelopeError) {
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.wireType) {
      case (1, .varint): code = Code(rawValue: Int32(truncatingIfNeeded: try reader.varint()))
      case (2, .lengthDelimited): message = try reader.string()
      case (3, .lengthDelimited):
        guard details.count < ResponseEnvelope.maximumDetails else { throw .tooManyElements }
        details.append(try StatusDetail(from: reader.message()))
      default: try reader.skip(tag)
      }
    }
  }
}

extension StatusDetail {
  fileprivate init(from reader: consuming ProtobufReader) throws(EnvelopeError) {
    self.init(typeURL: "", value: [])
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.wireType) {
      case (1, .lengthDelimited): typeURL = try reader.string()
      case (2, .lengthDelimited): value = try reader.byteArray()
      default: try reader.skip(tag)
      }
    }
  }

  fileprivate var encodedSize: Int {
    ProtobufSize.field(ofLength: typeURL.utf8.count) + ProtobufSize.field(ofLength: value.count)
  }
}
