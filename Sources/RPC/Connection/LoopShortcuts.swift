internal import NIOCore

/// The shortcuts of one event loop, for all its connections. On the event loop only.
final class LoopShortcuts {
  struct Entry {
    let service: [UInt8]
    let method: [UInt8]
    let shortcut: any Shortcut
  }

  let entries: [Entry]
  private let eventLoop: any EventLoop
  private var isBurst = false

  init(_ router: Router, port: ReplyPort, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    entries = router.shortcuts.map { Entry(service: $0.service, method: $0.method, shortcut: $0.make(port)) }
  }

  func index(service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer) -> Int? {
    entries.firstIndex { method.equals($0.method) && service.equals($0.service) }
  }

  /// A call was taken. The burst ends when the event loop has read what there is to read now, from all connections.
  func tookCall() {
    guard !isBurst else { return }
    isBurst = true
    eventLoop.assumeIsolated().execute {
      self.isBurst = false
      for entry in self.entries { entry.shortcut.endOfBurst() }
    }
  }
}
