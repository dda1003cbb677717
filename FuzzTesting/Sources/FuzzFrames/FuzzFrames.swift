import NIOCore
import Wire

/// Any bytes, cut as the first one says: the decoder gives the frames that a reader who has all of them at once sees, and
/// each encodes to the bytes it was read from.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let stream = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
  let piece = start[0] & 1 == 0 ? stream.count : Int(start[0] >> 1) % 40 + 1
  let all = ByteBuffer(bytes: stream)
  var decoder = FrameDecoder()
  var expected = Walk(stream)
  var encoded = ByteBuffer()
  for place in stride(from: 0, to: stream.count, by: piece) {
    guard let bytes = all.getSlice(at: place, length: min(piece, stream.count - place)) else { return 0 }
    decoder.append(bytes)
    while let event = decoder.next() {
      guard let next = expected.next() else { preconditionFailure("a frame that is not there") }
      check(event, next, stream, &encoded)
    }
    precondition(decoder.bufferedBytes <= stream.count, "growth")
  }
  precondition(expected.next() == nil, "a frame was kept back")
  precondition(decoder.isInsideFrame == expected.isInsideFrame, "where the stream stands")
  return 0
}

private func check(
  _ event: FrameDecoder.Event, _ expected: Walk.Found, _ stream: UnsafeRawBufferPointer, _ encoded: inout ByteBuffer
) {
  switch event {
  case .frame(let frame):
    precondition(!expected.isOversize, "too large, and taken")
    encoded.clear()
    do { try FrameEncoder.encode(frame, into: &encoded) } catch { preconditionFailure("\(error)") }
    precondition(
      encoded.readableBytesView.elementsEqual(UnsafeRawBufferPointer(rebasing: stream[expected.bytes])),
      "another frame came back")
  case .oversize(let header):
    precondition(expected.isOversize && header.length > 4 << 20, "refused, and not too large")
  }
}

/// The frames of a stream that is all there (proto/PROTOCOL.md): 4 bytes of length, 6 more of header, the body.
private struct Walk {
  struct Found {
    /// Header and body; of one that is too large as much as there is.
    var bytes: Range<Int>
    var isOversize: Bool
  }

  private let stream: UnsafeRawBufferPointer
  private var place = 0
  private var isCut = false

  init(_ stream: UnsafeRawBufferPointer) { self.stream = stream }

  /// Once `next` gave nil: whether the stream ends within a frame.
  var isInsideFrame: Bool { isCut || place < stream.count }

  mutating func next() -> Found? {
    guard stream.count - place >= 10 else { return nil }
    let length = stream[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    let end = place + 10 + length
    let isOversize = length > 4 << 20
    guard end <= stream.count || isOversize else { return nil }
    isCut = end > stream.count
    defer { place = min(end, stream.count) }
    return Found(bytes: place..<min(end, stream.count), isOversize: isOversize)
  }
}
