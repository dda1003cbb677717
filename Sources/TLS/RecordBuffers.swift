internal import NIOCore

/// Memory that the connections of one event loop take turns with: a record then costs no allocation, and an idle
/// connection has none.
///
/// A buffer is away while callbacks run, and callbacks re-enter: who finds it gone makes one of its own. It comes back
/// empty, and only if nobody has kept a part of it; so it is small, for who keeps a part keeps it all.
final class RecordBuffers {
  /// As much as NIO reads at once from a connection that sends small messages.
  static let capacity = 2048

  private var plaintext: ByteBuffer?
  private var ciphertext: ByteBuffer?

  /// An empty buffer with room for `count` bytes.
  func takePlaintext(_ count: Int) -> ByteBuffer {
    guard count <= Self.capacity, let buffer = plaintext else { return Self.new(count) }
    plaintext = nil
    return buffer
  }

  func takeCiphertext(_ count: Int) -> ByteBuffer {
    guard count <= Self.capacity, let buffer = ciphertext else { return Self.new(count) }
    ciphertext = nil
    return buffer
  }

  func giveBack(plaintext used: inout ByteBuffer) {
    if Self.clear(&used) { plaintext = used }
  }

  func giveBack(ciphertext used: inout ByteBuffer) {
    if Self.clear(&used) { ciphertext = used }
  }

  private static func new(_ count: Int) -> ByteBuffer {
    ByteBufferAllocator().buffer(capacity: max(count, capacity))
  }

  /// False: it is none of ours, or somebody has kept a part of it.
  private static func clear(_ used: inout ByteBuffer) -> Bool {
    used.capacity == capacity && used.modifyIfUniquelyOwned { $0.clear() } != nil
  }
}
