internal import COpenSSL

/// OpenSSL's error queue and verify results, read into `TLSError`.
extension TLSError {
  /// Takes everything off this thread's error queue: the oldest SSL reason code, and all reasons as text.
  static func takeErrorQueue() -> (sslReason: Int32?, text: String) {
    var sslReason: Int32?
    var texts: [String] = []
    while true {
      let code = ERR_get_error()
      if code == 0 { break }
      if sslReason == nil, ERR_GET_LIB(code) == ERR_LIB_SSL { sslReason = ERR_GET_REASON(code) }
      if let text = ERR_reason_error_string(code) {
        let text = String(cString: text)
        if !texts.contains(text) { texts.append(text) }
      }
    }
    return (sslReason, texts.joined(separator: ", "))
  }

  /// A failure to load or make something, with the reason from the error queue.
  static func withQueue(_ code: Code, _ message: String, advice: String) -> TLSError {
    TLSError(code, message, reason: takeErrorQueue().text, advice: advice)
  }

  static func outOfMemory(_ what: String) -> TLSError {
    withQueue(.internalFailure, "OpenSSL could not \(what)", advice: "look for exhausted memory on this machine")
  }

  /// Explains a failed OpenSSL call on a connection.
  ///
  /// - Parameter verifyResult: `SSL_get_verify_result`, the reason behind "certificate verify failed".
  static func connectionFailure(handshaking: Bool, isServer: Bool, verifyResult: Int) -> TLSError {
    let (sslReason, text) = takeErrorQueue()
    switch sslReason {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return verification(result: Int32(truncatingIfNeeded: verifyResult), isServer: isServer)
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return .missingCertificate(reason: text)
    case SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return TLSError(
        .noApplicationProtocol, "the two sides have no application protocol in common", reason: text,
        advice: "compare the versions of client and server")
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE,
      SSL_R_WRONG_SSL_VERSION, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH:
      return TLSError(
        .protocolVersion, "the two sides have no TLS version in common", reason: text,
        advice: "use TLS 1.3 on both sides, or allow 1.2 here if an old peer needs it")
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST:
      return TLSError(
        .protocolViolation, "the peer does not speak TLS", reason: text,
        advice: "check that both sides use TLS on this port")
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
      SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
      SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_TLSV1_ALERT_ACCESS_DENIED,
      SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return peerRefusedCertificate(alert: sslReason ?? 0, isServer: isServer, reason: text)
    case .some(let reason) where reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255:
      return TLSError(
        .peerAlert, "the peer ended the connection with an alert", reason: text,
        advice: "look into the peer's log for its side of the story")
    default:
      return handshaking
        ? TLSError(
          .handshakeFailed, "the TLS handshake failed", reason: text, advice: "compare both sides' TLS settings")
        : TLSError(
          .protocolViolation, "the peer sent bytes that are not valid TLS", reason: text,
          advice: "look for a broken peer or something that alters the traffic")
    }
  }

  /// In TLS 1.3 a client learns this at its first read, after its own handshake had ended.
  private static func peerRefusedCertificate(alert: Int32, isServer: Bool, reason: String) -> TLSError {
    let advice: String
    switch alert {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      advice = "give this client a certificate: the server serves nobody without one"
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
      advice = "our certificate is revoked: ask the administrator for a new one"
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      advice = "our certificate has expired, or the peer's clock is wrong: renew it"
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      advice = "the peer does not trust our certificate's issuer: use one of the authority that the peer trusts"
    default:
      advice =
        isServer
        ? "check the server certificate's names and dates, and the client's trust roots"
        : "check our certificate's dates, use and issuer; the server's log has the exact reason"
    }
    return TLSError(.peerRefusedCertificate, "the peer refused our certificate", reason: reason, advice: advice)
  }

  static func missingCertificate(reason: String) -> TLSError {
    TLSError(
      .certificateMissing, "the peer presented no certificate and one is required", reason: reason,
      advice: "give the client a certificate, or make client certificates optional here")
  }

  /// Explains an `X509_V_ERR_…` result.
  static func verification(result: Int32, isServer: Bool) -> TLSError {
    let reason = X509_verify_cert_error_string(Int(result)).map { String(cString: $0) } ?? "error \(result)"
    let whose = isServer ? "the client's certificate" : "the server's certificate"
    switch result {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return TLSError(
        .certificateExpired, "\(whose) has expired", reason: reason, advice: "renew it, and check this machine's clock")
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return TLSError(
        .certificateExpired, "\(whose) is not valid yet", reason: reason, advice: "check the clocks of both machines")
    case X509_V_ERR_CERT_REVOKED:
      return TLSError(
        .certificateRevoked, "\(whose) is revoked", reason: reason,
        advice: "issue a new one if its holder is to be let in")
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return .expiredCRL
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return .missingCRL
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      return TLSError(
        .hostnameMismatch, "\(whose) was not made for the name we connected to", reason: reason,
        advice: "connect by a name that is in the certificate, or issue one with this name")
    default:
      return TLSError(
        .certificateUntrusted, "\(whose) is not trusted", reason: reason,
        advice: "check that it was issued by an authority in the trust roots file, for this use")
    }
  }

  static var expiredCRL: TLSError {
    TLSError(
      .crlExpired, "the certificate revocation list has expired, so no certificate of its issuer can be accepted",
      advice: "issue a new list, put it in place and reload")
  }

  static var missingCRL: TLSError {
    TLSError(
      .crlMissing, "there is no certificate revocation list of the certificate's issuer",
      advice: "add this authority's list to the revocation list file and reload")
  }
}
