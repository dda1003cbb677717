import Glibc
import NIOCore

@testable import TLS

/// A certificate authority with a directory of its own that goes away with it.
final class Workshop {
  let directory: String
  let authority: CertificateIssuer
  let now = systemTime()
  private var files: Set<String> = []

  static let day: Int64 = 86400
  static let kiosk = "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-03"

  init(authorityNamed name: String = "BinhChon Test CA") throws {
    var template = Array("\(P_tmpdir)/binhchon-tls-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure("mkdtemp") }
    directory = String(cString: made)
    authority = try .authority(named: name, notBefore: now - Self.day, notAfter: now + 30 * Self.day)
    try write(authority.certificatePEM, to: "ca.pem")
    try issueServer()
  }

  deinit {
    for file in files { unlink(file) }
    rmdir(directory)
  }

  struct Failure: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try writePrivateFile(text, to: path(name), replacing: true)
    files.insert(path(name))
    return path(name)
  }

  func remove(_ name: String) { unlink(path(name)) }

  func issueServer(hosts: [String] = ["localhost", "127.0.0.1"], serial: String? = nil) throws {
    let server = try authority.server(
      hosts: hosts, notBefore: now - Self.day, notAfter: now + Self.day, serial: serial)
    try write(server.certificatePEM, to: "server.pem")
    try write(server.privateKeyPEM, to: "server.key")
  }

  func issueClient(
    _ name: String = "kiosk", uri: String = kiosk, serial: String? = nil, notBefore: Int64 = -day,
    notAfter: Int64 = day,
    by authority: CertificateIssuer? = nil
  ) throws {
    let client = try (authority ?? self.authority).client(
      uri: uri, commonName: name, notBefore: now + notBefore, notAfter: now + notAfter, serial: serial)
    try write(client.certificatePEM, to: "\(name).pem")
    try write(client.privateKeyPEM, to: "\(name).key")
  }

  func revoke(_ serials: [String], expiring: Int64 = day) throws {
    let list = try authority.revocationList(
      serials: serials, number: 1, thisUpdate: now - 2 * Self.day, nextUpdate: now + expiring)
    try write(list, to: "crl.pem")
  }

  func server(_ clientCertificates: TLSConfiguration.ClientCertificates = .required) -> TLSConfiguration {
    .server(
      certificateChainFile: path("server.pem"), privateKeyFile: path("server.key"),
      clientCertificates: clientCertificates, trustRootsFile: path("ca.pem"))
  }

  /// - Parameter name: of the client certificate, nil for none.
  func client(_ name: String? = "kiosk") -> TLSConfiguration {
    .client(
      trustRootsFile: path("ca.pem"), certificateChainFile: name.map { path("\($0).pem") },
      privateKeyFile: name.map { path("\($0).key") })
  }
}

extension TLSConfiguration {
  /// A copy with a change.
  func with(_ change: (inout TLSConfiguration) throws -> Void) rethrows -> TLSConfiguration {
    var copy = self
    try change(&copy)
    return copy
  }
}
