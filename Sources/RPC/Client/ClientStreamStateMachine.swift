/// One call as the client sees it, whatever its kind (wire.md "Who sends what"; the mirror of "Server side of one
/// stream").
///
///     waiting -> open -> half-closed -> done        unary and server stream: waiting -> half-closed
///
/// Done on a Response, or on Data with "remote closed", whichever side is still sending. Bodies stay outside: the
/// machine is told what a frame says and answers what to do with it.
///
/// Invalid events are sorted thus. Our caller's mistake (sending after `finish`): refused. The peer's fault on a running
/// call (Data for a call that has a single answer): the call fails. Frames for a call that is done, or that we never
/// asked for: lawful, they cross with our CANCEL or with the answer; dropped.
struct ClientStreamStateMachine {
  enum State: Equatable, CaseIterable {
    /// Has its id; the Request is not written yet, so the server cannot have heard of it.
    case waiting
    /// The Request is written and we may send more.
    case open
    /// We have said everything.
    case halfClosed
    case done
  }

  enum OnSend: Equatable {
    case send
    /// The caller has already finished its side.
    case refuseFinished
    /// The call is over.
    case refuseDone
  }

  enum OnFinish: Equatable {
    case sendClose
    case ignore
  }

  enum OnResponse: Equatable {
    /// The payload is the answer, also an empty one; the call succeeded.
    case deliverAndEnd
    /// The stream ended well, without another message.
    case end
    /// The status is the result of the call.
    case fail
    case drop
  }

  enum OnData: Equatable {
    case deliver
    case deliverAndEnd
    case end
    /// Data for a call with a single answer: the call failed, the server may be told.
    case failUnexpected
    /// Neither message nor end.
    case nothing
    case drop
  }

  enum OnGiveUp: Equatable {
    /// The server may be at work: tell it, if the connection has a way to.
    case cancel
    /// The server has never heard of the call.
    case forget
    case ignore
  }

  enum OnLoss: Equatable {
    /// Nobody can say whether the server acted on it.
    case failLost
    /// The server has surely not acted on it.
    case failNotStarted
    case ignore
  }

  let kind: MethodKind
  private(set) var state: State = .waiting

  init(_ kind: MethodKind) {
    self.kind = kind
  }

  var isDone: Bool { state == .done }

  /// The Request's turn to be written has come; false: not any more.
  mutating func writeRequest() -> Bool {
    guard state == .waiting else { return false }
    state = kind.streamsRequests ? .open : .halfClosed
    return true
  }

  /// A message's turn to be written has come.
  func send() -> OnSend {
    switch state {
    case .open: .send
    // Messages queue behind their Request, so `waiting` is the caller's mistake, too.
    case .waiting, .halfClosed: .refuseFinished
    case .done: .refuseDone
    }
  }

  /// The end of the caller's messages.
  mutating func finish() -> OnFinish {
    guard state == .open else { return .ignore }
    state = .halfClosed
    return .sendClose
  }

  /// - Parameters:
  ///   - isOK: the status is absent, empty or has code 0.
  ///   - isEmpty: the payload has no bytes.
  mutating func receivedResponse(isOK: Bool, isEmpty: Bool) -> OnResponse {
    switch state {
    case .waiting, .done:
      return .drop
    case .open, .halfClosed:
      state = .done
      guard isOK else { return .fail }
      // An OK Response is no way to end a stream, but its meaning is plain. With a payload it comes from a server that
      // knows only unary calls (ttrpc 1.1), and the payload is the one message.
      return kind.streamsResponses && isEmpty ? .end : .deliverAndEnd
    }
  }

  /// - Parameters:
  ///   - closes: flag RC. The server sends no more.
  ///   - hasMessage: flag ND is not set; the message may have no bytes.
  mutating func receivedData(closes: Bool, hasMessage: Bool) -> OnData {
    switch state {
    case .waiting, .done:
      return .drop
    case .open, .halfClosed:
      guard kind.streamsResponses else {
        state = .done
        return .failUnexpected
      }
      if closes { state = .done }
      return switch (hasMessage, closes) {
      case (true, true): .deliverAndEnd
      case (true, false): .deliver
      case (false, true): .end
      case (false, false): .nothing
      }
    }
  }

  /// The caller lost interest, its time ran out, or what arrived cannot be used.
  mutating func giveUp() -> OnGiveUp {
    defer { state = .done }
    return switch state {
    case .waiting: .forget
    case .open, .halfClosed: .cancel
    case .done: .ignore
    }
  }

  mutating func connectionLost() -> OnLoss {
    defer { state = .done }
    return switch state {
    case .waiting: .failNotStarted
    case .open, .halfClosed: .failLost
    case .done: .ignore
    }
  }
}
