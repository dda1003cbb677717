internal import COpenSSL
internal import NIOCore

/// Both ends of OpenSSL's transport: it reads from borrowed inbound bytes and appends to an outbound buffer, without
/// copies or queues in between.
///
/// The bytes are borrowed for one call: OpenSSL takes all of them into its own record buffer before it asks for more.
final class ByteBufferBIO {
  /// Belongs to the `SSL` once it is set there.
  let pointer: OpaquePointer
  private var inbound = UnsafeRawBufferPointer(start: nil, count: 0)
  private var outbound = ByteBuffer()

  init() throws(TLSError) {
    guard let method = Self.method.pointer, let pointer = BIO_new(method) else { throw .outOfMemory("make a BIO") }
    self.pointer = pointer
    // Unretained: `TLSConnection` keeps this object for as long as its `SSL`, which has the BIO.
    BIO_set_data(pointer, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_init(pointer, 1)
  }

  var unreadCount: Int { inbound.count }

  /// Lets OpenSSL read `bytes` while `body` runs.
  func lend<Result>(_ bytes: UnsafeRawBufferPointer, _ body: () -> Result) -> Result {
    inbound = bytes
    defer { inbound = UnsafeRawBufferPointer(start: nil, count: 0) }
    return body()
  }

  func reserve(_ count: Int) { outbound.reserveCapacity(minimumWritableBytes: count) }

  var hasOutbound: Bool { outbound.readableBytes > 0 }

  /// What OpenSSL wants sent, nil if nothing.
  func takeOutbound() -> ByteBuffer? {
    guard hasOutbound else { return nil }
    var taken = ByteBuffer()
    swap(&taken, &outbound)
    return taken
  }

  private func read(into target: UnsafeMutableRawPointer, count: Int) -> Int {
    let count = min(count, inbound.count)
    guard count > 0, let source = inbound.baseAddress else { return 0 }
    target.copyMemory(from: source, byteCount: count)
    inbound = UnsafeRawBufferPointer(rebasing: inbound[count...])
    return count
  }

  private static func of(_ bio: OpaquePointer?) -> ByteBufferBIO? {
    BIO_get_data(bio).map { Unmanaged<ByteBufferBIO>.fromOpaque($0).takeUnretainedValue() }
  }

  /// `@unchecked Sendable`: made once, never changed after.
  private struct Method: @unchecked Sendable {
    let pointer: OpaquePointer?

    init() {
      pointer = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer")
      BIO_meth_set_read(pointer) { bio, target, count in
        bc_BIO_clear_retry_flags(bio)
        guard let self = ByteBufferBIO.of(bio), let target, count > 0 else { return 0 }
        let taken = self.read(into: target, count: Int(count))
        if taken > 0 { return Int32(taken) }
        bc_BIO_set_retry_read(bio)
        return -1
      }
      BIO_meth_set_write(pointer) { bio, source, count in
        bc_BIO_clear_retry_flags(bio)
        guard let self = ByteBufferBIO.of(bio), let source, count > 0 else { return 0 }
        return Int32(self.outbound.writeBytes(UnsafeRawBufferPointer(start: source, count: Int(count))))
      }
      BIO_meth_set_ctrl(pointer) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }
  }

  private static let method = Method()
}
