public import NIOCore
internal import Wire

/// Where the answer of a call goes that a shortcut took: a connection, and the call on it.
public struct ReplyAddress: Hashable, Sendable {
  let slot: UInt32
  let generation: UInt32
  let stream: StreamID
}

/// Many answers on their way to the connections of one event loop.
public struct ReplyBatch: Sendable {
  struct Reply: Sendable {
    let address: ReplyAddress
    /// Where in `bytes` its payload ends; it begins where the one before ends.
    let end: Int
  }

  private(set) var bytes = ByteBuffer()
  private(set) var replies: [Reply] = []
  private(set) var failures: [(address: ReplyAddress, status: Status)] = []

  public init() {}

  /// Appends a response that `encode` writes. If it throws, nothing is appended.
  public mutating func append(to address: ReplyAddress, _ encode: (inout ByteBuffer) throws -> Void) rethrows {
    let start = bytes.writerIndex
    do {
      try encode(&bytes)
    } catch {
      bytes.moveWriterIndex(to: start)
      throw error
    }
    replies.append(Reply(address: address, end: bytes.writerIndex))
  }

  public mutating func append(_ status: Status, to address: ReplyAddress) {
    failures.append((address, status))
  }

  var count: Int { replies.count + failures.count }
}

/// Where a shortcut's answers go in.
public struct ReplyPort: Sendable {
  private let deliver: @Sendable (ReplyBatch) -> Void

  init(_ deliver: @escaping @Sendable (ReplyBatch) -> Void) {
    self.deliver = deliver
  }

  /// From any thread.
  public func post(_ batch: ReplyBatch) { deliver(batch) }
}
