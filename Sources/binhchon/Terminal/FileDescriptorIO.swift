import Foundation
import Synchronization

/// The far end of our output is gone (a closed pipe): there is nobody to tell.
struct OutputClosed: Error {}

/// Writes all of it, however often the system takes only a part.
func writeAll(_ bytes: some Sequence<UInt8>, to descriptor: Int32) throws {
  let bytes = ContiguousArray(bytes)
  var offset = 0
  while offset < bytes.count {
    let written = bytes.withUnsafeBytes { buffer in
      write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
    }
    if written > 0 {
      offset += written
      continue
    }
    switch errno {
    case EINTR: continue
    case EAGAIN:
      var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&poller, 1, 1_000)
    case EPIPE: throw OutputClosed()
    case let code:
      throw ClientError(
        .inputOutput, Text(vi: "không ghi được kết quả", en: "cannot write the output"),
        why: systemMessage(code))
    }
  }
}

/// Bytes of a file, a pipe or a keyboard, a chunk when asked: whoever reads slowly is not overrun.
final class ByteSource: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "binhchon.input")
  private let isCancelled = Atomic<Bool>(false)

  /// Does not close the descriptor.
  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next bytes, at most 64 KiB; nil at the end. One caller at a time.
  func next() async throws -> [UInt8]? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try self.read() }) }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .relaxed)
    }
  }

  private func read() throws -> [UInt8]? {
    while true {
      if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
      // Short waits, so that a cancelled reader comes back although nobody types.
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&poller, 1, 100)
      if ready == 0 || (ready < 0 && errno == EINTR) { continue }
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { return Array(buffer.prefix(count)) }
      if count == 0 { return nil }
      if errno == EINTR || errno == EAGAIN { continue }
      throw ClientError(
        .inputOutput, Text(vi: "không đọc được dữ liệu vào", en: "cannot read the input"),
        why: systemMessage(errno))
    }
  }
}
