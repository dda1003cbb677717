import NIOCore
import RPC
import Synchronization

/// Answers the calls of a burst with how many they were; "plain" it leaves, "fail" fails, "hold" waits to be told.
final class EchoShortcut: Shortcut {
  /// What all shortcuts of a server hold.
  final class Held: Sendable {
    private let calls = Mutex<[(port: ReplyPort, address: ReplyAddress)]>([])

    func add(_ address: ReplyAddress, _ port: ReplyPort) { calls.withLock { $0.append((port, address)) } }

    /// Answers everything that is held now, from this thread.
    func answerHeld() {
      let held = calls.withLock { calls in
        defer { calls = [] }
        return calls
      }
      for (port, address) in held {
        var batch = ReplyBatch()
        batch.append(to: address) { $0.writeString("hold") }
        port.post(batch)
      }
    }
  }

  private let port: ReplyPort
  private let held: Held
  private var burst: [(text: String, address: ReplyAddress)] = []

  init(port: ReplyPort, held: Held) {
    self.port = port
    self.held = held
  }

  func open(for peer: Peer) -> (any ShortcutConnection)? { Connection(self) }

  func endOfBurst() {
    var batch = ReplyBatch()
    for (text, address) in burst {
      if text == "fail" {
        batch.append(Status(.notFound, "no such thing"), to: address)
      } else {
        batch.append(to: address) { $0.writeString("\(text) of \(burst.count)") }
      }
    }
    burst = []
    port.post(batch)
  }

  private final class Connection: ShortcutConnection {
    private let shortcut: EchoShortcut

    init(_ shortcut: EchoShortcut) {
      self.shortcut = shortcut
    }

    func take(_ payload: UnsafeRawBufferPointer, replyTo address: ReplyAddress) -> Bool {
      switch String(decoding: payload, as: UTF8.self) {
      case "plain": return false
      case "hold": shortcut.held.add(address, shortcut.port)
      case let text: shortcut.burst.append((text, address))
      }
      return true
    }
  }
}
