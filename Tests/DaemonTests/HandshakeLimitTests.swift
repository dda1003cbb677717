import NIOCore
import Polling
import Testing

@testable import binhchond

@Suite struct HandshakeLimitTests {
  private typealias Machine = HandshakeLimitStateMachine

  private static let here = try? NetworkAddress(SocketAddress(ipAddress: "192.0.2.1", port: 1))
  private static let there = try? NetworkAddress(SocketAddress(ipAddress: "192.0.2.2", port: 1))

  private static func at(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .milliseconds(milliseconds) }

  @Test func soManyFromOneAddressAndSoManyInAll() throws {
    let (here, there) = try (#require(Self.here), #require(Self.there))
    var machine = Machine(most: 3, mostPerAddress: 2)
    #expect(machine.begin(from: here, at: Self.at(0)) == .take(1))
    #expect(machine.begin(from: here, at: Self.at(0)) == .take(2))
    #expect(machine.begin(from: here, at: Self.at(0)) == .refuse)
    #expect(machine.begin(from: there, at: Self.at(0)) == .take(3))
    #expect(machine.begin(from: there, at: Self.at(0)) == .refuse)
    machine.end(1)
    #expect(machine.begin(from: there, at: Self.at(0)) == .take(4))
    #expect(machine.count == 3)
  }

  @Test func whoHasHadTimeGivesWayAndNobodyElse() throws {
    let (here, there) = try (#require(Self.here), #require(Self.there))
    let patience = Machine.patience.nanoseconds / 1_000_000
    var machine = Machine(most: 3, mostPerAddress: 2)
    _ = machine.begin(from: there, at: Self.at(0))
    _ = machine.begin(from: here, at: Self.at(1))
    _ = machine.begin(from: here, at: Self.at(2))
    #expect(machine.begin(from: here, at: Self.at(patience)) == .refuse)
    // The oldest of its own address, not the oldest of all.
    #expect(machine.begin(from: here, at: Self.at(patience + 1)) == .replace(old: 2, new: 4))
    // The bound on all: the oldest of all.
    #expect(machine.begin(from: there, at: Self.at(patience + 1)) == .replace(old: 1, new: 5))
    #expect(machine.begin(from: there, at: Self.at(patience + 1)) == .refuse)
    #expect(machine.count == 3)
  }

  @Test func fewAddressesDoNotKeepOthersOutByRenewing() throws {
    let (here, there) = try (#require(Self.here), #require(Self.there))
    let newcomer = NetworkAddress(try SocketAddress(ipAddress: "192.0.2.3", port: 1))
    var machine = Machine(most: 8, mostPerAddress: 8)
    for _ in 0..<4 { _ = machine.begin(from: here, at: Self.at(0)) }
    for _ in 0..<4 { _ = machine.begin(from: there, at: Self.at(0)) }
    // However young they are: the oldest of the address that has most.
    #expect(machine.begin(from: newcomer, at: Self.at(1)) == .replace(old: 1, new: 9))
    #expect(machine.begin(from: newcomer, at: Self.at(1)) == .replace(old: 5, new: 10))
    // All have about the same now.
    for address in [newcomer, here, there] { #expect(machine.begin(from: address, at: Self.at(1)) == .refuse) }
    #expect(machine.count == 8)
  }

  @Test func whoHasOnePlaceIsNotPushedOutByWhoHasNone() throws {
    let (here, there) = try (#require(Self.here), #require(Self.there))
    var machine = Machine(most: 1, mostPerAddress: 1)
    _ = machine.begin(from: here, at: Self.at(0))
    #expect(machine.begin(from: there, at: Self.at(1)) == .refuse)
  }

  @Test func endingTwiceGivesOnePlaceBack() throws {
    let here = try #require(Self.here)
    var machine = Machine(most: 2, mostPerAddress: 2)
    _ = machine.begin(from: here, at: Self.at(0))
    _ = machine.begin(from: here, at: Self.at(0))
    machine.end(1)
    machine.end(1)
    machine.end(99)
    #expect(machine.count == 1)
    #expect(machine.begin(from: here, at: Self.at(0)) == .take(3))
    #expect(machine.begin(from: here, at: Self.at(0)) == .refuse)
  }

  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    ("::1", "0.0.0.1", false),
  ])
  func aNetworkOfIPv6IsOneAddress(one: String, other: String, isSame: Bool) throws {
    func address(_ text: String) throws -> NetworkAddress {
      NetworkAddress(try SocketAddress(ipAddress: text, port: 7))
    }
    #expect((try address(one) == address(other)) == isSame)
  }

  @Test func openFilesLeaveRoomForTheLedger() {
    #expect(OpenFiles.room(within: 1_024, wanted: 12_000) == 1_024 - OpenFiles.reserve)
    #expect(OpenFiles.room(within: 100_000, wanted: 12_000) == 12_000)
    #expect(OpenFiles.room(within: 10, wanted: 12_000) == 1)
    // RLIM_INFINITY.
    #expect(OpenFiles.room(within: .max, wanted: 12_000) == 12_000)
  }

  @Test func linesAreRareForEachAndTheirNumberIsBounded() {
    let now = Timestamp(milliseconds: 1_000_000)
    let later = Timestamp(milliseconds: 1_060_000)
    var lines = RareLines<Int>()
    #expect(lines.note(0, at: now) == 1)
    #expect(lines.note(0, at: now) == nil)
    for key in 1..<RareLines<Int>.most { #expect(lines.note(key, at: now) == 1) }
    // Those beyond share one line.
    #expect(lines.note(-1, at: now) == 1)
    #expect(lines.note(-2, at: now) == nil)
    #expect(lines.note(0, at: later) == 2)
    // Who has been quiet for a minute makes room.
    #expect(lines.note(-2, at: later) == 1)
  }
}
