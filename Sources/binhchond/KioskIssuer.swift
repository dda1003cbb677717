import Polling
import Server
import TLS

/// The first authority of `enrolment.ca_certificate`, which signs kiosks' certificates while the server runs. What it
/// and the others there may say is up to ``KioskRule``.
struct KioskIssuer: KioskAuthority {
  private let issuer: CertificateIssuer
  private let issuerCertificate: IssuedCertificate
  private let lifetime: Int64

  /// Clocks of the machines that look at a certificate differ.
  private static let leeway: Int64 = 3600

  /// Reads the authority's files and checks that the server accepts what it will sign.
  ///
  /// - Returns: nil where enrolment is off.
  /// - Throws: ``Failure`` with status configuration.
  static func load(_ configuration: Configuration, _ tls: TLSContext) throws(Failure) -> KioskIssuer? {
    guard configuration.isEnrolling else { return nil }
    guard let certificate = configuration.enrolmentCertificateFile, let key = configuration.enrolmentKeyFile else {
      throw Failure(.configuration, "enrolment.ca_key needs enrolment.ca_certificate to be set too")
    }
    guard configuration.clientCertificates != .none else {
      throw Failure(.configuration, "enrolment needs tls.client_certificates to be required or optional")
    }
    do throws(TLSError) {
      let issuer = KioskIssuer(
        issuer: try CertificateIssuer(certificateFile: certificate, keyFile: key),
        issuerCertificate: try IssuedCertificate(pemFile: certificate), lifetime: configuration.enrolmentLifetime)
      try issuer.check(configuration, tls)
      return issuer
    } catch {
      throw Failure(.configuration, "enrolment: \(error)")
    }
  }

  private func check(_ configuration: Configuration, _ tls: TLSContext) throws(TLSError) {
    let now = Timestamp.now.milliseconds / 1000
    let probe = try sign(
      SigningRequest(PrivateKey().signingRequest()),
      identity: "spiffe://\(configuration.trustDomain)/kiosk/check/check",
      name: "check", at: now)
    if let refusal = try tls.refusal(ofClient: probe) { throw refusal }
  }

  func keyFingerprint(of request: [UInt8]) throws(KioskRequestProblem) -> [UInt8] {
    do throws(TLSError) {
      return try SigningRequest(request).keyFingerprint
    } catch {
      throw KioskRequestProblem("\(error.message); \(error.advice)")
    }
  }

  func issue(
    _ request: [UInt8], identity: String, name: String, at now: Timestamp
  ) throws -> IssuedKioskCertificate {
    let signingRequest: SigningRequest
    do throws(TLSError) {
      signingRequest = try SigningRequest(request)
    } catch {
      throw KioskRequestProblem("\(error.message); \(error.advice)")
    }
    let issued = try IssuedCertificate(
      pem: try sign(signingRequest, identity: identity, name: name, at: now.milliseconds / 1000))
    return IssuedKioskCertificate(
      der: issued.der, serial: issued.identity.serial, denyListLine: issued.denyListLine,
      notBefore: Timestamp(milliseconds: issued.notBefore * 1000),
      notAfter: Timestamp(milliseconds: issued.notAfter * 1000))
  }

  func chain(_ certificate: [UInt8]) throws -> String {
    // The authority is a root: the server has it, nobody else need.
    try IssuedCertificate(der: certificate).pem
  }

  private func sign(
    _ request: SigningRequest, identity: String, name: String, at now: Int64
  ) throws(TLSError) -> String {
    guard now < issuerCertificate.notAfter else {
      throw TLSError(
        .certificateExpired, "the authority for kiosks has expired", advice: "make a new one (certs/README.md)")
    }
    // None outlives the authority: the end would come without a word.
    return try issuer.client(
      for: request, uri: identity, commonName: String("kiosk \(name)".prefix(64)), notBefore: now - Self.leeway,
      notAfter: min(now + lifetime, issuerCertificate.notAfter))
  }
}
