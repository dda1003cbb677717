public import NIOCore

/// Writes the receipts of ballots that were counted now, as SwiftProtobuf would: all of them alike but for the id, so
/// the rest is encoded once and the id put into its places.
public struct PlainReceipt {
  private struct Form {
    /// With an id of zeros.
    var bytes: [UInt8]
    /// Where the id's 16 bytes begin.
    var places: (Int, Int?)
  }

  private let response: Form
  private let result: Form

  /// - Parameter receipt: any counted one of that day and ledger; its id is not used.
  public init(like receipt: Binhchon_V1_Receipt) throws {
    var alike = receipt
    alike.ballotID = .init(repeating: 0, count: Self.idLength)
    // Both messages end with the receipt, and that begins with tag and length of its id.
    let fromEnd = try alike.serializedData().count - 2

    var response = Binhchon_V1_CastBallotResponse()
    response.receipt = alike
    let responseBytes: [UInt8] = try response.serializedBytes()
    self.response = Form(bytes: responseBytes, places: (responseBytes.count - fromEnd, nil))

    var results = Binhchon_V1_CastBallotsResponse()
    results.results = [
      .with {
        $0.ballotID = alike.ballotID
        $0.receipt = alike
      }
    ]
    let resultBytes: [UInt8] = try results.serializedBytes()
    // The result's own id is right before its receipt, which is as long as that of a response.
    result = Form(
      bytes: resultBytes,
      places: (resultBytes.count - responseBytes.count - Self.idLength, resultBytes.count - fromEnd))
  }

  /// Appends a `CastBallotResponse`.
  ///
  /// - Parameter id: the ballot's, most significant half first.
  public func appendResponse(id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    Self.append(response, id, to: &buffer)
  }

  /// Appends one of the `results` of a `CastBallotsResponse`.
  public func appendResult(id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    Self.append(result, id, to: &buffer)
  }

  private static let idLength = 16

  private static func append(_ form: Form, _ id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: form.bytes.count) { memory in
      memory.copyBytes(from: form.bytes)
      put(id, at: form.places.0, memory)
      if let place = form.places.1 { put(id, at: place, memory) }
      return form.bytes.count
    }
  }

  private static func put(_ id: (UInt64, UInt64), at place: Int, _ memory: UnsafeMutableRawBufferPointer) {
    memory.storeBytes(of: id.0.bigEndian, toByteOffset: place, as: UInt64.self)
    memory.storeBytes(of: id.1.bigEndian, toByteOffset: place + 8, as: UInt64.self)
  }
}
