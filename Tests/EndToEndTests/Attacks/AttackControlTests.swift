import Testing

/// What P8's range says of servers without the limits: if it finds no harm there, it finds none anywhere.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AttackControlTests {
  private static let endless = "1000000000000"
  private static let never = "100000"

  private func attack(_ name: String) throws -> Attack {
    try #require(Attack.all.first { $0.name == name })
  }

  @Test func withoutLimitsOnHandshakesAnHonestKioskStaysOut() async throws {
    let range = try await AttackRange(
      [
        "BINHCHON_LIMITS_HANDSHAKES": Self.never, "BINHCHON_LIMITS_HANDSHAKES_PER_ADDRESS": Self.never,
        "BINHCHON_TLS_HANDSHAKE_TIMEOUT": "60m", "BINHCHON_LIMITS_CONNECTIONS": "50",
      ], patience: .seconds(2))
    let report = try await range.perform(attack("silent connections of one address"))
    #expect(report.harm.contains { $0.contains("could not come back") }, "\(report.harm)")
    #expect(report.harm.contains { $0.contains("descriptors were not given back") }, "\(report.harm)")
    #expect(try await range.close() == [])
  }

  @Test func withoutALimitPerIdentityAStolenCertificateTakesAllPlaces() async throws {
    let range = try await AttackRange(
      ["BINHCHON_LIMITS_CONNECTIONS_PER_IDENTITY": "1000000", "BINHCHON_LIMITS_CONNECTIONS": "50"],
      patience: .seconds(2))
    let report = try await range.perform(attack("hundreds of silent connections under one certificate"))
    #expect(report.harm.contains { $0.contains("could not come back") }, "\(report.harm)")
    #expect(try await range.close() == [])
  }

  @Test func withoutABoundOnUnreadAnswersMemoryFills() async throws {
    let range = try await AttackRange(["BINHCHON_LIMITS_UNREAD_BYTES": Self.endless])
    let report = try await range.perform(attack("large answers that nobody reads"))
    #expect(report.harm.contains { $0.contains("the server took") }, "\(report.harm)")
    #expect(try await range.close() == [])
  }
}
