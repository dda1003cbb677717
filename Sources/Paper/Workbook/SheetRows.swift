/// The rows of a worksheet, out of its XML (ECMA-376 part 1, 18.3). Rows that are complete wait in `rows`.
final class SheetRows: XMLConsumer {
  var rows: [SourceRow] = []
  private let texts: SharedTexts
  private let styles: [SourceRow.Kind]
  private let limits: PaperLimits
  private var row = SourceRow(number: 0)
  private var column = 0
  private var type: UInt8 = 0
  private var style = 0
  private var value: [UInt8] = []
  private var isCollecting = false
  private var (isFormula, hasValue) = (false, false)
  private var phonetic = 0
  /// Cells and bytes of the rows that are complete: a cell of a few bytes can name a long text, or stand far behind.
  private var weight = 0

  init(texts: SharedTexts, styles: [SourceRow.Kind], limits: PaperLimits) {
    self.texts = texts
    self.styles = styles
    self.limits = limits
  }

  func start(_ name: XMLName, _ attributes: XMLAttributes) throws(PaperProblem) {
    switch name {
    case "row":
      let number = attributes.string("r").flatMap { Int($0) } ?? row.number + 1
      guard number > row.number, number <= limits.rows else {
        throw PaperProblem(
          number > limits.rows ? .tooManyRows : .damagedWorkbook, detail: "row \(number)", row: row.number)
      }
      row = SourceRow(number: number)
    case "c":
      column = try attributes["r"].map { (text) throws(PaperProblem) in try column(text) } ?? row.cells.count
      guard column < limits.columns else {
        throw PaperProblem(.tooManyColumns, detail: "> \(limits.columns)", row: row.number)
      }
      type = attributes["t"].map { Self.typeCode($0) } ?? UInt8(ascii: "n")
      style = attributes["s"].flatMap { Int(String(cString: $0)) } ?? 0
      value.removeAll(keepingCapacity: true)
      (isFormula, hasValue) = (false, false)
    case "f": isFormula = true
    case "v", "t":
      isCollecting = phonetic == 0
      hasValue = true
    case "rPh": phonetic += 1
    default: break
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(PaperProblem) {
    guard isCollecting else { return }
    value.append(contentsOf: bytes)
    if value.count > limits.cellBytes {
      throw PaperProblem(.cellTooLong, detail: "> \(limits.cellBytes)", row: row.number, column: column)
    }
  }

  func end(_ name: XMLName) throws(PaperProblem) {
    switch name {
    case "v", "t": isCollecting = false
    case "rPh": phonetic -= 1
    case "c": try endCell()
    case "row":
      weight += row.bytes.count + row.cells.count
      if weight > limits.unpackedBytes {
        throw PaperProblem(.unpacksTooLarge, detail: "rows > \(limits.unpackedBytes)", row: row.number)
      }
      rows.append(row)
    default: break
    }
  }

  private func endCell() throws(PaperProblem) {
    guard column >= row.cells.count else {
      throw PaperProblem(.damagedWorkbook, detail: "cells out of order", row: row.number, column: column)
    }
    guard hasValue || isFormula else { return }
    while row.cells.count < column { row.append([]) }
    switch type {
    case UInt8(ascii: "s"):
      guard let index = Int(String(decoding: value, as: UTF8.self)), let text = texts[index] else {
        throw PaperProblem(.damagedWorkbook, detail: "no such text", row: row.number, column: column)
      }
      row.append(text, isFormula: isFormula)
    case UInt8(ascii: "n"):
      row.append(value, kind: styles.indices.contains(style) ? styles[style] : .number, isFormula: isFormula)
    case UInt8(ascii: "b"): row.append(value, kind: .truth, isFormula: isFormula)
    case UInt8(ascii: "e"): row.append(value, kind: .failure, isFormula: isFormula)
    default: row.append(value, isFormula: isFormula)
    }
    if row.bytes.count > limits.rowBytes {
      throw PaperProblem(.rowTooLong, detail: "> \(limits.rowBytes)", row: row.number)
    }
  }

  /// `str`, `inlineStr` and `d` (an ISO 8601 date) are text; the others have one letter.
  private static func typeCode(_ text: UnsafePointer<CChar>) -> UInt8 {
    text[0] != 0 && text[1] == 0 && text[0] != CChar(UInt8(ascii: "d")) ? UInt8(bitPattern: text[0]) : 0
  }

  /// The column of `AB12`, from 0.
  private func column(_ reference: UnsafePointer<CChar>) throws(PaperProblem) -> Int {
    var column = 0
    var next = reference
    while case let letter = UInt8(bitPattern: next.pointee) & 0xDF, (0x41...0x5A).contains(letter) {
      column = column * 26 + Int(letter - 0x40)
      guard column <= 1 << 20 else { break }
      next += 1
    }
    guard column > 0 else { throw PaperProblem(.damagedWorkbook, detail: "cell reference", row: row.number) }
    return column - 1
  }
}
