import Polling

@testable import Ledger

/// Any bytes as the body of an entry, the kind in the first one: refused, or read to something that is written as bytes
/// that read as the same again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1, let kind = EntryKind(rawValue: start[0]) else { return 0 }
  let body = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
  switch kind {
  case .cast: checkCast(body)
  case .publish: check(body, { try PublishEntry($0) }, { $0.encode(into: &$1) })
  case .close: check(body, { try CloseEntry($0) }, { $0.encode(into: &$1) })
  case .void: check(body, { try VoidEntry($0) }, { $0.encode(into: &$1) })
  case .kioskCode: check(body, { try KioskCodeEntry($0) }, { $0.encode(into: &$1) })
  case .kioskCertificate: check(body, { try KioskCertificateEntry($0) }, { $0.encode(into: &$1) })
  case .registry: check(body, { try RegistryEntry($0) }, { $0.encode(into: &$1) })
  case .act: check(body, { try ActEntry($0) }, { $0.encode(into: &$1) })
  case .refusedPress: check(body, { try RefusedPressEntry($0) }, { $0.encode(into: &$1) })
  }
  return 0
}

/// What is read is written to bytes that are, read and written again, the same: an old layout comes back as the new one.
private func check<Entry>(
  _ body: UnsafeRawBufferPointer, _ read: (UnsafeRawBufferPointer) throws -> Entry,
  _ write: (Entry, inout ByteWriter) -> Void
) {
  guard let entry = try? read(body) else { return }
  var (first, second) = (ByteWriter(), ByteWriter())
  write(entry, &first)
  // Layout 2 says of every question and of the poll what layout 1 left out.
  precondition(first.bytes.count <= 2 * body.count + 64, "growth")
  do {
    write(try first.bytes.withUnsafeBytes { try read($0) }, &second)
  } catch {
    preconditionFailure("what was written cannot be read: \(error)")
  }
  precondition(first.bytes == second.bytes, "another entry came back")
}

private func checkCast(_ body: UnsafeRawBufferPointer) {
  let record = try? CastEntry.decode(body)
  let outline = try? CastEntry.Outline(body)
  guard let record else { return }
  // Whatever counts votes reads the outline only.
  guard let outline else { preconditionFailure("no outline of what can be read") }
  var writer = ByteWriter()
  CastEntry.encode(record, into: &writer)
  precondition(writer.bytes.elementsEqual(body), "another record came back")
  precondition(outline.flags == record.flags && outline.tail.kioskSequence == record.ballot.kioskSequence)
  precondition(outline.tail.id == (record.ballot.id.high, record.ballot.id.low))
  guard let counted = try? CastEntry.Counted(UnsafeRawBufferPointer(rebasing: body[outline.counted])) else {
    preconditionFailure("what is counted cannot be read alone")
  }
  precondition(counted.answers == record.ballot.answers && counted.day == record.day)
  precondition(body[outline.poll].elementsEqual(record.ballot.poll.rawValue.utf8))
  precondition(body[outline.source].elementsEqual(record.source.utf8))
}
