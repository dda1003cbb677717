internal import NIOCore
internal import Wire

extension ServerConnectionHandler {
  /// Gives the call to its method's shortcut. False: there is none, or it does not take this call, or the call is about
  /// to be refused; nothing was done.
  func takeShortcut(_ id: StreamID, flags: FrameFlags, body: ByteBuffer) -> Bool {
    guard !shortcuts.entries.isEmpty, body.readableBytes <= shared.limits.smallFrame, machine.hasRoom(for: .unary),
      shared.budget.unaryCalls.take()
    else { return false }
    guard let timeout = body.withUnsafeReadableBytes({ giveToShortcut($0, id) }) else {
      shared.budget.unaryCalls.giveBack()
      return false
    }
    // It runs: there is room.
    _ = machine.start(id, kind: .unary, flags: flags)
    // Its deadline is all that is kept of it beside what the machine knows: there is no task and no queue.
    if timeout > 0, let deadline = Deadline.after(nanoseconds: timeout, now: timeOfRead) {
      shortcutDeadlines.append((id, deadline.instant))
      watchDeadlines(until: deadline.instant)
    }
    shortcuts.tookCall()
    return true
  }

  /// The call's timeout if it was taken.
  private func giveToShortcut(_ bytes: UnsafeRawBufferPointer, _ id: StreamID) -> Int64? {
    guard let request = PlainRequest(bytes), request.timeoutNanoseconds >= 0,
      let index = shortcuts.index(service: request.service, method: request.method),
      let connection = openedShortcut(index),
      connection.take(request.payload, replyTo: ReplyAddress(mailbox.address, stream: id))
    else { return nil }
    return request.timeoutNanoseconds
  }

  /// Calls are mostly answered in the order in which they came.
  func forgetShortcutDeadline(of id: StreamID) {
    guard let place = shortcutDeadlines.firstIndex(where: { $0.id == id }) else { return }
    shortcutDeadlines.remove(at: place)
  }

  private func openedShortcut(_ index: Int) -> (any ShortcutConnection)? {
    if openedShortcuts.isEmpty { openedShortcuts = shortcuts.entries.map { $0.shortcut.open(for: peer) } }
    return openedShortcuts[index]
  }
}

/// A Request as its bytes lie there, if it is one of the usual kind: no metadata, no field twice.
private struct PlainRequest {
  private(set) var service = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var method = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var payload = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var timeoutNanoseconds: Int64 = 0

  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = ProtobufReader(bytes)
    var last: UInt32 = 0
    do throws(EnvelopeError) {
      while let tag = try reader.nextTag() {
        guard tag.field > last else { return nil }
        last = tag.field
        switch (tag.field, tag.wireType) {
        case (1, .lengthDelimited): service = UnsafeRawBufferPointer(rebasing: bytes[try reader.content()])
        case (2, .lengthDelimited): method = UnsafeRawBufferPointer(rebasing: bytes[try reader.content()])
        case (3, .lengthDelimited): payload = UnsafeRawBufferPointer(rebasing: bytes[try reader.content()])
        case (4, .varint): timeoutNanoseconds = Int64(bitPattern: try reader.varint())
        default: return nil
        }
      }
    } catch {
      return nil
    }
  }
}
