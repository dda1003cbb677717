internal import Polling
internal import SQLite

extension Batch {
  mutating func openKioskCode(_ code: KioskCode, by: String, at: Timestamp) throws(SQLiteError) -> Outcome {
    // Fifteen random letters and their keyed hash do not come twice.
    guard !knowledge.definitions.kiosks.knows(codeHash: code.hash) else { return .refused(.conflict) }
    let entry = KioskCodeEntry(code: code, by: by, at: at)
    let sequence = try define(.kioskCode) { entry.encode(into: &$0) }
    if let problem = knowledge.definitions.kiosks.open(code, sequence: sequence) { throw .damaged(problem) }
    return .entered(sequence: sequence, .kioskCode(code))
  }

  mutating func enrolKiosk(
    _ certificate: KioskCertificate, codeHash: [UInt8], at: Timestamp
  ) throws(SQLiteError) -> Outcome {
    if let other = knowledge.definitions.kiosks.refusal(of: certificate, codeHash: codeHash, at: at) { return other }
    return try issue(KioskCertificateEntry(certificate: certificate, warrant: .code(codeHash), at: at))
  }

  mutating func renewKiosk(_ certificate: KioskCertificate, by: String, at: Timestamp) throws(SQLiteError) -> Outcome {
    if let other = knowledge.definitions.kiosks.refusal(ofRenewal: certificate, at: at) { return other }
    return try issue(KioskCertificateEntry(certificate: certificate, warrant: .renewal(by: by), at: at))
  }

  private mutating func issue(_ entry: KioskCertificateEntry) throws(SQLiteError) -> Outcome {
    let sequence = try define(.kioskCertificate) { entry.encode(into: &$0) }
    if let problem = knowledge.definitions.kiosks.issue(entry, sequence: sequence) { throw .damaged(problem) }
    return .entered(sequence: sequence, .kioskCertificate(entry.certificate))
  }

  /// Appends an entry that a start reads.
  private mutating func define(
    _ kind: EntryKind, _ encode: (inout ByteWriter) -> Void
  ) throws(SQLiteError) -> UInt64 {
    let sequence = try append(kind, encode)
    try store.insertDefinition(sequence)
    return sequence
  }
}
