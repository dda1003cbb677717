internal import COpenSSL

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// What we read out of an `X509`. Borrows: whoever made the certificate owns it.
struct Certificate {
  let pointer: OpaquePointer

  /// RFC 4514 text, UTF-8.
  var subject: String { Self.text(X509_get_subject_name(pointer)) }

  var issuer: String { Self.text(X509_get_issuer_name(pointer)) }

  /// Upper-case hexadecimal, two digits a byte.
  var serial: String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil) else { return "" }
    defer { BN_free(number) }
    guard let digits = BN_bn2hex(number) else { return "" }
    defer { CRYPTO_free(digits, #file, #line) }
    return String(cString: digits)
  }

  var notBefore: Int64? { Self.unixTime(X509_get0_notBefore(pointer)) }

  var notAfter: Int64? { Self.unixTime(X509_get0_notAfter(pointer)) }

  var denyListName: DenyList.CertificateName {
    DenyList.CertificateName(issuerHash: UInt32(truncatingIfNeeded: X509_issuer_name_hash(pointer)), serial: serial)
  }

  /// Every URI among the subject's alternative names.
  var uris: [String] {
    guard let names = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return [] }
    let stack = OpaquePointer(names)
    defer { GENERAL_NAMES_free(stack) }
    var found: [String] = []
    for index in 0..<max(0, OPENSSL_sk_num(stack)) {
      guard let entry = OPENSSL_sk_value(stack, index) else { continue }
      var type: Int32 = 0
      let value = GENERAL_NAME_get0_value(entry.assumingMemoryBound(to: GENERAL_NAME.self), &type)
      guard type == GEN_URI, let value else { continue }
      let string = value.assumingMemoryBound(to: ASN1_STRING.self)
      let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
      // A zero byte is the old trick to show one name and mean another.
      guard !bytes.contains(0), let uri = String(validating: bytes, as: UTF8.self) else { continue }
      found.append(uri)
    }
    return found
  }

  var identity: PeerIdentity {
    let uris = uris
    return PeerIdentity(
      uri: uris.count == 1 ? uris[0] : nil, subject: subject, issuer: issuer, serial: serial, notAfter: notAfter ?? 0)
  }

  static func unixTime(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    var fields = tm()
    guard ASN1_TIME_to_tm(time, &fields) == 1 else { return nil }
    return Int64(timegm(&fields))
  }

  static func text(_ name: OpaquePointer?) -> String {
    let text = try? PEM.text("print a name") { bio in
      X509_NAME_print_ex(bio, name, 0, bc_XN_FLAG_RFC2253_UTF8()) < 0 ? 0 : 1
    }
    return text ?? ""
  }
}

/// Who the peer is, by its certificate.
public struct PeerIdentity: Sendable, Equatable {
  /// The URI among the alternative names; nil if there is none or, against the SPIFFE rules, more than one.
  public let uri: String?
  /// Distinguished names as RFC 4514 text.
  public let subject: String
  public let issuer: String
  /// Upper-case hexadecimal, as `openssl x509 -serial` prints it.
  public let serial: String
  /// When the certificate expires, in seconds since 1970.
  public let notAfter: Int64

  public init(uri: String?, subject: String, issuer: String, serial: String, notAfter: Int64) {
    self.uri = uri
    self.subject = subject
    self.issuer = issuer
    self.serial = serial
    self.notAfter = notAfter
  }
}
