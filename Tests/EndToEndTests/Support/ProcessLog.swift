import Foundation
import Synchronization

/// What a process writes, line by line.
final class ProcessLog: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isEnded = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// For a process to write to.
  func pipe() -> Pipe {
    let pipe = Pipe()
    pipe.fileHandleForReading.readabilityHandler = { [self] handle in
      let bytes = handle.availableData
      if bytes.isEmpty { handle.readabilityHandler = nil }
      take(bytes)
    }
    return pipe
  }

  /// Empty: the end.
  private func take(_ bytes: Data) {
    let waiting = state.withLock { state in
      if bytes.isEmpty { state.isEnded = true }
      state.bytes += bytes
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// The first complete line that fits, when it is there; nil if there is none at the end.
  func first(where fits: @Sendable (Substring) -> Bool) async -> String? {
    while true {
      let (text, isEnded) = state.withLock { (String(decoding: $0.bytes, as: UTF8.self), $0.isEnded) }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: fits) { return String(line) }
      if isEnded { return nil }
      await withCheckedContinuation { continuation in
        let isNews = state.withLock { state in
          // More came between the look and this: look again.
          if state.isEnded || state.bytes.count != text.utf8.count { return true }
          state.waiting.append(continuation)
          return false
        }
        if isNews { continuation.resume() }
      }
    }
  }
}
