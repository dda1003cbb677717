internal import Polling

/// Every code for a kiosk and every certificate issued to one, as the entries say. In memory: they are few, some per
/// kiosk and year.
struct KioskRegister {
  private struct Code {
    var code: KioskCode
    var sequence: UInt64
    /// The key that was enrolled with it.
    var spentBy: [UInt8]?
    /// A later code for the same kiosk took its place.
    var isWithdrawn = false
  }

  private struct Kiosk: Hashable {
    var unit: UnitPath
    var name: String
  }

  /// Between two renewals of one kiosk, in milliseconds: none needs one more often than in months.
  static let renewalPause: Int64 = 3_600_000

  /// The newest code of each kiosk.
  private var newestCodes: [Kiosk: [UInt8]] = [:]
  private var renewals: [Kiosk: Timestamp] = [:]
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
    guard !known.isWithdrawn, now < known.code.expires else { return .refused(.kioskCodeRefused) }
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
  func refusal(ofRenewal certificate: KioskCertificate, at now: Timestamp) -> Outcome? {
    guard let issued = certificates[certificate.keyFingerprint] else {
      return isRenewedLately(certificate, at: now) ? .refused(.renewedLately) : nil
    }
    guard issued.certificate.unit == certificate.unit, issued.certificate.name == certificate.name else {
      return .refused(.keyTaken)
    }
    return .replayed(sequence: issued.sequence, .kioskCertificate(issued.certificate))
  }

  private func isRenewedLately(_ certificate: KioskCertificate, at now: Timestamp) -> Bool {
    // A clock that was set back binds nobody.
    guard let last = renewals[Kiosk(unit: certificate.unit, name: certificate.name)], now >= last else { return false }
    let (elapsed, isAges) = now.milliseconds.subtractingReportingOverflow(last.milliseconds)
    return !isAges && elapsed < Self.renewalPause
  }

  /// Every kiosk with a certificate, and when the last one expires.
  var certified: [(unit: UnitPath, name: String, expires: Timestamp)] {
    var expires: [Kiosk: Timestamp] = [:]
    for (certificate, _) in certificates.values {
      let kiosk = Kiosk(unit: certificate.unit, name: certificate.name)
      expires[kiosk] = max(expires[kiosk] ?? certificate.expires, certificate.expires)
    }
    return expires.map { ($0.key.unit, $0.key.name, $0.value) }
  }

  func knows(codeHash hash: [UInt8]) -> Bool { codes[hash] != nil }

  // MARK: - Entries

  /// Nil: done. Else what is wrong with it as the next entry.
  mutating func open(_ code: KioskCode, sequence: UInt64) -> String? {
    guard codes[code.hash] == nil else { return "makes a code for a kiosk again" }
    let kiosk = Kiosk(unit: code.unit, name: code.name)
    if let earlier = newestCodes.updateValue(code.hash, forKey: kiosk) { codes[earlier]?.isWithdrawn = true }
    codes[code.hash] = Code(code: code, sequence: sequence)
    return nil
  }

  /// Nil: done. Else what is wrong with it as the next entry.
  mutating func issue(_ entry: KioskCertificateEntry, sequence: UInt64) -> String? {
    let certificate = entry.certificate
    guard certificates[certificate.keyFingerprint] == nil else { return "issues a certificate for a key again" }
    switch entry.warrant {
    case .code(let hash):
      guard refusal(of: certificate, codeHash: hash, at: entry.at) == nil else {
        return "issues a certificate to \(certificate.unit)/\(certificate.name) for a code that is not good for it"
      }
      codes[hash]?.spentBy = certificate.keyFingerprint
    case .renewal:
      // How soon is for who writes it to decide; a recount takes what was entered.
      renewals[Kiosk(unit: certificate.unit, name: certificate.name)] = entry.at
    }
    certificates[certificate.keyFingerprint] = (certificate, sequence)
    return nil
  }
}
