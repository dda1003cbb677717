internal import COpenSSL

/// PEM (RFC 7468) in and out of OpenSSL objects.
enum PEM {
  /// All certificates of a file. Half a file (cut off while it was being written) is an error, not fewer certificates.
  static func certificates(in bytes: [UInt8], path: String, code: TLSError.Code) throws(TLSError) -> [OpenSSLObject] {
    let found = try objects(in: bytes, path: path, code: code, label: "CERTIFICATE") { bio in
      PEM_read_bio_X509(bio, nil, refusePassphrase, nil).map { .certificate($0) }
    }
    guard !found.isEmpty else {
      throw TLSError(code, "\(path) holds no certificate", advice: "give a PEM file with certificates")
    }
    return found
  }

  static func revocationLists(in bytes: [UInt8], path: String) throws(TLSError) -> [OpenSSLObject] {
    let found = try objects(in: bytes, path: path, code: .crlInvalid, label: "X509 CRL") { bio in
      PEM_read_bio_X509_CRL(bio, nil, refusePassphrase, nil).map { .revocationList($0) }
    }
    guard !found.isEmpty else {
      throw TLSError(.crlInvalid, "\(path) holds no revocation list", advice: "give a PEM file with X509 CRL blocks")
    }
    return found
  }

  static func privateKey(in bytes: [UInt8], path: String) throws(TLSError) -> OpenSSLObject {
    ERR_clear_error()
    guard let bio = memoryBIO(bytes) else { throw .outOfMemory("read \(path)") }
    defer { BIO_free(bio) }
    guard let key = PEM_read_bio_PrivateKey(bio, nil, refusePassphrase, nil) else {
      throw .withQueue(
        .privateKeyInvalid, "cannot read a private key from \(path)",
        advice: "give a whole PEM private key without a passphrase; protect it by the file's permissions")
    }
    return .privateKey(key)
  }

  /// Runs `write` on a memory BIO and gives what was written.
  static func text(_ what: String, _ write: (OpaquePointer) -> Int32) throws(TLSError) -> String {
    ERR_clear_error()
    guard let bio = BIO_new(BIO_s_mem()) else { throw .outOfMemory(what) }
    defer { BIO_free(bio) }
    guard write(bio) > 0 else { throw .outOfMemory(what) }
    var data: UnsafeMutablePointer<CChar>?
    let length = bc_BIO_get_mem_data(bio, &data)
    guard length > 0, let data else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
  }

  /// For every `PEM_read_…`: without it OpenSSL asks for the passphrase of an encrypted block on the terminal, and waits.
  static let refusePassphrase:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?)
      -> Int32 = { _, _, _, _ in -1 }

  private static func memoryBIO(_ bytes: [UInt8]) -> OpaquePointer? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    guard bytes.isEmpty || BIO_write(bio, bytes, Int32(clamping: bytes.count)) == bytes.count else {
      BIO_free(bio)
      return nil
    }
    return bio
  }

  private static func objects(
    in bytes: [UInt8], path: String, code: TLSError.Code, label: String, read: (OpaquePointer) -> OpenSSLObject?
  ) throws(TLSError) -> [OpenSSLObject] {
    // Every BEGIN line, also one cut short, must become an object: OpenSSL skips what it does not recognise as a start.
    let expected = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .count { $0.hasPrefix("-----B") && ($0.contains("\(label)-----") || !$0.dropFirst(5).contains("-----")) }
    ERR_clear_error()
    guard let bio = memoryBIO(bytes) else { throw .outOfMemory("read \(path)") }
    defer { BIO_free(bio) }
    var found: [OpenSSLObject] = []
    while let object = read(bio) { found.append(object) }
    let last = ERR_peek_last_error()
    let isAtEnd = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE
    guard isAtEnd, found.count == expected else {
      throw .withQueue(
        code, "\(path) is broken after \(found.count) of \(expected) \(label) blocks",
        advice: "write the whole file again, under another name first, then rename it")
    }
    ERR_clear_error()
    return found
  }
}
