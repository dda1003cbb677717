import Foundation
import RPC
import Schema
import Testing

/// TLS as configured, over the real binaries (design §5, §6): who gets in, who is put out, and what they are told.
@Suite struct TransportSecurityTests {
  private static let kiosk = "spiffe://binhchon.test/kiosk/hai-chau/mot-cua"

  @Test(.timeLimit(.minutes(1)), arguments: ["-tls1", "-tls1_1", "-tls1_2"])
  func olderTLSIsRefused(version: String) async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let tried = try await run(
      "/usr/bin/openssl",
      [
        "s_client", "-connect", server.address, version, "-cipher", "ALL:@SECLEVEL=0", "-CAfile",
        "\(data.path)/certs/ca.pem", "-cert", "\(data.path)/certs/kiosk.pem", "-key", "\(data.path)/certs/kiosk.key",
      ])
    #expect(tried.status != 0)
    #expect((tried.output + tried.errors).contains("alert protocol version"), "\(tried.output)\(tried.errors)")
    #expect(await server.logged("protocolVersion"))
    #expect(await server.stop() == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func whoIsNotLetInIsToldWhy() async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let now = Int64(Date().timeIntervalSince1970)
    let stranger = try Authority(stranger: "\(data.path)/stranger", trusting: data.path)
    // Where kiosks are enrolled, who has no certificate gets further (EnrolmentTests).
    let server = try await ServerProcess.start(data.path, environment: ServerProcess.enrolmentOff)

    let expired = try authority.client(
      "expired", uri: "\(Self.kiosk)/expired", notBefore: now - 7200, notAfter: now - 3600)
    let unknown = try stranger.client("unknown", uri: "\(Self.kiosk)/unknown")
    for (identity, words) in [(expired, "certificateExpired"), (unknown, "certificateUntrusted")] {
      let client = try TestClient(server, identity: identity)
      let refused = await client.refusal(of: Ballots.ballot())
      #expect(refused?.code == .unavailable, "\(String(describing: refused))")
      #expect(await server.logged(words), "\(server.log)")
      await client.shutdown()
    }

    // No certificate at all.
    let bare = try await run(
      "/usr/bin/openssl",
      ["s_client", "-connect", server.address, "-CAfile", "\(data.path)/certs/ca.pem", "-ign_eof"])
    #expect((bare.output + bare.errors).contains("alert certificate required"), "\(bare.output)\(bare.errors)")
    #expect(await server.logged("certificateMissing"), "\(server.log)")

    // A good one goes on as if nothing were.
    let good = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    #expect(await good.refusal(of: Ballots.ballot()) == nil)
    await good.shutdown()
    #expect(await server.stop() == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func rolesAndSubtreesAreKept() async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let server = try await ServerProcess.start(data.path)
    let rows: [(identity: String, refused: Refused?)] = [
      ("\(data.path)/certs/kiosk", nil),
      ("\(data.path)/certs/official", Refused(.permissionDenied, "WRONG_ROLE")),
      ("\(data.path)/certs/admin", Refused(.permissionDenied, "WRONG_ROLE")),
      (
        try authority.client("other", uri: "spiffe://binhchon.test/kiosk/thanh-khe/k1"),
        Refused(.permissionDenied, "OUT_OF_SCOPE")
      ),
      (
        try authority.client("foreign", uri: "spiffe://elsewhere.test/kiosk/hai-chau/k1"),
        Refused(.unauthenticated, "NO_IDENTITY")
      ),
      (
        try authority.client("boss", uri: "spiffe://binhchon.test/boss/hai-chau/k1"),
        Refused(.unauthenticated, "NO_IDENTITY")
      ),
    ]
    for (identity, refused) in rows {
      let client = try TestClient(server, identity: identity)
      await #expect(client.refusal(of: Ballots.ballot()) == refused, "\(identity)")
      await client.shutdown()
    }
    let kiosk = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    await #expect(throws: RPCError.self) { try await kiosk.call(PollMethods.publishPoll, DossierPoll.publishRequest) }
    #expect(try await kiosk.tally().ballots == 1)
    await kiosk.shutdown()
    #expect(await server.stop() == 0)
  }

  /// "Revoked means out": by CRL and by deny list, while connected and when it comes back, resumed or not.
  @Test(.timeLimit(.minutes(1)), arguments: ["crl", "deny list"])
  func whoIsRevokedIsPutOutAndStaysOut(how: String) async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let crl = "\(data.path)/certs/crl.pem"
    let denied = "\(data.path)/certs/denied.txt"
    try authority.revoke([], to: crl)
    try "# nobody yet\n".write(toFile: denied, atomically: true, encoding: .utf8)
    let server = try await ServerProcess.start(
      data.path,
      environment: ["BINHCHON_TLS_CRL": crl, "BINHCHON_TLS_DENY_LIST": denied].merging(ServerProcess.enrolmentOff) {
        $1
      })
    let stolen = try authority.client("stolen", uri: "\(Self.kiosk)/stolen", serial: "0A0B0C")
    let thief = try TestClient(server, identity: stolen)
    let bystander = try TestClient(server, identity: "\(data.path)/certs/kiosk")
    #expect(await thief.refusal(of: Ballots.ballot()) == nil)
    #expect(await bystander.refusal(of: Ballots.ballot()) == nil)
    var request = Binhchon_V1_WatchTallyRequest()
    request.poll = Ballots.poll
    let watch = try await thief.watch(request)
    var updates = watch.makeAsyncIterator()
    #expect(try await updates.next()?.kind == .snapshot)

    if how == "crl" {
      try authority.revoke(["0A0B0C"], to: crl)
    } else {
      try "\(Self.kiosk)/stolen # lost on 2026-11-20\n".write(toFile: denied, atomically: true, encoding: .utf8)
    }
    server.signal(SIGHUP)
    #expect(await server.logged("reloaded"))
    // The open watch breaks without anybody casting.
    await #expect(throws: (any Error).self) { while try await updates.next() != nil {} }
    // The same client, with the session it has, and a new one without.
    #expect(await thief.refusal(of: Ballots.ballot())?.code == .unavailable)
    let again = try TestClient(server, identity: stolen)
    #expect(await again.refusal(of: Ballots.ballot())?.code == .unavailable)
    #expect(server.log.contains("certificateRevoked"))
    // Nobody else felt it.
    #expect(await bystander.refusal(of: Ballots.ballot()) == nil)
    #expect(try await bystander.tally().ballots == 3)
    for client in [thief, bystander, again] { await client.shutdown() }
    #expect(await server.stop() == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func aCertificateSwapUnderLoadDropsNothingAndABadOneChangesNothing() async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let server = try await ServerProcess.start(data.path)
    let failures = Shared<[String]>([])
    let cast = Shared(0)
    let isOver = Shared(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        // Without retries: a dropped call would show.
        let client = try TestClient(server, identity: "\(data.path)/certs/kiosk", retries: false)
        group.addTask {
          while !isOver.value {
            if let refused = await client.refusal(of: Ballots.ballot()) {
              failures.update { $0.append("\(refused)") }
              break
            }
            cast.update { $0 += 1 }
          }
          await client.shutdown()
        }
      }
      for serial in ["0101", "0102", "0103"] {
        try authority.replaceServer(serial: serial)
        server.signal(SIGHUP)
        #expect(await server.logged("generation=\(Int(serial, radix: 16).map { $0 - 256 } ?? 0)"))
        let seen = try await run(
          "/bin/sh",
          ["-c", "openssl s_client -connect \(server.address) </dev/null 2>/dev/null | openssl x509 -noout -serial"])
        #expect(seen.output.contains("serial=\(serial)"), "\(seen.output)")
      }
      // Half a file.
      try "-----BEGIN CERTIFICATE-----\nMIIB".write(
        toFile: "\(data.path)/certs/server.pem", atomically: true, encoding: .utf8)
      server.signal(SIGHUP)
      #expect(await server.logged("reload refused"))
      let fresh = try TestClient(server, identity: "\(data.path)/certs/kiosk")
      #expect(await fresh.refusal(of: Ballots.ballot()) == nil)
      await fresh.shutdown()
      isOver.update { $0 = true }
      try await group.waitForAll()
    }
    #expect(failures.value == [])
    #expect(cast.value > 0)
    #expect(await server.stop() == 0)
  }
}
