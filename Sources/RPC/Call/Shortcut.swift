/// A second way for the calls of one unary method: on the connection's event loop, without a task, a decoded message or
/// an object per call, begun and answered many at once. The method's handler remains, for the calls that the shortcut
/// leaves and for transports without event loops; both give the same answers.
///
/// One object per event loop, used on it only. So short that the loop does not notice.
public protocol Shortcut: AnyObject {
  /// For the calls of one connection, made when the first of them comes. Nil: none of this peer's calls is taken.
  func open(for peer: Peer) -> (any ShortcutConnection)?

  /// What was taken since the last time is to begin: nothing more has been read for now.
  func endOfBurst()
}

/// A shortcut's calls of one connection.
public protocol ShortcutConnection: AnyObject {
  /// Takes the call, to be answered once through the port, on any thread; true. False: nothing was done.
  ///
  /// - Parameter payload: the encoded request; lent.
  func take(_ payload: UnsafeRawBufferPointer, replyTo address: ReplyAddress) -> Bool
}
