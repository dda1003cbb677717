internal import COpenSSL

/// OpenSSL without its clean-up at exit: event loops that still run then would use what it frees.
enum OpenSSLLibrary {
  /// Asked before anything else of OpenSSL is used: only the first initialisation decides.
  static let isReady = OPENSSL_init_ssl(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1

  static func prepare() throws(TLSError) {
    guard isReady else { throw .outOfMemory("start") }
  }
}

/// Owns one reference to an OpenSSL object and gives it back at the end.
///
/// `@unchecked Sendable`: the pointer never changes, OpenSSL counts references atomically, and what is shared between
/// threads here (SSL_CTX, X509, X509_CRL, EVP_PKEY after loading) is only read.
final class OpenSSLObject: @unchecked Sendable {
  let pointer: OpaquePointer
  private let free: @Sendable (OpaquePointer?) -> Void

  init(_ pointer: OpaquePointer, free: @escaping @Sendable (OpaquePointer?) -> Void) {
    self.pointer = pointer
    self.free = free
  }

  /// Takes over what a constructor gave.
  static func make(
    _ what: String, _ pointer: OpaquePointer?, free: @escaping @Sendable (OpaquePointer?) -> Void
  ) throws(TLSError) -> OpenSSLObject {
    guard let pointer else { throw .outOfMemory(what) }
    return OpenSSLObject(pointer, free: free)
  }

  deinit { free(pointer) }

  static func certificate(_ pointer: OpaquePointer) -> OpenSSLObject {
    OpenSSLObject(pointer) { X509_free($0) }
  }

  static func revocationList(_ pointer: OpaquePointer) -> OpenSSLObject {
    OpenSSLObject(pointer) { X509_CRL_free($0) }
  }

  static func privateKey(_ pointer: OpaquePointer) -> OpenSSLObject {
    OpenSSLObject(pointer) { EVP_PKEY_free($0) }
  }
}
