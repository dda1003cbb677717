import Foundation
import NIOCore
import NIOPosix
import Polling
import RPC
import Schema
import SeededRandom

@testable import Kiosk

/// A kiosk's own spool and sync, behind a proxy that cuts its connections.
final class CutKiosk: Sendable {
  struct Connector: ClientConnector {
    struct NoAddress: Error {}

    var address: SocketAddress?

    func connect(
      _ install: @escaping @Sendable (any NIOCore.Channel, ProtocolLevel) throws -> Void
    ) async throws -> any NIOCore.Channel {
      guard let address else { throw NoAddress() }
      return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try install(channel, .plain) }
        }
        .connect(to: address).get()
    }
  }

  let spool: Spool
  let proxy = CutProxy()
  private let sync: Sync
  private let clock = DeviceClock()
  private let settled: AsyncStream<UInt64>
  private let settle: AsyncStream<UInt64>.Continuation
  private let forgetsWhenCut: Bool

  /// - Parameter forgetsWhenCut: a planted fault: a message without a reply is taken for answered.
  init(directory: String, forgetsWhenCut: Bool) throws {
    spool = try Spool(directory: directory)
    var configuration = SyncStateMachine.Configuration()
    (configuration.heartbeat, configuration.afterwards) = (86_400_000, 86_400_000)
    sync = Sync(spool: spool, configuration)
    (settled, settle) = AsyncStream.makeStream()
    self.forgetsWhenCut = forgetsWhenCut
  }

  /// Sends until the task is cancelled.
  func run() async throws {
    let settle = settle
    try await sync.run(
      { try await self.cast($0) },
      report: { report in
        guard case .settled(let settlements) = report else { return }
        for settlement in settlements { settle.yield(settlement.tap.sequence) }
      })
  }

  /// One connection per message: the one that is to be cut.
  private func cast(_ request: Binhchon_V1_CastBallotsRequest) async throws -> Binhchon_V1_CastBallotsResponse {
    let client = RPCClient(connector: Connector(address: proxy.address), logger: quiet)
    let reply: Result<Binhchon_V1_CastBallotsResponse, any Error>
    do {
      let call = try await client.call(BallotMethods.castBallots)
      try await call.write(request)
      try await call.finish()
      var responses = call.responses.makeAsyncIterator()
      guard let response = try await responses.next() else { throw SyncFailure.unreachable() }
      // To its end, so that all of it was on the way.
      _ = try? await responses.next()
      reply = .success(response)
    } catch {
      reply = .failure(error)
    }
    await client.shutdown()
    guard case .failure = reply, forgetsWhenCut else { return try reply.get() }
    var response = Binhchon_V1_CastBallotsResponse()
    response.results = request.ballots.map { ballot in
      var result = Binhchon_V1_BallotResult()
      result.ballotID = ballot.ballotID
      result.receipt.counted = true
      return result
    }
    return response
  }

  /// Presses once for each cut, which befalls the connection that the press goes by first; then waits for its answer.
  func press(_ cuts: [Cut?], _ random: SplitMix64, _ pressed: (Tap, Timestamp) -> Void) async throws {
    var random = random
    var answers = settled.makeAsyncIterator()
    for cut in cuts {
      let reading = clock.read()
      let id = BallotID(time: reading.wall, precision: .second, random: (random.next(), random.next()))
      let press = Press(reading: reading, precision: .second) { sequence in
        var ballot = Binhchon_V1_Ballot()
        ballot.ballotID = Data(id.bytes)
        ballot.poll = "p"
        ballot.pollVersion = 1
        ballot.unit = "hai-chau"
        ballot.channel = .kiosk
        ballot.deviceTimeMs = reading.wall.floored(to: .second).milliseconds
        ballot.kioskSequence = sequence
        var answer = Binhchon_V1_Answer()
        answer.question = "q"
        answer.choices = ["C"]
        ballot.answers = [answer]
        return ballot
      }
      proxy.cut(cut)
      guard let tap = try spool.take([press]).first else { throw SpoolError(.diskFull, "no room") }
      pressed(tap, reading.wall)
      sync.wake()
      while let sequence = await answers.next(), sequence != tap.sequence {}
    }
  }
}
