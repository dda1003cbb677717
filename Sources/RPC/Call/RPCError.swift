/// Why one call failed. Thrown by a handler it becomes the call's status; a caller meets the status as this error.
public struct RPCError: Error, Sendable, CustomStringConvertible {
  public var code: Code
  /// For people; short, English. A peer sees it.
  public var message: String
  /// Machine-readable reasons. A peer sees them.
  public var details: [StatusDetail]
  /// What lies behind it; for the log of this side, never sent.
  public var cause: (any Error)?

  public init(_ code: Code, _ message: String, details: [StatusDetail] = [], cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.details = details
    self.cause = cause
  }

  public init(_ status: Status) {
    self.init(status.code, status.message, details: status.details)
  }

  public var status: Status { Status(code, message, details: details) }

  public var description: String {
    let cause = cause.map { " (\($0))" } ?? ""
    return "\(code): \(message)\(cause)"
  }
}
