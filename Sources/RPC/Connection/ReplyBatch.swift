/// Answers to many unary calls of one event loop's connections, in as few allocations as may be.
struct ReplyBatch: Sendable {
  /// The encoded responses, one behind the other.
  private(set) var bytes: [UInt8] = []
  /// Whom each of them answers, and where it ends.
  private(set) var replies: [(to: ReplyAddress, end: Int)] = []

  var isEmpty: Bool { replies.isEmpty }

  mutating func reserveCapacity(_ count: Int, bytes: Int) {
    replies.reserveCapacity(count)
    self.bytes.reserveCapacity(bytes)
  }

  /// Adds an answer, whose encoded message `encode` appends.
  mutating func add(_ address: ReplyAddress, _ encode: (inout [UInt8]) -> Void) {
    encode(&bytes)
    replies.append((address, bytes.count))
  }

  /// In order; the payloads are valid inside `body` only.
  func visit(_ body: (ReplyAddress, _ payload: UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { bytes in
      var start = 0
      for (address, end) in replies {
        body(address, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }
}
