internal import COpenSSL
internal import NIOCore
internal import Synchronization

/// What many connections share: certificate, key, trust roots, policy (`SSL_CTX`). Does not change after it is made.
///
/// A context is one policy: its ticket keys are its own, so that no session goes from one context to another.
public final class TLSContext: Sendable {
  public let configuration: TLSConfiguration
  let object: OpenSSLObject
  let revocation: RevocationLists
  let anchors: TrustAnchors
  let sessions = SessionStore()
  let protocols: [[UInt8]]
  private let recordBuffers = Mutex<[ObjectIdentifier: NIOLoopBound<RecordBuffers>]>([:])
  /// Seconds since 1970; another one in tests.
  let now: @Sendable () -> Int64

  var pointer: OpaquePointer { object.pointer }
  var isServer: Bool { configuration.role == .server }

  /// Reads and checks all files.
  ///
  /// - Throws: `TLSError` that names the file: unreadable, broken, key without its certificate, expired list.
  public convenience init(_ configuration: TLSConfiguration) throws(TLSError) {
    try self.init(configuration, now: systemTime)
  }

  init(_ configuration: TLSConfiguration, now: @escaping @Sendable () -> Int64) throws(TLSError) {
    self.configuration = configuration
    self.now = now
    protocols = configuration.applicationProtocols.map { Array($0.utf8) }
    try OpenSSLLibrary.prepare()
    ERR_clear_error()
    let isServer = configuration.role == .server
    let context = try OpenSSLObject.make(
      "make a context", SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()), free: { SSL_CTX_free($0) })
    object = context
    try Self.setParameters(of: context.pointer, configuration)
    try Self.loadCertificate(into: context.pointer, configuration)
    let roots = try Self.loadTrustRoots(into: context.pointer, configuration)
    anchors = TrustAnchors(roots)
    revocation = try RevocationLists(configuration, roots: roots, now: now())
    try Self.addRevocationLists(revocation, to: context.pointer)
    try setCallbacks()
  }

  /// Why a certificate is refused now, or nil; see `RevocationLists`.
  func refusal(of certificate: Certificate) -> TLSError? {
    revocation.refusal(of: certificate, isServer: isServer, now: now())
  }

  /// The buffers that connections on this event loop share. To be called there.
  func recordBuffers(on eventLoop: any EventLoop) -> RecordBuffers {
    recordBuffers.withLock { all in
      if let bound = all[ObjectIdentifier(eventLoop)] { return bound }
      let bound = NIOLoopBound(RecordBuffers(), eventLoop: eventLoop)
      all[ObjectIdentifier(eventLoop)] = bound
      return bound
    }.value
  }

  private static func setParameters(of context: OpaquePointer, _ configuration: TLSConfiguration) throws(TLSError) {
    let minimum = configuration.minimumVersion == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION
    // Said here and not left to the system's openssl.cnf, which may loosen any of it.
    let isSet =
      bc_SSL_CTX_set_min_proto_version(context, minimum) == 1
      && bc_SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1
      && SSL_CTX_set_ciphersuites(
        context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1
      && SSL_CTX_set_cipher_list(
        context,
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
          + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305") == 1
      && bc_SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1
      && bc_SSL_CTX_set1_sigalgs_list(
        context,
        "ECDSA+SHA256:ECDSA+SHA384:ed25519:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
          + "RSA+SHA256:RSA+SHA384:RSA+SHA512") == 1
      && SSL_CTX_set_num_tickets(context, ServerSession.isManaged ? 0 : 1) == 1
    guard isSet else { throw .outOfMemory("set the TLS parameters") }
    SSL_CTX_set_security_level(context, 2)
    SSL_CTX_clear_options(context, bc_SSL_OP_NO_TICKET())
    SSL_CTX_set_options(
      context, bc_SSL_OP_NO_RENEGOTIATION() | bc_SSL_OP_NO_COMPRESSION() | bc_SSL_OP_CIPHER_SERVER_PREFERENCE())
    // An idle connection must not keep 34 KiB of buffers.
    bc_SSL_CTX_set_mode(context, Int(SSL_MODE_RELEASE_BUFFERS))
    // Early data can be replayed.
    SSL_CTX_set_max_early_data(context, 0)
    SSL_CTX_set_recv_max_early_data(context, 0)
    // Before the handshake is over a stranger can make us keep this much.
    bc_SSL_CTX_set_max_cert_list(context, 32 << 10)
    // A server keeps its sessions in tickets, a client in `SessionStore`.
    let clientMode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
    bc_SSL_CTX_set_session_cache_mode(context, Int(configuration.role == .server ? SSL_SESS_CACHE_OFF : clientMode))
    var policy = [UInt8](repeating: 0, count: 32)
    guard RAND_bytes(&policy, 32) == 1, SSL_CTX_set_session_id_context(context, policy, 32) == 1 else {
      throw .outOfMemory("name the session policy")
    }
    try setProtocols(of: context, configuration)
  }

  private static func setProtocols(of context: OpaquePointer, _ configuration: TLSConfiguration) throws(TLSError) {
    var wire: [UInt8] = []
    for name in configuration.applicationProtocols {
      guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
        throw TLSError(
          .configurationInvalid, "application protocol \"\(name)\" is not of 1 to 255 bytes", advice: "correct the name"
        )
      }
      wire.append(length)
      wire += name.utf8
    }
    // Returns 0 for success, unlike all the others.
    guard wire.isEmpty || SSL_CTX_set_alpn_protos(context, wire, UInt32(wire.count)) == 0 else {
      throw .outOfMemory("set the application protocols")
    }
  }

  private static func loadCertificate(into context: OpaquePointer, _ configuration: TLSConfiguration) throws(TLSError) {
    guard let chainFile = configuration.certificateChainFile, let keyFile = configuration.privateKeyFile else {
      let isNeither = configuration.certificateChainFile == nil && configuration.privateKeyFile == nil
      guard isNeither, configuration.role == .client else {
        throw TLSError(
          .configurationInvalid, "a certificate file and a private key file are needed, one is missing",
          advice: "name both in the configuration")
      }
      return
    }
    let chain = try PEM.certificates(in: try readFile(chainFile), path: chainFile, code: .certificateInvalid)
    let key = try PEM.privateKey(in: try readFile(keyFile), path: keyFile)
    guard SSL_CTX_use_certificate(context, chain[0].pointer) == 1 else {
      throw .withQueue(
        .certificateInvalid, "OpenSSL does not take the certificate in \(chainFile)", advice: "use a P-256 certificate")
    }
    guard SSL_CTX_use_PrivateKey(context, key.pointer) == 1 else {
      throw .withQueue(
        .keyMismatch, "the private key \(keyFile) does not belong to the first certificate in \(chainFile)",
        advice: "put certificate and key of the same issue in place, the own certificate first")
    }
    for intermediate in chain.dropFirst() {
      X509_up_ref(intermediate.pointer)
      guard bc_SSL_CTX_add0_chain_cert(context, intermediate.pointer) == 1 else {
        X509_free(intermediate.pointer)
        throw .withQueue(
          .certificateInvalid, "OpenSSL does not take the intermediates in \(chainFile)", advice: "check the chain")
      }
    }
  }

  private static func loadTrustRoots(
    into context: OpaquePointer, _ configuration: TLSConfiguration
  ) throws(TLSError) -> [OpenSSLObject] {
    let isServer = configuration.role == .server
    guard let path = configuration.trustRootsFile else {
      guard isServer, configuration.clientCertificates == .none else {
        throw TLSError(
          .configurationInvalid, "peers' certificates are to be checked, but there is no trust roots file",
          advice: "name the file with the authorities' certificates")
      }
      return []
    }
    let roots = try PEM.certificates(in: try readFile(path), path: path, code: .trustRootsInvalid)
    let store = SSL_CTX_get_cert_store(context)
    for root in roots {
      let isAdded =
        X509_STORE_add_cert(store, root.pointer) == 1
        && (!isServer || SSL_CTX_add_client_CA(context, root.pointer) == 1)
      guard isAdded else {
        throw .withQueue(
          .trustRootsInvalid, "OpenSSL does not take the certificates in \(path)", advice: "check the file")
      }
    }
    return roots
  }

  private static func addRevocationLists(
    _ revocation: RevocationLists, to context: OpaquePointer
  ) throws(TLSError) {
    guard revocation.isCRLRequired else { return }
    let store = SSL_CTX_get_cert_store(context)
    for crl in revocation.crls {
      guard X509_STORE_add_crl(store, crl.pointer) == 1 else {
        throw .withQueue(.crlInvalid, "OpenSSL does not take the revocation list", advice: "check the file")
      }
    }
    // The peer's own certificate; a list for every intermediate and root would be asked for by CRL_CHECK_ALL.
    guard X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK)) == 1 else {
      throw .outOfMemory("demand revocation lists")
    }
  }
}
