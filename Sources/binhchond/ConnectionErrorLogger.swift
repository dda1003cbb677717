import Logging
import NIOCore
import Polling
import Synchronization
import TLS

/// What strangers were refused for: a line a minute for each address and reason, or a port scanner would fill the disk.
final class RefusalLines: Sendable {
  private struct Key: Hashable {
    var address: NetworkAddress
    var code: TLSError.Code
  }

  private let lines = Mutex(RareLines<Key>())

  /// How often since the line before, if one is to be written now.
  func note(_ code: TLSError.Code, from address: SocketAddress?) -> Int? {
    lines.withLock { $0.note(Key(address: NetworkAddress(address), code: code), at: .now) }
  }
}

/// Behind TLS, before RPC's handler: says why a connection was refused or broke, and closes it.
final class ConnectionErrorLogger: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private let refusals: RefusalLines
  private let logger: Logger

  init(refusals: RefusalLines, logger: Logger) {
    self.refusals = refusals
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
      if error.code == .uncleanShutdown || error.code == .handshakeInterrupted {
        logger.debug("connection broken: \(error.message)", metadata: fields)
      } else if let count = refusals.note(error.code, from: context.remoteAddress) {
        if count > 1 { fields["count"] = "\(count)" }
        logger.notice("connection refused or broken: \(error.message)", metadata: fields)
      }
    } else {
      logger.debug("connection broken: \(error)", metadata: fields)
    }
    context.close(promise: nil)
  }
}
