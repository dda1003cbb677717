import Glibc
import Polling

@testable import Paper

/// Workbooks: any bytes as an archive; the five parts of one, archived; and such an archive with some of its own bytes
/// changed. Refused, or rows that keep the limits.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 4 {
  case 0: check(bytes)
  case 1: check(archive(bytes[...]))
  default: check(changed(bytes))
  }
  return 0
}

/// The parts, divided by zeros.
private func archive(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  let names: [StaticString] = [
    "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
    "xl/styles.xml",
  ]
  var stored = StoredZip()
  for (name, part) in zip(names, bytes.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false)) {
    stored.add(name, part)
  }
  stored.end()
  return stored.bytes
}

/// The first twelve bytes say what is changed: four times a place, from the archive's end, and its new byte.
private func changed(_ bytes: [UInt8]) -> [UInt8] {
  var whole = archive(bytes.dropFirst(12))
  for change in stride(from: 0, to: min(12, bytes.count) - 2, by: 3) {
    let place = Int(bytes[change]) | Int(bytes[change + 1]) << 8
    if place < whole.count { whole[whole.count - 1 - place] = bytes[change + 2] }
  }
  return whole
}

private let limits: PaperLimits = {
  var limits = PaperLimits()
  limits.unpackedBytes = 16 << 20
  limits.sharedTextBytes = 1 << 20
  limits.rows = 100_000
  return limits
}()

/// A file in memory that has no name, for a reader of files.
private let file: Int32 = {
  var path = Array("/dev/shm/fuzz-XXXXXX".utf8CString)
  let file = mkstemp(&path)
  unlink(path)
  return file
}()

private func check(_ bytes: [UInt8]) {
  guard ftruncate(file, 0) == 0, pwrite(file, bytes, bytes.count, 0) == bytes.count else {
    preconditionFailure("no file")
  }
  do {
    let reader = try WorkbookReader("/proc/self/fd/\(file)", sheet: nil, limits: limits)
    var (last, weight) = (0, 0)
    while let row = try reader.next() {
      precondition(row.number > last && row.number <= limits.rows, "rows in their order")
      precondition(
        row.cells.count <= limits.columns && row.cells.allSatisfy { $0.start <= $0.end && $0.end <= row.bytes.count })
      last = row.number
      weight += row.bytes.count
    }
    precondition(weight <= limits.unpackedBytes, "growth")
  } catch {}
}
