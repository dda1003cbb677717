/// What a file is that is no table, by how it begins.
enum WrongFile {
  private static let signatures: [([UInt8], String)] = [
    ([0x89, 0x50, 0x4E, 0x47], "PNG"), ([0xFF, 0xD8, 0xFF], "JPEG"), (Array("GIF8".utf8), "GIF"),
    (Array("%PDF".utf8), "PDF"), (Array("BM".utf8) + [0x00], "BMP"), ([0x49, 0x49, 0x2A, 0x00], "TIFF"),
    ([0x4D, 0x4D, 0x00, 0x2A], "TIFF"), ([0x1F, 0x8B], "gzip"), (Array("Rar!".utf8), "RAR"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7z"), (Array("SQLite format 3".utf8), "SQLite"),
    (Array("{\\rtf".utf8), "RTF"), ([0x7F, 0x45, 0x4C, 0x46], "ELF"), (Array("MZ".utf8) + [0x90], "EXE"),
    (Array("-----BEGIN ".utf8), "PEM"),
  ]

  static let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  /// Old Excel and Word files, and new ones with a password (MS-CFB).
  static let compoundFile: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

  /// - Parameter head: the first kilobytes.
  static func problem(_ head: [UInt8]) -> PaperProblem? {
    if head.isEmpty { return PaperProblem(.emptyFile) }
    for (signature, name) in signatures where head.starts(with: signature) {
      return PaperProblem(.notATable, detail: name)
    }
    if head.count > 12, head[4..<8].elementsEqual("ftyp".utf8) { return PaperProblem(.notATable, detail: "HEIC/MP4") }
    if head.starts(with: Array("RIFF".utf8)), head.count > 12, head[8..<12].elementsEqual("WEBP".utf8) {
      return PaperProblem(.notATable, detail: "WEBP")
    }
    if head.starts(with: compoundFile) {
      // Its directory names what it holds, in UTF-16.
      let isEncrypted = head.contains(sequence: "EncryptedPackage".utf8.flatMap { [$0, 0] })
      return PaperProblem(isEncrypted ? .encrypted : .oldWorkbook)
    }
    let text = head.drop(while: { $0 >= 0x80 || SourceRow.isSpace($0) }).prefix(200)
    let start = String(decoding: text.map { $0 | ($0 < 0x80 && $0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) }, as: UTF8.self)
    if start.hasPrefix("<html") || start.hasPrefix("<!doctype") || start.hasPrefix("<table") {
      return PaperProblem(.notATable, detail: "HTML")
    }
    if start.hasPrefix("<?xml") || start.hasPrefix("<") { return PaperProblem(.notATable, detail: "XML") }
    if start.hasPrefix("{") || start.hasPrefix("[{") {
      if let export = OwnExport(json: head) { return PaperProblem(.ourExport, detail: export.command) }
      return PaperProblem(.notATable, detail: "JSON")
    }
    return nil
  }
}

extension [UInt8] {
  func contains(sequence: [UInt8]) -> Bool {
    guard count >= sequence.count, let first = sequence.first else { return false }
    return indices.dropLast(sequence.count - 1).contains { index in
      self[index] == first && self[index..<index + sequence.count].elementsEqual(sequence)
    }
  }
}
