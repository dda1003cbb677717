internal import COpenSSL
import Foundation

/// Asks a server for the certificates that it presents, before anybody is trusted.
///
/// Nothing is sent but the greeting of TLS, and nothing that comes is believed: of the certificates the one with the
/// fingerprint is taken, and with it as the only authority everything begins anew, on a connection that is checked as
/// all others are. Who sits between can withhold it, and no more.
enum AuthorityProbe {
  /// How long each step over the network may take, in seconds.
  private static let timeout = 5

  /// The authority with this fingerprint, PEM.
  ///
  /// - Throws: `ClientError`: no connection, or none of the presented certificates is that authority.
  static func authority(
    _ fingerprint: Fingerprint, of server: ServerAddress, serverName: String?
  ) async throws(ClientError) -> String {
    let chain = try await withCheckedContinuation { continuation in
      // It blocks: not on a thread of the pool.
      DispatchQueue(label: "binhchon.probe").async {
        continuation.resume(
          returning: Result { () throws(ClientError) in
            try presented(by: server, serverName: serverName ?? server.host)
          })
      }
    }.get()
    return try find(fingerprint, among: chain, server: server)
  }

  /// A certificate as it was presented.
  struct Presented: Sendable, Equatable {
    var fingerprint: Fingerprint
    var pem: String
    /// Issued by itself: what may be trusted as an authority.
    var isRoot: Bool
  }

  static func find(
    _ fingerprint: Fingerprint, among chain: [Presented], server: ServerAddress
  ) throws(ClientError) -> String {
    guard let found = chain.first(where: { $0.fingerprint == fingerprint }) else {
      throw chain.contains(where: \.isRoot)
        ? .otherAuthority(server: server.description) : .authorityNotPresented(server: server.description)
    }
    guard found.isRoot else { throw .fingerprintOfNoAuthority }
    return found.pem
  }

  private static func presented(
    by server: ServerAddress, serverName: String
  ) throws(ClientError) -> [Presented] {
    func unreachable(_ why: String) -> ClientError {
      ClientError(
        .unreachable,
        Text(vi: "không kết nối được tới \(server)", en: "cannot connect to \(server)"), why: Text(verbatim: why),
        reason: "UNAVAILABLE")
    }
    guard let context = SSL_CTX_new(TLS_client_method()) else { throw unreachable("OpenSSL has no memory") }
    defer { SSL_CTX_free(context) }
    // Whoever it is: the fingerprint decides. This connection carries nothing.
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    guard let connection = BIO_new_connect(server.description) else { throw unreachable("OpenSSL has no memory") }
    var owned: OpaquePointer? = connection
    defer { BIO_free_all(owned) }
    guard BIO_do_connect_retry(connection, Int32(timeout), 0) == 1 else { throw unreachable("no connection") }
    var descriptor: Int32 = -1
    BIO_ctrl(connection, BIO_C_GET_FD, 0, &descriptor)
    try limit(descriptor, unreachable)
    guard let ssl = SSL_new(context) else { throw unreachable("OpenSSL has no memory") }
    defer { SSL_free(ssl) }
    SSL_set_bio(ssl, connection, connection)
    // The connection is the SSL's from here on.
    owned = nil
    if isName(serverName) { _ = bc_SSL_set_tlsext_host_name(ssl, serverName) }
    guard SSL_connect(ssl) == 1 else { throw unreachable("no TLS handshake") }
    let chain = SSL_get_peer_cert_chain(ssl)
    return (0..<max(0, OPENSSL_sk_num(chain))).compactMap { index in
      guard let certificate = OPENSSL_sk_value(chain, index).map(OpaquePointer.init) else { return nil }
      return describe(certificate)
    }
  }

  /// Nobody holds us up by saying nothing.
  private static func limit(_ descriptor: Int32, _ unreachable: (String) -> ClientError) throws(ClientError) {
    let flags = fcntl(descriptor, F_GETFL)
    var time = timeval(tv_sec: timeout, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0,
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size) == 0,
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size) == 0
    else { throw unreachable(String(cString: strerror(errno))) }
  }

  /// RFC 6066, section 3: an address is no server name.
  private static func isName(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return inet_pton(AF_INET, host, &four) != 1 && inet_pton(AF_INET6, host, &six) != 1
  }

  private static func describe(_ certificate: OpaquePointer) -> Presented? {
    guard let fingerprint = Fingerprint(of: certificate), let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    guard PEM_write_bio_X509(bio, certificate) == 1 else { return nil }
    var start: UnsafeMutablePointer<CChar>?
    let count = bc_BIO_get_mem_data(bio, &start)
    guard let start, count > 0 else { return nil }
    return Presented(
      fingerprint: fingerprint,
      pem: String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self),
      isRoot: X509_self_signed(certificate, 1) == 1)
  }
}
