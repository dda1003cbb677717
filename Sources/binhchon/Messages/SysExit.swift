/// What the process says with its exit code: sysexits(3), and 128 + signal.
enum SysExit: Int32, Sendable, CaseIterable {
  case ok = 0
  case negative = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  case unreachable = 69
  case internalError = 70
  case cannotCreate = 73
  case inputOutput = 74
  case tryAgain = 75
  case `protocol` = 76
  case notPermitted = 77
  case configuration = 78
  case interrupted = 130
  case terminated = 143
}
