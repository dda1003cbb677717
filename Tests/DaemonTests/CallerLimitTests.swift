import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import binhchond

@Suite struct CallerLimitTests {
  private static let thief = CallerLimit.Caller.identity("spiffe://binhchon.test/kiosk/hai-chau/thief")

  private let limit = CallerLimit(2, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  /// - Parameter age: seconds since the others began.
  private func connected(after age: Int64 = 0) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    channel.embeddedEventLoop.advanceTime(by: .seconds(age))
    return channel
  }

  @Test func whoWasSilentLongestGivesWayAfterItsTime() throws {
    let (first, second) = (try connected(), try connected())
    try limit.take(first, caller: Self.thief)
    try limit.take(second, caller: Self.thief)
    let early = try connected(after: 29)
    #expect(throws: ConnectionLimit.Reached.self) { try limit.take(early, caller: Self.thief) }

    // The first speaks: the second is the silent one now.
    first.embeddedEventLoop.advanceTime(by: .seconds(10))
    first.pipeline.fireChannelReadComplete()
    let owner = try connected(after: 30)
    try limit.take(owner, caller: Self.thief)
    #expect(first.isActive && owner.isActive && !second.isActive)

    let another = try connected(after: 30)
    #expect(throws: ConnectionLimit.Reached.self) { try limit.take(another, caller: Self.thief) }
    try first.close().wait()
    first.embeddedEventLoop.run()
    try limit.take(another, caller: Self.thief)
    for channel in [early, owner, another] { try channel.close().wait() }
  }

  @Test func callersAreCountedEachForItself() throws {
    let here = CallerLimit.Caller.address(NetworkAddress(try SocketAddress(ipAddress: "192.0.2.1", port: 1)))
    let there = CallerLimit.Caller.address(NetworkAddress(try SocketAddress(ipAddress: "192.0.2.2", port: 1)))
    var channels: [EmbeddedChannel] = []
    for caller in [here, here, there, there, Self.thief, Self.thief] {
      let channel = try connected()
      try limit.take(channel, caller: caller)
      channels.append(channel)
    }
    let more = try connected()
    #expect(throws: ConnectionLimit.Reached.self) { try limit.take(more, caller: here) }
    for channel in channels + [more] { try channel.close().wait() }
  }
}
