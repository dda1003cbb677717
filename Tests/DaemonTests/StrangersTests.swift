import Logging
import NIOCore
import NIOEmbedded
import RPC
import Testing

@testable import binhchond

@Suite struct StrangersTests {
  private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func strangers() -> Strangers {
    Strangers(router: Router(), logger: quiet)
  }

  private static func connected() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private static let peer = Peer(identity: nil, certificate: "none", address: "127.0.0.1")

  @Test func aConnectionLastsHalfAMinute() throws {
    let channel = try Self.connected()
    try Self.strangers().serve(channel, level: .plain, peer: Self.peer).wait()
    channel.embeddedEventLoop.advanceTime(by: .seconds(29))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test func thereAreFewAtOnce() throws {
    let strangers = Self.strangers()
    var channels: [EmbeddedChannel] = []
    for _ in 0..<Strangers.most {
      let channel = try Self.connected()
      try strangers.serve(channel, level: .plain, peer: Self.peer).wait()
      channels.append(channel)
    }
    let oneMore = try Self.connected()
    #expect(throws: ConnectionLimit.Reached.self) {
      try strangers.serve(oneMore, level: .plain, peer: Self.peer).wait()
    }
    #expect(!oneMore.isActive)
    try channels[0].close().wait()
    channels[0].embeddedEventLoop.run()
    let next = try Self.connected()
    try strangers.serve(next, level: .plain, peer: Self.peer).wait()
    #expect(next.isActive)
    for channel in channels.dropFirst() + [next] { try channel.close().wait() }
  }
}
