/// The life of one TLS connection, decided without OpenSSL, a channel or a clock.
///
///     idle → handshaking → open → closing → closed        we close: wait for the peer's close_notify
///                   │         ├──→ leaving → closed        the peer closed: answer, then close
///                   └─────────┴──→ failed → closed         tell why, let our alert arrive, then close
///
/// Every event may come in every state: callbacks re-enter, timers fire late, peers send what they like. An event that
/// means nothing in a state is ignored there, by name.
struct TLSStateMachine {
  enum State: Equatable {
    /// Not on an active channel yet. `isFlushHeld`: data is staged and wants out once the handshake is over.
    case idle(isFlushHeld: Bool)
    case handshaking(isFlushHeld: Bool)
    case open
    /// Our close_notify is out; waiting for the peer's. What the peer still sends is read only to find it.
    case closing
    /// Both close_notify are given; waiting until ours is written.
    case leaving
    /// Told why, our alert sent. Input is thrown away until the peer goes: closing a socket with unread input resets the
    /// connection, and the reset would overtake the alert.
    case failed
    case closed
  }

  private(set) var state = State.idle(isFlushHeld: false)

  // MARK: - Starting

  enum Activate: Equatable { case startHandshake, ignore }

  mutating func activate() -> Activate {
    guard case .idle(let isFlushHeld) = state else { return .ignore }
    state = .handshaking(isFlushHeld: isFlushHeld)
    return .startHandshake
  }

  enum HandshakeFinished: Equatable {
    case announce(thenFlush: Bool)
    case ignore
  }

  mutating func handshakeFinished() -> HandshakeFinished {
    guard case .handshaking(let isFlushHeld) = state else { return .ignore }
    state = .open
    return .announce(thenFlush: isFlushHeld)
  }

  // MARK: - From the peer

  enum Ciphertext: Equatable { case process, discard }

  func ciphertext() -> Ciphertext {
    switch state {
    case .handshaking, .open, .closing: .process
    case .idle, .leaving, .failed, .closed: .discard
    }
  }

  enum Plaintext: Equatable { case deliver, discard }

  func plaintext() -> Plaintext { state == .open ? .deliver : .discard }

  enum PeerClosed: Equatable { case reportInterrupted, answerAndLeave, announceAndClose, ignore }

  /// The peer's close_notify.
  mutating func peerClosed() -> PeerClosed {
    switch state {
    case .handshaking:
      state = .closed
      return .reportInterrupted
    case .open:
      state = .leaving
      return .answerAndLeave
    case .closing:
      state = .closed
      return .announceAndClose
    case .idle, .leaving, .failed, .closed:
      return .ignore
    }
  }

  enum EndOfInput: Equatable { case reportInterrupted, reportUnclean, finish, ignore }

  /// The channel's input ended, or the channel is gone. The channel is closed in every case.
  mutating func endOfInput() -> EndOfInput {
    defer { state = .closed }
    switch state {
    case .handshaking: return .reportInterrupted
    case .open: return .reportUnclean
    case .idle, .closing, .leaving, .failed: return .finish
    case .closed: return .ignore
    }
  }

  // MARK: - Trouble

  enum Failure: Equatable { case tellAndLinger, tellAndClose, close, ignore }

  /// Something that TLS cannot go on after.
  ///
  /// - Parameter hasLastWords: an alert of ours waits to be sent. There is none after an alert of the peer.
  mutating func failure(hasLastWords: Bool) -> Failure {
    switch state {
    case .idle, .handshaking, .open:
      state = hasLastWords ? .failed : .closed
      return hasLastWords ? .tellAndLinger : .tellAndClose
    case .closing:
      state = .closed
      return .close
    case .leaving, .failed, .closed:
      return .ignore
    }
  }

  enum Revoked: Equatable { case tellAndClose, close, ignore }

  /// The peer's certificate is not good any more: out at once, whatever waits.
  mutating func revoked() -> Revoked {
    switch state {
    case .open:
      state = .closed
      return .tellAndClose
    case .closing, .leaving:
      state = .closed
      return .close
    case .idle, .handshaking, .failed, .closed:
      return .ignore
    }
  }

  enum HandshakeDeadline: Equatable { case tellAndClose, ignore }

  mutating func handshakeDeadline() -> HandshakeDeadline {
    guard case .handshaking = state else { return .ignore }
    state = .closed
    return .tellAndClose
  }

  enum CloseDeadline: Equatable { case close, ignore }

  /// We waited for the peer for long enough.
  mutating func closeDeadline() -> CloseDeadline {
    switch state {
    case .closing, .leaving, .failed:
      state = .closed
      return .close
    case .idle, .handshaking, .open, .closed:
      return .ignore
    }
  }

  enum LastBytesWritten: Equatable { case close, ignore }

  /// Our answer to the peer's close_notify is with the kernel.
  mutating func lastBytesWritten() -> LastBytesWritten {
    guard state == .leaving else { return .ignore }
    state = .closed
    return .close
  }

  // MARK: - From our side

  enum Write: Equatable { case stage, refuse }

  func write() -> Write {
    switch state {
    case .idle, .handshaking, .open: .stage
    case .closing, .leaving, .failed, .closed: .refuse
    }
  }

  enum Flush: Equatable { case encrypt, hold, ignore }

  mutating func flush() -> Flush {
    switch state {
    case .idle:
      state = .idle(isFlushHeld: true)
      return .hold
    case .handshaking:
      state = .handshaking(isFlushHeld: true)
      return .hold
    case .open: return .encrypt
    case .closing, .leaving, .failed, .closed: return .ignore
    }
  }

  enum Close: Equatable { case sayGoodbye, wait, close, pass }

  mutating func close() -> Close {
    switch state {
    case .idle, .handshaking:
      state = .closed
      return .close
    case .open:
      state = .closing
      return .sayGoodbye
    case .closing, .leaving, .failed: return .wait
    case .closed: return .pass
    }
  }
}
