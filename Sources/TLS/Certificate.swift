internal import COpenSSL

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// What we keep of a certificate: who it is of, and what decides whether it is still good. Read out once, because
/// OpenSSL's own form takes ten times as much memory and 90 µs to make again.
struct Certificate: Sendable, Equatable {
  /// Distinguished names as RFC 4514 text, UTF-8.
  let subject: String
  let issuer: String
  /// The issuer's name in DER, to find its revocation list by.
  let issuerName: [UInt8]
  /// Of the canonical form, by which OpenSSL finds issuers: letters' case and repeated spaces do not count in it, and in
  /// the text they do. Names that OpenSSL takes for one have one hash.
  let issuerHash: UInt32
  /// Upper-case hexadecimal, two digits a byte.
  let serial: String
  /// Seconds since 1970; nil if unreadable.
  let notBefore: Int64?
  let notAfter: Int64?
  /// Every URI among the subject's alternative names.
  let uris: [String]
  /// The trust root that it was found good by, as `TrustAnchors` names it; 0: not known.
  var anchor: UInt64 = 0

  var denyListName: DenyList.CertificateName { DenyList.CertificateName(issuerHash: issuerHash, serial: serial) }

  var identity: PeerIdentity {
    PeerIdentity(
      uri: uris.count == 1 ? uris[0] : nil, subject: subject, issuer: issuer, issuerHash: issuerHash, serial: serial,
      notAfter: notAfter ?? 0)
  }

  /// Makes OpenSSL's forms of the issuer's name and the serial number while `body` runs. False, and `body` not called, if
  /// that is not possible.
  func withIssuerAndSerial(
    _ body: (_ issuer: OpaquePointer, _ serial: UnsafePointer<ASN1_INTEGER>) -> Void
  ) -> Bool {
    let name = issuerName.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_X509_NAME(nil, &start, bytes.count)
    }
    guard let name else { return false }
    defer { X509_NAME_free(name) }
    var number: OpaquePointer?
    guard BN_hex2bn(&number, serial) > 0, let number else { return false }
    defer { BN_free(number) }
    guard let integer = BN_to_ASN1_INTEGER(number, nil) else { return false }
    defer { ASN1_INTEGER_free(integer) }
    body(name, integer)
    return true
  }

  private static func serial(of pointer: OpaquePointer) -> String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil) else { return "" }
    defer { BN_free(number) }
    guard let digits = BN_bn2hex(number) else { return "" }
    defer { CRYPTO_free(digits, #file, #line) }
    return String(cString: digits)
  }

  private static func der(_ name: OpaquePointer?) -> [UInt8] {
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    guard X509_NAME_get0_der(name, &bytes, &count) == 1 else { return [] }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  private static func uris(of pointer: OpaquePointer) -> [String] {
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

extension Certificate {
  /// - Parameter pointer: an `X509`, only looked at.
  init(_ pointer: OpaquePointer, anchor: UInt64 = 0) {
    let issuer = X509_get_issuer_name(pointer)
    self.init(
      subject: Self.text(X509_get_subject_name(pointer)), issuer: Self.text(issuer), issuerName: Self.der(issuer),
      issuerHash: UInt32(truncatingIfNeeded: X509_issuer_name_hash(pointer)), serial: Self.serial(of: pointer),
      notBefore: Self.unixTime(X509_get0_notBefore(pointer)), notAfter: Self.unixTime(X509_get0_notAfter(pointer)),
      uris: Self.uris(of: pointer), anchor: anchor)
  }
}

/// Who the peer is, by its certificate.
public struct PeerIdentity: Sendable, Equatable {
  /// The URI among the alternative names; nil if there is none or, against the SPIFFE rules, more than one.
  public let uri: String?
  /// Distinguished names as RFC 4514 text.
  public let subject: String
  public let issuer: String
  /// Names the issuer as OpenSSL compares names: it, and not the text, says whether two issuers are one
  /// (`openssl x509 -issuer_hash`).
  public let issuerHash: UInt32
  /// Upper-case hexadecimal, as `openssl x509 -serial` prints it.
  public let serial: String
  /// When the certificate expires, in seconds since 1970.
  public let notAfter: Int64

  public init(uri: String?, subject: String, issuer: String, issuerHash: UInt32, serial: String, notAfter: Int64) {
    self.uri = uri
    self.subject = subject
    self.issuer = issuer
    self.issuerHash = issuerHash
    self.serial = serial
    self.notAfter = notAfter
  }
}
