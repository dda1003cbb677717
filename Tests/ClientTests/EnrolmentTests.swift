import Foundation
import Polling
import Schema
import Synchronization
import TLS
import Testing

@testable import binhchon

@Suite(.timeLimit(.minutes(1))) struct EnrolmentTests {
  private static let kiosk = "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-09"
  private static let start: Int64 = 1_800_000_000

  /// A server in memory: one code, one certificate per key, as the real one; it fails as told.
  final class FakeServer: EnrolmentClient {
    struct State {
      var certificates: [[UInt8]: String] = [:]
      /// Answers that get lost, after the work was done.
      var lost = 0
      var refusing: Refusal?
      var isShut = false
      var uri = EnrolmentTests.kiosk
    }
    let state = Mutex(State())
    let authority: CertificateIssuer

    init() throws {
      authority = try .authority(
        named: "test", notBefore: EnrolmentTests.start - 10, notAfter: EnrolmentTests.start + 100_000_000)
    }

    private func issue(_ bytes: Data) throws -> Binhchon_V1_KioskCertificate {
      let request = try SigningRequest(Array(bytes))
      return try state.withLock { state in
        if let refusal = state.refusing { throw refusal }
        let pem =
          try state.certificates[request.keyFingerprint]
          ?? authority.client(
            for: request, uri: state.uri, commonName: "k", notBefore: EnrolmentTests.start,
            notAfter: EnrolmentTests.start + 9000)
        state.certificates[request.keyFingerprint] = pem
        if state.lost > 0 {
          state.lost -= 1
          throw Refusal(code: 14, message: "lost")
        }
        var certificate = Binhchon_V1_KioskCertificate()
        certificate.certificate = pem
        return certificate
      }
    }

    func createKioskCode(
      _ request: Binhchon_V1_CreateKioskCodeRequest
    ) async throws -> Binhchon_V1_CreateKioskCodeResponse { Binhchon_V1_CreateKioskCodeResponse() }

    func enrol(_ request: Binhchon_V1_EnrolRequest) async throws -> Binhchon_V1_EnrolResponse {
      var response = Binhchon_V1_EnrolResponse()
      response.certificate = try issue(request.signingRequest)
      return response
    }

    func renew(_ request: Binhchon_V1_RenewRequest) async throws -> Binhchon_V1_RenewResponse {
      var response = Binhchon_V1_RenewResponse()
      response.certificate = try issue(request.signingRequest)
      return response
    }

    func shutdown() async { state.withLock { $0.isShut = true } }
  }

  private static func withShelf(_ body: (IdentityShelf, FakeServer) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(IdentityShelf(directory: directory), FakeServer())
  }

  private static func code() -> EnrolmentCode {
    var generator = SystemRandomNumberGenerator()
    return EnrolmentCode(using: &generator)
  }

  private static func files(_ shelf: IdentityShelf) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: shelf.directory)) ?? []).sorted()
  }

  private static func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func enrolmentPlacesAWholeIdentity() async throws {
    try await Self.withShelf { shelf, server in
      #expect(!shelf.isFilled)
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      let certificate = try await enrolment.enrol(Self.code(), by: server)
      #expect(certificate.identity.uri == Self.kiosk)
      #expect(shelf.isFilled)
      let files = try IdentityFiles(base: shelf.identity)
      #expect(try Self.mode(files.key) == 0o600)
      #expect(try Self.mode(shelf.directory) == 0o700)
      #expect(try CertificateFile(path: files.certificate).uris == [Self.kiosk])
      #expect(IdentityShelf(identity: shelf.identity) == shelf)
      #expect(IdentityShelf(identity: shelf.identity + ".pem") == shelf)
    }
  }

  @Test func aLostReplyIsAskedForAgainWithTheSameKey() async throws {
    try await Self.withShelf { shelf, server in
      server.state.withLock { $0.lost = 1 }
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      await #expect(throws: Refusal.self) { try await enrolment.enrol(Self.code(), by: server) }
      #expect(Self.files(shelf) == ["pending-enrol.key"])
      #expect(try Self.mode("\(shelf.directory)/pending-enrol.key") == 0o600)
      let certificate = try await enrolment.enrol(Self.code(), by: server)
      #expect(server.state.withLock { $0.certificates.count } == 1)
      // The same command again, after it was cut before its end, changes nothing.
      let before = Self.files(shelf)
      #expect(try await enrolment.enrol(Self.code(), by: server) == certificate)
      #expect(Self.files(shelf) == before)
    }
  }

  @Test func aRefusalLeavesNothingBehind() async throws {
    try await Self.withShelf { shelf, server in
      server.state.withLock { $0.refusing = Refusal(code: 7, message: "no", reason: "CODE_REFUSED") }
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      await #expect(throws: Refusal.self) { try await enrolment.enrol(Self.code(), by: server) }
      #expect(Self.files(shelf) == [])
      // But the key of a request that may have been answered stays.
      server.state.withLock {
        $0.refusing = nil
        $0.lost = 1
      }
      await #expect(throws: Refusal.self) { try await enrolment.enrol(Self.code(), by: server) }
      server.state.withLock { $0.refusing = Refusal(code: 7, message: "no", reason: "CODE_REFUSED") }
      await #expect(throws: Refusal.self) { try await enrolment.enrol(Self.code(), by: server) }
      #expect(Self.files(shelf) == ["pending-enrol.key"])
      // A torn one is made anew.
      try "torn".write(toFile: "\(shelf.directory)/pending-enrol.key", atomically: true, encoding: .utf8)
      server.state.withLock { $0.refusing = nil }
      _ = try await enrolment.enrol(Self.code(), by: server)
      #expect(shelf.isFilled)
    }
  }

  @Test func aCertificateOfAnotherKeyIsNotTaken() async throws {
    try await Self.withShelf { shelf, server in
      let (key, _) = try shelf.pendingKey(.enrolment)
      let other = try SigningRequest(PrivateKey().signingRequest())
      let pem = try server.authority.client(
        for: other, uri: Self.kiosk, commonName: "k", notBefore: Self.start, notAfter: Self.start + 1)
      let own = try SigningRequest(key.signingRequest()).keyFingerprint
      server.state.withLock { $0.certificates[own] = pem }
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      let error = await #expect(throws: ClientError.self) { try await enrolment.enrol(Self.code(), by: server) }
      #expect(error?.reason == "WRONG_CERTIFICATE")
      server.state.withLock { $0.certificates[own] = "nothing" }
      await #expect(throws: ClientError.self) { try await enrolment.enrol(Self.code(), by: server) }
      #expect(!shelf.isFilled)
    }
  }

  @Test(arguments: [
    // notBefore, notAfter, now, due
    (0, 9000, 0, false), (0, 9000, 6000, false), (0, 9000, 6001, true), (0, 9000, 9000, true), (0, 9000, 99_999, true),
    (0, 9000, -5, false), (0, 9000, Int64.min, false), (0, 9000, Int64.max, true), (Int64.min, Int64.max, 0, false),
    (9000, 0, 0, false),
  ])
  func isDueInTheLastThird(notBefore: Int64, notAfter: Int64, now: Int64, isDue: Bool) {
    #expect(KioskRenewal.isDue(notBefore: notBefore, notAfter: notAfter, now: now) == isDue)
  }

  @Test func renewalReplacesKeyAndCertificateTogether() async throws {
    try await Self.withShelf { shelf, server in
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      let first = try await enrolment.enrol(Self.code(), by: server)
      try shelf.forgetPendingKey(.enrolment)
      func settings() throws -> ConnectionSettings {
        try ConnectionSettings(
          ConnectionSettings.Flags(server: "h:1", identity: shelf.identity), ProcessEnvironment(variables: [:]))
      }
      func renew(after seconds: Int64) async throws -> KioskRenewal.Outcome {
        try await KioskRenewal.run(try settings(), now: Self.start + seconds) { _ in server }
      }
      let oldKey = try String(contentsOfFile: shelf.identity + ".key", encoding: .utf8)
      #expect(try await renew(after: 6000) == .notDue(expires: first.notAfter))
      server.state.withLock { $0.lost = 1 }
      await #expect(throws: Refusal.self) { try await renew(after: 6001) }
      #expect(server.state.withLock { $0.isShut })
      #expect(try String(contentsOfFile: shelf.identity + ".key", encoding: .utf8) == oldKey)
      #expect(try await renew(after: 6001) == .renewed(expires: Self.start + 9000))
      // The old pair is gone, the new one is a pair.
      #expect(try String(contentsOfFile: shelf.identity + ".key", encoding: .utf8) != oldKey)
      #expect(Self.files(shelf).count { $0.hasSuffix(".key") } == 1)
      #expect(server.state.withLock { $0.certificates.count } == 2)
      _ = try TLSContext(
        .client(
          trustRootsFile: try settings().identity.trustRoots, certificateChainFile: shelf.identity + ".pem",
          privateKeyFile: shelf.identity + ".key"))
      // Somebody else's certificate is no renewal.
      server.state.withLock { $0.uri = "spiffe://binhchon.test/kiosk/hai-chau/other" }
      let kept = Self.files(shelf)
      let error = await #expect(throws: ClientError.self) { try await renew(after: 9000) }
      #expect(error?.reason == "WRONG_CERTIFICATE")
      #expect(Self.files(shelf).filter { $0 != "pending-renew.key" } == kept)
    }
  }

  /// A renewal that waits for its answer is no enrolment to go on with, and the other way round.
  @Test func pendingKeysOfBothKindsAreKeptApart() async throws {
    try await Self.withShelf { shelf, server in
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      _ = try await enrolment.enrol(Self.code(), by: server)
      try shelf.forgetPendingKey(.enrolment)
      server.state.withLock { $0.lost = 2 }
      await #expect(throws: Refusal.self) { try await enrolment.renew(Self.kiosk, by: server) }
      #expect(shelf.hasPendingKey(.renewal))
      #expect(!shelf.hasPendingKey(.enrolment))
      await #expect(throws: Refusal.self) { try await enrolment.enrol(Self.code(), by: server) }
      // Three keys, three certificates: none was asked for twice.
      #expect(server.state.withLock { $0.certificates.count } == 3)
      try shelf.forgetPendingKey(.enrolment)
      #expect(shelf.hasPendingKey(.renewal))
    }
  }

  @Test func onlyTheFormerIdentityIsTakenAway() async throws {
    try await Self.withShelf { shelf, server in
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      _ = try await enrolment.enrol(Self.code(), by: server)
      let former = try FileManager.default.destinationOfSymbolicLink(atPath: "\(shelf.directory)/current")
      // Somebody's directory whose name only looks like one of ours.
      let others = "0123456789abcdef0123456789abcdef"
      try FileManager.default.createDirectory(
        atPath: "\(shelf.directory)/\(others)", withIntermediateDirectories: false)
      _ = try await enrolment.renew(Self.kiosk, by: server)
      #expect(!FileManager.default.fileExists(atPath: "\(shelf.directory)/\(former)"))
      #expect(FileManager.default.fileExists(atPath: "\(shelf.directory)/\(others)"))
    }
  }

  @Test func aRunningKioskRenewsInTimeAndItsNextConnectionUsesIt() async throws {
    try await Self.withShelf { shelf, server in
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: server.authority.certificatePEM)
      _ = try await enrolment.enrol(Self.code(), by: server)
      try shelf.forgetPendingKey(.enrolment)
      let settings = try ConnectionSettings(
        ConnectionSettings.Flags(server: "h:1", identity: shelf.identity), ProcessEnvironment(variables: [:]))
      let files = settings.identity
      let contexts = try ClientContexts(
        .client(
          trustRootsFile: files.trustRoots, certificateChainFile: files.certificate, privateKeyFile: files.key))
      let first = contexts.latest()
      #expect(contexts.latest() === first)
      server.state.withLock { $0.lost = 1 }
      var looks = 0
      var told: [String] = []
      await KioskRenewal.keep(
        settings, now: { Self.start + (looks < 2 ? 8000 : 1) },
        pause: {
          looks += 1
          if looks == 3 { throw CancellationError() }
        }, connect: { _ in server }
      ) { result in
        switch result {
        case .success(.renewed): told.append("renewed")
        case .success(.notDue): told.append("not due")
        case .failure: told.append("failed")
        }
      }
      #expect(told == ["failed", "renewed", "not due"])
      let second = contexts.latest()
      #expect(second !== first)
      #expect(contexts.latest() === second)
      // No pair any more: what was good goes on.
      try PrivateKey().pem.write(toFile: files.key, atomically: true, encoding: .utf8)
      #expect(contexts.latest() === second)
    }
  }

  @Test func anIdentityMadeByHandIsNotRenewed() async throws {
    try await Self.withShelf { shelf, server in
      try FileManager.default.createDirectory(atPath: shelf.directory, withIntermediateDirectories: true)
      let made = try server.authority.client(
        uri: Self.kiosk, commonName: "k", notBefore: Self.start, notAfter: Self.start + 9)
      try writePrivateFile(made.certificatePEM, to: "\(shelf.directory)/kiosk.pem")
      try writePrivateFile(made.privateKeyPEM, to: "\(shelf.directory)/kiosk.key")
      try writePrivateFile(server.authority.certificatePEM, to: "\(shelf.directory)/ca.pem")
      let settings = try ConnectionSettings(
        ConnectionSettings.Flags(server: "h:1", identity: "\(shelf.directory)/kiosk"),
        ProcessEnvironment(variables: [:]))
      let error = await #expect(throws: ClientError.self) {
        try await KioskRenewal.run(settings, now: Self.start + 8) { _ in server }
      }
      #expect(error?.status == .configuration)
      await KioskRenewal.keep(settings, now: { Self.start + 8 }, connect: { _ in server }) { _ in
        Issue.record("it was tried")
      }
    }
  }
}
