/// Certificates that are refused whatever their authority says; the format is described at `TLSConfiguration`.
struct DenyList: Sendable, Equatable {
  private(set) var uris: Set<String> = []
  private(set) var certificates: Set<CertificateName> = []

  /// What names one certificate: the hash of its issuer's name and its serial number, as OpenSSL prints them.
  struct CertificateName: Hashable {
    let issuerHash: UInt32
    /// Upper-case hexadecimal without leading zeros.
    let serial: String

    init(issuerHash: UInt32, serial: String) {
      self.issuerHash = issuerHash
      self.serial = String(serial.uppercased().drop { $0 == "0" })
    }
  }

  init() {}

  func holds(_ certificate: Certificate) -> Bool {
    if !uris.isEmpty, certificate.uris.contains(where: uris.contains) { return true }
    return !certificates.isEmpty && certificates.contains(certificate.denyListName)
  }

  /// - Throws: `.denyListInvalid`, with the line's number.
  init(parsing bytes: [UInt8], path: String) throws(TLSError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TLSError(.denyListInvalid, "\(path) is not UTF-8 text", advice: "save it as UTF-8")
    }
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let entry = line.prefix { $0 != "#" }.trimmed
      if entry.isEmpty { continue }
      if entry.contains("://") && !entry.contains(where: \.isWhitespace) {
        uris.insert(String(entry))
      } else if let name = CertificateName(parsing: entry) {
        certificates.insert(name)
      } else {
        throw TLSError(
          .denyListInvalid, "\(path), line \(index + 1): \"\(entry)\" is no entry",
          advice: "write a URI such as spiffe://domain/role/unit/name, or ISSUER-HASH/SERIAL in hexadecimal")
      }
    }
  }
}

extension DenyList.CertificateName {
  fileprivate init?(parsing entry: Substring) {
    let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 8, parts[0].allSatisfy(\.isHexDigit),
      let hash = UInt32(parts[0], radix: 16),
      (1...40).contains(parts[1].count), parts[1].allSatisfy(\.isHexDigit), parts[1].allSatisfy(\.isASCII)
    else { return nil }
    self.init(issuerHash: hash, serial: String(parts[1]))
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...end]
  }
}
