import Foundation
import Testing

/// Lists that are configured and cannot be used: "absent" is only what the operator says is absent (P9).
@Suite struct UnusableListFaultTests {
  enum Damage: CaseIterable, Sendable { case missing, torn, expired, ofAStranger }

  private static func damage(_ list: String, _ damage: Damage, of authority: Authority, _ data: String) throws {
    switch damage {
    case .missing: try FileManager.default.removeItem(atPath: list)
    case .torn:
      let text = try String(contentsOfFile: list, encoding: .utf8)
      try String(text.prefix(text.count / 2)).write(toFile: list, atomically: true, encoding: .utf8)
    case .expired: try authority.revoke([], to: list, lifetime: -10)
    case .ofAStranger: try Authority(stranger: "\(data)/stranger", trusting: data).revoke([], to: list)
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: Damage.allCases)
  func nothingIsServedWithoutThem(damage: Damage) async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let list = "\(data.path)/certs/crl.pem"
    try authority.revoke([], to: list)
    try Self.damage(list, damage, of: authority, data.path)
    let ended = try await run(
      Binaries.server, ["serve", "--config", "\(data.path)/binhchon.yaml", "--listen", "127.0.0.1:0"],
      environment: ServerProcess.enrolmentOff.merging(["BINHCHON_TLS_CRL": list]) { $1 })
    #expect(ended.status == 78)
    #expect(ended.errors.contains(list), "\(ended.errors)")
  }

  /// The old ones stay: who is revoked stays out, everybody else goes on.
  @Test(.timeLimit(.minutes(1)), arguments: Damage.allCases)
  func reloadKeepsTheOldOnes(damage: Damage) async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let list = "\(data.path)/certs/crl.pem"
    try authority.revoke(["0A0B0C"], to: list)
    let server = try await ServerProcess.start(
      data.path, environment: ServerProcess.enrolmentOff.merging(["BINHCHON_TLS_CRL": list]) { $1 })
    let good = try MatrixClient(port: server.port, identity: "\(data.path)/certs/kiosk", version: .tls13)
    #expect(await good.cast() == nil)

    try Self.damage(list, damage, of: authority, data.path)
    server.signal(SIGHUP)
    #expect(await server.logged("reload refused"))
    let stolen = try authority.client(
      "stolen", uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/stolen", serial: "0A0B0C")
    let thief = try MatrixClient(port: server.port, identity: stolen, version: .tls13)
    #expect(await thief.cast()?.code == .unavailable)
    #expect(await server.logged("the client's certificate is revoked"))
    #expect(await good.cast() == nil)
    #expect(good.visits.count == 1)
    await thief.shutdown()
    await good.shutdown()
    #expect(await server.stop() == 0)
  }
}
