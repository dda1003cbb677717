import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// What time does to connections that are open. Back to back, and the time is ours.
@Suite struct ExpiryTests {
  let workshop: Workshop
  let clock: TrustTests.Clock

  init() throws {
    workshop = try Workshop()
    clock = TrustTests.Clock(workshop.now)
    try workshop.issueClient(serial: "C0FFEE")
  }

  private func provider(_ configuration: TLSConfiguration) throws -> TLSContextProvider {
    TLSContextProvider(try TLSContext(configuration, now: { [clock] in clock.seconds }))
  }

  private func look(_ provider: TLSContextProvider, _ pairs: [EmbeddedPair]) throws {
    provider.putOutExpired()
    for pair in pairs {
      pair.server.channel.embeddedEventLoop.run()
      try pair.pump()
    }
  }

  @Test func whoExpiresIsPutOutAndNobodyElse() throws {
    try workshop.issueClient(
      "other", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-01", notAfter: 2 * Workshop.day)
    let provider = try provider(workshop.server())
    let short = try EmbeddedPair(provider, TLSContext(workshop.client()))
    let long = try EmbeddedPair(provider, TLSContext(workshop.client("other")))
    for pair in [short, long] { try pair.pump() }

    // Its last second is a good one.
    clock.seconds = workshop.now + Workshop.day
    try look(provider, [short, long])
    #expect(short.server.witness.story == [.handshake(nil)])

    clock.seconds += 1
    try look(provider, [short, long])
    #expect(short.server.witness.story == [.handshake(nil), .error(.certificateExpired), .inactive])
    #expect(short.client.witness.story == [.handshake(nil), .shutdown, .inactive])
    long.client.send("vote")
    try long.pump()
    #expect(long.server.witness.story == [.handshake(nil), .data("vote")])

    // Who is out is not looked at again.
    try look(provider, [short, long])
    #expect(short.server.witness.errors.count == 1)
  }

  @Test(arguments: [nil, 60, -1] as [Int64?])
  func listThatExpires(renewedFor seconds: Int64?) throws {
    try workshop.revoke([], expiring: 60)
    let provider = try provider(workshop.server().with { $0.crlFile = workshop.path("crl.pem") })
    let pair = try EmbeddedPair(provider, TLSContext(workshop.client()))
    try pair.pump()
    clock.seconds = workshop.now + 60
    try look(provider, [pair])
    #expect(pair.server.channel.isActive)

    clock.seconds = workshop.now + 61
    if let seconds {
      // A new list in time keeps everybody; one that is as old changes nothing.
      try workshop.revoke([], expiring: 61 + seconds)
      #expect((try? provider.reload()) != nil || seconds < 0)
    }
    try look(provider, [pair])
    let isRenewed = seconds ?? 0 > 0
    #expect(pair.server.channel.isActive == isRenewed)
    #expect(pair.server.witness.errors.map(\.code) == (isRenewed ? [] : [.crlExpired]))
  }

  @Test func whoNeedsAnotherListStays() throws {
    let other = try Workshop(authorityNamed: "Second CA")
    try workshop.issueClient(
      "other", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-01", by: other.authority)
    let now = workshop.now
    let lists = try zip([workshop.authority, other.authority], [60, Workshop.day]).map { authority, lifetime in
      try authority.revocationList(serials: [], number: 1, thisUpdate: now - 60, nextUpdate: now + lifetime)
    }
    let configuration = try workshop.server().with {
      $0.trustRootsFile = try workshop.write(
        workshop.authority.certificatePEM + other.authority.certificatePEM, to: "roots.pem")
      $0.crlFile = try workshop.write(lists.joined(), to: "lists.pem")
    }
    let provider = try provider(configuration)
    let pairs = try ["kiosk", "other"].map { try EmbeddedPair(provider, TLSContext(workshop.client($0))) }
    for pair in pairs { try pair.pump() }
    clock.seconds = now + 61
    try look(provider, pairs)
    #expect(pairs.map(\.server.channel.isActive) == [false, true])
  }

  @Test func operatorIsToldAWeekAhead() throws {
    try workshop.revoke([], expiring: 8 * Workshop.day)
    let provider = try provider(workshop.server().with { $0.crlFile = workshop.path("crl.pem") })
    #expect(provider.listProblem == nil)
    clock.seconds = workshop.now + Workshop.day + 1
    #expect(provider.listProblem?.contains("expires within a week") == true)
    clock.seconds = workshop.now + 8 * Workshop.day + 1
    #expect(provider.listProblem?.contains("has expired") == true)
    try workshop.revoke([], expiring: 30 * Workshop.day)
    try provider.reload()
    #expect(provider.listProblem == nil)
    #expect(try self.provider(workshop.server()).listProblem == nil)
  }
}
