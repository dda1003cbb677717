internal import NIOCore

/// What was written and not flushed yet: one buffer for many writes, so that a flush makes few records.
struct StagedWrites {
  private var buffer: ByteBuffer?
  private var promises: [EventLoopPromise<Void>] = []

  var isEmpty: Bool { buffer == nil }

  /// The first buffer is taken over, later ones are copied behind it.
  mutating func append(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
    if var first = buffer.take() {
      var bytes = bytes
      first.writeBuffer(&bytes)
      buffer = first
    } else {
      buffer = bytes
    }
    if let promise { promises.append(promise) }
  }

  /// Everything staged, and one promise that stands for all.
  mutating func take() -> (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)? {
    guard let bytes = buffer.take() else { return nil }
    let first = promises.first
    for other in promises.dropFirst() { first?.futureResult.cascade(to: other) }
    promises.removeAll()
    return (bytes, first)
  }

  mutating func fail(_ error: any Error) {
    take()?.promise?.fail(error)
  }
}
