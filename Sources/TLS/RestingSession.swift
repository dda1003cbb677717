internal import COpenSSL
internal import Synchronization

/// What a server's `SSL` keeps as its session once the handshake is over: one empty session, shared by all connections.
///
/// The session of the handshake is only good for making tickets, and they are sent by then; but it holds the peer's
/// certificate in OpenSSL's form and secrets for resumption, 8 KB a connection. OpenSSL has no call to let go of it, and
/// records cannot do without a session. `SSL_set_session` puts another one in its place. But it begins the connection's
/// protocol state anew when the connection's method (TLS 1.3) is not the one of its context (any version): so the
/// connection is first moved to a context for the negotiated method.
///
/// TLS 1.3 of OpenSSL 3.0 does not look into the session after the handshake, except for the length of records that a
/// client may have asked for. Whoever runs with another OpenSSL, or speaks TLS 1.2, keeps its session: more memory, and
/// nothing else.
enum RestingSession {
  private struct Place {
    let context: OpenSSLObject
    let session: OpenSSLObject
  }

  private static let place = Mutex<Place?>(nil)
  private static let isKnownLibrary = OPENSSL_version_major() == 3 && OPENSSL_version_minor() == 0

  /// Only between two calls into `ssl`, after its handshake. It has no peer certificate any more then, and no verify
  /// result.
  static func replaceSession(of ssl: OpaquePointer) {
    guard isKnownLibrary, SSL_version(ssl) == TLS1_3_VERSION, let method = SSL_get_ssl_method(ssl),
      let old = SSL_get_session(ssl), SSL_SESSION_get_max_fragment_length(old) == 0,
      let place = place(for: method), SSL_CTX_get_ssl_method(place.context.pointer) == method,
      SSL_set_SSL_CTX(ssl, place.context.pointer) == place.context.pointer
    else { return }
    SSL_set_session(ssl, place.session.pointer)
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
