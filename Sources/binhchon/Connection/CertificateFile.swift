internal import COpenSSL
import Foundation

/// What a certificate file says about its owner.
struct CertificateFile: Sendable, Equatable {
  var subject: String
  var issuer: String
  /// Every URI among the alternative names.
  var uris: [String]
  /// Unix seconds.
  var notBefore: Int64
  var notAfter: Int64

  /// Reads the first certificate of a PEM file.
  init(path: String) throws(ClientError) {
    let file = BIO_new_file(path, "r")
    defer { BIO_free(file) }
    // OpenSSL would ask for the passphrase of an encrypted one.
    guard let file, let certificate = PEM_read_bio_X509(file, nil, { _, _, _, _ in -1 }, nil) else {
      throw ClientError(
        .configuration, Text(vi: "\(path) không có chứng thư", en: "\(path) holds no certificate"),
        next: Text(vi: "cần một chứng thư dạng PEM", en: "it must be a certificate in PEM form"))
    }
    defer { X509_free(certificate) }
    subject = Self.text(X509_get_subject_name(certificate))
    issuer = Self.text(X509_get_issuer_name(certificate))
    uris = Self.uris(certificate)
    notBefore = Self.seconds(X509_get0_notBefore(certificate))
    notAfter = Self.seconds(X509_get0_notAfter(certificate))
  }

  /// The one identity (SPIFFE X.509-SVID, section 2: exactly one URI).
  var identity: CallerIdentity? { uris.count == 1 ? CallerIdentity(uri: uris[0]) : nil }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    guard X509_NAME_print_ex(bio, name, 0, bc_XN_FLAG_RFC2253_UTF8()) >= 0 else { return "" }
    var start: UnsafeMutablePointer<CChar>?
    let count = bc_BIO_get_mem_data(bio, &start)
    guard let start, count > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
    var fields = tm()
    return ASN1_TIME_to_tm(time, &fields) == 1 ? Int64(timegm(&fields)) : 0
  }

  private static func uris(_ certificate: OpaquePointer) -> [String] {
    guard let names = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let stack = OpaquePointer(names)
    defer { GENERAL_NAMES_free(stack) }
    return (0..<max(0, OPENSSL_sk_num(stack))).compactMap { index in
      var type: Int32 = 0
      guard let entry = OPENSSL_sk_value(stack, index),
        let value = GENERAL_NAME_get0_value(entry.assumingMemoryBound(to: GENERAL_NAME.self), &type), type == GEN_URI
      else { return nil }
      let string = value.assumingMemoryBound(to: ASN1_STRING.self)
      return String(
        validating: UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))),
        as: UTF8.self)
    }
  }
}

/// `spiffe://<trust domain>/<role>/<unit path>/<name>`.
struct CallerIdentity: Sendable, Equatable {
  var uri: String
  var role: String
  /// The subtree it may act in; empty: all.
  var unit: String
  var name: String

  init?(uri: String) {
    guard uri.hasPrefix("spiffe://") else { return nil }
    let parts = uri.dropFirst("spiffe://".count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, !parts.contains(where: \.isEmpty) else { return nil }
    self.uri = uri
    role = String(parts[1])
    unit = parts[2..<(parts.count - 1)].joined(separator: "/")
    name = String(parts[parts.count - 1])
  }
}
