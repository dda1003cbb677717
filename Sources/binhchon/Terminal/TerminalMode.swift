import Foundation
import Synchronization

/// The terminal as it was before we took it, and the way back on every exit: normal, by a signal, or by a crash.
enum TerminalMode {
  // Read inside signal handlers, where no lock may be taken. Written by `enter` before the handlers are installed and
  // never freed; `isTaken` orders the accesses.
  nonisolated(unsafe) private static let saved = UnsafeMutablePointer<termios>.allocate(capacity: 1)
  private static let isTaken = Atomic<Bool>(false)
  // Static storage, because a signal handler may not build an array: no mouse, show cursor, leave the
  // alternate screen.
  private static let goodbye: StaticString = "\u{1B}[0m\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?25h\u{1B}[?1049l"

  /// Raw keys, alternate screen, no cursor. Standard input and output must be terminals.
  static func enter() throws(ClientError) {
    guard tcgetattr(STDIN_FILENO, saved) == 0 else { throw failure(errno) }
    var raw = saved.pointee
    cfmakeraw(&raw)
    isTaken.store(true, ordering: .sequentiallyConsistent)
    atexit { TerminalMode.leave() }
    for fatal in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        TerminalMode.leave()
        // SA_RESETHAND put the default back: this time it ends the process.
        raise(signal)
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER
      sigaction(fatal, &action, nil)
    }
    guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else {
      isTaken.store(false, ordering: .sequentiallyConsistent)
      throw failure(errno)
    }
  }

  /// Puts everything back; async-signal-safe, and harmless when repeated.
  static func leave() {
    guard isTaken.exchange(false, ordering: .sequentiallyConsistent) else { return }
    _ = write(STDOUT_FILENO, goodbye.utf8Start, goodbye.utf8CodeUnitCount)
    _ = tcsetattr(STDIN_FILENO, TCSAFLUSH, saved)
  }

  static var size: ScreenSize {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return .usual
    }
    return ScreenSize(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  private static func failure(_ code: Int32) -> ClientError {
    ClientError(
      .inputOutput, Text(vi: "không điều khiển được màn hình", en: "cannot take the terminal"),
      why: systemMessage(code))
  }
}
