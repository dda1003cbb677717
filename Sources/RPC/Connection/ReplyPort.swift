/// Where a shortcut's answers go in: to the connections of its event loop.
public struct ReplyPort: Sendable {
  private let mailbox: LoopMailbox

  init(_ mailbox: LoopMailbox) {
    self.mailbox = mailbox
  }

  /// From any thread.
  public func post(_ batch: ReplyBatch) {
    mailbox.post(batch)
  }
}
