import Logging
import NIOCore
import TLS

/// Behind TLS, before RPC's handler: says why a connection was refused or broke, and closes it.
final class ConnectionErrorLogger: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    var fields: Logger.Metadata = [:]
    // May be a person's, so it is for those only who are looking for a fault.
    if logger.logLevel <= .debug { fields["address"] = "\(context.remoteAddress?.ipAddress ?? "unknown")" }
    if let error = error as? TLSError {
      fields["code"] = "\(error.code)"
      fields["reason"] = "\(error.reason)"
      fields["advice"] = "\(error.advice)"
      // Unclean ends are a kiosk's daily life; a refusal is for the operator.
      let level: Logger.Level = error.code == .uncleanShutdown || error.code == .handshakeInterrupted ? .debug : .notice
      logger.log(level: level, "connection refused or broken: \(error.message)", metadata: fields)
    } else {
      logger.debug("connection broken: \(error)", metadata: fields)
    }
    context.close(promise: nil)
  }
}
