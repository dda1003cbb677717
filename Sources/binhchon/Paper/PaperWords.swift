internal import Paper
internal import Polling

extension Text {
  /// The other language's words where one is missing.
  init(_ text: LocalizedText) {
    self.init(vi: text.vi.isEmpty ? text.en : text.vi, en: text.en.isEmpty ? text.vi : text.en)
  }
}

extension PaperKind {
  var label: Text {
    switch self {
    case .totals: Text(vi: "số liệu tổng hợp theo tờ", en: "totals per sheet")
    case .questionnaires: Text(vi: "mỗi dòng một phiếu", en: "one questionnaire per row")
    }
  }
}

extension ColumnField {
  var label: Text {
    switch self {
    case .sheet: Text(vi: "tờ", en: "sheet")
    case .unit: Text(vi: "đơn vị", en: "unit")
    case .period: Text(vi: "kỳ, ngày", en: "period")
    case .question: Text(vi: "câu hỏi", en: "question")
    case .level: Text(vi: "mức", en: "level")
    case .count: Text(vi: "số lượng", en: "count")
    case .sheets: Text(vi: "tổng số phiếu của tờ", en: "questionnaires of the sheet")
    case .questionnaire: Text(vi: "mã phiếu", en: "questionnaire")
    case .answer(let question): Text(vi: "trả lời: \(question)", en: "answer: \(question)")
    case .note: Text(vi: "ghi chú", en: "note")
    case .rejectCodes: Text(vi: "mã lỗi lần trước", en: "codes of the last time")
    }
  }
}

extension PaperFile.Format {
  var label: Text {
    switch self {
    case .delimited(0x09): Text(vi: "văn bản, cách nhau bằng tab", en: "text, by tabs")
    case .delimited(let delimiter):
      Text(
        vi: "CSV, cách nhau bằng “\(Character(Unicode.Scalar(delimiter)))”",
        en: "CSV, by “\(Character(Unicode.Scalar(delimiter)))”")
    case .workbook(let sheet): Text(vi: "Excel, trang “\(sheet)”", en: "Excel, sheet “\(sheet)”")
    }
  }

  var word: String {
    switch self {
    case .delimited(0x09): "tsv"
    case .delimited: "csv"
    case .workbook: "xlsx"
    }
  }
}

extension Finding {
  /// `dòng 4, cột B: “Quầy 09” (…)`.
  func line(_ language: Language) -> String {
    var place: [String] = []
    if let row { place.append(Text(vi: "dòng \(row)", en: "row \(row)")(language)) }
    if let column {
      place.append(Text(vi: "cột \(Self.letters(column))", en: "column \(Self.letters(column))")(language))
    }
    var said: [String] = []
    if !value.isEmpty { said.append("“\(value.prefix(60))”") }
    if !detail.isEmpty { said.append(value.isEmpty ? detail : "(\(detail))") }
    return [place.joined(separator: ", "), said.joined(separator: " ")].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// A, B … Z, AA, as spreadsheets name columns.
  static func letters(_ column: Int) -> String {
    var letters = ""
    var rest = column
    repeat {
      let letter = UnicodeScalar(UInt8(ascii: "A") + UInt8(truncatingIfNeeded: rest % 26))
      letters = String(Character(letter)) + letters
      rest = rest / 26 - 1
    } while rest >= 0
    return letters
  }
}
