public import NIOCore

/// What one side of TLS asks for: files, versions, application protocols, limits.
///
/// A configuration is only a wish; `TLSContext` reads the files and says what is wrong with them.
///
/// **Certificates.** `certificateChainFile` is PEM, our own certificate first, then the intermediates; the trust roots
/// are PEM certificates. A private key must not be encrypted: protect the file (see `permissionProblems()`).
///
/// **Revocation list** (`crlFile`): PEM CRLs, one per authority, each signed by an authority in the trust roots file.
/// Once it is set, every certificate needs a list of its issuer. A list whose next update is past is not loaded; one
/// that expires while it is in use refuses every certificate of its issuer until a new one is loaded, also those of
/// connections that are open (`TLSContextProvider.putOutExpired`): a list that is too old to trust must not let a stolen
/// certificate in.
///
/// **Deny list** (`denyListFile`): UTF-8 text, one entry a line; `#` starts a comment, empty lines are skipped. An entry is
///
///     spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-03    every certificate with exactly this URI
///     5f2c9a01/0A1B2C3D                                        one certificate: hash of the issuer's name / serial number
///
/// where the two hexadecimal numbers are what `openssl x509 -noout -issuer_hash -serial -in FILE` prints. (Not a
/// fingerprint: an ECDSA signature can be changed into another valid one, and the fingerprint with it.)
public struct TLSConfiguration: Sendable {
  public enum Role: Sendable { case server, client }

  /// Whether a server asks its clients for certificates.
  public enum ClientCertificates: Sendable { case none, optional, required }

  public enum MinimumVersion: Sendable { case tls12, tls13 }

  public let role: Role
  public var certificateChainFile: String?
  public var privateKeyFile: String?
  public var trustRootsFile: String?
  public var crlFile: String?
  public var denyListFile: String?
  /// Servers only.
  public var clientCertificates: ClientCertificates
  public var minimumVersion: MinimumVersion
  /// ALPN (RFC 7301), the most wanted first. A server chooses by its own order and refuses a client that offers only
  /// others; a client that offers none is served and the negotiated protocol is nil.
  public var applicationProtocols: [String]
  /// From the opened connection to the end of the handshake.
  public var handshakeTimeout: TimeAmount
  /// How long `close()` waits for the peer's close_notify before it closes the socket anyway.
  public var closeTimeout: TimeAmount

  public static func server(
    certificateChainFile: String, privateKeyFile: String, clientCertificates: ClientCertificates = .required,
    trustRootsFile: String? = nil, crlFile: String? = nil, denyListFile: String? = nil,
    minimumVersion: MinimumVersion = .tls13, applicationProtocols: [String] = [],
    handshakeTimeout: TimeAmount = .seconds(10), closeTimeout: TimeAmount = .seconds(5)
  ) -> TLSConfiguration {
    TLSConfiguration(
      role: .server, certificateChainFile: certificateChainFile, privateKeyFile: privateKeyFile,
      trustRootsFile: trustRootsFile, crlFile: crlFile, denyListFile: denyListFile,
      clientCertificates: clientCertificates, minimumVersion: minimumVersion,
      applicationProtocols: applicationProtocols, handshakeTimeout: handshakeTimeout, closeTimeout: closeTimeout)
  }

  /// A client without a certificate is possible; trust roots are not optional, nor is checking the server's name.
  public static func client(
    trustRootsFile: String, certificateChainFile: String? = nil, privateKeyFile: String? = nil, crlFile: String? = nil,
    denyListFile: String? = nil, minimumVersion: MinimumVersion = .tls13, applicationProtocols: [String] = [],
    handshakeTimeout: TimeAmount = .seconds(10), closeTimeout: TimeAmount = .seconds(5)
  ) -> TLSConfiguration {
    TLSConfiguration(
      role: .client, certificateChainFile: certificateChainFile, privateKeyFile: privateKeyFile,
      trustRootsFile: trustRootsFile, crlFile: crlFile, denyListFile: denyListFile,
      clientCertificates: .none, minimumVersion: minimumVersion,
      applicationProtocols: applicationProtocols, handshakeTimeout: handshakeTimeout, closeTimeout: closeTimeout)
  }

  /// One sentence for each file whose permissions are too open, for a warning at start. Nothing is refused: some
  /// systems hand keys over in ways that are safe all the same.
  ///
  /// A private key may be read by its owner and its group (`0640`) and written by its owner.
  public func permissionProblems() -> [String] {
    privateKeyFile.flatMap(Self.permissionProblem(ofKey:)).map { [$0] } ?? []
  }

  /// The same of one private key file; nil: it is well, or not there.
  public static func permissionProblem(ofKey file: String) -> String? {
    guard let mode = fileMode(file), mode & 0o037 != 0 else { return nil }
    return
      "the private key \(file) has mode 0\(String(mode, radix: 8)); others must not get at it: chmod 600 it"
  }
}
