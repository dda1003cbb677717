internal import COpenSSL
internal import Synchronization

/// What becomes of a server's session when its handshake is over: a ticket without the certificate, then nothing.
///
/// Left alone, OpenSSL puts the peer's certificate into the ticket and parses it again for every ticket it writes and
/// reads (90 µs each time, half of a resumed handshake), and each connection keeps it, with the session, until its end
/// (10 KB). Here the ticket carries what `Certificate` keeps; afterwards all connections share one empty session, since
/// records cannot do without any.
///
/// `SSL_set_session` begins the connection's protocol state anew when the connection's method (TLS 1.3) is not the one of
/// its context (any version): so the connection is first moved to a context for the negotiated method. Its ticket keys
/// remain those of the context it began with.
///
/// TLS 1.3 of OpenSSL 3.0 does not look into the session after the handshake, except for the length of records that a
/// client may have asked for. With another OpenSSL, or TLS 1.2, sessions are left alone.
enum ServerSession {
  private struct Place {
    let context: OpenSSLObject
    let session: OpenSSLObject
  }

  /// Then contexts must leave the tickets to `conclude`.
  static let isManaged = OPENSSL_version_major() == 3 && OPENSSL_version_minor() == 0

  private static let place = Mutex<Place?>(nil)

  /// Right after the handshake of `connection` (an `SSL`). It has no peer certificate any more then, and no verify result.
  ///
  /// - Parameter peer: who was found good, for the ticket.
  /// - Returns: false if the connection cannot go on.
  static func conclude(_ connection: OpaquePointer, peer: Certificate?) -> Bool {
    guard isManaged, SSL_version(connection) == TLS1_3_VERSION, let method = SSL_get_ssl_method(connection),
      let old = SSL_get_session(connection), SSL_SESSION_get_max_fragment_length(old) == 0,
      let place = place(for: method), SSL_CTX_get_ssl_method(place.context.pointer) == method,
      let new = successor(of: old, peer: peer)
    else { return true }
    defer { SSL_SESSION_free(new) }
    guard SSL_set_SSL_CTX(connection, place.context.pointer) == place.context.pointer else { return true }
    SSL_set_session(connection, new)
    let isSent = SSL_new_session_ticket(connection) == 1 && SSL_do_handshake(connection) == 1
    // Writing the ticket has made ready for reading too, and nothing but a read would let go of that.
    SSL_free_buffers(connection)
    SSL_set_session(connection, place.session.pointer)
    return isSent
  }

  /// A session for the ticket; OpenSSL fills in secret, time and protocol when it writes one.
  private static func successor(of old: OpaquePointer, peer: Certificate?) -> OpaquePointer? {
    guard let new = SSL_SESSION_new() else { return nil }
    var policyLength: UInt32 = 0
    let policy = SSL_SESSION_get0_id_context(old, &policyLength)
    SSL_SESSION_set_timeout(new, SSL_SESSION_get_timeout(old))
    let isSet =
      SSL_SESSION_set_protocol_version(new, TLS1_3_VERSION) == 1
      && SSL_SESSION_set_cipher(new, SSL_SESSION_get0_cipher(old)) == 1
      && SSL_SESSION_set1_id_context(new, policy, policyLength) == 1
    guard isSet, write(peer, into: new) else {
      SSL_SESSION_free(new)
      return nil
    }
    return new
  }

  private static func write(_ peer: Certificate?, into session: OpaquePointer) -> Bool {
    guard let peer else { return true }
    guard let bytes = peer.encoded() else { return false }
    return SSL_SESSION_set1_ticket_appdata(session, bytes, bytes.count) == 1
  }

  /// Whose session this is, which a ticket has brought back.
  static func peer(of session: OpaquePointer) -> Certificate? {
    if let certificate = SSL_SESSION_get0_peer(session) { return Certificate(certificate) }
    var bytes: UnsafeMutableRawPointer?
    var count = 0
    guard SSL_SESSION_get0_ticket_appdata(session, &bytes, &count) == 1, count > 0, let bytes else { return nil }
    return Certificate(encoded: UnsafeRawBufferPointer(start: bytes, count: count))
  }

  private static func place(for method: OpaquePointer) -> Place? {
    place.withLock { place in
      if let place { return place }
      guard let context = SSL_CTX_new(method) else { return nil }
      let owned = OpenSSLObject(context) { SSL_CTX_free($0) }
      guard let session = SSL_SESSION_new() else { return nil }
      let new = Place(context: owned, session: OpenSSLObject(session) { SSL_SESSION_free($0) })
      guard SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1 else { return nil }
      place = new
      return new
    }
  }
}
