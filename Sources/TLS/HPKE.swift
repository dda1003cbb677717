internal import COpenSSL

/// Sealing for one reader: whoever has the public key seals, only the private key opens. HPKE (RFC 9180) in base mode,
/// one message each, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305.
public enum HPKE {
  /// Bytes of a public and of a private key.
  public static let keyLength = 32
  /// Bytes that a sealed message is longer than what is in it: the encapsulated key before it, the tag after it.
  public static let overhead = keyLength + tagLength

  private static let tagLength = 16
  private static let nonceLength = 12
  private static let kem: [UInt8] = Array("KEM".utf8) + [0, 0x20]
  private static let suite: [UInt8] = Array("HPKE".utf8) + [0, 0x20, 0, 1, 0, 3]

  /// A secret: not for logs.
  public struct PrivateKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    public let bytes: [UInt8]
    public let publicKey: [UInt8]

    /// A new one.
    public init() throws(TLSError) {
      var generator = SystemRandomNumberGenerator()
      try self.init((0..<HPKE.keyLength).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// - Throws: `TLSError` for another number of bytes than 32.
    public init(_ bytes: [UInt8]) throws(TLSError) {
      let key = try HPKE.privateKey(bytes)
      var publicKey = [UInt8](repeating: 0, count: HPKE.keyLength)
      var length = publicKey.count
      guard EVP_PKEY_get_raw_public_key(key.pointer, &publicKey, &length) == 1, length == HPKE.keyLength else {
        throw .outOfMemory("work out a public key")
      }
      self.bytes = bytes
      self.publicKey = publicKey
    }

    public var description: String { "HPKE.PrivateKey" }
    public var debugDescription: String { description }
  }

  /// The encapsulated key, then the ciphertext with its tag.
  ///
  /// - Parameters:
  ///   - info: what the key is used for; who opens must say the same.
  ///   - associated: what else must be the same for who opens.
  /// - Throws: `TLSError` for bytes that are no public key.
  public static func seal(
    _ message: [UInt8], to publicKey: [UInt8], info: [UInt8], associated: [UInt8] = []
  ) throws(TLSError) -> [UInt8] {
    try seal(message, to: publicKey, info: info, associated: associated, ephemeral: try PrivateKey())
  }

  /// - Parameter ephemeral: for one message only.
  static func seal(
    _ message: [UInt8], to publicKey: [UInt8], info: [UInt8], associated: [UInt8], ephemeral: PrivateKey
  ) throws(TLSError) -> [UInt8] {
    let shared = try agree(ephemeral, publicKey, encapsulated: ephemeral.publicKey, recipient: publicKey)
    let (key, nonce) = try schedule(shared, info)
    let context = try cipher()
    var (sealed, tag) = (
      [UInt8](repeating: 0, count: message.count), [UInt8](repeating: 0, count: tagLength)
    )
    var length: Int32 = 0
    guard let (messageLength, associatedLength) = lengths(message, associated),
      EVP_EncryptInit_ex(context.pointer, EVP_chacha20_poly1305(), nil, key, nonce) == 1,
      EVP_EncryptUpdate(context.pointer, nil, &length, associated, associatedLength) == 1,
      EVP_EncryptUpdate(context.pointer, &sealed, &length, message, messageLength) == 1, length == messageLength,
      EVP_EncryptFinal_ex(context.pointer, &tag, &length) == 1,
      EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1
    else { throw .outOfMemory("seal a message") }
    return ephemeral.publicKey + sealed + tag
  }

  /// Nil: it was not sealed to this key with these words, or was changed since.
  public static func open(
    _ sealed: [UInt8], with key: PrivateKey, info: [UInt8], associated: [UInt8] = []
  ) throws(TLSError) -> [UInt8]? {
    guard sealed.count >= overhead else { return nil }
    let encapsulated = Array(sealed[..<keyLength])
    let ciphertext = Array(sealed[keyLength..<sealed.count - tagLength])
    var tag = Array(sealed[(sealed.count - tagLength)...])
    let shared: [UInt8]
    do {
      shared = try agree(key, encapsulated, encapsulated: encapsulated, recipient: key.publicKey)
    } catch let error where error.code == .privateKeyInvalid {
      return nil
    }
    let (secret, nonce) = try schedule(shared, info)
    let context = try cipher()
    var message = [UInt8](repeating: 0, count: ciphertext.count)
    var length: Int32 = 0
    guard let (messageLength, associatedLength) = lengths(ciphertext, associated),
      EVP_DecryptInit_ex(context.pointer, EVP_chacha20_poly1305(), nil, secret, nonce) == 1,
      EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1,
      EVP_DecryptUpdate(context.pointer, nil, &length, associated, associatedLength) == 1,
      EVP_DecryptUpdate(context.pointer, &message, &length, ciphertext, messageLength) == 1, length == messageLength
    else { throw .outOfMemory("open a message") }
    guard EVP_DecryptFinal_ex(context.pointer, &tag, &length) == 1 else {
      // What the queue says of it is no error of ours.
      _ = TLSError.takeErrorQueue()
      return nil
    }
    return message
  }

  // MARK: - RFC 9180, section 4.1

  /// The shared secret.
  ///
  /// - Throws: `TLSError` with code `.privateKeyInvalid` for a public key that is none.
  private static func agree(
    _ key: PrivateKey, _ peer: [UInt8], encapsulated: [UInt8], recipient: [UInt8]
  ) throws(TLSError) -> [UInt8] {
    let own = try privateKey(key.bytes)
    guard peer.count == keyLength, let pointer = EVP_PKEY_new_raw_public_key(NID_X25519, nil, peer, keyLength) else {
      throw .withQueue(.privateKeyInvalid, "a public key of \(peer.count) bytes is none", advice: "it has 32 bytes")
    }
    let other = OpenSSLObject.privateKey(pointer)
    let context = try OpenSSLObject.make(
      "agree on a key", EVP_PKEY_CTX_new(own.pointer, nil), free: { EVP_PKEY_CTX_free($0) })
    var secret = [UInt8](repeating: 0, count: keyLength)
    var length = secret.count
    // Fails for the few public keys that make every secret the same.
    guard EVP_PKEY_derive_init(context.pointer) == 1, EVP_PKEY_derive_set_peer(context.pointer, other.pointer) == 1,
      EVP_PKEY_derive(context.pointer, &secret, &length) == 1, length == keyLength
    else { throw .withQueue(.privateKeyInvalid, "a public key is none", advice: "ask for it again") }
    let extracted = try extract([], kem, "eae_prk", secret)
    return try expand(extracted, kem, "shared_secret", encapsulated + recipient, 32)
  }

  // MARK: - RFC 9180, section 5.1

  private static func schedule(_ shared: [UInt8], _ info: [UInt8]) throws(TLSError) -> (key: [UInt8], nonce: [UInt8]) {
    let context = [0] + (try extract([], suite, "psk_id_hash", [])) + (try extract([], suite, "info_hash", info))
    let secret = try extract(shared, suite, "secret", [])
    return (
      try expand(secret, suite, "key", context, 32), try expand(secret, suite, "base_nonce", context, nonceLength)
    )
  }

  // MARK: - RFC 9180, section 4; RFC 5869

  private static func extract(
    _ salt: [UInt8], _ suite: [UInt8], _ label: String, _ key: [UInt8]
  ) throws(TLSError) -> [UInt8] {
    try hmacSHA256(
      key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt,
      message: Array("HPKE-v1".utf8) + suite + Array(label.utf8) + key)
  }

  /// - Parameter length: at most one hash.
  private static func expand(
    _ key: [UInt8], _ suite: [UInt8], _ label: String, _ info: [UInt8], _ length: Int
  ) throws(TLSError) -> [UInt8] {
    let labelled = [0, UInt8(length)] + Array("HPKE-v1".utf8) + suite + Array(label.utf8) + info
    return Array(try hmacSHA256(key: key, message: labelled + [1]).prefix(length))
  }

  // MARK: - OpenSSL

  private static func privateKey(_ bytes: [UInt8]) throws(TLSError) -> OpenSSLObject {
    try OpenSSLLibrary.prepare()
    guard bytes.count == keyLength, let key = EVP_PKEY_new_raw_private_key(NID_X25519, nil, bytes, keyLength) else {
      throw .withQueue(
        .privateKeyInvalid, "a private key of \(bytes.count) bytes is none", advice: "it has \(keyLength) bytes")
    }
    return OpenSSLObject.privateKey(key)
  }

  private static func cipher() throws(TLSError) -> OpenSSLObject {
    try OpenSSLObject.make("begin a cipher", EVP_CIPHER_CTX_new(), free: { EVP_CIPHER_CTX_free($0) })
  }

  /// As OpenSSL counts them.
  private static func lengths(_ message: [UInt8], _ associated: [UInt8]) -> (Int32, Int32)? {
    guard let message = Int32(exactly: message.count), let associated = Int32(exactly: associated.count) else {
      return nil
    }
    return (message, associated)
  }
}
