import Testing

@testable import TLS

@Suite struct TLSStateMachineTests {
  typealias State = TLSStateMachine.State

  static let states: [State] = [
    .idle(isFlushHeld: false), .idle(isFlushHeld: true), .handshaking(isFlushHeld: false),
    .handshaking(isFlushHeld: true), .open, .closing, .leaving, .failed, .closed,
  ]

  /// An event and, for each state above, its action and the state that follows (nil: the same).
  struct Row: Sendable, CustomTestStringConvertible {
    let event: String
    let send: @Sendable (inout TLSStateMachine) -> String
    let expected: [(action: String, next: State?)]

    var testDescription: String { event }

    init(
      _ event: String, _ send: @escaping @Sendable (inout TLSStateMachine) -> Any, _ expected: [(String, State?)]
    ) {
      self.event = event
      self.send = { "\(send(&$0))" }
      self.expected = expected
    }
  }

  static let held = State.handshaking(isFlushHeld: true)
  static let ignored: (String, State?) = ("ignore", nil)

  static let rows: [Row] = [
    Row(
      "activate", { $0.activate() },
      [
        ("startHandshake", .handshaking(isFlushHeld: false)), ("startHandshake", held), ignored, ignored, ignored,
        ignored, ignored, ignored, ignored,
      ]),
    Row(
      "handshakeFinished", { $0.handshakeFinished() },
      [
        ignored, ignored, ("announce(thenFlush: false)", .open), ("announce(thenFlush: true)", .open), ignored, ignored,
        ignored, ignored, ignored,
      ]),
    Row(
      "ciphertext", { $0.ciphertext() },
      [
        ("discard", nil), ("discard", nil), ("process", nil), ("process", nil), ("process", nil), ("process", nil),
        ("discard", nil), ("discard", nil), ("discard", nil),
      ]),
    Row(
      "plaintext", { $0.plaintext() },
      [
        ("discard", nil), ("discard", nil), ("discard", nil), ("discard", nil), ("deliver", nil), ("discard", nil),
        ("discard", nil), ("discard", nil), ("discard", nil),
      ]),
    Row(
      "peerClosed", { $0.peerClosed() },
      [
        ignored, ignored, ("reportInterrupted", .closed), ("reportInterrupted", .closed), ("answerAndLeave", .leaving),
        ("announceAndClose", .closed), ignored, ignored, ignored,
      ]),
    Row(
      "endOfInput", { $0.endOfInput() },
      [
        ("finish", .closed), ("finish", .closed), ("reportInterrupted", .closed), ("reportInterrupted", .closed),
        ("reportUnclean", .closed), ("finish", .closed), ("finish", .closed), ("finish", .closed), ignored,
      ]),
    Row(
      "failure without last words", { $0.failure(hasLastWords: false) },
      [
        ("tellAndClose", .closed), ("tellAndClose", .closed), ("tellAndClose", .closed), ("tellAndClose", .closed),
        ("tellAndClose", .closed), ("close", .closed), ignored, ignored, ignored,
      ]),
    Row(
      "failure with last words", { $0.failure(hasLastWords: true) },
      [
        ("tellAndLinger", .failed), ("tellAndLinger", .failed), ("tellAndLinger", .failed), ("tellAndLinger", .failed),
        ("tellAndLinger", .failed), ("close", .closed), ignored, ignored, ignored,
      ]),
    Row(
      "revoked", { $0.revoked() },
      [
        ignored, ignored, ignored, ignored, ("tellAndClose", .closed), ("close", .closed), ("close", .closed), ignored,
        ignored,
      ]),
    Row(
      "handshakeDeadline", { $0.handshakeDeadline() },
      [
        ignored, ignored, ("tellAndClose", .closed), ("tellAndClose", .closed), ignored, ignored, ignored, ignored,
        ignored,
      ]),
    Row(
      "closeDeadline", { $0.closeDeadline() },
      [
        ignored, ignored, ignored, ignored, ignored, ("close", .closed), ("close", .closed), ("close", .closed),
        ignored,
      ]),
    Row(
      "lastBytesWritten", { $0.lastBytesWritten() },
      [ignored, ignored, ignored, ignored, ignored, ignored, ("close", .closed), ignored, ignored]),
    Row(
      "write", { $0.write() },
      [
        ("stage", nil), ("stage", nil), ("stage", nil), ("stage", nil), ("stage", nil), ("refuse", nil),
        ("refuse", nil),
        ("refuse", nil), ("refuse", nil),
      ]),
    Row(
      "flush", { $0.flush() },
      [
        ("hold", .idle(isFlushHeld: true)), ("hold", nil), ("hold", held), ("hold", nil), ("encrypt", nil), ignored,
        ignored, ignored, ignored,
      ]),
    Row(
      "close", { $0.close() },
      [
        ("close", .closed), ("close", .closed), ("close", .closed), ("close", .closed), ("sayGoodbye", .closing),
        ("wait", nil), ("wait", nil), ("wait", nil), ("pass", nil),
      ]),
  ]

  @Test(arguments: rows)
  func everyEventInEveryState(row: Row) {
    #expect(row.expected.count == Self.states.count)
    for (state, expected) in zip(Self.states, row.expected) {
      var machine = TLSStateMachine(state: state)
      let action = row.send(&machine)
      #expect(action == expected.action, "\(row.event) in \(state)")
      #expect(machine.state == expected.next ?? state, "after \(row.event) in \(state)")
    }
  }

  @Test func weClose() {
    var machine = TLSStateMachine()
    #expect(machine.flush() == .hold)
    #expect(machine.activate() == .startHandshake)
    #expect(machine.handshakeFinished() == .announce(thenFlush: true))
    #expect(machine.plaintext() == .deliver)
    #expect(machine.close() == .sayGoodbye)
    #expect(machine.ciphertext() == .process)
    #expect(machine.plaintext() == .discard)
    #expect(machine.peerClosed() == .announceAndClose)
    #expect(machine.endOfInput() == .ignore)
  }

  @Test func thePeerCloses() {
    var machine = TLSStateMachine(state: .open)
    #expect(machine.peerClosed() == .answerAndLeave)
    #expect(machine.write() == .refuse)
    #expect(machine.close() == .wait)
    #expect(machine.lastBytesWritten() == .close)
    #expect(machine.closeDeadline() == .ignore)
  }
}
