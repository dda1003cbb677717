import FoundationEssentials
import TLS
import Testing

@testable import binhchond

@Suite struct KioskRuleTests {
  private static let kiosk = "spiffe://binhchon.test/kiosk/hai-chau/k"
  private static let admin = "spiffe://binhchon.test/admin/hai-chau/k"

  @Test(arguments: [
    (1, kiosk, false), (1, admin, true), (1, "spiffe://elsewhere.test/kiosk/hai-chau/k", true), (1, nil, true),
    (2, kiosk, false), (2, admin, true), (3, admin, false), (3, nil, false),
  ])
  func theAuthoritiesForKiosksNameKiosksOnly(issuer: Int, uri: String?, isBroken: Bool) {
    let rule = KioskRule(authorities: [1, 2], trustDomain: "binhchon.test")
    let peer = PeerIdentity(
      uri: uri, subject: "CN=k", issuer: "CN=any", issuerHash: UInt32(issuer), serial: "01", notAfter: 0)
    #expect(rule.isBroken(by: peer) == isBroken)
  }

  /// Also one that signs no more, and where nobody signs.
  @Test func itHoldsForEveryAuthorityThatIsNamed() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try DemoCertificates.make(in: directory, trustDomain: "binhchon.test")
    let now = Int64(Date().timeIntervalSince1970)
    var configuration = Configuration()
    configuration.certificateFile = "\(directory)/server.pem"
    func admin(by issuer: CertificateIssuer) throws -> PeerIdentity {
      try IssuedCertificate(
        pem: issuer.client(uri: Self.admin, commonName: "a", notBefore: now - 60, notAfter: now + 600).certificatePEM
      ).identity
    }
    let kiosks = try CertificateIssuer(
      certificateFile: "\(directory)/kiosk-ca.pem", keyFile: "\(directory)/kiosk-ca.key")
    let former = try CertificateIssuer.authority(named: "former", notBefore: now - 60, notAfter: now + 600)
    let staff = try CertificateIssuer(certificateFile: "\(directory)/ca.pem", keyFile: "\(directory)/ca.key")

    #expect(try !KioskRule.load(configuration).isBroken(by: admin(by: kiosks)))
    let file = "\(directory)/kiosk-cas.pem"
    try writePrivateFile(kiosks.certificatePEM + former.certificatePEM, to: file)
    configuration.enrolmentCertificateFile = file
    #expect(!configuration.isEnrolling)
    let rule = try KioskRule.load(configuration)
    #expect(try rule.isBroken(by: admin(by: kiosks)))
    #expect(try rule.isBroken(by: admin(by: former)))
    #expect(try !rule.isBroken(by: admin(by: staff)))

    try writePrivateFile(kiosks.certificatePEM + staff.certificatePEM, to: file, replacing: true)
    let failure = #expect(throws: Failure.self) { try KioskRule.load(configuration) }
    #expect(failure?.message.contains("also issued the server's certificate") == true)
  }
}
