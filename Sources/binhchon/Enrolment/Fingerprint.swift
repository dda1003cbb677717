internal import COpenSSL
internal import TLS

/// The SHA-256 of a certificate (DER), by which a person tells whom to trust.
struct Fingerprint: Sendable, Equatable, CustomStringConvertible {
  let bytes: [UInt8]

  /// 64 hexadecimal digits, capitals or not, with or without colons and spaces, as `openssl x509 -fingerprint -sha256`
  /// and others print them; nil: not that.
  init?(_ text: String) {
    let digits = text.filter { $0 != ":" && !$0.isWhitespace }
    guard digits.count == 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    bytes = digits.indices.enumerated().compactMap { offset, index in
      offset % 2 == 0 ? UInt8(digits[index...].prefix(2), radix: 16) : nil
    }
  }

  /// - Parameter certificate: an `X509`.
  init?(of certificate: OpaquePointer) {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1, count == 32 else { return nil }
    bytes = Array(digest.prefix(32))
  }

  /// Of the first certificate in PEM; nil: there is none.
  init?(pem: String) {
    guard let certificate = Self.certificate(pem) else { return nil }
    defer { X509_free(certificate) }
    self.init(of: certificate)
  }

  private static func certificate(_ pem: String) -> OpaquePointer? {
    let bytes = Array(pem.utf8)
    guard let length = Int32(exactly: bytes.count), let bio = BIO_new_mem_buf(bytes, length) else { return nil }
    defer { BIO_free(bio) }
    return PEM_read_bio_X509(bio, nil, nil, nil)
  }

  /// 64 small digits.
  var description: String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }.joined()
  }
}
