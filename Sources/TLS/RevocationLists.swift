internal import COpenSSL

/// What we check ourselves about a peer's certificate after every handshake: OpenSSL checks none of it when a session
/// is resumed, and a connection may have been open for longer than the lists.
struct RevocationLists: Sendable {
  let crls: [OpenSSLObject]
  let isCRLRequired: Bool
  let denyList: DenyList

  /// Reads the configuration's files.
  ///
  /// - Throws: `.fileUnreadable`, `.crlInvalid`, `.crlExpired`, `.denyListInvalid`.
  init(_ configuration: TLSConfiguration, roots: [OpenSSLObject], now: Int64) throws(TLSError) {
    if let path = configuration.crlFile {
      crls = try PEM.revocationLists(in: try readFile(path), path: path)
      isCRLRequired = true
      for crl in crls { try Self.check(crl, roots: roots, now: now, path: path) }
    } else {
      crls = []
      isCRLRequired = false
    }
    if let path = configuration.denyListFile {
      denyList = try DenyList(parsing: try readFile(path), path: path)
    } else {
      denyList = DenyList()
    }
  }

  /// Why this certificate is refused at the time `now` (seconds since 1970), or nil.
  func refusal(of certificate: Certificate, isServer: Bool, now: Int64) -> TLSError? {
    guard let notBefore = certificate.notBefore, let notAfter = certificate.notAfter, notBefore <= now else {
      return .verification(result: X509_V_ERR_CERT_NOT_YET_VALID, isServer: isServer)
    }
    guard now <= notAfter else { return .verification(result: X509_V_ERR_CERT_HAS_EXPIRED, isServer: isServer) }
    if denyList.holds(certificate) {
      return TLSError(
        .certificateRevoked, "the peer's certificate is on the deny list", reason: certificate.serial,
        advice: "take it off the deny list and reload if its holder is to be let in")
    }
    return isCRLRequired ? crlRefusal(of: certificate, isServer: isServer, now: now) : nil
  }

  private func crlRefusal(of certificate: Certificate, isServer: Bool, now: Int64) -> TLSError? {
    var refusal: TLSError? = .missingCRL
    let isLookedUp = certificate.withIssuerAndSerial { issuer, serial in
      for crl in crls where X509_NAME_cmp(X509_CRL_get_issuer(crl.pointer), issuer) == 0 {
        var entry: OpaquePointer?
        // 1: revoked. 2: taken off again (removeFromCRL).
        if X509_CRL_get0_by_serial(crl.pointer, &entry, serial) == 1 {
          refusal = .verification(result: X509_V_ERR_CERT_REVOKED, isServer: isServer)
          return
        }
        if Self.isCurrent(crl, now: now) {
          refusal = nil
        } else if refusal != nil {
          refusal = .expiredCRL
        }
      }
    }
    return isLookedUp ? refusal : .outOfMemory("look for a certificate in a revocation list")
  }

  func hasLapsed(at now: Int64) -> Bool { crls.contains { !Self.isCurrent($0, now: now) } }

  /// Time enough to plug in the authority's medium.
  private static let warningAhead: Int64 = 7 * 86_400

  /// What the operator should know at the time `now`, or nil.
  func problem(at now: Int64) -> String? {
    func first(lapsedAt time: Int64) -> String? {
      crls.first { !Self.isCurrent($0, now: time) }.map { Certificate.text(X509_CRL_get_issuer($0.pointer)) }
    }
    let advice = "issue a new list, put it in place and reload"
    if let name = first(lapsedAt: now) {
      return "the revocation list of \(name) has expired: nobody with a certificate of its is let in; \(advice)"
    }
    return first(lapsedAt: now + Self.warningAhead).map { name in
      "the revocation list of \(name) expires within a week, and nobody with a certificate of its is let in then; \(advice)"
    }
  }

  /// A list without a next update never expires (RFC 5280 demands one, OpenSSL does not).
  private static func isCurrent(_ crl: OpenSSLObject, now: Int64) -> Bool {
    guard let nextUpdate = X509_CRL_get0_nextUpdate(crl.pointer) else { return true }
    return Certificate.unixTime(nextUpdate).map { now <= $0 } ?? false
  }

  private static func check(
    _ crl: OpenSSLObject, roots: [OpenSSLObject], now: Int64, path: String
  ) throws(TLSError) {
    let issuer = X509_CRL_get_issuer(crl.pointer)
    let name = Certificate.text(issuer)
    let authorities = roots.filter { X509_NAME_cmp(X509_get_subject_name($0.pointer), issuer) == 0 }
    guard !authorities.isEmpty else {
      throw TLSError(
        .crlInvalid, "\(path): the list of \(name) is not of an authority in the trust roots file",
        advice: "add the authority's certificate there, or take the list out")
    }
    guard authorities.contains(where: { X509_CRL_verify(crl.pointer, X509_get0_pubkey($0.pointer)) == 1 }) else {
      throw .withQueue(
        .crlInvalid, "\(path): the signature on the list of \(name) is wrong",
        advice: "get the list from its authority again")
    }
    guard isCurrent(crl, now: now) else {
      throw TLSError(
        .crlExpired, "\(path): the list of \(name) has expired", advice: "issue a new list, put it in place and reload")
    }
  }
}
