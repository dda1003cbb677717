public import NIOCore

/// Answers to many unary calls of one event loop's connections, in as few allocations as may be.
public struct ReplyBatch: Sendable {
  /// The encoded responses, one behind the other.
  private var bytes = ByteBuffer()
  /// Whom each of them answers, and where it ends.
  private var replies: [(to: ReplyAddress, end: Int)] = []
  private(set) var failures: [(to: ReplyAddress, status: Status)] = []

  public init() {}

  var count: Int { replies.count + failures.count }

  /// Makes room for so many answers of `bytes` bytes in all.
  public mutating func reserveCapacity(_ count: Int, bytes: Int) {
    replies.reserveCapacity(count)
    self.bytes.reserveCapacity(bytes)
  }

  /// Adds a response, whose encoded message `encode` appends. If it throws, nothing is added.
  public mutating func append(to address: ReplyAddress, _ encode: (inout ByteBuffer) throws -> Void) rethrows {
    let start = bytes.writerIndex
    do {
      try encode(&bytes)
    } catch {
      bytes.moveWriterIndex(to: start)
      throw error
    }
    replies.append((address, bytes.writerIndex))
  }

  /// Adds a call's end without a response.
  public mutating func append(_ status: Status, to address: ReplyAddress) {
    failures.append((address, status))
  }

  /// Every response; the payloads are valid inside `body` only.
  func visitResponses(_ body: (ReplyAddress, _ payload: UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeReadableBytes { bytes in
      var start = 0
      for (address, end) in replies {
        body(address, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }
}
