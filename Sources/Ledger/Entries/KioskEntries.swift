internal import Polling

/// The body of an entry that makes a code for a kiosk.
struct KioskCodeEntry {
  var code: KioskCode
  var by: String
  var at: Timestamp

  init(code: KioskCode, by: String, at: Timestamp) {
    self.code = code
    self.by = by
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.blob(code.hash)
    writer.string(code.unit.rawValue)
    writer.string(code.name)
    writer.signed(code.expires.milliseconds)
    writer.string(by)
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    code = KioskCode(
      hash: try reader.blob(), unit: try reader.named { try UnitPath($0) }, name: try reader.string(),
      expires: Timestamp(milliseconds: try reader.signed()))
    by = try reader.string()
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }
}

/// The body of an entry that says which certificate was issued to a kiosk.
struct KioskCertificateEntry {
  var certificate: KioskCertificate
  /// What it was issued for.
  var warrant: Warrant
  var at: Timestamp

  enum Warrant: Equatable {
    /// A code, by its hash, which is spent with it.
    case code([UInt8])
    /// An earlier certificate of this kiosk.
    case renewal(by: String)
  }

  init(certificate: KioskCertificate, warrant: Warrant, at: Timestamp) {
    self.certificate = certificate
    self.warrant = warrant
    self.at = at
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.string(certificate.unit.rawValue)
    writer.string(certificate.name)
    writer.string(certificate.serial)
    writer.blob(certificate.keyFingerprint)
    writer.signed(certificate.expires.milliseconds)
    writer.blob(certificate.certificate)
    switch warrant {
    case .code(let hash):
      writer.byte(1)
      writer.blob(hash)
    case .renewal(let by):
      writer.byte(2)
      writer.string(by)
    }
    writer.signed(at.milliseconds)
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    certificate = KioskCertificate(
      unit: try reader.named { try UnitPath($0) }, name: try reader.string(), serial: try reader.string(),
      keyFingerprint: try reader.blob(), expires: Timestamp(milliseconds: try reader.signed()),
      certificate: try reader.blob())
    switch try reader.byte() {
    case 1: warrant = .code(try reader.blob())
    case 2: warrant = .renewal(by: try reader.string())
    default: throw reader.fail("unknown warrant")
    }
    at = Timestamp(milliseconds: try reader.signed())
    try reader.end()
  }
}
