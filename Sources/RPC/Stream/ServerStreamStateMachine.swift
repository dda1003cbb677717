internal import Wire

/// One call as the server sees it on the wire; `proto/PROTOCOL.md` has the table this follows.
///
/// A frame that fits no state is either the peer's fault (answered with code 3: that answer is the call's last, so the
/// call is cancelled with it) or lawful lateness (dropped): a peer learns of our last frame after we sent it.
struct ServerStreamStateMachine: Hashable, Sendable {
  enum State: Hashable, Sendable, CaseIterable {
    /// The id was never used.
    case none
    /// Runs; the peer may send messages.
    case open
    /// Runs; the peer has sent everything.
    case inputClosed
    /// Our last frame is out, or nobody waits for one.
    case done
  }

  private(set) var state: State

  init(state: State = .none) {
    self.state = state
  }

  enum OnRequest: Hashable {
    case start
    case refuse(cancelling: Bool)
  }

  /// A Request; `streamsRequests` is what our own table says of its method.
  mutating func receivedRequest(flags: FrameFlags, streamsRequests: Bool) -> OnRequest {
    switch state {
    case .none:
      state = streamsRequests && flags.contains(.remoteOpen) ? .open : .inputClosed
      return .start
    case .open, .inputClosed:
      state = .done
      return .refuse(cancelling: true)
    case .done:
      return .refuse(cancelling: false)
    }
  }

  enum OnData: Hashable {
    case deliver(endsInput: Bool)
    case endInput
    case refuse(cancelling: Bool)
    case drop
  }

  mutating func receivedData(flags: FrameFlags) -> OnData {
    let closes = flags.contains(.remoteClosed)
    let hasMessage = !flags.contains(.noData)
    switch state {
    case .none:
      return .refuse(cancelling: false)
    case .open:
      if closes { state = .inputClosed }
      if hasMessage { return .deliver(endsInput: closes) }
      return closes ? .endInput : .drop
    case .inputClosed:
      guard hasMessage else { return .drop }
      state = .done
      return .refuse(cancelling: true)
    case .done:
      return .drop
    }
  }

  /// Whether a message of ours may go out.
  var maySend: Bool { state == .open || state == .inputClosed }

  /// Our last frame, or nothing more ever: whatever ends the call. False when it had ended: send nothing then.
  mutating func end() -> Bool {
    guard maySend else { return false }
    state = .done
    return true
  }
}
