import FoundationEssentials
import Polling
import Server
import TLS

/// Certificates to try things out with: an authority, the server on this machine, and one client for every role.
enum DemoCertificates {
  private static let lifetime: Int64 = 30 * 86_400

  /// What the configuration has to say of them where it is not the default.
  static let configuration = [
    "tls.ca": "certs/clients-ca.pem", "enrolment.ca_certificate": "certs/kiosk-ca.pem",
    "enrolment.ca_key": "certs/kiosk-ca.key",
  ]

  /// Makes `ca`, `server`, every role's name and `second-coordinator`, each `.pem` and `.key`; `kiosk-ca` for enrolling
  /// kiosks, and `clients-ca.pem` with both authorities.
  static func make(in directory: String, trustDomain: String) throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    // An hour back: clocks of the machines that look at them differ.
    let notBefore = Timestamp.now.milliseconds / 1000 - 3600
    let notAfter = notBefore + lifetime
    let authority = try CertificateIssuer.authority(
      named: "BinhChon demo CA", notBefore: notBefore, notAfter: notAfter)
    try write(authority.credential, "ca", in: directory)
    try write(
      authority.server(hosts: ["localhost", "127.0.0.1", "::1"], notBefore: notBefore, notAfter: notAfter), "server",
      in: directory)
    let kiosks = try CertificateIssuer.authority(
      named: "BinhChon demo kiosk CA", notBefore: notBefore, notAfter: notAfter)
    try write(kiosks.credential, "kiosk-ca", in: directory)
    try writePrivateFile(authority.certificatePEM + kiosks.certificatePEM, to: "\(directory)/clients-ca.pem")
    // Paper is taken back by two coordinators.
    for (person, role) in Role.allCases.map({ ($0.rawValue, $0) }) + [("second-coordinator", Role.coordinator)] {
      // Kiosks stand in the one-stop shop; all others see the whole district.
      let unit = role == .kiosk ? "hai-chau/mot-cua" : "hai-chau"
      let name = "\(person)-demo"
      let credential = try authority.client(
        uri: "spiffe://\(trustDomain)/\(role.rawValue)/\(unit)/\(name)", commonName: name, notBefore: notBefore,
        notAfter: notAfter)
      try write(credential, person, in: directory)
    }
  }

  private static func write(
    _ credential: CertificateIssuer.Credential, _ name: String, in directory: String
  ) throws {
    try writePrivateFile(credential.privateKeyPEM, to: "\(directory)/\(name).key")
    try writePrivateFile(credential.certificatePEM, to: "\(directory)/\(name).pem")
  }
}
