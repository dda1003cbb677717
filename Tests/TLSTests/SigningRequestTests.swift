import COpenSSL
import Foundation
import Testing

@testable import TLS

@Suite struct SigningRequestTests {
  /// A request made by `openssl`, as another client would.
  private static func request(_ arguments: [String], _ form: String = "DER", digest: String = "-sha256") throws
    -> [UInt8]
  {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func openssl(_ arguments: [String]) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
      process.arguments = arguments
      process.currentDirectoryURL = directory
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(arguments)")
    }
    try openssl(["genpkey", "-out", "key"] + arguments)
    try openssl([
      "req", "-new", "-key", "key", "-out", "request", "-outform", form, digest, "-subj", "/CN=admin",
      "-addext", "subjectAltName=URI:spiffe://binhchon.test/admin/hai-chau/thief",
    ])
    return Array(try Data(contentsOf: directory.appending(path: "request")))
  }

  private static func refusal(of bytes: [UInt8]) -> TLSError? {
    do throws(TLSError) {
      _ = try SigningRequest(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "DER", true),
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "PEM", true),
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "PEM", true),
    (["-algorithm", "ED25519"], "DER", true),
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"], "DER", false),
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "DER", false),
    (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"], "DER", false),
    (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "DER", false),
    (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "PEM", false),
  ])
  func kindsOfKeys(arguments: [String], form: String, isTaken: Bool) throws {
    let refusal = Self.refusal(of: try Self.request(arguments, form))
    #expect((refusal == nil) == isTaken, "\(String(describing: refusal))")
    if !isTaken { #expect(refusal?.code == .requestInvalid) }
  }

  /// OpenSSL's own way with such a block is to ask on the terminal, and to wait for the answer.
  @Test(arguments: ["AES-256-CBC", "DES-EDE3-CBC"])
  func anEncryptedRequestIsRefusedWithoutAsking(cipher: String) throws {
    let plain = String(
      decoding: try Self.request(["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "PEM"), as: UTF8.self)
    let vector = String(repeating: "0", count: cipher.hasPrefix("AES") ? 32 : 16)
    let encrypted = plain.replacing(
      "REQUEST-----\n", with: "REQUEST-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: \(cipher),\(vector)\n\n",
      maxReplacements: 1)
    #expect(encrypted != plain)
    let refusal = try #require(Self.refusal(of: Array(encrypted.utf8)))
    #expect(refusal.code == .requestInvalid)
    // That is: the passphrase was asked of us alone. OpenSSL's own way adds reasons, also where it finds no terminal.
    #expect(refusal.reason == "bad password read")
    #expect(ERR_peek_error() == 0)
  }

  @Test func everyChangedByteBreaksItsProof() throws {
    let bytes = try PrivateKey().signingRequest()
    #expect(Self.refusal(of: bytes) == nil)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      #expect(Self.refusal(of: changed)?.code == .requestInvalid, "byte \(place)")
    }
    for length in bytes.indices {
      #expect(Self.refusal(of: Array(bytes[..<length]))?.code == .requestInvalid, "\(length) bytes")
    }
    #expect(Self.refusal(of: bytes + [0])?.code == .requestInvalid)
    #expect(Self.refusal(of: [UInt8](repeating: 0x30, count: SigningRequest.limit + 1))?.code == .requestInvalid)
    #expect(Self.refusal(of: Array("-----BEGIN CERTIFICATE REQUEST-----\n".utf8))?.code == .requestInvalid)
    // Nothing is left behind for the next one who looks.
    #expect(ERR_peek_error() == 0)
  }

  @Test func theKeyStaysTheSameAndIsNotPrinted() throws {
    let key = try PrivateKey()
    let again = PrivateKey(pem: key.pem)
    #expect(
      try SigningRequest(key.signingRequest()).keyFingerprint == SigningRequest(again.signingRequest()).keyFingerprint)
    #expect(
      try SigningRequest(key.signingRequest()).keyFingerprint
        != SigningRequest(PrivateKey().signingRequest()).keyFingerprint)
    #expect("\(key)" == "PrivateKey")
    #expect("\([key])" == "[PrivateKey]")
    #expect(throws: TLSError.self) { try PrivateKey(pem: "no key").signingRequest() }
  }

  @Test func onlyTheKeyOfARequestIsTakenOver() throws {
    let workshop = try Workshop()
    let request = try SigningRequest(
      try Self.request(["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]))
    let pem = try workshop.authority.client(
      for: request, uri: Workshop.kiosk, commonName: "kiosk quay-03", notBefore: workshop.now - 60,
      notAfter: workshop.now + 60)
    let issued = try IssuedCertificate(pem: pem)
    #expect(issued.identity.uri == Workshop.kiosk)
    #expect(issued.identity.subject == "CN=kiosk quay-03")
    #expect(issued.keyFingerprint == request.keyFingerprint)
    #expect(issued.notAfter == workshop.now + 60)
    #expect(try IssuedCertificate(der: issued.der) == issued)
    #expect(issued.pem == pem)
    #expect(throws: TLSError.self) { try IssuedCertificate(der: [0x30, 0]) }
    #expect(throws: TLSError.self) { try IssuedCertificate(pem: "none") }
    // The line is what a deny list takes.
    try workshop.write(issued.denyListLine + "\n", to: "denied.txt")
    try workshop.write(pem, to: "device.pem")
    let context = try TLSContext(workshop.server())
    #expect(try context.refusal(ofClient: pem) == nil)
    let denying = try TLSContext(workshop.server().with { $0.denyListFile = workshop.path("denied.txt") })
    #expect(try denying.refusal(ofClient: pem)?.code == .certificateRevoked)
  }

  @Test func aServerSaysBeforehandWhomItWouldRefuse() throws {
    let workshop = try Workshop()
    let stranger = try Workshop(authorityNamed: "Someone Else")
    func pem(by issuer: CertificateIssuer) throws -> String {
      try issuer.client(
        for: SigningRequest(PrivateKey().signingRequest()), uri: Workshop.kiosk, commonName: "k",
        notBefore: workshop.now - 60, notAfter: workshop.now + 60)
    }
    let context = try TLSContext(workshop.server(.optional))
    #expect(try context.refusal(ofClient: pem(by: stranger.authority))?.code == .certificateUntrusted)
    // An authority without a list, where there are lists.
    try workshop.revoke([])
    let both = try workshop.write(workshop.authority.certificatePEM + stranger.authority.certificatePEM, to: "both.pem")
    let listed = try TLSContext(
      workshop.server().with {
        $0.crlFile = workshop.path("crl.pem")
        $0.trustRootsFile = both
      })
    #expect(try listed.refusal(ofClient: pem(by: workshop.authority)) == nil)
    #expect(try listed.refusal(ofClient: pem(by: stranger.authority)) != nil)
    // A server's certificate is no client's.
    #expect(try context.refusal(ofClient: String(contentsOfFile: workshop.path("server.pem"), encoding: .utf8)) != nil)
  }

  /// An authority's certificate with its own key or a given one.
  private static func authority(
    named name: String, key: OpenSSLObject? = nil, by issuer: CertificateIssuer? = nil, _ constraints: String,
    _ workshop: Workshop
  ) throws -> CertificateIssuer {
    let draft = try CertificateDraft(
      commonName: name, key: key, notBefore: workshop.now - 60, notAfter: workshop.now + 600, serial: nil)
    return CertificateIssuer(
      try draft.sign(
        issuer: issuer,
        extensions: [
          (NID_basic_constraints, "critical,\(constraints)"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
          (NID_subject_key_identifier, "hash"),
        ]))
  }

  /// Whoever has an authority's key can write its name in other letters, and TLS finds it all the same.
  @Test(arguments: ["BinhChon Test CA", "BINHCHON test ca", " BinhChon   Test CA "])
  func anIssuerIsKnownInEverySpelling(name: String) throws {
    let workshop = try Workshop()
    let key = try PEM.privateKey(in: Array(workshop.authority.privateKeyPEM.utf8), path: "key")
    let respelt = try Self.authority(named: name, key: key, "CA:TRUE,pathlen:0", workshop)
    let pem = try respelt.client(
      uri: Workshop.kiosk, commonName: "k", notBefore: workshop.now - 60, notAfter: workshop.now + 60
    ).certificatePEM
    #expect(try TLSContext(workshop.server()).refusal(ofClient: pem) == nil)
    let authorities = try IssuedCertificate.lastAuthorities(pemFile: workshop.path("ca.pem"))
    let issued = try IssuedCertificate(pem: pem)
    #expect(authorities.map(\.identity.issuerHash) == [issued.identity.issuerHash])
    let other = try Workshop(authorityNamed: "BinhChon Test CA 2")
    let others = try IssuedCertificate.lastAuthorities(pemFile: other.path("ca.pem"))
    #expect(others.map(\.identity.issuerHash) != authorities.map(\.identity.issuerHash))
  }

  @Test func aLastAuthorityHasNobodyAboveAndNoneBelow() throws {
    let workshop = try Workshop()
    let wide = try Self.authority(named: "wide", "CA:TRUE", workshop)
    let long = try Self.authority(named: "long", "CA:TRUE,pathlen:1", workshop)
    let below = try Self.authority(named: "below", by: wide, "CA:TRUE,pathlen:0", workshop)
    let good = workshop.authority.certificatePEM
    try workshop.write(good + good, to: "authorities.pem")
    #expect(try IssuedCertificate.lastAuthorities(pemFile: workshop.path("authorities.pem")).count == 2)
    for (bad, words) in [
      (wide.certificatePEM, "pathlen:0"), (long.certificatePEM, "pathlen:0"),
      (below.certificatePEM, "not signed by itself"),
      (try String(contentsOfFile: workshop.path("server.pem"), encoding: .utf8), "no authority's"), ("", "is broken"),
    ] {
      try workshop.write(good + (bad.isEmpty ? "-----BEGIN CERTIFICATE-----\n" : bad), to: "authorities.pem")
      let error = #expect(throws: TLSError.self) {
        try IssuedCertificate.lastAuthorities(pemFile: workshop.path("authorities.pem"))
      }
      #expect(error?.code == .certificateInvalid)
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
      #expect(ERR_peek_error() == 0)
    }
  }

  @Test func anAuthorityIsCheckedWhenItIsTakenUp() throws {
    let workshop = try Workshop()
    try workshop.write(workshop.authority.privateKeyPEM, to: "ca.key")
    _ = try CertificateIssuer(certificateFile: workshop.path("ca.pem"), keyFile: workshop.path("ca.key"))
    for (certificate, key, code) in [
      ("server.pem", "server.key", TLSError.Code.certificateInvalid), ("ca.pem", "server.key", .keyMismatch),
      ("none.pem", "ca.key", .fileUnreadable), ("ca.pem", "ca.pem", .privateKeyInvalid),
    ] {
      let error = #expect(throws: TLSError.self) {
        try CertificateIssuer(certificateFile: workshop.path(certificate), keyFile: workshop.path(key))
      }
      #expect(error?.code == code, "\(certificate) \(key)")
    }
  }
}
