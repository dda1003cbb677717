/// One connection's part of its event loop's mailbox.
struct ConnectionMailbox: Sendable {
  let loop: LoopMailbox
  let address: ConnectionAddress

  func post(_ message: LoopMailbox.Message) {
    loop.post(message, to: address)
  }

  /// Who reads. Call on the event loop.
  func attach(_ handler: ServerConnectionHandler) {
    loop.attach(handler, at: address)
  }

  /// The connection is gone. Call on the event loop.
  func close() {
    loop.close(address)
  }
}
