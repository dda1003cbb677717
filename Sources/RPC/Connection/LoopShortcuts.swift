internal import NIOCore

/// The shortcuts of one event loop, for all its connections. On the event loop only.
final class LoopShortcuts {
  /// An object: one is looked at with each call, and a value's parts would be held on to one by one.
  final class Entry {
    let service: [UInt8]
    let method: [UInt8]
    let shortcut: any Shortcut

    init(service: [UInt8], method: [UInt8], shortcut: any Shortcut) {
      self.service = service
      self.method = method
      self.shortcut = shortcut
    }
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
