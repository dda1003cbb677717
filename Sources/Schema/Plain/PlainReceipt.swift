public import NIOCore

/// Writes the receipts of ballots that were counted now, as SwiftProtobuf would: all of them alike but for the id.
public struct PlainReceipt {
  /// The fields of a `Receipt` behind its `ballot_id`.
  private let tail: [UInt8]

  /// - Parameter receipt: any counted one of that day and ledger; its id is not used.
  public init(like receipt: Binhchon_V1_Receipt) throws {
    var rest = receipt
    rest.ballotID = .init()
    tail = try rest.serializedBytes()
  }

  /// Appends a `CastBallotResponse`.
  ///
  /// - Parameter id: the ballot's, most significant half first.
  public func appendResponse(id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    appendReceipt(field: 0x0A, id, to: &buffer)
  }

  /// Appends one of the `results` of a `CastBallotsResponse`.
  public func appendResult(id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    let receipt = Self.idField + tail.count
    append(0x0A, length: Self.idField + 1 + Self.size(of: receipt) + receipt, to: &buffer)
    appendID(id, to: &buffer)
    appendReceipt(field: 0x12, id, to: &buffer)
  }

  /// Tag, length and 16 bytes.
  private static let idField = 18

  private func appendReceipt(field tag: UInt8, _ id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    append(tag, length: Self.idField + tail.count, to: &buffer)
    appendID(id, to: &buffer)
    buffer.writeBytes(tail)
  }

  private func appendID(_ id: (UInt64, UInt64), to buffer: inout ByteBuffer) {
    buffer.writeMultipleIntegers(0x0A as UInt8, 16 as UInt8, id.0, id.1)
  }

  private func append(_ tag: UInt8, length: Int, to buffer: inout ByteBuffer) {
    buffer.writeInteger(tag)
    var rest = length
    while rest >= 0x80 {
      buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.writeInteger(UInt8(truncatingIfNeeded: rest))
  }

  private static func size(of length: Int) -> Int { length < 0x80 ? 1 : length < 0x4000 ? 2 : 3 }
}
