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

  /// What befalls one message.
  struct Case {
    /// Of the run, for who reads of it; nil: none of it.
    var number: Int?
    var presses = 1
    /// Of the connections that the message goes by, one each.
    var cuts: [Cut] = []
    var random: SplitMix64
  }

  struct Unanswered: Error, CustomStringConvertible {
    var number: Int?
    var cuts: [Cut]

    var description: String { "no answer within \(CutKiosk.patience) after its connections were cut: \(cuts)" }
  }

  /// For an answer, over all tries.
  private static let patience = Duration.seconds(60)

  /// For each case as many presses as it says in one message, and waits for the answers. Throws ``Unanswered`` if they do
  /// not come.
  func press(_ cases: [Case], _ pressed: (Tap, Timestamp) -> Void) async throws {
    var answers = settled.makeAsyncIterator()
    for var one in cases {
      let reading = clock.read()
      let presses = (0..<one.presses).map { _ in Self.press(reading, &one.random) }
      proxy.cut(one.cuts)
      let taps = try spool.take(presses)
      guard taps.count == presses.count else { throw SpoolError(.diskFull, "no room") }
      for tap in taps { pressed(tap, reading.wall) }
      sync.wake()
      let settle = settle
      let deadline = Task {
        try await Task.sleep(for: Self.patience)
        settle.finish()
      }
      defer { deadline.cancel() }
      var waiting = Set(taps.map(\.sequence))
      while !waiting.isEmpty {
        guard let sequence = await answers.next() else { throw Unanswered(number: one.number, cuts: one.cuts) }
        waiting.remove(sequence)
      }
    }
  }

  private static func press(_ reading: ClockReading, _ random: inout SplitMix64) -> Press {
    let id = BallotID(time: reading.wall, precision: .second, random: (random.next(), random.next()))
    return Press(reading: reading, precision: .second) { sequence in
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
  }
}
