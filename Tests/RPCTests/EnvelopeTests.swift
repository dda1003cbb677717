import Foundation
import NIOCore
import SeededRandom
import SwiftProtobuf
import Testing

@testable import RPC

/// Our codec beside a generated one: what one accepts the other accepts, and reads the same.
@Suite struct EnvelopeTests {
  // MARK: Values

  private func requestsAgree(_ bytes: [UInt8], _ comment: Comment) {
    let ours = try? RequestEnvelope(decoding: ByteBuffer(bytes: bytes))
    let theirs = try? Ttrpctest_Request(serializedBytes: bytes)
    guard let theirs else {
      #expect(ours == nil, comment)
      return
    }
    guard theirs.metadata.count <= RequestEnvelope.maximumMetadataEntries else {
      #expect(ours == nil, comment)
      return
    }
    #expect(ours?.service == theirs.service, comment)
    #expect(ours?.method == theirs.method, comment)
    #expect(ours.map { Array($0.payload.readableBytesView) } == Array(theirs.payload), comment)
    #expect(ours?.timeoutNanoseconds == theirs.timeoutNano, comment)
    #expect(
      ours?.metadata.entries == theirs.metadata.map { Metadata.Entry(key: $0.key, value: $0.value) }, comment)
  }

  private func responsesAgree(_ bytes: [UInt8], _ comment: Comment) {
    let ours = try? ResponseEnvelope(decoding: ByteBuffer(bytes: bytes))
    let theirs = try? Ttrpctest_Response(serializedBytes: bytes)
    guard let theirs, theirs.status.details.count <= ResponseEnvelope.maximumDetails else {
      #expect(ours == nil, comment)
      return
    }
    #expect((ours?.status != nil) == theirs.hasStatus, comment)
    #expect((ours?.status?.code.rawValue ?? 0) == theirs.status.code, comment)
    #expect((ours?.status?.message ?? "") == theirs.status.message, comment)
    let details = theirs.status.details.map { StatusDetail(typeURL: $0.typeURL, value: Array($0.value)) }
    #expect((ours?.status?.details ?? []) == details, comment)
    #expect(ours.map { Array($0.payload.readableBytesView) } == Array(theirs.payload), comment)
  }

  private func text(_ random: inout SplitMix64) -> String {
    ["", "a", "binhchon.v1.BallotService", "Rất hài lòng", String(repeating: "x", count: 200), "\u{0}🙂"]
      .randomElement(using: &random) ?? ""
  }

  private func number(_ random: inout SplitMix64) -> Int64 {
    [0, 1, -1, .max, .min, 127, 128, Int64.random(in: .min ... .max, using: &random)].randomElement(using: &random) ?? 0
  }

  private func randomRequest(_ random: inout SplitMix64) -> Ttrpctest_Request {
    .with {
      $0.service = text(&random)
      $0.method = text(&random)
      $0.payload = Data(random.bytes(Int.random(in: 0...40, using: &random)))
      $0.timeoutNano = number(&random)
      $0.metadata = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        .with {
          // Keys are lower-cased when read.
          $0.key = text(&random).lowercased()
          $0.value = text(&random)
        }
      }
    }
  }

  private func randomResponse(_ random: inout SplitMix64) -> Ttrpctest_Response {
    .with {
      if Bool.random(using: &random) {
        $0.status = .with {
          $0.code = Int32(truncatingIfNeeded: number(&random))
          $0.message = text(&random)
          $0.details = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            .with {
              $0.typeURL = text(&random)
              $0.value = Data(random.bytes(Int.random(in: 0...200, using: &random)))
            }
          }
        }
      }
      $0.payload = Data(random.bytes(Int.random(in: 0...40, using: &random)))
    }
  }

  /// A field of a number nobody uses, of any wire type; groups too.
  private func unknownField(_ random: inout SplitMix64, depth: Int = 0) -> [UInt8] {
    let field = ([6, 15, 16, 1000, 1 << 20, 1 << 28] as [UInt64]).randomElement(using: &random) ?? 6
    let type = UInt64.random(in: 0...(depth < 4 ? 5 : 2), using: &random)
    func varint(_ value: UInt64) -> [UInt8] {
      var buffer = ByteBuffer()
      buffer.writeVarint(value)
      return Array(buffer.readableBytesView)
    }
    let tag = varint(field << 3 | type)
    switch type {
    case 0: return tag + varint(random.next())
    case 1: return tag + random.bytes(8)
    case 2: return tag + [3] + random.bytes(3)
    case 3: return tag + unknownField(&random, depth: depth + 1) + varint(field << 3 | 4)
    case 5: return tag + random.bytes(4)
    default: return tag
    }
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      case 0: bytes.insert(contentsOf: unknownField(&random), at: at)
      case 1: bytes.insert(UInt8.random(in: 0 ... .max, using: &random), at: at)
      case 2: bytes.removeSubrange(at...)
      case 3 where at < bytes.count: bytes[at] = UInt8.random(in: 0 ... .max, using: &random)
      default: bytes += bytes.prefix(at)
      }
    }
    return bytes
  }

  @Test func readsWhatIsGeneratedAndWritesWhatIsRead() throws {
    var random = SplitMix64()
    for _ in 0..<1_000 {
      let request = randomRequest(&random)
      let bytes = Array(try request.serializedData())
      requestsAgree(bytes, "seed \(random.seed)")
      var encoded = ByteBuffer()
      try RequestEnvelope(decoding: ByteBuffer(bytes: bytes)).encode(into: &encoded)
      #expect(Array(encoded.readableBytesView) == bytes, "seed \(random.seed)")

      let response = randomResponse(&random)
      let responseBytes = Array(try response.serializedData())
      responsesAgree(responseBytes, "seed \(random.seed)")
      var encodedResponse = ByteBuffer()
      try ResponseEnvelope(decoding: ByteBuffer(bytes: responseBytes)).encode(into: &encodedResponse)
      #expect(Array(encodedResponse.readableBytesView) == responseBytes, "seed \(random.seed)")
    }
  }

  @Test func acceptsAndRefusesTheSameMutatedBytes() throws {
    var random = SplitMix64()
    for _ in 0..<4_000 {
      let request = mutated(Array(try randomRequest(&random).serializedData()), &random)
      requestsAgree(request, "seed \(random.seed): \(request)")
      let response = mutated(Array(try randomResponse(&random).serializedData()), &random)
      responsesAgree(response, "seed \(random.seed): \(response)")
      let noise = random.bytes(Int.random(in: 0...12, using: &random))
      requestsAgree(noise, "seed \(random.seed): \(noise)")
      responsesAgree(noise, "seed \(random.seed): \(noise)")
    }
  }

  @Test func theSmallestBodies() throws {
    let empty = try RequestEnvelope(decoding: ByteBuffer())
    #expect(empty == RequestEnvelope(service: "", method: ""))
    // Success as Go says it, and as Rust does.
    #expect(try ResponseEnvelope(decoding: ByteBuffer()) == ResponseEnvelope())
    #expect(try ResponseEnvelope(decoding: ByteBuffer(bytes: [0x0a, 0x00])) == ResponseEnvelope(status: .ok))
  }

  @Test(
    arguments: [
      [0x0a], [0x0a, 5, 1], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0x0a, 1, 0xff], [0x07],
      [0x00], [0x33, 0x3c], [0x33], [0x34], [0xff, 0xff, 0xff, 0xff, 0xff, 1],
      [0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0x2a, 2, 0x0a, 1], [0x31, 1, 2, 3],
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    #expect(throws: EnvelopeError.self) { try RequestEnvelope(decoding: ByteBuffer(bytes: bytes)) }
    requestsAgree(bytes, "\(bytes)")
  }

  @Test func nestingIsBounded() {
    for depth in [99, 100, 101, 100_000] {
      let bytes = [UInt8](repeating: 0x33, count: depth) + [UInt8](repeating: 0x34, count: depth)
      requestsAgree(bytes, "\(depth) groups")
      let inMetadata = [UInt8](repeating: 0x33, count: depth) + [UInt8](repeating: 0x34, count: depth)
      var buffer = ByteBuffer()
      buffer.writeLengthPrefix(5, inMetadata.count)
      buffer.writeBytes(inMetadata)
      requestsAgree(Array(buffer.readableBytesView), "\(depth) groups inside metadata")
    }
  }

  @Test func repeatedElementsAreBounded() throws {
    let most = RequestEnvelope.maximumMetadataEntries
    let entries = [[UInt8]](repeating: [0x2a, 0], count: most).flatMap(\.self)
    #expect(try RequestEnvelope(decoding: ByteBuffer(bytes: entries)).metadata.entries.count == most)
    #expect(throws: EnvelopeError.tooManyElements) {
      try RequestEnvelope(decoding: ByteBuffer(bytes: entries + [0x2a, 0]))
    }
    let details = [[UInt8]](repeating: [0x1a, 0], count: ResponseEnvelope.maximumDetails).flatMap(\.self)
    #expect(try Status(decoding: ByteBuffer(bytes: details)).details.count == ResponseEnvelope.maximumDetails)
    #expect(throws: EnvelopeError.tooManyElements) {
      try Status(decoding: ByteBuffer(bytes: details + [0x1a, 0]))
    }
  }

  @Test func decodesFromTheMiddleOfABuffer() throws {
    let request = RequestEnvelope(service: "s", method: "m", payload: ByteBuffer(string: "payload"))
    var buffer = ByteBuffer(string: "before")
    request.encode(into: &buffer)
    buffer.moveReaderIndex(forwardBy: 6)
    #expect(try RequestEnvelope(decoding: buffer) == request)
  }

  @Test(
    arguments: [
      (Duration.zero, []), (.milliseconds(200), [0x10, 0x80, 0x84, 0xaf, 0x5f]), (.seconds(3), [0x08, 3]),
    ] as [(Duration, [UInt8])])
  func retryInfo(delay: Duration, duration: [UInt8]) {
    #expect(StatusDetail.retryInfo(after: delay).value == [0x0a, UInt8(duration.count)] + duration)
  }
}
