internal import COpenSSL
internal import NIOCore

/// One peer (`SSL`): takes and gives bytes, folds OpenSSL's return codes into `Progress`. Knows no channel.
final class TLSConnection {
  /// What came of one batch of ciphertext.
  struct Progress {
    /// The handshake ended in this call.
    var handshakeFinished = false
    var plaintext: ByteBuffer?
    var end = End.more
  }

  enum End {
    case more
    case closeNotify
    /// `hasLastWords`: an alert of ours waits to be sent, so it was not one of the peer's that ended it. Indirect, so that
    /// the usual case stays small.
    indirect case failure(TLSError, hasLastWords: Bool)
  }

  let context: TLSContext
  /// Clients: whom we mean to speak to.
  let serverHostname: String?
  /// Why we refused the certificate in the middle of the handshake; more exact than what OpenSSL can say.
  var refusal: TLSError?
  /// The trust root that a full handshake found, as `TrustAnchors` names it.
  var anchor: UInt64 = 0
  /// Whom the handshake was with; nil before its end, and without a certificate.
  private(set) var peer: Certificate?
  let ssl: OpaquePointer
  /// What a buffer given back goes to; shared with other connections of the event loop.
  let buffers: RecordBuffers
  private let bio: ByteBufferBIO
  private var isHandshaking = true

  /// - Parameter serverHostname: clients: DNS name or IP address to check the server's certificate against.
  /// - Throws: `.configurationInvalid` for an impossible name, `.internalFailure`.
  init(
    _ context: TLSContext, serverHostname: String? = nil, buffers: RecordBuffers = RecordBuffers()
  ) throws(TLSError) {
    guard context.isServer == (serverHostname == nil) else {
      throw TLSError(
        .configurationInvalid, "a server's context used by a client, or the other way round", advice: "make one of each"
      )
    }
    Self.clearErrors()
    let bio = try ByteBufferBIO()
    guard let ssl = SSL_new(context.pointer) else {
      BIO_free(bio.pointer)
      throw .outOfMemory("make a connection")
    }
    self.context = context
    self.serverHostname = serverHostname
    self.bio = bio
    self.buffers = buffers
    self.ssl = ssl
    SSL_set_bio(ssl, bio.pointer, bio.pointer)
    // Unretained: the SSL does not outlive us.
    SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
    if context.isServer {
      SSL_set_accept_state(ssl)
    } else {
      SSL_set_connect_state(ssl)
      try aim(at: serverHostname ?? "")
    }
  }

  deinit { SSL_free(ssl) }

  static func of(_ ssl: OpaquePointer) -> TLSConnection? {
    SSL_get_ex_data(ssl, 0).map { Unmanaged<TLSConnection>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Sends the name (SNI) and has it checked. An empty name would switch the check off, so it is refused.
  private func aim(at hostname: String) throws(TLSError) {
    let parameters = SSL_get0_param(ssl)
    if !hostname.isEmpty, X509_VERIFY_PARAM_set1_ip_asc(parameters, hostname) == 1 {
      // RFC 6066 section 3: no address in SNI.
    } else {
      Self.clearErrors()
      X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      guard !hostname.isEmpty, !hostname.utf8.contains(0),
        X509_VERIFY_PARAM_set1_host(parameters, hostname, hostname.utf8.count) == 1,
        bc_SSL_set_tlsext_host_name(ssl, hostname) == 1
      else {
        throw .withQueue(
          .configurationInvalid, "\"\(hostname)\" is not a server name", advice: "give a DNS name or an IP address")
      }
    }
    context.sessions.offer(on: ssl, hostname: hostname)
  }

  // MARK: - Bytes in

  /// A client's first flight.
  func start() -> Progress { advance() }

  func receive(_ ciphertext: ByteBuffer) -> Progress {
    ciphertext.withUnsafeReadableBytes { bytes in bio.lend(bytes) { advance() } }
  }

  private func advance() -> Progress {
    var progress = Progress()
    if isHandshaking {
      shakeHands(&progress)
      guard progress.handshakeFinished else { return progress }
    }
    guard bio.unreadCount > 0 || SSL_has_pending(ssl) == 1 else { return progress }
    var plaintext = buffers.takePlaintext(bio.unreadCount)
    repeat {
      var count = 0
      var code: Int32 = 0
      Self.clearErrors()
      let room = max(bio.unreadCount, Int(SSL_pending(ssl)), 64)
      plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
        code = SSL_read_ex(ssl, target.baseAddress, target.count, &count)
        return code == 1 ? count : 0
      }
      if code != 1 {
        progress.end = end(ofCall: code, handshaking: false)
        break
      }
    } while bio.unreadCount > 0 || SSL_has_pending(ssl) == 1
    if plaintext.readableBytes > 0 {
      progress.plaintext = plaintext
    } else {
      buffers.giveBack(plaintext: &plaintext)
    }
    return progress
  }

  private func shakeHands(_ progress: inout Progress) {
    Self.clearErrors()
    let code = SSL_do_handshake(ssl)
    guard code == 1 else {
      progress.end = end(ofCall: code, handshaking: true)
      return
    }
    isHandshaking = false
    let certificate = SSL_get0_peer_certificate(ssl)
    peer =
      certificate.map { Certificate($0, anchor: anchor) }
      ?? (isResumed ? SSL_get_session(ssl).flatMap(ServerSession.peer) : nil)
    if let refusal = (certificate == nil ? nil : verificationRefusal) ?? peerRefusal(by: context) {
      // OpenSSL is content, and has no way to send another alert.
      sendCloseNotify()
      progress.end = .failure(refusal, hasLastWords: true)
    } else if context.isServer, !ServerSession.conclude(ssl, peer: peer) {
      progress.end = .failure(.outOfMemory("write a ticket"), hasLastWords: bio.hasOutbound)
    } else {
      progress.handshakeFinished = true
    }
  }

  /// A call that fails must not find somebody else's errors. Looking is cheap, clearing is not.
  private static func clearErrors() {
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  private func end(ofCall code: Int32, handshaking: Bool) -> End {
    switch SSL_get_error(ssl, code) {
    case SSL_ERROR_WANT_READ: return .more
    case SSL_ERROR_ZERO_RETURN: return .closeNotify
    default:
      let failure = TLSError.connectionFailure(
        handshaking: handshaking, isServer: context.isServer, verifyResult: SSL_get_verify_result(ssl))
      return .failure(refusal ?? failure, hasLastWords: bio.hasOutbound)
    }
  }

  // MARK: - Bytes out

  /// Makes records of `plaintext`; they wait in `takeOutbound`. Only after the handshake.
  func send(_ plaintext: ByteBuffer) -> TLSError? {
    guard plaintext.readableBytes > 0 else { return nil }
    Self.clearErrors()
    // A record holds 16 KiB at most and adds at most 29 bytes to them.
    bio.reserve(plaintext.readableBytes + (plaintext.readableBytes >> 14 + 1) * 32, from: buffers)
    var written = 0
    let code = plaintext.withUnsafeReadableBytes { SSL_write_ex(ssl, $0.baseAddress, $0.count, &written) }
    guard code != 1 else { return nil }
    return .connectionFailure(handshaking: false, isServer: context.isServer, verifyResult: Int(X509_V_OK))
  }

  /// Only on a connection that has not failed.
  func sendCloseNotify() {
    Self.clearErrors()
    SSL_shutdown(ssl)
  }

  func takeOutbound() -> ByteBuffer? { bio.takeOutbound() }

  // MARK: - The peer

  /// What OpenSSL found wrong with the peer's certificate; a resumed session remembers it.
  private var verificationRefusal: TLSError? {
    let result = SSL_get_verify_result(ssl)
    guard peer != nil, result != X509_V_OK else { return nil }
    return .verification(result: Int32(truncatingIfNeeded: result), isServer: context.isServer)
  }

  /// Why the peer is refused under `policy`, or nil. Asked after every handshake, because a resumed one checks nothing,
  /// and again when the policy's lists have changed.
  func peerRefusal(by policy: TLSContext) -> TLSError? {
    if let peer {
      // Of its own policy TLS has just said so, or a ticket of that policy's.
      if policy !== context, policy.isServer, !policy.anchors.hold(peer) { return .lostAuthority }
      return policy.refusal(of: peer)
    }
    let isNeeded = !policy.isServer || policy.configuration.clientCertificates == .required
    return isNeeded ? .missingCertificate(reason: isResumed ? "resumed session" : "") : nil
  }

  var negotiatedProtocol: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    guard length > 0 else { return nil }
    return String(validating: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }

  var version: String { String(cString: SSL_get_version(ssl)) }

  var isResumed: Bool { SSL_session_reused(ssl) == 1 }
}
