internal import Polling

/// Every code for a kiosk and every certificate issued to one, as the entries say. In memory: they are few, some per
/// kiosk and year.
struct KioskRegister {
  private struct Code {
    var code: KioskCode
    var sequence: UInt64
    /// The key that was enrolled with it.
    var spentBy: [UInt8]?
  }

  private var codes: [[UInt8]: Code] = [:]
  /// By their keys' fingerprints.
  private var certificates: [[UInt8]: (certificate: KioskCertificate, sequence: UInt64)] = [:]

  // MARK: - What becomes of a submission

  /// What a code is good for in the hands of who holds this key: the code itself while it can be used, the certificate
  /// it was used for.
  func find(_ hash: [UInt8], keyFingerprint: [UInt8], at now: Timestamp) -> Outcome {
    guard let known = codes[hash] else { return .refused(.kioskCodeRefused) }
    if let key = known.spentBy {
      guard key == keyFingerprint, let issued = certificates[key] else { return .refused(.kioskCodeRefused) }
      return .replayed(sequence: issued.sequence, .kioskCertificate(issued.certificate))
    }
    guard now < known.code.expires else { return .refused(.kioskCodeRefused) }
    guard certificates[keyFingerprint] == nil else { return .refused(.keyTaken) }
    return .replayed(sequence: known.sequence, .kioskCode(known.code))
  }

  /// What becomes of a certificate for a code; nil: it is to be entered.
  func refusal(of certificate: KioskCertificate, codeHash: [UInt8], at now: Timestamp) -> Outcome? {
    switch find(codeHash, keyFingerprint: certificate.keyFingerprint, at: now) {
    case .replayed(_, .kioskCode(let code)):
      code.unit == certificate.unit && code.name == certificate.name ? nil : .refused(.kioskCodeRefused)
    case let other: other
    }
  }

  /// What becomes of a certificate for a kiosk that is known already; nil: it is to be entered.
  func refusal(ofRenewal certificate: KioskCertificate) -> Outcome? {
    guard let issued = certificates[certificate.keyFingerprint] else { return nil }
    guard issued.certificate.unit == certificate.unit, issued.certificate.name == certificate.name else {
      return .refused(.keyTaken)
    }
    return .replayed(sequence: issued.sequence, .kioskCertificate(issued.certificate))
  }

  func knows(codeHash hash: [UInt8]) -> Bool { codes[hash] != nil }

  // MARK: - Entries

  /// Nil: done. Else what is wrong with it as the next entry.
  mutating func open(_ code: KioskCode, sequence: UInt64) -> String? {
    guard codes[code.hash] == nil else { return "makes a code for a kiosk again" }
    codes[code.hash] = Code(code: code, sequence: sequence)
    return nil
  }

  /// Nil: done. Else what is wrong with it as the next entry.
  mutating func issue(_ entry: KioskCertificateEntry, sequence: UInt64) -> String? {
    let certificate = entry.certificate
    guard certificates[certificate.keyFingerprint] == nil else { return "issues a certificate for a key again" }
    if case .code(let hash) = entry.warrant {
      guard refusal(of: certificate, codeHash: hash, at: entry.at) == nil else {
        return "issues a certificate to \(certificate.unit)/\(certificate.name) for a code that is not good for it"
      }
      codes[hash]?.spentBy = certificate.keyFingerprint
    }
    certificates[certificate.keyFingerprint] = (certificate, sequence)
    return nil
  }
}
