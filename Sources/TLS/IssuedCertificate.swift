internal import COpenSSL

/// A certificate as bytes to keep, to send and to look at.
public struct IssuedCertificate: Sendable, Equatable {
  /// X.509, DER.
  public let der: [UInt8]
  /// Who it is for.
  public let identity: PeerIdentity
  /// Seconds since 1970.
  public let notBefore: Int64
  /// SHA-256 of its public key, as ``SigningRequest/keyFingerprint``.
  public let keyFingerprint: [UInt8]
  /// Its line for a deny list (see ``TLSConfiguration``).
  public let denyListLine: String
  public let pem: String

  public var notAfter: Int64 { identity.notAfter }

  /// The first certificate of a PEM text.
  ///
  /// - Throws: `TLSError` with code `.certificateInvalid`.
  public init(pem: String) throws(TLSError) {
    try OpenSSLLibrary.prepare()
    try self.init(try PEM.certificates(in: Array(pem.utf8), path: "the text", code: .certificateInvalid)[0])
  }

  /// The first certificate of a file.
  ///
  /// - Throws: `TLSError` that names the file.
  public init(pemFile path: String) throws(TLSError) {
    try OpenSSLLibrary.prepare()
    try self.init(try PEM.certificates(in: try readFile(path), path: path, code: .certificateInvalid)[0])
  }

  /// Every certificate of a file of authorities that have nobody above them and no authority below: each signs its own
  /// certificate and says `pathlen:0`. So a certificate that leads to one of them names it as its issuer.
  ///
  /// - Throws: `TLSError` that names the file; `.certificateInvalid` if one of them is something else.
  public static func lastAuthorities(pemFile path: String) throws(TLSError) -> [IssuedCertificate] {
    try OpenSSLLibrary.prepare()
    var found: [IssuedCertificate] = []
    for object in try PEM.certificates(in: try readFile(path), path: path, code: .certificateInvalid) {
      let authority = try IssuedCertificate(object)
      guard X509_check_ca(object.pointer) == 1 else {
        throw notOne(authority, path, "is no authority's certificate")
      }
      guard X509_self_signed(object.pointer, 1) == 1 else { throw notOne(authority, path, "is not signed by itself") }
      guard X509_get_pathlen(object.pointer) == 0 else {
        throw notOne(authority, path, "may make further authorities (it lacks pathlen:0)")
      }
      found.append(authority)
    }
    return found
  }

  private static func notOne(_ certificate: IssuedCertificate, _ path: String, _ problem: String) -> TLSError {
    ERR_clear_error()
    return TLSError(
      .certificateInvalid, "\(path): \(certificate.identity.subject) \(problem)",
      advice: "give the ca.pem that certs/issue.sh ca makes")
  }

  /// - Throws: `TLSError` with code `.certificateInvalid`.
  public init(der: [UInt8]) throws(TLSError) {
    try OpenSSLLibrary.prepare()
    ERR_clear_error()
    let found: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      return d2i_X509(nil, &place, buffer.count)
    }
    guard let found else {
      throw .withQueue(.certificateInvalid, "these bytes are no certificate", advice: "give a certificate, DER")
    }
    try self.init(.certificate(found))
  }

  private init(_ object: OpenSSLObject) throws(TLSError) {
    let certificate = Certificate(object.pointer)
    guard let notBefore = certificate.notBefore, certificate.notAfter != nil else {
      throw TLSError(.certificateInvalid, "a certificate without dates", advice: "give a whole certificate")
    }
    der = try TLS.der("write a certificate") { i2d_X509(object.pointer, &$0) }
    identity = certificate.identity
    self.notBefore = notBefore
    let key = X509_get0_pubkey(object.pointer)
    keyFingerprint = try sha256("fingerprint a key") { i2d_PUBKEY(key, &$0) }
    let name = certificate.denyListName
    let digits = String(name.issuerHash, radix: 16)
    denyListLine = String(repeating: "0", count: 8 - digits.count) + digits + "/" + name.serial
    pem = try PEM.text("write a certificate") { PEM_write_bio_X509($0, object.pointer) }
  }
}

extension CertificateIssuer {
  /// Takes up an authority from its files, and checks that they are one: a CA's certificate and its key.
  ///
  /// - Throws: `TLSError` that names the file.
  public init(certificateFile: String, keyFile: String) throws(TLSError) {
    try OpenSSLLibrary.prepare()
    let certificateBytes = try readFile(certificateFile)
    let keyBytes = try readFile(keyFile)
    let certificate = try PEM.certificates(in: certificateBytes, path: certificateFile, code: .certificateInvalid)[0]
    let key = try PEM.privateKey(in: keyBytes, path: keyFile)
    guard X509_check_ca(certificate.pointer) == 1 else {
      throw TLSError(
        .certificateInvalid, "\(certificateFile) is no authority's certificate",
        advice: "give the ca.pem that certs/issue.sh ca makes")
    }
    ERR_clear_error()
    guard X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
      throw .withQueue(
        .keyMismatch, "the key \(keyFile) does not belong to \(certificateFile)",
        advice: "put certificate and key of the same authority in place")
    }
    self.init(
      certificatePEM: String(decoding: certificateBytes, as: UTF8.self),
      privateKeyPEM: String(decoding: keyBytes, as: UTF8.self))
  }
}

extension TLSContext {
  /// What this server would say of a client that showed this certificate now; nil: it would let it in.
  ///
  /// - Parameter pem: a client's certificate, PEM.
  /// - Throws: `TLSError` if there is none in it.
  public func refusal(ofClient pem: String) throws(TLSError) -> TLSError? {
    let object = try PEM.certificates(in: Array(pem.utf8), path: "the text", code: .certificateInvalid)[0]
    let check = try OpenSSLObject.make("check a certificate", X509_STORE_CTX_new(), free: { X509_STORE_CTX_free($0) })
    guard X509_STORE_CTX_init(check.pointer, SSL_CTX_get_cert_store(pointer), object.pointer, nil) == 1,
      X509_STORE_CTX_set_purpose(check.pointer, X509_PURPOSE_SSL_CLIENT) == 1
    else { throw .outOfMemory("check a certificate") }
    ERR_clear_error()
    guard X509_verify_cert(check.pointer) == 1 else {
      let error = X509_STORE_CTX_get_error(check.pointer)
      let reason = X509_verify_cert_error_string(Int(error)).map { String(cString: $0) } ?? ""
      ERR_clear_error()
      return TLSError(
        .certificateUntrusted, "the server does not accept its own authority's certificates", reason: reason,
        advice:
          "put that authority's certificate into the trust roots file, and its list into the CRL file if there is one"
      )
    }
    return refusal(of: Certificate(object.pointer))
  }
}
