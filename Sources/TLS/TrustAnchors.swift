internal import COpenSSL

/// The trust roots of one policy, to say of a peer that another policy let in whether this one could.
struct TrustAnchors: Sendable {
  private let keys: Set<UInt64>
  private let names: Set<UInt32>

  init(_ roots: [OpenSSLObject]) {
    keys = Set(roots.map { Self.name(of: $0.pointer) })
    names = Set(roots.map { UInt32(truncatingIfNeeded: X509_subject_name_hash($0.pointer)) })
  }

  /// Whether the root that it was found good by is among these. Where that is not known (a session resumed without our
  /// tickets): whether its issuer is; then whoever came through an intermediate has to come again.
  func hold(_ certificate: Certificate) -> Bool {
    certificate.anchor == 0 ? names.contains(certificate.issuerHash) : keys.contains(certificate.anchor)
  }

  /// What a root is called here: the start of its key's SHA-256. Not its name, which another one may bear.
  static func name(of root: OpaquePointer) -> UInt64 {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_pubkey_digest(root, EVP_sha256(), &digest, &count) == 1 else { return 0 }
    return digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }
}

extension TLSError {
  static var lostAuthority: TLSError {
    TLSError(
      .certificateUntrusted, "the authority behind the peer's certificate is not in the trust roots file any more",
      advice: "put it back and reload if its peers are to be let in")
  }
}
