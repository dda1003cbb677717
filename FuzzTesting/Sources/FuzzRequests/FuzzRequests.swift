import NIOCore

@testable import RPC

/// Any bytes as a Request, a Response and a Status: refused, or read to something that survives encoding and is no
/// larger than its bytes allow.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start else { return 0 }
  let bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))

  if let request = try? RequestEnvelope(decoding: bytes) {
    var encoded = ByteBuffer()
    request.encode(into: &encoded)
    precondition((try? RequestEnvelope(decoding: encoded)) == request, "another request came back")
    precondition(request.payload.readableBytes <= count, "growth")
    precondition(request.metadata.entries.count <= RequestEnvelope.maximumMetadataEntries, "growth")
  }
  if let response = try? ResponseEnvelope(decoding: bytes) {
    var encoded = ByteBuffer()
    response.encode(into: &encoded)
    precondition((try? ResponseEnvelope(decoding: encoded)) == response, "another response came back")
    // A code cut to 32 bits may be negative: ten bytes instead of five, and a longer length before them.
    precondition(encoded.readableBytes <= count + 16, "growth")
  }
  if let status = try? Status(decoding: bytes) {
    var encoded = ByteBuffer()
    status.encode(into: &encoded)
    precondition(encoded.readableBytes == status.encodedSize, "the size is what is written")
    precondition((try? Status(decoding: encoded)) == status, "another status came back")
  }
  return 0
}
