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

  private static func connected(host: Int = 1) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.\(host)", port: 1)).wait()
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

  @Test func oneAddressHasFewAndItsOldestGivesWay() throws {
    let strangers = Self.strangers()
    var channels: [EmbeddedChannel] = []
    for _ in 0..<Strangers.mostPerAddress {
      let channel = try Self.connected()
      try strangers.serve(channel, level: .plain, peer: Self.peer).wait()
      channels.append(channel)
    }
    let oneMore = try Self.connected()
    #expect(throws: ConnectionLimit.Reached.self) {
      try strangers.serve(oneMore, level: .plain, peer: Self.peer).wait()
    }
    #expect(!oneMore.isActive)
    let later = try Self.connected()
    later.embeddedEventLoop.advanceTime(by: HandshakeLimitStateMachine.patience)
    try strangers.serve(later, level: .plain, peer: Self.peer).wait()
    #expect(later.isActive)
    #expect(!channels[0].isActive)
    for channel in channels.dropFirst() + [later] { try channel.close().wait() }
  }

  /// An enrolment beside them is served at once, however young they are.
  @Test func manyOfFewAddressesMakeRoomForAnother() throws {
    let strangers = Self.strangers()
    var channels: [EmbeddedChannel] = []
    for number in 0..<Strangers.most {
      let channel = try Self.connected(host: 2 + number / Strangers.mostPerAddress)
      try strangers.serve(channel, level: .plain, peer: Self.peer).wait()
      channels.append(channel)
    }
    let kiosk = try Self.connected()
    try strangers.serve(kiosk, level: .plain, peer: Self.peer).wait()
    #expect(kiosk.isActive)
    #expect(channels.count { $0.isActive } == Strangers.most - 1)
    for channel in channels.filter(\.isActive) + [kiosk] { try channel.close().wait() }
  }
}
