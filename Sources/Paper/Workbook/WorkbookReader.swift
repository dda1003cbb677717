/// The rows of one sheet of an `.xlsx` workbook, unpacked and parsed as they are asked for.
final class WorkbookReader {
  let sheet: String
  /// The other sheets that can be seen.
  let otherSheets: [String]
  let startsIn1904: Bool
  private let archive: ZipArchive
  private let entry: ZipEntry
  private let parser: XMLParser
  private let rows: SheetRows
  private var waiting: ArraySlice<SourceRow> = []
  private var isEnded = false

  var bytesRead: Int { entry.bytesRead }
  var size: Int { entry.size }

  /// - Parameter sheet: nil: the first one that is not hidden.
  init(_ path: String, sheet wanted: String?, limits: PaperLimits) throws(PaperProblem) {
    archive = try ZipArchive(path, limits: limits)
    guard archive.contains("xl/workbook.xml") else {
      throw PaperProblem(.notATable, detail: Self.kind(of: archive))
    }
    let directory = WorkbookDirectory()
    try Self.parse("xl/workbook.xml", of: archive, directory)
    let relations = WorkbookRelations()
    try Self.parse("xl/_rels/workbook.xml.rels", of: archive, relations)
    let styles = NumberStyles()
    try Self.parse("xl/styles.xml", of: archive, styles)
    let texts = SharedTexts(limits: limits)
    try Self.parse("xl/sharedStrings.xml", of: archive, texts)

    let seen = directory.sheets.filter { !$0.isHidden }
    let key = wanted.map { MatchKey($0) }
    guard let chosen = key.map({ key in directory.sheets.first { MatchKey($0.name) == key } }) ?? seen.first else {
      throw PaperProblem(.noSuchSheet, detail: seen.map(\.name).joined(separator: ", "))
    }
    guard let target = relations.targets[chosen.relation], let entry = try archive.open(target) else {
      throw PaperProblem(.damagedWorkbook, detail: chosen.name)
    }
    sheet = chosen.name
    otherSheets = seen.map(\.name).filter { $0 != chosen.name }
    startsIn1904 = directory.startsIn1904
    self.entry = entry
    rows = SheetRows(texts: texts, styles: styles.kinds, limits: limits)
    parser = try XMLParser(target, rows)
  }

  private static func parse(_ name: String, of archive: ZipArchive, _ consumer: any XMLConsumer) throws(PaperProblem) {
    guard let entry = try archive.open(name) else { return }
    let parser = try XMLParser(name, consumer)
    while true {
      let bytes = try entry.next()
      try parser.parse(bytes)
      if bytes.isEmpty { return }
    }
  }

  /// What an archive is that is no workbook.
  private static func kind(of archive: ZipArchive) -> String {
    let names = archive.names
    if names.contains("xl/workbook.bin") { return "xlsb" }
    if names.contains(where: { $0.hasPrefix("word/") }) { return "docx" }
    if names.contains(where: { $0.hasPrefix("ppt/") }) { return "pptx" }
    if names.contains("content.xml"), names.contains("mimetype") { return "ods" }
    return "zip"
  }

  func next() throws(PaperProblem) -> SourceRow? {
    while waiting.isEmpty {
      guard !isEnded else { return nil }
      let bytes = try entry.next()
      isEnded = bytes.isEmpty
      try parser.parse(bytes)
      waiting = rows.rows[...]
      rows.rows = []
    }
    return waiting.removeFirst()
  }
}
