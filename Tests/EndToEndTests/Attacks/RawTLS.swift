import COpenSSL

/// TLS over a ``RawSocket`` that does what OpenSSL lets a client do, also what no honest one would.
final class RawTLS {
  struct Options {
    /// PATH of PATH.pem and PATH.key; nil: no certificate.
    var identity: String?
    var protocols = ["ttrpc-ext/1"]
    /// The only one offered.
    var version = TLS1_3_VERSION
  }

  struct Refused: Error {}

  let socket: RawSocket
  private let context: OpaquePointer
  private let ssl: OpaquePointer

  /// Nothing is sent yet.
  init(_ socket: RawSocket, _ options: Options) throws {
    guard let context = SSL_CTX_new(TLS_client_method()) else { throw Refused() }
    guard let ssl = Self.connection(context, options) else {
      SSL_CTX_free(context)
      throw Refused()
    }
    (self.socket, self.context, self.ssl) = (socket, context, ssl)
    SSL_set_fd(ssl, socket.descriptor)
    SSL_set_connect_state(ssl)
  }

  deinit {
    SSL_free(ssl)
    SSL_CTX_free(context)
  }

  private static func connection(_ context: OpaquePointer, _ options: Options) -> OpaquePointer? {
    // Versions that this system's OpenSSL would not offer by itself.
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0")
    guard bc_SSL_CTX_set_min_proto_version(context, options.version) == 1,
      bc_SSL_CTX_set_max_proto_version(context, options.version) == 1
    else { return nil }
    if let identity = options.identity {
      guard SSL_CTX_use_certificate_chain_file(context, identity + ".pem") == 1,
        SSL_CTX_use_PrivateKey_file(context, identity + ".key", SSL_FILETYPE_PEM) == 1
      else { return nil }
    }
    let names = options.protocols.flatMap { [UInt8(truncatingIfNeeded: $0.utf8.count)] + Array($0.utf8) }
    // 0 is success here.
    guard names.isEmpty || SSL_CTX_set_alpn_protos(context, names, UInt32(names.count)) == 0 else { return nil }
    return SSL_new(context)
  }

  /// False: the server did not go along. That it refuses a certificate shows at the first read only.
  func shakeHands() -> Bool {
    ERR_clear_error()
    guard SSL_do_handshake(ssl) == 1 else { return false }
    socket.expectLittle()
    return true
  }

  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return true }
    ERR_clear_error()
    return SSL_write(ssl, bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count)
  }

  /// What comes next; empty: nothing came, or the end.
  @discardableResult func receive(_ most: Int = 16_384) -> [UInt8] {
    ERR_clear_error()
    return [UInt8](unsafeUninitializedCapacity: most) { memory, count in
      count = max(0, Int(SSL_read(ssl, memory.baseAddress, Int32(clamping: most))))
    }
  }

  /// Our new keys, and a demand for the server's.
  func updateKeys() -> Bool {
    ERR_clear_error()
    return SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1
  }

  func sayGoodbye() { SSL_shutdown(ssl) }

  /// The first flight of a client like this, as bytes.
  static func clientHello(_ options: Options = Options()) throws -> [UInt8] {
    guard let context = SSL_CTX_new(TLS_client_method()) else { throw Refused() }
    defer { SSL_CTX_free(context) }
    guard let ssl = connection(context, options), let output = BIO_new(BIO_s_mem()), let input = BIO_new(BIO_s_mem())
    else { throw Refused() }
    defer { SSL_free(ssl) }
    SSL_set_bio(ssl, input, output)
    SSL_set_connect_state(ssl)
    SSL_do_handshake(ssl)
    ERR_clear_error()
    var hello = [UInt8](repeating: 0, count: 4_096)
    let count = BIO_read(output, &hello, Int32(hello.count))
    guard count > 0 else { throw Refused() }
    return Array(hello.prefix(Int(count)))
  }
}
