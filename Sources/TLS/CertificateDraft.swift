internal import COpenSSL

/// A certificate in the making: everything but its signature.
struct CertificateDraft {
  private let certificate: OpenSSLObject
  private let key: OpenSSLObject

  /// - Parameter key: whose certificate it is, at least its public half; nil: a new one.
  init(
    commonName: String, key: OpenSSLObject? = nil, notBefore: Int64, notAfter: Int64, serial: String?
  ) throws(TLSError) {
    try OpenSSLLibrary.prepare()
    ERR_clear_error()
    certificate = try OpenSSLObject.make("make a certificate", X509_new(), free: { X509_free($0) })
    if let key {
      self.key = key
    } else {
      self.key = try OpenSSLObject.make("make a key", bc_EVP_P256_generate(), free: { EVP_PKEY_free($0) })
    }
    let pointer = certificate.pointer
    let number = try makeSerial(serial)
    defer { ASN1_INTEGER_free(number) }
    let isSet =
      X509_set_version(pointer, Int(X509_VERSION_3)) == 1 && X509_set_serialNumber(pointer, number) == 1
      && ASN1_TIME_set(X509_getm_notBefore(pointer), Int(notBefore)) != nil
      && ASN1_TIME_set(X509_getm_notAfter(pointer), Int(notAfter)) != nil
      && X509_set_pubkey(pointer, self.key.pointer) == 1
    guard isSet else {
      throw .withQueue(.configurationInvalid, "a certificate with impossible dates", advice: "check the dates")
    }
    guard
      X509_NAME_add_entry_by_NID(
        X509_get_subject_name(pointer), NID_commonName, MBSTRING_UTF8, Array(commonName.utf8),
        Int32(clamping: commonName.utf8.count), -1, 0) == 1
    else {
      throw .withQueue(
        .configurationInvalid, "\"\(commonName)\" cannot be a common name", advice: "use 1 to 64 characters")
    }
  }

  /// Built from values and not from OpenSSL's comma-separated notation, in which a name could bring others along.
  func setAlternativeNames(uris: [String], hosts: [String]) throws(TLSError) {
    let names = try OpenSSLObject.make("make names", OPENSSL_sk_new_null()) { GENERAL_NAMES_free($0) }
    for uri in uris {
      guard uri.contains("://"), let value = Self.string(uri) else { throw Self.impossible(uri) }
      try Self.append(GEN_URI, UnsafeMutableRawPointer(value), to: names)
    }
    for host in hosts {
      if let address = a2i_IPADDRESS(host) {
        try Self.append(GEN_IPADD, UnsafeMutableRawPointer(address), to: names)
      } else {
        ERR_clear_error()
        guard let value = Self.string(host) else { throw Self.impossible(host) }
        try Self.append(GEN_DNS, UnsafeMutableRawPointer(value), to: names)
      }
    }
    guard
      X509_add1_ext_i2d(certificate.pointer, NID_subject_alt_name, UnsafeMutableRawPointer(names.pointer), 0, 0) == 1
    else { throw .outOfMemory("add the alternative names") }
  }

  /// The certificate with its private key.
  ///
  /// - Parameter issuer: nil: signs itself.
  func sign(
    issuer: CertificateIssuer?, extensions: [(nid: Int32, value: String)]
  ) throws(TLSError) -> CertificateIssuer.Credential {
    let certificatePEM = try signedPEM(issuer: issuer, extensions: extensions)
    let keyPEM = try PEM.text("write a private key") {
      PEM_write_bio_PKCS8PrivateKey($0, key.pointer, nil, nil, 0, nil, nil)
    }
    return CertificateIssuer.Credential(certificatePEM: certificatePEM, privateKeyPEM: keyPEM)
  }

  /// - Parameter issuer: nil: signs itself.
  func signedPEM(
    issuer: CertificateIssuer?, extensions: [(nid: Int32, value: String)]
  ) throws(TLSError) -> String {
    let pointer = certificate.pointer
    let authority = try issuer?.certificate ?? certificate
    let signingKey = try issuer?.privateKey ?? key
    guard X509_set_issuer_name(pointer, X509_get_subject_name(authority.pointer)) == 1 else {
      throw .outOfMemory("name the issuer")
    }
    for (nid, value) in extensions {
      let made = try makeExtension(nid, value, issuer: authority, subject: pointer, crl: nil)
      defer { X509_EXTENSION_free(made) }
      guard X509_add_ext(pointer, made, -1) == 1 else { throw .outOfMemory("add an extension") }
    }
    guard X509_sign(pointer, signingKey.pointer, EVP_sha256()) > 0 else { throw .outOfMemory("sign a certificate") }
    return try PEM.text("write a certificate") { PEM_write_bio_X509($0, pointer) }
  }

  /// An IA5String without zero bytes, spaces or anything beyond ASCII.
  private static func string(_ text: String) -> UnsafeMutablePointer<ASN1_STRING>? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let string = ASN1_STRING_type_new(V_ASN1_IA5STRING)
    else { return nil }
    guard ASN1_STRING_set(string, text, Int32(clamping: text.utf8.count)) == 1 else {
      ASN1_STRING_free(string)
      return nil
    }
    return string
  }

  private static func append(
    _ type: Int32, _ value: UnsafeMutableRawPointer, to names: OpenSSLObject
  ) throws(TLSError) {
    guard let name = GENERAL_NAME_new() else {
      ASN1_STRING_free(value.assumingMemoryBound(to: ASN1_STRING.self))
      throw .outOfMemory("make a name")
    }
    GENERAL_NAME_set0_value(name, type, value)
    guard OPENSSL_sk_push(names.pointer, name) > 0 else {
      GENERAL_NAME_free(name)
      throw .outOfMemory("add a name")
    }
  }

  private static func impossible(_ name: String) -> TLSError {
    TLSError(
      .configurationInvalid, "\"\(name)\" cannot stand in a certificate",
      advice: "use a URI, DNS name or IP address in plain ASCII")
  }
}

/// Revocation lists (RFC 5280 section 5).
enum RevocationListDraft {
  static func sign(
    serials: [String], number: Int64, thisUpdate: Int64, nextUpdate: Int64, issuer: CertificateIssuer
  ) throws(TLSError) -> String {
    try OpenSSLLibrary.prepare()
    ERR_clear_error()
    let list = try OpenSSLObject.make("make a revocation list", X509_CRL_new(), free: { X509_CRL_free($0) })
    let pointer = list.pointer
    let authority = try issuer.certificate
    let key = try issuer.privateKey
    let this = try makeTime(thisUpdate)
    defer { ASN1_TIME_free(this) }
    let next = try makeTime(nextUpdate)
    defer { ASN1_TIME_free(next) }
    let isSet =
      X509_CRL_set_version(pointer, Int(X509_CRL_VERSION_2)) == 1
      && X509_CRL_set_issuer_name(pointer, X509_get_subject_name(authority.pointer)) == 1
      && X509_CRL_set1_lastUpdate(pointer, this) == 1 && X509_CRL_set1_nextUpdate(pointer, next) == 1
    guard isSet else { throw .outOfMemory("make a revocation list") }
    for serial in serials {
      let number = try makeSerial(serial)
      defer { ASN1_INTEGER_free(number) }
      guard let entry = X509_REVOKED_new() else { throw .outOfMemory("revoke a certificate") }
      let isAdded =
        X509_REVOKED_set_serialNumber(entry, number) == 1 && X509_REVOKED_set_revocationDate(entry, this) == 1
        && X509_CRL_add0_revoked(pointer, entry) == 1
      guard isAdded else {
        X509_REVOKED_free(entry)
        throw .outOfMemory("revoke a certificate")
      }
    }
    let keyIdentifier = try makeExtension(
      NID_authority_key_identifier, "keyid:always", issuer: authority, subject: nil, crl: pointer)
    defer { X509_EXTENSION_free(keyIdentifier) }
    let listNumber = ASN1_INTEGER_new()
    defer { ASN1_INTEGER_free(listNumber) }
    guard X509_CRL_add_ext(pointer, keyIdentifier, -1) == 1, ASN1_INTEGER_set_int64(listNumber, number) == 1,
      X509_CRL_add1_ext_i2d(pointer, NID_crl_number, listNumber, 0, 0) == 1
    else { throw .outOfMemory("add an extension") }
    guard X509_CRL_sort(pointer) == 1, X509_CRL_sign(pointer, key.pointer, EVP_sha256()) > 0 else {
      throw .outOfMemory("sign a revocation list")
    }
    return try PEM.text("write a revocation list") { PEM_write_bio_X509_CRL($0, pointer) }
  }

  private static func makeTime(_ seconds: Int64) throws(TLSError) -> UnsafeMutablePointer<ASN1_TIME> {
    guard let time = ASN1_TIME_set(nil, Int(seconds)) else {
      throw .withQueue(.configurationInvalid, "an impossible date", advice: "check the dates")
    }
    return time
  }
}

/// - Parameter value: OpenSSL's notation (`man x509v3_config`); constants of ours only, never a name from outside.
private func makeExtension(
  _ nid: Int32, _ value: String, issuer: OpenSSLObject, subject: OpaquePointer?, crl: OpaquePointer?
) throws(TLSError) -> OpaquePointer {
  var context = X509V3_CTX()
  bc_X509V3_set_ctx_nodb(&context)
  X509V3_set_ctx(&context, issuer.pointer, subject, nil, crl, 0)
  guard let made = X509V3_EXT_conf_nid(nil, &context, nid, value) else { throw .outOfMemory("make an extension") }
  return made
}

/// - Parameter hexadecimal: nil: 127 random bits (RFC 5280 section 4.1.2.2 wants it positive, at most 20 bytes).
private func makeSerial(_ hexadecimal: String?) throws(TLSError) -> UnsafeMutablePointer<ASN1_INTEGER> {
  var number: OpaquePointer?
  defer { BN_free(number) }
  if let hexadecimal {
    let isHexadecimal = hexadecimal.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    guard isHexadecimal, (1...40).contains(hexadecimal.utf8.count),
      BN_hex2bn(&number, hexadecimal) == Int32(hexadecimal.utf8.count), BN_is_zero(number) == 0
    else {
      throw TLSError(
        .configurationInvalid, "\"\(hexadecimal)\" is not a serial number",
        advice: "use 1 to 40 hexadecimal digits, not 0")
    }
  } else {
    number = BN_new()
    guard BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 else { throw .outOfMemory("draw a serial") }
  }
  guard let serial = BN_to_ASN1_INTEGER(number, nil) else { throw .outOfMemory("make a serial number") }
  return serial
}
