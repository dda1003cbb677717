import Foundation
import TLS

/// The authority of a demo directory, to make certificates that a test needs.
struct Authority {
  let issuer: CertificateIssuer
  let directory: String

  private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

  /// - Parameter data: a directory as `binhchond init --demo` makes it.
  /// - Parameter name: which of its authorities.
  init(of data: String, named name: String = "ca") throws {
    directory = "\(data)/certs"
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(data)/certs/\(name)", encoding: .utf8) }
    issuer = CertificateIssuer(certificatePEM: try text("\(name).pem"), privateKeyPEM: try text("\(name).key"))
  }

  /// An authority that nobody trusts, and its directory of clients who think that `data` is theirs.
  init(stranger directory: String, trusting data: String) throws {
    self.directory = directory
    issuer = try CertificateIssuer.authority(
      named: "A stranger", notBefore: Self.now - 3600, notAfter: Self.now + 3600)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(data)/certs/ca.pem", toPath: "\(directory)/ca.pem")
  }

  /// Makes NAME.pem and NAME.key; the PATH to use them by.
  func client(
    _ name: String, uri: String, notBefore: Int64 = now - 3600, notAfter: Int64 = now + 3600, serial: String? = nil
  ) throws -> String {
    let credential = try issuer.client(
      uri: uri, commonName: name, notBefore: notBefore, notAfter: notAfter, serial: serial)
    return try write(credential, name)
  }

  /// A new certificate and key for the server, in place of the old.
  func replaceServer(serial: String) throws {
    let credential = try issuer.server(
      hosts: ["localhost", "127.0.0.1"], notBefore: Self.now - 3600, notAfter: Self.now + 3600, serial: serial)
    _ = try write(credential, "server")
  }

  /// The CRL of everything revoked so far.
  ///
  /// - Parameter lifetime: seconds until its next update.
  func revoke(_ serials: [String], to path: String, lifetime: Int64 = 3600) throws {
    let list = try issuer.revocationList(
      serials: serials, number: 1, thisUpdate: Self.now - 60, nextUpdate: Self.now + lifetime)
    try list.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func write(_ credential: CertificateIssuer.Credential, _ name: String) throws -> String {
    try writePrivateFile(credential.privateKeyPEM, to: "\(directory)/\(name).key", replacing: true)
    try writePrivateFile(credential.certificatePEM, to: "\(directory)/\(name).pem", replacing: true)
    return "\(directory)/\(name)"
  }
}
