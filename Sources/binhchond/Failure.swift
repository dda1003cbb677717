import Glibc

/// A command that could not do its job: what a person is told, and the exit status (sysexits.h).
struct Failure: Error {
  enum Status: Int32 {
    /// The answer is "no" or "different".
    case different = 1
    case damagedData = 65
    case noInput = 66
    case unavailable = 69
    case ourFault = 70
    case cannotCreate = 73
    case ioError = 74
    case tryAgain = 75
    case configuration = 78
  }

  var status: Status
  var message: String

  init(_ status: Status, _ message: String) {
    self.status = status
    self.message = message
  }

  func report() {
    printToStandardError("binhchond: \(message)")
  }
}

extension Failure {
  /// What the system says of the last call that failed.
  static var systemReason: String { String(cString: strerror(errno)) }
}

func printToStandardError(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  // Nobody is left to tell if standard error is closed.
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
