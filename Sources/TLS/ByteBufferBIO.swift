internal import COpenSSL
internal import NIOCore

/// Both ends of OpenSSL's transport: it reads from borrowed inbound bytes and appends to an outbound buffer, without
/// copies or queues in between.
///
/// The bytes are borrowed for one call: OpenSSL takes all of them into its own record buffer before it asks for more.
final class ByteBufferBIO {
  private struct Ends {
    var inbound = UnsafeRawBufferPointer(start: nil, count: 0)
    var outbound = ByteBuffer()
  }

  /// Belongs to the `SSL` once it is set there.
  let pointer: OpaquePointer
  /// Where OpenSSL's calls find them. `TLSConnection` keeps this object for as long as its `SSL`, which has the BIO.
  private let ends: UnsafeMutablePointer<Ends>

  init() throws(TLSError) {
    guard let method = Self.method.pointer, let pointer = BIO_new(method) else { throw .outOfMemory("make a BIO") }
    self.pointer = pointer
    ends = .allocate(capacity: 1)
    ends.initialize(to: Ends())
    BIO_set_data(pointer, ends)
    BIO_set_init(pointer, 1)
  }

  deinit {
    ends.deinitialize(count: 1)
    ends.deallocate()
  }

  var unreadCount: Int { ends.pointee.inbound.count }

  /// Lets OpenSSL read `bytes` while `body` runs.
  func lend<Result>(_ bytes: UnsafeRawBufferPointer, _ body: () -> Result) -> Result {
    ends.pointee.inbound = bytes
    defer { ends.pointee.inbound = UnsafeRawBufferPointer(start: nil, count: 0) }
    return body()
  }

  var hasOutbound: Bool { ends.pointee.outbound.readableBytes > 0 }

  /// Has `count` bytes of output fit without growing.
  func reserve(_ count: Int, from buffers: RecordBuffers) {
    if hasOutbound {
      ends.pointee.outbound.reserveCapacity(minimumWritableBytes: count)
    } else {
      ends.pointee.outbound = buffers.takeCiphertext(count)
    }
  }

  /// What OpenSSL wants sent, nil if nothing.
  func takeOutbound() -> ByteBuffer? {
    guard hasOutbound else { return nil }
    var taken = ByteBuffer()
    swap(&taken, &ends.pointee.outbound)
    return taken
  }

  /// `@unchecked Sendable`: made once, never changed after.
  private struct Method: @unchecked Sendable {
    let pointer: OpaquePointer?

    init() {
      pointer = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer")
      BIO_meth_set_read(pointer) { bio, target, wanted in
        bc_BIO_clear_retry_flags(bio)
        guard let ends = BIO_get_data(bio)?.assumingMemoryBound(to: Ends.self), let target, wanted > 0 else { return 0 }
        let bytes = ends.pointee.inbound
        let count = min(Int(wanted), bytes.count)
        guard count > 0, let source = bytes.baseAddress else {
          bc_BIO_set_retry_read(bio)
          return -1
        }
        UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count)
        ends.pointee.inbound = UnsafeRawBufferPointer(start: source + count, count: bytes.count - count)
        return Int32(truncatingIfNeeded: count)
      }
      BIO_meth_set_write(pointer) { bio, source, count in
        bc_BIO_clear_retry_flags(bio)
        guard let ends = BIO_get_data(bio)?.assumingMemoryBound(to: Ends.self), let source, count > 0 else { return 0 }
        return Int32(ends.pointee.outbound.writeBytes(UnsafeRawBufferPointer(start: source, count: Int(count))))
      }
      BIO_meth_set_ctrl(pointer) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }
  }

  private static let method = Method()
}
