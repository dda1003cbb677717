public import Polling

/// What signs kiosks' certificates. OpenSSL's work, and no room above TLS knows OpenSSL.
public protocol KioskAuthority: Sendable {
  /// Checks a certificate signing request (PKCS #10, PEM or DER): that it is one, that its maker holds the key, that the
  /// key is strong enough. Returns SHA-256 of the public key.
  ///
  /// - Throws: ``KioskRequestProblem``.
  func keyFingerprint(of request: [UInt8]) throws(KioskRequestProblem) -> [UInt8]

  /// Signs a certificate for the request's key that says `identity`, and nothing else the request says.
  ///
  /// - Throws: ``KioskRequestProblem`` for the request; any other error is this side's.
  func issue(_ request: [UInt8], identity: String, name: String, at now: Timestamp) throws -> IssuedKioskCertificate

  /// A certificate issued before, PEM, and what leads from it to the authority.
  func chain(_ certificate: [UInt8]) throws -> String
}

/// Why a signing request cannot be signed; short, English, for the caller.
public struct KioskRequestProblem: Error, Equatable {
  public var problem: String

  public init(_ problem: String) { self.problem = problem }
}

public struct IssuedKioskCertificate: Sendable, Equatable {
  /// X.509, DER.
  public var der: [UInt8]
  /// Hexadecimal.
  public var serial: String
  /// Its line for a deny list.
  public var denyListLine: String
  public var notBefore: Timestamp
  public var notAfter: Timestamp

  public init(der: [UInt8], serial: String, denyListLine: String, notBefore: Timestamp, notAfter: Timestamp) {
    self.der = der
    self.serial = serial
    self.denyListLine = denyListLine
    self.notBefore = notBefore
    self.notAfter = notAfter
  }
}
