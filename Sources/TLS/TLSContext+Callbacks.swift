internal import COpenSSL

/// What OpenSSL asks us in the middle of a handshake.
///
/// Each callback finds its `TLSConnection` in the `SSL`: the connection owns the `SSL`, keeps its context alive, and
/// is the only caller of functions that call back.
extension TLSContext {
  func setCallbacks() throws(TLSError) {
    SSL_CTX_set_verify(pointer, verifyMode, Self.verify)
    guard isServer else {
      SSL_CTX_sess_set_new_cb(pointer, Self.keepSession)
      return
    }
    SSL_CTX_set_cert_verify_callback(pointer, Self.verifyChain, nil)
    if !protocols.isEmpty { SSL_CTX_set_alpn_select_cb(pointer, Self.selectProtocol, nil) }
    guard SSL_CTX_set_session_ticket_cb(pointer, nil, Self.judgeTicket, nil) == 1 else {
      throw .outOfMemory("set the ticket callback")
    }
  }

  private var verifyMode: Int32 {
    guard isServer else { return SSL_VERIFY_PEER }
    switch configuration.clientCertificates {
    case .none: return SSL_VERIFY_NONE
    case .optional: return SSL_VERIFY_PEER
    case .required: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
    }
  }

  /// As without this callback, but each connection would keep the chain that was found. Of it we keep where it ends.
  private static let verifyChain: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { store, _ in
    // A negative result is an error, and no certificate is good because of one.
    let isGood = X509_verify_cert(store) == 1
    if isGood, let store, let chain = X509_STORE_CTX_get0_chain(store),
      let root = OPENSSL_sk_value(chain, OPENSSL_sk_num(chain) - 1),
      let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    {
      TLSConnection.of(OpaquePointer(ssl))?.anchor = TrustAnchors.name(of: OpaquePointer(root))
    }
    X509_STORE_CTX_set0_verified_chain(store, nil)
    return isGood ? 1 : 0
  }

  /// The deny list on a full handshake: said here, the peer gets the right alert.
  private static let verify: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isGood, store in
    guard isGood == 1, let store, X509_STORE_CTX_get_error_depth(store) == 0 else { return isGood }
    guard let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
      let connection = TLSConnection.of(OpaquePointer(ssl)), let certificate = X509_STORE_CTX_get_current_cert(store)
    else { return 0 }
    guard let refusal = connection.context.refusal(of: Certificate(certificate)) else { return 1 }
    connection.refusal = refusal
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REVOKED)
    return 0
  }

  /// A ticket is as good as the certificate in it is now; without it the handshake is a full one, and says what is wrong.
  private static let judgeTicket:
    @convention(c) (
      OpaquePointer?, OpaquePointer?, UnsafePointer<UInt8>?, Int, Int32, UnsafeMutableRawPointer?
    ) -> Int32 = { ssl, session, _, _, status, _ in
      guard status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW, let ssl, let session,
        let context = TLSConnection.of(ssl)?.context
      else { return SSL_TICKET_RETURN_IGNORE_RENEW }
      guard let peer = ServerSession.peer(of: session) else {
        return context.configuration.clientCertificates == .required
          ? SSL_TICKET_RETURN_IGNORE_RENEW : SSL_TICKET_RETURN_USE_RENEW
      }
      return context.refusal(of: peer) == nil ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_IGNORE_RENEW
    }

  /// RFC 7301 section 3.2: the server's order decides; offers without a match are fatal.
  private static let selectProtocol:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?,
      UInt32, UnsafeMutableRawPointer?
    ) -> Int32 = { ssl, chosen, chosenLength, offered, offeredLength, _ in
      guard let ssl, let chosen, let chosenLength, let context = TLSConnection.of(ssl)?.context else {
        return SSL_TLSEXT_ERR_ALERT_FATAL
      }
      let offers = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
      for wanted in context.protocols {
        var start = 0
        while start < offers.count {
          let name = start + 1
          let end = name + Int(offers[start])
          guard end <= offers.count else { return SSL_TLSEXT_ERR_ALERT_FATAL }
          if offers[name..<end].elementsEqual(wanted), let base = offers.baseAddress {
            chosen.pointee = base + name
            chosenLength.pointee = offers[start]
            return SSL_TLSEXT_ERR_OK
          }
          start = end
        }
      }
      return SSL_TLSEXT_ERR_ALERT_FATAL
    }

  private static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
    if let ssl, let session, let connection = TLSConnection.of(ssl), let hostname = connection.serverHostname {
      connection.context.sessions.keep(session, hostname: hostname)
    }
    return 0  // We took a copy, not the reference.
  }
}
