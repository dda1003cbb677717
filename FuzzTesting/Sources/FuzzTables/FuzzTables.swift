import Glibc
import Polling

@testable import Paper

/// Any bytes as a file of paper results or as a part of a workbook, as the first one says: refused, or rows that keep the
/// limits.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let bytes = UnsafeBufferPointer(start: start + 1, count: count - 1)
  switch start[0] % 8 {
  case 0: parse(bytes, WorkbookDirectory())
  case 1: parse(bytes, WorkbookRelations())
  case 2: parse(bytes, NumberStyles())
  case 3: parse(bytes, SharedTexts(limits: limits))
  case 4: parseSheet(bytes)
  default: check(bytes)
  }
  return 0
}

private let limits: PaperLimits = {
  var limits = PaperLimits()
  limits.unpackedBytes = 16 << 20
  limits.rows = 100_000
  return limits
}()

private func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ consumer: any XMLConsumer) {
  do {
    let parser = try XMLParser("part", consumer)
    try parser.parse(Array(bytes))
    try parser.parse([])
  } catch {}
}

private func parseSheet(_ bytes: UnsafeBufferPointer<UInt8>) {
  let rows = SheetRows(texts: SharedTexts(limits: limits), styles: [.number], limits: limits)
  parse(bytes, rows)
  var last = 0
  for row in rows.rows {
    precondition(row.number > last && row.number <= limits.rows, "rows in their order")
    precondition(row.cells.count <= limits.columns && row.cells.allSatisfy { $0.end <= row.bytes.count })
    last = row.number
  }
}

/// A file in memory that has no name, for a check that reads files.
private let file: Int32 = {
  var path = Array("/dev/shm/fuzz-XXXXXX".utf8CString)
  let file = mkstemp(&path)
  unlink(path)
  return file
}()

/// Unsafe: the fuzzer has one thread.
nonisolated(unsafe) private let table: PaperCheck? = {
  let levels = [("RKHL", "Rất không hài lòng"), ("BT", "Bình thường"), ("RHL", "Rất hài lòng")]
  let question = Question(
    id: "hai-long", text: LocalizedText(vi: "Hài lòng?", en: "Satisfied?"), kind: .ordinal,
    choices: levels.map { Choice(code: $0.0, label: LocalizedText(vi: $0.1, en: $0.0)) })
  guard let id = try? PollID("hai-chau-hai-long"), let unit = try? UnitPath("hai-chau") else { return nil }
  let poll = Poll(
    id: id, version: 1, title: LocalizedText(vi: "Đánh giá", en: "Rating"), unit: unit,
    units: [Polling.Unit(path: unit, name: LocalizedText(vi: "Quầy 01", en: "Counter 01"))], questions: [question])
  var options = PaperCheck.Options()
  options.limits = limits
  return PaperCheck(poll: poll, options: options, today: Day(number: 20_500))
}()

private func check(_ bytes: UnsafeBufferPointer<UInt8>) {
  guard let table, ftruncate(file, 0) == 0, pwrite(file, bytes.baseAddress, bytes.count, 0) == bytes.count else {
    preconditionFailure("no file")
  }
  var (rows, last) = (0, 0)
  var events = PaperCheck.Events()
  func take(_ number: Int) {
    rows += 1
    precondition(number > last, "rows in their order")
    last = number
  }
  events.rejected = { take($0.source.number) }
  events.accepted = { take($1) }
  do {
    let report = try table.run("/proc/self/fd/\(file)", events)
    precondition(report.isCutShort || !report.findings.isEmpty || rows > 0, "nothing said of a file")
  } catch {
    preconditionFailure("\(error)")
  }
  precondition(rows <= bytes.count + 1, "growth")
}
