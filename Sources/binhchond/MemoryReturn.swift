import Glibc
import NIOCore
import Synchronization

/// Gives memory back to the system after many connections, or large ones, have closed. glibc would keep it: of 10,000
/// connections 190 MB, because something small is still in use behind all of it.
final class MemoryReturn: Sendable {
  /// `malloc_trim`, which the module Glibc does not show. Nil where the C library has none.
  private static let trim: (@convention(c) (Int) -> Int32)? = dlsym(nil, "malloc_trim").map {
    unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self)
  }

  private let machine = Mutex(MemoryReturnStateMachine())

  /// Counts `channel` until it is closed. On its event loop.
  func watch(_ channel: any NIOCore.Channel) {
    machine.withLock { $0.opened(resident: Self.resident()) }
    let eventLoop = channel.eventLoop
    channel.closeFuture.whenComplete { _ in
      guard self.machine.withLock({ $0.closed(resident: Self.resident()) }) == .waitForTheRest else { return }
      // The second time for those who linger.
      for delay in [TimeAmount.seconds(1), .seconds(6)] {
        eventLoop.scheduleTask(in: delay) {
          // 25 ms for those 190 MB, so not here. Whoever needs memory meanwhile waits.
          Task { self.giveBack() }
        }
      }
    }
  }

  private func giveBack() {
    _ = Self.trim?(0)
    let resident = Self.resident()
    machine.withLock { $0.gaveBack(resident: resident) }
  }

  /// Bytes (proc(5), statm); 0 if they cannot be read, and memory is then given back by the number of connections only.
  private static func resident() -> Int {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &text, text.count)
    let fields = text.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * Int(getpagesize())
  }
}
