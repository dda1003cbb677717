import Foundation
import NIOCore
import NIOPosix
import Schema
import Synchronization
import TLS
import Testing

@testable import binhchon

/// Many connections at once (design §8, W8). In CI a tenth of what `scripts/capacity` asks for.
@Suite struct CapacityTests {
  @Test(.timeLimit(.minutes(10)))
  func idleConnectionsAndWatchersAreHeldTogether() async throws {
    let environment = ProcessInfo.processInfo.environment
    let idle = Int(environment["BINHCHON_IDLE"] ?? "") ?? 1_000
    let watchers = Int(environment["BINHCHON_WATCHERS"] ?? "") ?? 100
    let data = try await demoData()
    let server = try await ServerProcess.start(
      data.path, environment: ["BINHCHON_LIMITS_CONNECTIONS_PER_IDENTITY": "1000000"])
    let kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    _ = try await kiosk.cast(Ballots.ballot())
    let before = try Memory.resident(of: server.pid)

    // Idle: connected, shaken hands with a client certificate, and silent.
    let connections = try IdleConnections(to: server, identity: "\(data.path)/certs/official")
    try await connections.open(idle)
    // The server has served each its handshake once it answers another caller on the same event loop.
    _ = try await kiosk.tally()
    let after = try Memory.resident(of: server.pid)
    print(
      "capacity: \(idle) idle mTLS connections, \((after - before) / idle) bytes resident each "
        + "(\(before >> 10) KiB before, \(after >> 10) KiB after)")

    var request = Binhchon_V1_WatchTallyRequest()
    request.poll = Ballots.poll
    let clients = try (0..<(watchers + 99) / 100).map { _ in
      try TestClient(server, identity: "\(data.path)/certs/official")
    }
    let votes = 50
    let seen = try await withThrowingTaskGroup(of: UInt64.self) { [request] group in
      for index in 0..<watchers {
        let client = clients[index % clients.count]
        group.addTask {
          // Until it sees the last vote; each may see fewer updates than votes, none may go back.
          var newest: UInt64 = 0
          for try await response in try await client.watch(request) where response.kind != .current {
            #expect(response.tally.revision >= newest)
            newest = response.tally.revision
            let ballots = response.tally.windows.first { $0.window == .total }?.ballots ?? 0
            if ballots == UInt64(votes + 1) { return ballots }
          }
          return 0
        }
      }
      for _ in 0..<votes { _ = try await kiosk.cast(Ballots.ballot("RHL")) }
      return try await group.reduce(into: [UInt64]()) { $0.append($1) }
    }
    #expect(seen.count == watchers)
    #expect(seen.allSatisfy { $0 == UInt64(votes + 1) })
    #expect(connections.lost == 0)
    let busy = try Memory.resident(of: server.pid)
    print("capacity: \(watchers) watchers of one poll saw \(votes) votes; \(busy >> 10) KiB resident")

    for client in clients + [kiosk] { await client.shutdown() }
    try await connections.close()
    #expect(await server.stop() == 0)
  }
}

/// Connections that have shaken hands and say nothing.
private final class IdleConnections: Sendable {
  private let connector: TLSConnector
  private let channels = Mutex<[any NIOCore.Channel]>([])

  init(to server: ServerProcess, identity: String) throws {
    let settings = try ConnectionSettings(
      ConnectionSettings.Flags(server: server.address, identity: identity), ProcessEnvironment(variables: [:]))
    connector = try TLSConnector(settings, group: MultiThreadedEventLoopGroup.singleton)
  }

  /// Opens so many, 64 at a time.
  func open(_ count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        if index >= 64 { try await group.next() }
        group.addTask { [self] in
          let channel = try await connector.connect { _, _ in }
          channels.withLock { $0.append(channel) }
        }
      }
      try await group.waitForAll()
    }
  }

  var lost: Int { channels.withLock { $0.count { !$0.isActive } } }

  func close() async throws {
    for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
    for channel in channels.withLock({ $0 }) { try await channel.closeFuture.get() }
  }
}

enum Memory {
  struct Unreadable: Error {}

  /// Resident bytes of a process (proc(5), statm).
  static func resident(of pid: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { throw Unreadable() }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
