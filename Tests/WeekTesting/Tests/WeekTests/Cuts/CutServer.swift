import Foundation
import Ledger
import Logging
import NIOCore
import NIOPosix
import Polling
import RPC
import Schema
import Server
import Synchronization

@testable import SQLite

let quiet = Logger(label: "faults") { _ in SwiftLogNoOpLogHandler() }

/// The service on real sockets over a real ledger, a socket for each kiosk: who calls is told by it.
final class CutServer: Sendable {
  let directory: String
  private let assembly: Assembly
  private let server: RPCServer
  private let channels = Mutex<[any NIOCore.Channel]>([])

  init() async throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-cuts-\(UUID().uuidString)").path
    try SQLiteLedger.create(directory: directory)
    assembly = try await Assembly.open(
      Assembly.Options(
        dataDirectory: directory, trustDomain: "t", commitQueue: 1_024,
        hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) }),
      logger: quiet, onDiskFailure: {})
    server = RPCServer(router: assembly.router, logger: quiet)
    var publish = Binhchon_V1_PublishPollRequest()
    publish.poll.id = "p"
    publish.poll.title.vi = "Hài lòng"
    publish.poll.title.en = "Satisfaction"
    publish.poll.unit = "hai-chau"
    var unit = Binhchon_V1_Unit()
    unit.path = "hai-chau"
    unit.name.vi = "Hải Châu"
    unit.name.en = "Hải Châu"
    publish.poll.units = [unit]
    var question = Binhchon_V1_Question()
    question.id = "q"
    question.kind = .single
    question.text.vi = "Ông/Bà có hài lòng không?"
    question.text.en = "Are you satisfied?"
    question.choices = ["C", "K"].map { code in
      var choice = Binhchon_V1_Choice()
      choice.code = code
      choice.label.vi = code
      choice.label.en = code
      return choice
    }
    publish.poll.questions = [question]
    let admin = InProcessTransport(
      router: assembly.router, peer: Peer(identity: "spiffe://t/admin/hai-chau/a", certificate: "", address: ""),
      logger: quiet)
    _ = try await admin.call(PollMethods.publishPoll, publish)
  }

  /// Where the kiosk of this name is to call.
  func listen(for kiosk: String) async throws -> SocketAddress? {
    let server = server
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        server.serve(
          channel, level: .plain,
          peer: Peer(identity: "spiffe://t/kiosk/hai-chau/\(kiosk)", certificate: "", address: ""))
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channels.withLock { $0.append(channel) }
    return channel.localAddress
  }

  /// Ends it; the ledger stays.
  func stop() async throws {
    for channel in channels.withLock({ $0 }) { try await channel.close().get() }
    await server.drain(grace: .seconds(5))
    await assembly.close()
  }
}
