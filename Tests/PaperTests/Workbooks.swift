import Czip
import Foundation

/// Workbooks as tests want them, also such as no program would write.
struct TestWorkbook {
  /// The XML of `sheetData`.
  var rows = ""
  /// Shared texts; those that begin with `<` are XML.
  var texts: [String] = []
  /// Number formats of the styles, from style 1.
  var formats: [String] = []
  var sheets = ["Trang 1"]
  var startsIn1904 = false
  var prolog = ""
  var extra: [String: String] = [:]
  var without: Set<String> = []

  /// A table of texts, each inline.
  init(_ table: [[String]] = []) {
    for (index, row) in table.enumerated() {
      let cells = row.map { "<c t=\"inlineStr\"><is><t>\($0)</t></is></c>" }.joined()
      rows += "<row r=\"\(index + 1)\">\(cells)</row>"
    }
  }

  var parts: [String: String] {
    var parts = [
      "xl/workbook.xml":
        "\(prolog)<workbook xmlns:r=\"r\"><workbookPr date1904=\"\(startsIn1904 ? 1 : 0)\"/><sheets>"
        + sheets.enumerated().map { "<sheet name=\"\($1)\" sheetId=\"\($0 + 1)\" r:id=\"rId\($0 + 1)\"/>" }.joined()
        + "</sheets></workbook>",
      "xl/_rels/workbook.xml.rels": "<Relationships>"
        + sheets.indices.map { "<Relationship Id=\"rId\($0 + 1)\" Target=\"worksheets/sheet\($0 + 1).xml\"/>" }.joined()
        + "</Relationships>",
      "xl/styles.xml": "<styleSheet><numFmts>"
        + formats.enumerated().map { "<numFmt numFmtId=\"\(200 + $0)\" formatCode=\"\($1)\"/>" }.joined()
        + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
        + formats.indices.map { "<xf numFmtId=\"\(200 + $0)\"/>" }.joined() + "</cellXfs></styleSheet>",
      "xl/sharedStrings.xml": "<sst>"
        + texts.map { $0.hasPrefix("<") ? "<si>\($0)</si>" : "<si><t>\($0)</t></si>" }.joined() + "</sst>",
    ]
    for index in sheets.indices {
      parts["xl/worksheets/sheet\(index + 1).xml"] =
        "<worksheet><sheetData>\(index == 0 ? rows : "")</sheetData></worksheet>"
    }
    parts.merge(extra) { $1 }
    for name in without { parts[name] = nil }
    return parts
  }

  func bytes() throws -> Data { try Self.zip(parts.mapValues { Array($0.utf8) }) }

  struct ZipFailure: Error {}

  static func zip(_ parts: [String: [UInt8]]) throws -> Data {
    let path = FileManager.default.temporaryDirectory.appending(path: "paper-\(UUID()).zip").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_CREATE, &code) else { throw ZipFailure() }
    for (name, bytes) in parts {
      // Freed by libzip when the archive is closed.
      guard let copy = malloc(max(1, bytes.count)) else { throw ZipFailure() }
      bytes.withUnsafeBytes { if let base = $0.baseAddress { copy.copyMemory(from: base, byteCount: bytes.count) } }
      let source = zip_source_buffer(archive, copy, zip_uint64_t(bytes.count), 1)
      guard zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8) >= 0 else { throw ZipFailure() }
    }
    guard zip_close(archive) == 0 else { throw ZipFailure() }
    return try Data(contentsOf: URL(filePath: path))
  }
}
