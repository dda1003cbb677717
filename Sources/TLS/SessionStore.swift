internal import COpenSSL
internal import Synchronization

/// A client's newest session, offered to the same server at the next connection.
///
/// Only to the same server: resumption does not check the server's name again.
final class SessionStore: Sendable {
  private struct Entry {
    let hostname: String
    let session: OpenSSLObject
  }

  private let newest = Mutex<Entry?>(nil)

  /// Keeps a copy: OpenSSL goes on changing the original with its connection.
  func keep(_ session: OpaquePointer, hostname: String) {
    guard let copy = SSL_SESSION_dup(session) else { return }
    let entry = Entry(hostname: hostname, session: OpenSSLObject(copy) { SSL_SESSION_free($0) })
    newest.withLock { $0 = entry }
  }

  /// Has `connection` (an `SSL`) offer the session, if there is one for this server. Without one the handshake is full.
  func offer(on connection: OpaquePointer, hostname: String) {
    newest.withLock { newest in
      guard let newest, newest.hostname == hostname, let copy = SSL_SESSION_dup(newest.session.pointer) else { return }
      SSL_set_session(connection, copy)
      SSL_SESSION_free(copy)
    }
  }
}
