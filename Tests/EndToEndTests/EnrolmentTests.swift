import Foundation
import Logging
import Polling
import RPC
import Schema
import TLS
import Testing

@testable import binhchon

/// A kiosk's life with its certificate, over the real binaries: code, enrolment, votes, renewal, revocation, replacement.
@Suite(.timeLimit(.minutes(1))) struct EnrolmentTests {
  private static let kiosk = "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-09"

  /// A device with a home of its own.
  private struct Device {
    let home: TemporaryDirectory
    let server: ServerProcess
    let data: String

    init(_ server: ServerProcess, _ data: String) throws {
      home = try TemporaryDirectory()
      (self.server, self.data) = (server, data)
    }

    var identity: String { "\(home.path)/.config/binhchon/kiosk/current/kiosk" }

    func binhchon(_ arguments: String..., input: String = "") async throws -> Finished {
      try await run(Binaries.client, arguments + ["--lang", "en"], input: input, environment: ["HOME": home.path])
    }

    func enrol(_ code: String, _ more: String...) async throws -> Finished {
      try await run(
        Binaries.client,
        ["kiosk", "enrol", "--server", server.address, "--ca", "\(data)/certs/ca.pem", "--lang", "en"] + more,
        input: code + "\n", environment: ["HOME": home.path])
    }

    func vote() async throws -> Finished {
      try await binhchon(
        "vote", "--poll", "hai-chau-hai-long", "--unit", "hai-chau/mot-cua/quay-03", "--channel", "kiosk", "--choice",
        "RHL")
    }
  }

  private static func code(_ server: ServerProcess, _ data: String, _ name: String = "quay-09") async throws -> String {
    let made = try await run(
      Binaries.client,
      [
        "units", "kiosk-code", "hai-chau/mot-cua", name, "--server", server.address, "--identity",
        "\(data)/certs/coordinator", "--lang", "en",
      ])
    #expect(made.status == 0, "\(made.errors)")
    return String(try #require(made.output.split(separator: "\n").first))
  }

  @Test func enrolledVotingRenewedRevokedAndReplaced() async throws {
    let data = try await demoData()
    let denied = "\(data.path)/certs/denied.txt"
    try "".write(toFile: denied, atomically: true, encoding: .utf8)
    let server = try await ServerProcess.start(data.path, environment: ["BINHCHON_TLS_DENY_LIST": denied])
    let code = try await Self.code(server, data.path)
    let device = try Device(server, data.path)
    let enrolled = try await device.enrol(code)
    #expect(enrolled.status == 0, "\(enrolled.errors)")
    #expect(enrolled.output.contains(Self.kiosk))
    let vote = try await device.vote()
    #expect(vote.status == 0, "\(vote.errors)")

    // Another device with the same code gets nothing, and keeps nothing.
    let thief = try Device(server, data.path)
    let refused = try await thief.enrol(code)
    #expect(refused.status == 77)
    #expect(refused.errors.contains("CODE_REFUSED"))
    #expect(!FileManager.default.fileExists(atPath: thief.identity + ".pem"))
    #expect(!FileManager.default.fileExists(atPath: "\(thief.home.path)/.config/binhchon/kiosk/pending-enrol.key"))
    // Nor does the first one enrol over its identity unasked.
    let twice = try await device.enrol(code)
    #expect(twice.status == 73)
    #expect(twice.errors.contains("ALREADY_ENROLLED"))

    // Another key, the same identity.
    let old = try String(contentsOfFile: device.identity + ".key", encoding: .utf8)
    #expect(try await device.binhchon("kiosk", "renew", "--json").output.contains("\"renewed\":false"))
    let renewed = try await device.binhchon("kiosk", "renew", "--now")
    #expect(renewed.status == 0, "\(renewed.errors)")
    #expect(try String(contentsOfFile: device.identity + ".key", encoding: .utf8) != old)
    #expect(try await device.vote().status == 0)

    // Stolen: its serials go on the deny list, as the log names them; it is out while connected, and stays out.
    let client = try TestClient(server, identity: device.identity)
    #expect(await client.refusal(of: Ballots.ballot()) == nil)
    let lines = server.log.split(separator: "\n").filter { $0.contains("certificate issued") }
      .compactMap { $0.split(separator: " ").first { $0.hasPrefix("certificate=") }?.dropFirst("certificate=".count) }
    #expect(lines.count == 2)
    try (lines.joined(separator: "\n") + "\n").write(toFile: denied, atomically: true, encoding: .utf8)
    server.signal(SIGHUP)
    let revoked = ContinuousClock.now
    #expect(await server.logged("reloaded"))
    while await client.refusal(of: Ballots.ballot()) == nil { try Task.checkCancellation() }
    #expect(ContinuousClock.now - revoked < .seconds(5))
    #expect(try await device.vote().status == 77)
    #expect(try await device.binhchon("kiosk", "renew", "--now").status == 77)
    await client.shutdown()

    // Its replacement has the same name, and is let in.
    let replacement = try Device(server, data.path)
    let again = try await replacement.enrol(try await Self.code(server, data.path), "--json")
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains(Self.kiosk))
    #expect(try await replacement.vote().status == 0)
    // And the first device too, once somebody wants it.
    let back = try await device.enrol(try await Self.code(server, data.path), "--replace")
    #expect(back.status == 0, "\(back.errors)")
    #expect(try await device.vote().status == 0)
    #expect(await server.stop() == 0)
    let verified = try await run(Binaries.server, ["verify", data.path])
    #expect(verified.status == 0, "\(verified.output)")
  }

  /// What `units kiosk-code` prints is all that has to be carried to the device.
  @Test func aFingerprintStandsForTheAuthoritysFile() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let made = try await run(
      Binaries.client,
      [
        "units", "kiosk-code", "hai-chau/mot-cua", "quay-09", "--server", server.address, "--identity",
        "\(data.path)/certs/admin", "--lang", "en",
      ])
    let words = made.output.split { $0 == " " || $0 == "\n" }.map(String.init)
    let (code, fingerprint) = (try #require(words.first), try #require(words.last))
    let device = try Device(server, data.path)
    let enrolled = try await device.binhchon(
      "kiosk", "enrol", "--server", server.address, "--ca-fingerprint", fingerprint, input: code)
    #expect(enrolled.status == 0, "\(enrolled.errors)")
    let vote = try await device.vote()
    #expect(vote.status == 0, "\(vote.errors)")
    #expect(await server.stop() == 0)
  }

  @Test func strangersWhoHoldEveryPlaceDoNotKeepAKioskFromEnrolling() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let device = try Device(server, data.path)
    let code = try await Self.code(server, data.path)
    // Twice as many as there are places.
    let strangers = try (0..<128).map { number in
      let tls = try RawTLS(RawSocket(port: server.port, from: "127.0.0.\(10 + number / 8)"), RawTLS.Options())
      #expect(tls.shakeHands())
      return tls
    }
    var enrolled = try await device.enrol(code)
    // On a busy machine the server may see the last of the strangers after the kiosk, which then is the one that waits longest.
    for _ in 0..<2 where enrolled.status == 69 { enrolled = try await device.enrol(code) }
    #expect(enrolled.status == 0, "\(enrolled.errors)")
    withExtendedLifetime(strangers) {}
    #expect(await server.stop() == 0)
  }

  @Test func aRestartForgetsNoCode() async throws {
    let data = try await demoData()
    let first = try await ServerProcess.start(data.path)
    let code = try await Self.code(first, data.path)
    first.signal(SIGKILL)
    _ = await first.stop()
    let second = try await ServerProcess.start(data.path)
    let device = try Device(second, data.path)
    #expect(try await device.enrol(code).status == 0)
    // The same key again, as after a lost reply: the same certificate.
    let settings = try ConnectionSettings(
      ConnectionSettings.Flags(server: second.address, identity: device.identity), ProcessEnvironment(variables: [:]))
    let certificate = try String(contentsOfFile: settings.identity.certificate, encoding: .utf8)
    var request = Binhchon_V1_EnrolRequest()
    request.code = code
    request.signingRequest = Data(
      try PrivateKey(pem: String(contentsOfFile: settings.identity.key, encoding: .utf8)).signingRequest())
    let stranger = try RPCEnrolmentClient(
      server: settings.server, serverName: nil, trustRoots: settings.identity.trustRoots,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let again = try await stranger.enrol(request)
    #expect(again.replayed)
    #expect(again.certificate.certificate == certificate)
    await stranger.shutdown()
    #expect(await second.stop() == 0)
  }

  @Test func whoIsNotTrustedIsToldNoCode() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let device = try Device(server, data.path)
    let code = try await Self.code(server, data.path)
    let wrong = try await run(
      Binaries.client,
      ["kiosk", "enrol", "--server", server.address, "--ca", "\(data.path)/certs/kiosk-ca.pem", "--lang", "en"],
      input: code, environment: ["HOME": device.home.path])
    #expect(wrong.status == 77)
    #expect(wrong.errors.contains("CERTIFICATE_UNTRUSTED"), "\(wrong.errors)")
    func fingerprint(_ file: String) throws -> String {
      let pem = try String(contentsOfFile: "\(data.path)/certs/\(file)", encoding: .utf8)
      return try #require(Fingerprint(pem: pem)).description
    }
    for (file, words) in [("kiosk-ca.pem", "comes from another authority"), ("server.pem", "is no authority")] {
      let wrong = try await device.binhchon(
        "kiosk", "enrol", "--server", server.address, "--ca-fingerprint", try fingerprint(file), input: code)
      #expect(wrong.errors.contains(words), "\(wrong.errors)")
      #expect(wrong.status != 0)
    }
    #expect(try await device.binhchon("kiosk", "enrol", "--server", server.address, input: code).status == 64)
    let typo = try await device.enrol("0" + code.dropFirst() + "0")
    #expect(typo.status == 65)
    #expect(typo.errors.contains("CODE_MISTYPED"))
    #expect(await server.stop() == 0)

    let without = try await ServerProcess.start(data.path, environment: ServerProcess.enrolmentOff)
    let other = try Device(without, data.path)
    let off = try await other.enrol(code)
    #expect(off.status == 69)
    #expect(off.errors.contains("ENROLMENT_OFF"), "\(off.errors)")
    #expect(await without.stop() == 0)
  }

  /// The authority's key lies on the server: whoever steals it makes kiosks, and nothing more.
  /// Also where nobody is enrolled any more.
  @Test(arguments: [true, false])
  func theKiosksAuthorityMakesNoAdministrator(isSigning: Bool) async throws {
    let data = try await demoData()
    let certs = "\(data.path)/certs"
    let issuer = try CertificateIssuer(certificateFile: "\(certs)/kiosk-ca.pem", keyFile: "\(certs)/kiosk-ca.key")
    let now = Int64(Date().timeIntervalSince1970)
    func identity(_ name: String, _ uri: String) throws -> String {
      let made = try issuer.client(uri: uri, commonName: name, notBefore: now - 60, notAfter: now + 600)
      try writePrivateFile(made.certificatePEM, to: "\(certs)/\(name).pem")
      try writePrivateFile(made.privateKeyPEM, to: "\(certs)/\(name).key")
      return "\(certs)/\(name)"
    }
    let server = try await ServerProcess.start(
      data.path, environment: isSigning ? [:] : ["BINHCHON_ENROLMENT_CA_KEY": ""])
    let admin = try TestClient(
      server, identity: try identity("forged", "spiffe://binhchon.test/admin/hai-chau/forged"), retries: false)
    let polls = Binhchon_V1_ListPollsRequest()
    await #expect(throws: RPCError.self) { try await admin.call(TallyMethods.listPolls, polls, timeout: .seconds(5)) }
    #expect(await server.logged("says it is no kiosk's"))
    let kiosk = try TestClient(server, identity: try identity("device", Self.kiosk))
    #expect(try await kiosk.call(TallyMethods.listPolls, polls).polls.count == 1)
    await admin.shutdown()
    await kiosk.shutdown()
    #expect(await server.stop() == 0)
  }

  @Test func whatCannotWorkIsSaidBeforeItServes() async throws {
    let data = try await demoData()
    for (environment, words) in [
      (["BINHCHON_ENROLMENT_CA_CERTIFICATE": ""], "ca_certificate to be set"),
      (["BINHCHON_ENROLMENT_CA_KEY": "\(data.path)/certs/ca.key"], "does not belong"),
      (["BINHCHON_TLS_CA": "\(data.path)/certs/ca.pem"], "does not accept"),
      (["BINHCHON_TLS_CLIENT_CERTIFICATES": "none"], "client_certificates"),
      (
        [
          "BINHCHON_ENROLMENT_CA_CERTIFICATE": "\(data.path)/certs/ca.pem",
          "BINHCHON_ENROLMENT_CA_KEY": "\(data.path)/certs/ca.key",
        ], "also issued the server's certificate"
      ),
    ] {
      let checked = try await run(
        Binaries.server, ["check-config", "\(data.path)/binhchon.yaml"], environment: environment)
      #expect(checked.status == 78, "\(environment)")
      #expect(checked.errors.contains(words), "\(checked.errors)")
    }
    #expect(chmod("\(data.path)/certs/kiosk-ca.key", 0o644) == 0)
    let open = try await run(Binaries.server, ["check-config", "\(data.path)/binhchon.yaml"])
    #expect(open.status == 0)
    #expect(open.errors.contains("kiosk-ca.key has mode 0644"))
  }

  /// Whoever shows no certificate, on a resumed session or not, is told so by the methods of everybody else.
  @Test func strangersStayStrangers() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    let session = "\(data.path)/session"
    // ListPolls as a frame: 10 bytes of header, 37 of request.
    let request = #"\000\000\000\045\000\000\000\001\001\000\012\030binhchon.v1.TallyService\022\011ListPolls"#
    for (isResumed, option) in [(false, "-sess_out"), (true, "-sess_in")] {
      let seen = try await run(
        "/bin/sh",
        [
          "-c",
          // The client goes once its input ends: that is left open until the answer is there.
          """
          { printf '\(request)'; sleep 2; } | openssl s_client -connect \(server.address) \
            -CAfile '\(data.path)/certs/ca.pem' -quiet -no_ign_eof \(option) '\(session)' 2>&1 | strings
          """,
        ])
      #expect(seen.output.contains("NO_IDENTITY"), "\(seen.output)")
      #expect(!seen.output.contains("hai-chau-hai-long"))
      // The server's certificate is only sent in a full handshake.
      #expect(seen.output.contains("verify return") != isResumed, "\(seen.output)")
    }
    #expect(await server.stop() == 0)
  }
}
