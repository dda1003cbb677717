/// What went wrong in TLS, with OpenSSL's own reason and what the operator should do about it.
///
/// Thrown when files are loaded or certificates made, and fired through the pipeline as `errorCaught` when a handshake
/// or an open connection fails.
public struct TLSError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure, for code that has to choose. New members may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    // Files and configuration
    public static let configurationInvalid = Code(description: "configurationInvalid")
    public static let fileUnreadable = Code(description: "fileUnreadable")
    public static let fileUnwritable = Code(description: "fileUnwritable")
    public static let certificateInvalid = Code(description: "certificateInvalid")
    public static let privateKeyInvalid = Code(description: "privateKeyInvalid")
    /// The private key does not belong to the certificate.
    public static let keyMismatch = Code(description: "keyMismatch")
    public static let trustRootsInvalid = Code(description: "trustRootsInvalid")
    public static let crlInvalid = Code(description: "crlInvalid")
    public static let denyListInvalid = Code(description: "denyListInvalid")
    /// A certificate signing request that cannot be signed.
    public static let requestInvalid = Code(description: "requestInvalid")

    // What we found wrong with the peer's certificate
    /// The peer presented no certificate and one is required.
    public static let certificateMissing = Code(description: "certificateMissing")
    /// The peer's certificate does not lead to one of our trust roots, or may not be used for this.
    public static let certificateUntrusted = Code(description: "certificateUntrusted")
    /// The peer's certificate is not valid yet or no more.
    public static let certificateExpired = Code(description: "certificateExpired")
    /// The peer's certificate is on the revocation list or on the deny list.
    public static let certificateRevoked = Code(description: "certificateRevoked")
    /// The certificate revocation list's next update is past, so that no certificate can be accepted.
    public static let crlExpired = Code(description: "crlExpired")
    /// There is a revocation list file, but it has no list of the peer's issuer.
    public static let crlMissing = Code(description: "crlMissing")
    public static let hostnameMismatch = Code(description: "hostnameMismatch")

    // Handshake and connection
    public static let handshakeFailed = Code(description: "handshakeFailed")
    public static let handshakeTimeout = Code(description: "handshakeTimeout")
    /// The peer went away before the handshake ended.
    public static let handshakeInterrupted = Code(description: "handshakeInterrupted")
    public static let protocolVersion = Code(description: "protocolVersion")
    public static let noApplicationProtocol = Code(description: "noApplicationProtocol")
    /// The peer refused our certificate, or asked for one that we did not have.
    public static let peerRefusedCertificate = Code(description: "peerRefusedCertificate")
    /// The peer ended the connection with another fatal alert.
    public static let peerAlert = Code(description: "peerAlert")
    /// Bytes that are not the TLS they should be.
    public static let protocolViolation = Code(description: "protocolViolation")
    /// The connection ended without close_notify: the last bytes may have been cut off (RFC 8446 section 6.1).
    public static let uncleanShutdown = Code(description: "uncleanShutdown")
    /// OpenSSL failed where it should not: most likely out of memory.
    public static let internalFailure = Code(description: "internalFailure")
  }

  public let code: Code
  /// One sentence, lower case, names the file or the peer's fault.
  public let message: String
  /// OpenSSL's or the system's reason; empty where the message says all.
  public let reason: String
  /// What the operator should do.
  public let advice: String

  public init(_ code: Code, _ message: String, reason: String = "", advice: String) {
    self.code = code
    self.message = message
    self.reason = reason
    self.advice = advice
  }

  public var description: String {
    reason.isEmpty ? "\(message); \(advice)" : "\(message) (\(reason)); \(advice)"
  }
}
