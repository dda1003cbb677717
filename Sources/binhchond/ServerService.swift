import Logging
import NIOCore
import NIOPosix
import RPC
import Server
import ServiceLifecycle
import TLS
import UnixSignals

/// The server as a service: opens everything, serves until it is asked to stop, drains, closes.
struct ServerService: Service {
  var configuration: Configuration
  /// At once: as many as configured, if there are open files for them.
  var mostConnections: Int
  var assembly: Assembly
  var tls: TLSContextProvider
  var kioskRule: KioskRule
  var isEnrolling: Bool
  var portFile: String?
  var failures: AsyncStream<Void>
  var logger: Logger

  /// - Throws: ``Failure``.
  static func open(_ configuration: Configuration, portFile: String?, logger: Logger) async throws -> ServerService {
    let mostConnections = OpenFiles.raiseLimit(for: configuration.mostConnections, logger: logger)
    let pepper = try Pepper.load(configuration.pepperFile)
    for problem in configuration.permissionProblems { logger.warning("\(problem)") }
    let tls: TLSContextProvider
    do {
      tls = try TLSContextProvider(configuration.tls)
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    let kioskRule = try KioskRule.load(configuration)
    let kioskIssuer = try KioskIssuer.load(configuration, tls.context)
    let (failures, failed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    var options = Assembly.Options(
      dataDirectory: configuration.dataDirectory, trustDomain: configuration.trustDomain,
      commitQueue: configuration.commitQueue, hash: { try hmacSHA256(key: pepper, message: $0) },
      kioskAuthority: kioskIssuer)
    options.alerts = configuration.alerts
    options.ballotOpener = BallotOpener(
      overhead: HPKE.overhead, publicKey: { try? HPKE.PrivateKey($0).publicKey },
      open: { sealed, key, info, vote in
        try HPKE.open(sealed, with: try HPKE.PrivateKey(key), info: info, associated: vote)
      })
    let assembly: Assembly
    do {
      assembly = try await Assembly.open(options, logger: logger) { failed.yield() }
    } catch {
      throw Failure(error)
    }
    return ServerService(
      configuration: configuration, mostConnections: mostConnections, assembly: assembly, tls: tls,
      kioskRule: kioskRule, isEnrolling: kioskIssuer != nil, portFile: portFile, failures: failures, logger: logger)
  }

  func run() async throws {
    // From before anybody knows our port: until then SIGHUP would end us.
    let hangups = await UnixSignalsSequence(trapping: .sighup)
    // The ledger's writer has a core of its own.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount - 1))
    var limits = ServerLimits()
    limits.connections = mostConnections
    limits.bytesUnread = configuration.mostUnreadBytes
    limits.unaryCallsPerConnection = configuration.mostCallsPerConnection
    let server = RPCServer(router: assembly.router, limits: limits, logger: logger)
    let strangers = isEnrolling ? Strangers(router: assembly.strangersRouter, logger: logger) : nil
    let listener = Listener(
      group: group, tls: tls, server: server, strangers: strangers, kioskRule: kioskRule,
      limit: ConnectionLimit(mostConnections, logger: logger),
      handshakes: HandshakeLimit(
        most: configuration.mostHandshakes, mostPerAddress: configuration.mostHandshakesPerAddress, logger: logger),
      callers: CallerLimit(configuration.mostConnectionsPerIdentity, logger: logger), logger: logger)
    let channel: any NIOCore.Channel
    do {
      channel = try await listener.bind(host: configuration.listenHost, port: configuration.listenPort)
    } catch {
      await assembly.close()
      throw Failure(
        .unavailable,
        "cannot listen on \(configuration.listenHost):\(configuration.listenPort): \(Listener.words(for: error))")
    }
    let port = channel.localAddress?.port ?? configuration.listenPort
    do {
      if let portFile { try PortFile.write(port, to: portFile) }
    } catch {
      await assembly.close()
      throw error
    }
    logger.notice(
      "serving",
      metadata: [
        "address": "\(configuration.listenHost):\(port)", "revision": "\(assembly.revision)",
        "ledger_epoch": "\(assembly.epoch)",
      ])

    let hasFailed = await waitForTheEnd(hangups)

    logger.notice(hasFailed ? "the disk failed: stopping" : "draining")
    await assembly.stopServing()
    // What fails here is closed already; the process ends in either case.
    try? await channel.close()
    let grace: Duration = hasFailed ? .seconds(1) : .nanoseconds(configuration.shutdownGrace.nanoseconds)
    async let areStrangersGone: Void? = strangers?.server.drain(grace: grace)
    await server.drain(grace: grace)
    await areStrangersGone
    await assembly.close()
    try? await group.shutdownGracefully()
    if let portFile { PortFile.remove(portFile) }
    logger.notice("stopped")
    if hasFailed { throw Failure(.ioError, "the disk failed; see the log. Check it before starting again") }
  }

  /// Serves SIGHUP meanwhile. True: the disk failed; false: we were asked to stop.
  private func waitForTheEnd(_ hangups: UnixSignalsSequence) async -> Bool {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Bool.self) { tasks in
        tasks.addTask {
          for await _ in failures { return true }
          return false
        }
        tasks.addTask {
          for await _ in hangups { reload() }
          return false
        }
        tasks.addTask {
          await watchExpiry()
          return false
        }
        let hasFailed = await tasks.next() ?? false
        tasks.cancelAll()
        return hasFailed
      }
    }
  }

  /// Every second until it is cancelled. Who is revoked or expired is out within five (design §3).
  private func watchExpiry() async {
    var problem: String?
    while !Task.isCancelled {
      tls.putOutExpired()
      let new = tls.listProblem
      if let new, new != problem { logger.warning("\(new)") }
      problem = new
      // Cancelled: the loop ends.
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func reload() {
    do {
      try tls.reload()
      logger.notice("reloaded certificates, CRL and deny list", metadata: ["generation": "\(tls.generation)"])
    } catch {
      logger.error("reload refused; the old certificates, CRL and deny list stay", metadata: ["error": "\(error)"])
    }
  }
}
