internal import COpenSSL

/// A certificate signing request (PKCS #10, RFC 2986) whose maker has proved to hold its private key.
///
/// Only the key is of interest: what a request says of names is for whoever signs to decide.
public struct SigningRequest: Sendable {
  let key: OpenSSLObject
  /// SHA-256 of the public key (SubjectPublicKeyInfo, DER).
  public let keyFingerprint: [UInt8]

  /// The most bytes a request may have.
  public static let limit = 16 << 10

  /// Reads and checks a request.
  ///
  /// - Parameter bytes: PEM or DER, one request and nothing else.
  /// - Throws: `TLSError` with code `.requestInvalid`: no request, a signature that is not by its key, or a key that is
  ///   none of P-256, P-384 and Ed25519.
  public init(_ bytes: [UInt8]) throws(TLSError) {
    try OpenSSLLibrary.prepare()
    guard bytes.count <= Self.limit else {
      throw TLSError(
        .requestInvalid, "a signing request of \(bytes.count) bytes", advice: "send one of at most \(Self.limit) bytes")
    }
    let request = try Self.read(bytes)
    guard let pointer = X509_REQ_get_pubkey(request.pointer) else {
      throw .withQueue(.requestInvalid, "a signing request without a usable key", advice: Self.keyAdvice)
    }
    key = .privateKey(pointer)
    // The kind first: the proof of an outsized RSA key takes long to check.
    guard Self.isStrongEnough(pointer) else {
      ERR_clear_error()
      throw TLSError(.requestInvalid, "a key of a kind that is not taken", advice: Self.keyAdvice)
    }
    ERR_clear_error()
    guard X509_REQ_verify(request.pointer, pointer) == 1 else {
      throw .withQueue(
        .requestInvalid, "the signing request is not signed by its own key", advice: "make it with the key it is for")
    }
    keyFingerprint = try sha256("fingerprint a key") { i2d_PUBKEY(pointer, &$0) }
  }

  private static let keyAdvice = "use a P-256, P-384 or Ed25519 key"

  private static func read(_ bytes: [UInt8]) throws(TLSError) -> OpenSSLObject {
    ERR_clear_error()
    let free: @Sendable (OpaquePointer?) -> Void = { X509_REQ_free($0) }
    if bytes.first == 0x30 {
      let found: OpaquePointer? = bytes.withUnsafeBufferPointer { buffer in
        var place = buffer.baseAddress
        guard let request = d2i_X509_REQ(nil, &place, buffer.count) else { return nil }
        guard place == buffer.baseAddress.map({ $0 + buffer.count }) else {
          X509_REQ_free(request)
          return nil
        }
        return request
      }
      if let found { return OpenSSLObject(found, free: free) }
    } else if let bio = BIO_new_mem_buf(bytes, Int32(clamping: bytes.count)) {
      defer { BIO_free(bio) }
      if let found = PEM_read_bio_X509_REQ(bio, nil, PEM.refusePassphrase, nil) {
        return OpenSSLObject(found, free: free)
      }
    }
    throw .withQueue(
      .requestInvalid, "these bytes are no signing request", advice: "send one PKCS #10 request, PEM or DER")
  }

  /// What our TLS takes for signatures (``TLSContext``), and no RSA: such keys come from old tools.
  private static func isStrongEnough(_ key: OpaquePointer) -> Bool {
    if EVP_PKEY_is_a(key, "ED25519") == 1 { return true }
    guard EVP_PKEY_is_a(key, "EC") == 1 else { return false }
    // A curve given by its parameters instead of its name can look like one that it is not.
    var isExplicit: Int32 = 0
    guard EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &isExplicit) == 1,
      isExplicit == 0
    else { return false }
    var name = [CChar](repeating: 0, count: 64)
    var length = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return false }
    let curve = OBJ_txt2nid(name)
    return curve == NID_X9_62_prime256v1 || curve == NID_secp384r1
  }
}

/// A private key made on this machine, which does not leave it.
public struct PrivateKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// PKCS #8, PEM, without a passphrase: for a file of mode 0600.
  public let pem: String

  /// Without the key: descriptions end up in logs.
  public var description: String { "PrivateKey" }
  public var debugDescription: String { description }

  /// A new P-256 key.
  ///
  /// - Throws: `TLSError` if OpenSSL fails.
  public init() throws(TLSError) {
    try OpenSSLLibrary.prepare()
    ERR_clear_error()
    let key = try OpenSSLObject.make("make a key", bc_EVP_P256_generate(), free: { EVP_PKEY_free($0) })
    pem = try PEM.text("write a private key") { PEM_write_bio_PKCS8PrivateKey($0, key.pointer, nil, nil, 0, nil, nil) }
  }

  /// One that was made before.
  public init(pem: String) { self.pem = pem }

  /// A request for a certificate of this key: PKCS #10, DER. It names nobody: who signs it decides whose it is.
  ///
  /// - Throws: `TLSError`; `.privateKeyInvalid` if the text is no key.
  public func signingRequest() throws(TLSError) -> [UInt8] {
    try OpenSSLLibrary.prepare()
    let key = try PEM.privateKey(in: Array(pem.utf8), path: "the key")
    let request = try OpenSSLObject.make("make a request", X509_REQ_new(), free: { X509_REQ_free($0) })
    guard X509_REQ_set_version(request.pointer, 0) == 1, X509_REQ_set_pubkey(request.pointer, key.pointer) == 1,
      X509_REQ_sign(request.pointer, key.pointer, EVP_sha256()) > 0
    else { throw .outOfMemory("sign a request") }
    return try der("write a request") { i2d_X509_REQ(request.pointer, &$0) }
  }
}

/// What one of OpenSSL's `i2d` functions writes.
func der(
  _ what: String, _ write: (inout UnsafeMutablePointer<UInt8>?) -> Int32
) throws(TLSError) -> [UInt8] {
  ERR_clear_error()
  var bytes: UnsafeMutablePointer<UInt8>?
  let count = write(&bytes)
  defer { CRYPTO_free(bytes, #file, #line) }
  guard count > 0, let bytes else { throw .outOfMemory(what) }
  return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
}

func sha256(
  _ what: String, _ write: (inout UnsafeMutablePointer<UInt8>?) -> Int32
) throws(TLSError) -> [UInt8] {
  let bytes = try der(what, write)
  var digest = [UInt8](repeating: 0, count: 32)
  guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else { throw .outOfMemory(what) }
  return digest
}
