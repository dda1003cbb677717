internal import COpenSSL

/// A P-256 certificate authority: makes certificates for servers and clients, and revocation lists.
///
/// Holds PEM text only. Times are seconds since 1970; serial numbers are hexadecimal, random if not given.
public struct CertificateIssuer: Sendable {
  /// A certificate and its private key, both PEM.
  public struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    public let certificatePEM: String
    public let privateKeyPEM: String

    /// Without the key: descriptions end up in logs.
    public var description: String {
      "Credential(\(certificatePEM.utf8.count) bytes of certificate, and a private key)"
    }

    public var debugDescription: String { description }
  }

  /// The authority's own.
  public let credential: Credential

  public var certificatePEM: String { credential.certificatePEM }
  public var privateKeyPEM: String { credential.privateKeyPEM }

  /// Takes up an authority that was made before.
  public init(_ credential: Credential) { self.credential = credential }

  public init(certificatePEM: String, privateKeyPEM: String) {
    self.init(Credential(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM))
  }

  /// Makes a new authority that signs its own certificate.
  ///
  /// - Throws: `TLSError`.
  public static func authority(
    named name: String, notBefore: Int64, notAfter: Int64, serial: String? = nil
  ) throws(TLSError) -> CertificateIssuer {
    let draft = try CertificateDraft(commonName: name, notBefore: notBefore, notAfter: notAfter, serial: serial)
    let credential = try draft.sign(
      issuer: nil,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
      ])
    return CertificateIssuer(credential)
  }

  /// A server's certificate.
  ///
  /// - Parameter hosts: DNS names and IP addresses, at least one; the first one is the common name too (64 characters of it).
  /// - Throws: `TLSError`; `.configurationInvalid` for an impossible name.
  public func server(
    hosts: [String], uri: String? = nil, notBefore: Int64, notAfter: Int64, serial: String? = nil
  ) throws(TLSError) -> Credential {
    guard let first = hosts.first else {
      throw TLSError(.configurationInvalid, "a server certificate without a host", advice: "name at least one host")
    }
    return try leaf(
      commonName: String(first.prefix(64)), uris: uri.map { [$0] } ?? [], hosts: hosts, usage: "serverAuth",
      notBefore: notBefore,
      notAfter: notAfter, serial: serial)
  }

  /// A client's certificate.
  ///
  /// - Parameter uri: who it is: `spiffe://DOMAIN/ROLE/UNIT/NAME`.
  /// - Throws: `TLSError`; `.configurationInvalid` for an impossible name.
  public func client(
    uri: String, commonName: String, notBefore: Int64, notAfter: Int64, serial: String? = nil
  ) throws(TLSError) -> Credential {
    try leaf(
      commonName: commonName, uris: [uri], hosts: [], usage: "clientAuth", notBefore: notBefore, notAfter: notAfter,
      serial: serial)
  }

  /// A client's certificate for a key that somebody else holds.
  ///
  /// - Parameters:
  ///   - request: only its key is taken over; what it says of names is not.
  ///   - uri: who it is: `spiffe://DOMAIN/ROLE/UNIT/NAME`.
  /// - Returns: the certificate, PEM.
  /// - Throws: `TLSError`; `.configurationInvalid` for an impossible name.
  public func client(
    for request: SigningRequest, uri: String, commonName: String, notBefore: Int64, notAfter: Int64,
    serial: String? = nil
  ) throws(TLSError) -> String {
    let draft = try CertificateDraft(
      commonName: commonName, key: request.key, notBefore: notBefore, notAfter: notAfter, serial: serial)
    try draft.setAlternativeNames(uris: [uri], hosts: [])
    return try draft.signedPEM(issuer: self, extensions: Self.leafExtensions(usage: "clientAuth"))
  }

  /// A revocation list, PEM.
  ///
  /// - Parameters:
  ///   - serials: the serial numbers of everything revoked so far, hexadecimal.
  ///   - number: must rise from list to list.
  /// - Throws: `TLSError`.
  public func revocationList(
    serials: [String], number: Int64, thisUpdate: Int64, nextUpdate: Int64
  ) throws(TLSError) -> String {
    try RevocationListDraft.sign(
      serials: serials, number: number, thisUpdate: thisUpdate, nextUpdate: nextUpdate, issuer: self)
  }

  private func leaf(
    commonName: String, uris: [String], hosts: [String], usage: String, notBefore: Int64, notAfter: Int64,
    serial: String?
  ) throws(TLSError) -> Credential {
    let draft = try CertificateDraft(commonName: commonName, notBefore: notBefore, notAfter: notAfter, serial: serial)
    try draft.setAlternativeNames(uris: uris, hosts: hosts)
    return try draft.sign(issuer: self, extensions: Self.leafExtensions(usage: usage))
  }

  private static func leafExtensions(usage: String) -> [(nid: Int32, value: String)] {
    [
      (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
      (NID_ext_key_usage, usage), (NID_subject_key_identifier, "hash"),
      (NID_authority_key_identifier, "keyid:always"),
    ]
  }

  var certificate: OpenSSLObject {
    get throws(TLSError) {
      try PEM.certificates(in: Array(certificatePEM.utf8), path: "the issuer", code: .certificateInvalid)[0]
    }
  }

  var privateKey: OpenSSLObject {
    get throws(TLSError) { try PEM.privateKey(in: Array(privateKeyPEM.utf8), path: "the issuer's key") }
  }
}
