import NIOCore
import Testing
import Wire

@Suite struct FrameEncoderTests {
  @Test func layoutIsTheProtocols() throws {
    var buffer = ByteBuffer()
    try FrameEncoder.encode(
      Frame(
        streamID: StreamID(rawValue: 0x0102_0305), type: .data, flags: [.remoteClosed, .noData],
        body: ByteBuffer(bytes: [0xaa, 0xbb])),
      into: &buffer)
    #expect(Array(buffer.readableBytesView) == [0, 0, 0, 2, 1, 2, 3, 5, 3, 5, 0xaa, 0xbb])
  }

  @Test func bodyWrittenInPlaceGivesTheSameBytes() throws {
    var whole = ByteBuffer(bytes: [9])
    var inPlace = whole
    try FrameEncoder.encode(
      Frame(streamID: .firstOfClient, type: .request, body: ByteBuffer(string: "body")), into: &whole)
    try FrameEncoder.encode(streamID: .firstOfClient, type: .request, into: &inPlace) { $0.writeString("body") }
    #expect(whole == inPlace)
  }

  @Test func fourMebibytesAreAllowedAndOneByteMoreIsNot() throws {
    let most = Int(FrameHeader.maximumBodyLength)
    var buffer = ByteBuffer(string: "before")
    #expect(throws: FrameTooLarge(length: most + 1)) {
      try FrameEncoder.encode(
        Frame(streamID: .firstOfClient, type: .data, body: ByteBuffer(repeating: 1, count: most + 1)), into: &buffer)
    }
    #expect(throws: FrameTooLarge(length: most + 1)) {
      try FrameEncoder.encode(streamID: .firstOfClient, type: .data, into: &buffer) {
        $0.writeRepeatingByte(1, count: most + 1)
      }
    }
    #expect(buffer == ByteBuffer(string: "before"))
    try FrameEncoder.encode(
      Frame(streamID: .firstOfClient, type: .data, body: ByteBuffer(repeating: 1, count: most)), into: &buffer)
    #expect(buffer.readableBytes == 6 + FrameHeader.size + most)
  }

  @Test func aBodyThatThrowsLeavesNothing() {
    struct Oops: Error {}
    var buffer = ByteBuffer(string: "before")
    #expect(throws: Oops.self) {
      try FrameEncoder.encode(streamID: .firstOfClient, type: .data, into: &buffer) {
        $0.writeString("half")
        throw Oops()
      }
    }
    #expect(buffer == ByteBuffer(string: "before"))
  }
}

@Suite struct StreamIDTests {
  @Test func idsEnd() {
    #expect(StreamID.firstOfClient.next == StreamID(rawValue: 3))
    #expect(StreamID(rawValue: .max - 2).next == StreamID(rawValue: .max))
    #expect(StreamID(rawValue: .max).next == nil)
    #expect(StreamID(rawValue: .max).isOpenedByClient)
    #expect(!StreamID.connection.isOpenedByClient)
    #expect(!StreamID(rawValue: 2).isOpenedByClient)
  }
}
