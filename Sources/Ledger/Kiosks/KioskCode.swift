public import Polling

/// A one-time code with which one kiosk can get its certificate.
public struct KioskCode: Sendable, Equatable {
  /// A keyed hash of it, 32 bytes: the code itself is told once and kept nowhere.
  public var hash: [UInt8]
  /// Where the kiosk stands.
  public var unit: UnitPath
  /// What tells it from others of its unit.
  public var name: String
  public var expires: Timestamp

  public init(hash: [UInt8], unit: UnitPath, name: String, expires: Timestamp) {
    self.hash = hash
    self.unit = unit
    self.name = name
    self.expires = expires
  }
}

/// A certificate that was issued to a kiosk.
public struct KioskCertificate: Sendable, Equatable {
  public var unit: UnitPath
  public var name: String
  /// Hexadecimal, as on a deny list.
  public var serial: String
  /// SHA-256 of its public key.
  public var keyFingerprint: [UInt8]
  public var expires: Timestamp
  /// The certificate, DER: whoever lost the reply gets the same again.
  public var certificate: [UInt8]

  public init(
    unit: UnitPath, name: String, serial: String, keyFingerprint: [UInt8], expires: Timestamp, certificate: [UInt8]
  ) {
    self.unit = unit
    self.name = name
    self.serial = serial
    self.keyFingerprint = keyFingerprint
    self.expires = expires
    self.certificate = certificate
  }
}
