import NIOCore
import SeededRandom
import Testing
import Wire

@Suite struct FrameDecoderTests {
  private func encoded(_ frames: [Frame]) throws -> ByteBuffer {
    var buffer = ByteBuffer()
    for frame in frames { try FrameEncoder.encode(frame, into: &buffer) }
    return buffer
  }

  private func header(length: UInt32, id: UInt32 = 1, type: FrameType = .request) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeMultipleIntegers(length, id, type.rawValue, UInt8(0))
    return buffer
  }

  private func drain(_ decoder: inout FrameDecoder) -> [FrameDecoder.Event] {
    var events: [FrameDecoder.Event] = []
    while let event = decoder.next() { events.append(event) }
    return events
  }

  @Test func randomFramesCutAnywhereComeBackWhole() throws {
    var random = SplitMix64()
    for _ in 0..<300 {
      let frames = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        Frame(
          streamID: StreamID(rawValue: UInt32.random(in: 0 ... .max, using: &random)),
          type: FrameType(rawValue: UInt8.random(in: 0 ... .max, using: &random)),
          flags: FrameFlags(rawValue: UInt8.random(in: 0 ... .max, using: &random)),
          body: ByteBuffer(bytes: random.bytes([0, 1, 7, 200, 3000].randomElement(using: &random) ?? 0)))
      }
      var bytes = try encoded(frames)
      var decoder = FrameDecoder()
      var events: [FrameDecoder.Event] = []
      while bytes.readableBytes > 0 {
        let count = Int.random(in: 1...bytes.readableBytes, using: &random)
        guard let piece = bytes.readSlice(length: count) else { break }
        decoder.append(piece)
        events += drain(&decoder)
      }
      #expect(events == frames.map(FrameDecoder.Event.frame), "seed \(random.seed)")
      #expect(!decoder.isInsideFrame, "seed \(random.seed)")
    }
  }

  @Test func drippedByteByByte() throws {
    let frames = [
      Frame(streamID: .firstOfClient, type: .request, body: ByteBuffer(string: "một")),
      Frame(streamID: .firstOfClient, type: .data),
      Frame(streamID: .firstOfClient, type: .data, flags: [.remoteClosed, .noData]),
    ]
    var decoder = FrameDecoder()
    var events: [FrameDecoder.Event] = []
    for (index, byte) in try encoded(frames).readableBytesView.enumerated() {
      decoder.append(ByteBuffer(bytes: [byte]))
      events += drain(&decoder)
      // Frames of 10 + 5, 10 and 10 bytes ("một" has five).
      let isBoundary = [14, 24, 34].contains(index)
      #expect(decoder.isInsideFrame == !isBoundary, "after byte \(index)")
    }
    #expect(events == frames.map(FrameDecoder.Event.frame))
  }

  @Test func aBodyOfFourMebibytesIsAFrame() throws {
    let body = ByteBuffer(repeating: 7, count: Int(FrameHeader.maximumBodyLength))
    var decoder = FrameDecoder()
    decoder.append(try encoded([Frame(streamID: .firstOfClient, type: .data, body: body)]))
    #expect(drain(&decoder) == [.frame(Frame(streamID: .firstOfClient, type: .data, body: body))])
  }

  @Test(arguments: [FrameHeader.maximumBodyLength + 1, 0x00ff_ffff])
  func anOversizeBodyIsDroppedWithoutBeingStored(length: UInt32) throws {
    var decoder = FrameDecoder()
    decoder.append(header(length: length, id: 5))
    let expected = FrameHeader(length: length, streamID: StreamID(rawValue: 5), type: .request, flags: [])
    #expect(drain(&decoder) == [.oversize(expected)])
    #expect(!expected.hasReservedByte)
    var left = Int(length)
    while left > 0 {
      let count = min(left, 65_536)
      #expect(decoder.isInsideFrame)
      decoder.append(ByteBuffer(repeating: 0, count: count))
      #expect(drain(&decoder).isEmpty)
      #expect(decoder.bufferedBytes == 0)
      left -= count
    }
    #expect(!decoder.isInsideFrame)
    let next = Frame(streamID: StreamID(rawValue: 7), type: .request, body: ByteBuffer(string: "next"))
    decoder.append(try encoded([next]))
    #expect(drain(&decoder) == [.frame(next)])
  }

  @Test func theLargestLengthAndItsReservedByte() {
    var decoder = FrameDecoder()
    decoder.append(header(length: .max))
    let largest = FrameHeader(length: .max, streamID: .firstOfClient, type: .request, flags: [])
    #expect(drain(&decoder) == [.oversize(largest)])
    #expect(largest.hasReservedByte)
    #expect(FrameHeader(length: 0x0100_0000, streamID: .firstOfClient, type: .request, flags: []).hasReservedByte)
  }

  @Test func anOversizeBodyEndsInsideOneRead() throws {
    var bytes = header(length: FrameHeader.maximumBodyLength + 1)
    bytes.writeRepeatingByte(0, count: Int(FrameHeader.maximumBodyLength) + 1)
    let next = Frame(streamID: StreamID(rawValue: 3), type: .data)
    try FrameEncoder.encode(next, into: &bytes)
    var decoder = FrameDecoder()
    decoder.append(bytes)
    #expect(drain(&decoder).last == .frame(next))
  }

  @Test func anAbandonedFrameIsDroppedToItsEnd() throws {
    var decoder = FrameDecoder()
    #expect(decoder.abandonFrame() == nil)
    var bytes = header(length: 10)
    bytes.writeString("12345")
    let part = bytes.readSlice(length: 9)
    decoder.append(try #require(part))
    #expect(drain(&decoder).isEmpty)
    #expect(decoder.abandonFrame() == nil, "the header is not whole")
    decoder.append(bytes)
    #expect(drain(&decoder).isEmpty)
    let abandoned = decoder.abandonFrame()
    #expect(abandoned?.length == 10)
    #expect(decoder.bufferedBytes == 0)
    #expect(decoder.isInsideFrame)
    var rest = ByteBuffer(string: "67890")
    let next = Frame(streamID: StreamID(rawValue: 3), type: .data)
    try FrameEncoder.encode(next, into: &rest)
    decoder.append(rest)
    #expect(drain(&decoder) == [.frame(next)])
    #expect(!decoder.isInsideFrame)
  }
}
