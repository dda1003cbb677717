internal import Glibc

/// The names of the sheets, and which days numbers count from.
final class WorkbookDirectory: XMLConsumer {
  struct Sheet {
    var name: String
    var relation: String
    var isHidden: Bool
  }
  private(set) var sheets: [Sheet] = []
  /// Days count from 1904, as old Macintosh workbooks have it.
  private(set) var startsIn1904 = false

  func start(_ name: XMLName, _ attributes: XMLAttributes) throws(PaperProblem) {
    switch name {
    case "sheet":
      guard sheets.count < 1_000 else { throw PaperProblem(.damagedWorkbook, detail: "> 1000 sheets") }
      sheets.append(
        Sheet(
          name: attributes.string("name") ?? "", relation: attributes.string("id") ?? "",
          isHidden: attributes.string("state").map { $0 != "visible" } ?? false))
    case "workbookPr": startsIn1904 = ["1", "true"].contains(attributes.string("date1904"))
    default: break
    }
  }
  func end(_ name: XMLName) {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// Which file holds which part.
final class WorkbookRelations: XMLConsumer {
  private(set) var targets: [String: String] = [:]

  func start(_ name: XMLName, _ attributes: XMLAttributes) throws(PaperProblem) {
    guard case "Relationship" = name, let id = attributes.string("Id"), let target = attributes.string("Target")
    else { return }
    guard targets.count < 10_000 else { throw PaperProblem(.damagedWorkbook, detail: "> 10000 relations") }
    targets[id] = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
  }
  func end(_ name: XMLName) {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// How numbers are shown, per cell style: which of them are days (ECMA-376 part 1, 18.8.30).
final class NumberStyles: XMLConsumer {
  private var formats: [Int: SourceRow.Kind] = [:]
  private var isInCellFormats = false
  private(set) var kinds: [SourceRow.Kind] = []

  func start(_ name: XMLName, _ attributes: XMLAttributes) throws(PaperProblem) {
    switch name {
    case "numFmt":
      if let id = attributes.string("numFmtId").flatMap({ Int($0) }), let code = attributes.string("formatCode") {
        guard formats.count < 10_000 else { throw PaperProblem(.damagedWorkbook, detail: "> 10000 formats") }
        formats[id] = Self.kind(ofFormat: code)
      }
    case "cellXfs": isInCellFormats = true
    case "xf" where isInCellFormats:
      guard kinds.count < 100_000 else { throw PaperProblem(.damagedWorkbook, detail: "> 100000 styles") }
      let id = attributes.string("numFmtId").flatMap { Int($0) } ?? 0
      kinds.append(formats[id] ?? Self.kind(ofBuiltIn: id))
    default: break
    }
  }
  func end(_ name: XMLName) {
    if case "cellXfs" = name { isInCellFormats = false }
  }
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}

  static func kind(ofBuiltIn id: Int) -> SourceRow.Kind {
    switch id {
    case 17: .month
    case 14...16, 22, 27...31, 34...36, 50...58: .day
    default: .number
    }
  }

  /// By the letters outside of quotes, brackets and escapes: `d` makes a day, `y` with `m` a month.
  static func kind(ofFormat code: String) -> SourceRow.Kind {
    var letters: Set<Character> = []
    var (isQuoted, isBracketed, isEscaped) = (false, false, false)
    for character in code.prefix(1_000) {
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        isQuoted = character != "\""
      } else if isBracketed {
        isBracketed = character != "]"
      } else {
        switch character {
        case "\\", "_", "*": isEscaped = true
        case "\"": isQuoted = true
        case "[": isBracketed = true
        case ";": return Self.kind(letters)
        default: letters.formUnion(character.lowercased())
        }
      }
    }
    return kind(letters)
  }

  private static func kind(_ letters: Set<Character>) -> SourceRow.Kind {
    if letters.contains("d") { return .day }
    if letters.contains("y") { return .month }
    return .number
  }
}

/// The workbook's texts, which cells name by number: all of them in one run of bytes.
final class SharedTexts: XMLConsumer {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var (isInText, phonetic) = (false, 0)
  private let limits: PaperLimits

  init(limits: PaperLimits) {
    self.limits = limits
  }

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "t": isInText = phonetic == 0
    case "rPh": phonetic += 1
    default: break
    }
  }

  func end(_ name: XMLName) throws(PaperProblem) {
    switch name {
    case "t": isInText = false
    case "rPh": phonetic -= 1
    case "si":
      ends.append(bytes.count)
      // An empty text takes room too.
      if ends.count > limits.sharedTextBytes / 8 {
        throw PaperProblem(.unpacksTooLarge, detail: "> \(limits.sharedTextBytes / 8) texts")
      }
    default: break
    }
  }

  func text(_ text: UnsafeBufferPointer<UInt8>) throws(PaperProblem) {
    guard isInText else { return }
    bytes.append(contentsOf: text)
    if bytes.count > limits.sharedTextBytes {
      throw PaperProblem(.unpacksTooLarge, detail: "texts > \(limits.sharedTextBytes)")
    }
    if bytes.count - (ends.last ?? 0) > limits.cellBytes {
      throw PaperProblem(.cellTooLong, detail: "> \(limits.cellBytes)")
    }
  }

  subscript(index: Int) -> ArraySlice<UInt8>? {
    guard ends.indices.contains(index) else { return nil }
    return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }
}
