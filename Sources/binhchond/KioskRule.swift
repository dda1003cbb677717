import TLS

/// What the authorities of `enrolment.ca_certificate` may say: kiosks, and nothing else. The first one's key lies on a
/// server, or did, and must not be able to make an administrator; so the rule does not ask whether anybody signs now.
struct KioskRule: Sendable {
  /// By their names, as `PeerIdentity.issuerHash`: OpenSSL takes more than one spelling for the same name.
  private let authorities: Set<UInt32>
  /// How every kiosk's identity begins.
  private let prefix: String

  init(authorities: Set<UInt32>, trustDomain: String) {
    self.authorities = authorities
    prefix = "spiffe://\(trustDomain)/kiosk/"
  }

  /// Reads the authorities' certificates; without any, everybody may say everything.
  ///
  /// - Throws: ``Failure`` with status configuration.
  static func load(_ configuration: Configuration) throws(Failure) -> KioskRule {
    guard let file = configuration.enrolmentCertificateFile else {
      return KioskRule(authorities: [], trustDomain: configuration.trustDomain)
    }
    do throws(TLSError) {
      // Each is its own issuer.
      let authorities = Set(try IssuedCertificate.lastAuthorities(pemFile: file).map(\.identity.issuerHash))
      let server = try IssuedCertificate(pemFile: configuration.certificateFile)
      guard !authorities.contains(server.identity.issuerHash) else {
        throw TLSError(
          .configurationInvalid, "the authority for kiosks also issued the server's certificate",
          advice: "make one for kiosks alone: whoever breaks into the server gets its key (certs/README.md)")
      }
      return KioskRule(authorities: authorities, trustDomain: configuration.trustDomain)
    } catch {
      throw Failure(.configuration, "enrolment: \(error)")
    }
  }

  /// Whether a certificate claims what its authority may not say.
  func isBroken(by peer: PeerIdentity) -> Bool {
    authorities.contains(peer.issuerHash) && peer.uri?.hasPrefix(prefix) != true
  }
}
