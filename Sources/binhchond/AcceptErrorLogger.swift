import Logging
import NIOCore
import Polling
import Server

/// On the listening channel: says that connections cannot be accepted, mostly for want of open files.
final class AcceptErrorLogger: ChannelInboundHandler {
  typealias InboundIn = any NIOCore.Channel

  private let logger: Logger
  private var failures = RareLine()

  init(logger: Logger) {
    self.logger = logger
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is IOError, let count = failures.note(at: .now) {
      logger.error(
        "connections cannot be accepted: \(Listener.words(for: error))", metadata: ["count": "\(count)"])
    }
    context.fireErrorCaught(error)
  }
}
