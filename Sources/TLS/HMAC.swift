internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104, FIPS 180-4): 32 bytes.
///
/// - Throws: `TLSError` with code `.internalFailure`, only if OpenSSL itself fails.
public func hmacSHA256(key: [UInt8], message: [UInt8]) throws(TLSError) -> [UInt8] {
  try OpenSSLLibrary.prepare()
  guard let keyLength = Int32(exactly: key.count) else {
    throw TLSError(.internalFailure, "an HMAC key of \(key.count) bytes", advice: "use a key of 32 bytes")
  }
  var code = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  guard HMAC(EVP_sha256(), key, keyLength, message, message.count, &code, &length) != nil, length == 32 else {
    throw .outOfMemory("compute an HMAC")
  }
  return code
}
