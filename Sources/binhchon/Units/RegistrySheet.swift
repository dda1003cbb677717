internal import Polling

/// Units, or procedures, as a CSV sheet: what an office keeps in a spreadsheet.
///
/// Units: `code,segment,kind,name_vi,name_en,parent,from,to,successors`, a row per placement; a row whose code is that of the
/// row before only says where the unit stood next. Successors: `merged:CODE`, `renamed:CODE`, `split:CODE;CODE`.
/// Procedures: `code,name_vi,name_en,field`.
enum RegistrySheet {
  static let unitColumns = ["code", "segment", "kind", "name_vi", "name_en", "parent", "from", "to", "successors"]
  static let procedureColumns = ["code", "name_vi", "name_en", "field"]

  enum Content: Equatable {
    case units([RegisteredUnit])
    case procedures([Procedure])
  }

  /// Every mistake is told at once, with its row.
  static func read(_ text: String, file: String) throws(ClientError) -> Content {
    let rows = CSVRows.rows(of: text)
    var problems: [(row: Int, problem: Text)] = []
    var content: Content?
    if rows.first?.cells == unitColumns {
      content = .units(units(rows.dropFirst(), &problems))
    } else if rows.first?.cells == procedureColumns {
      content = .procedures(procedures(rows.dropFirst(), &problems))
    } else {
      let (units, procedures) = (unitColumns.joined(separator: ","), procedureColumns.joined(separator: ","))
      problems.append(
        (
          1,
          Text(
            vi: "dòng đầu cần là “\(units)” hoặc “\(procedures)”",
            en: "the first row must be “\(units)” or “\(procedures)”")
        ))
    }
    if let content, problems.isEmpty { return content }
    func list(_ language: Language) -> String {
      problems.map { "\(file):\($0.row): \($0.problem(language))" }.joined(separator: "\n    ")
    }
    throw ClientError(
      .badData, Text(vi: "\(file) có \(problems.count) chỗ sai", en: "\(file) is wrong in \(problems.count) place(s)"),
      why: Text(vi: list(.vi), en: list(.en)), reason: "INVALID_FIELD")
  }

  private static func units(
    _ rows: ArraySlice<CSVRows.Row>, _ problems: inout [(row: Int, problem: Text)]
  ) -> [RegisteredUnit] {
    var units: [RegisteredUnit] = []
    for row in rows {
      guard row.cells.count == unitColumns.count else {
        problems.append((row.number, .columns(row.cells.count, unitColumns.count)))
        continue
      }
      let cells = row.cells
      let (start, end) = (Day(iso: cells[6]), Day(iso: cells[7]))
      guard let start, end != nil || cells[7].isEmpty else {
        problems.append(
          (row.number, Text(vi: "from và to là ngày dạng 2025-07-01", en: "from and to are days like 2025-07-01")))
        continue
      }
      let placement = RegisteredUnit.Placement(parent: cells[5].isEmpty ? nil : cells[5], start: start, end: end)
      guard let successions = successions(cells[8]) else {
        problems.append(
          (
            row.number,
            Text(
              vi: "successors dạng merged:MÃ, renamed:MÃ hoặc split:MÃ;MÃ",
              en: "successors are merged:CODE, renamed:CODE or split:CODE;CODE")
          ))
        continue
      }
      if units.last?.code == cells[0] {
        units[units.count - 1].placements.append(placement)
        units[units.count - 1].successions += successions
        continue
      }
      guard let kind = UnitKind(word: cells[2]) else {
        let known = UnitKind.allCases.map(\.word).joined(separator: ", ")
        problems.append((row.number, Text(vi: "kind là một trong: \(known)", en: "kind is one of: \(known)")))
        continue
      }
      units.append(
        RegisteredUnit(
          code: cells[0], segment: cells[1].isEmpty ? nil : cells[1], kind: kind,
          name: LocalizedText(vi: cells[3], en: cells[4]), placements: [placement], successions: successions))
    }
    return units
  }

  private static func successions(_ text: String) -> [RegisteredUnit.Succession]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = RegisteredUnit.Succession.Kind(word: String(parts[0])) else { return nil }
    return parts[1].split(separator: ";", omittingEmptySubsequences: false).map {
      RegisteredUnit.Succession(successor: String($0), kind: kind)
    }
  }

  private static func procedures(
    _ rows: ArraySlice<CSVRows.Row>, _ problems: inout [(row: Int, problem: Text)]
  ) -> [Procedure] {
    var procedures: [Procedure] = []
    for row in rows {
      guard row.cells.count == procedureColumns.count else {
        problems.append((row.number, .columns(row.cells.count, procedureColumns.count)))
        continue
      }
      do {
        procedures.append(
          Procedure(
            code: try ProcedureCode(row.cells[0]), name: LocalizedText(vi: row.cells[1], en: row.cells[2]),
            field: row.cells[3]))
      } catch { problems.append((row.number, Text(verbatim: error.description))) }
    }
    return procedures
  }

  /// Units as a sheet that can be read again.
  static func csv(_ units: [RegisteredUnit]) -> String {
    var text = CSV.record(unitColumns)
    for unit in units {
      for (index, placement) in unit.placements.enumerated() {
        let isLast = index == unit.placements.count - 1
        text += CSV.record([
          unit.code, unit.segment, unit.kind.word, unit.name.vi, unit.name.en, placement.parent ?? "",
          placement.start.description, placement.end?.description ?? "", isLast ? words(unit.successions) : "",
        ])
      }
    }
    return text
  }

  private static func words(_ successions: [RegisteredUnit.Succession]) -> String {
    guard let first = successions.first else { return "" }
    return "\(first.kind.word):" + successions.map(\.successor).joined(separator: ";")
  }
}

extension Text {
  fileprivate static func columns(_ found: Int, _ needed: Int) -> Text {
    Text(vi: "có \(found) cột, cần \(needed)", en: "has \(found) columns, needs \(needed)")
  }
}

/// The rows of a CSV file in UTF-8 (RFC 4180), empty ones left out.
enum CSVRows {
  struct Row: Equatable {
    /// The line of the file that it begins in, from 1.
    var number: Int
    var cells: [String]
  }

  static func rows(of text: String) -> [Row] {
    var rows: [Row] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var (line, first) = (1, 1)
    var isQuoted = false
    var wasQuote = false
    func endOfCell() {
      cells.append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    func endOfRow() {
      endOfCell()
      if cells != [""] { rows.append(Row(number: first, cells: cells)) }
      cells = []
      first = line + 1
    }
    let bytes = Array(text.utf8)
    for byte in bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...] {
      // A quote within quotes ends them, unless another one follows.
      if byte == UInt8(ascii: "\"") {
        if wasQuote { cell.append(byte) }
        wasQuote = isQuoted
        isQuoted.toggle()
        continue
      }
      wasQuote = false
      switch byte {
      case UInt8(ascii: ",") where !isQuoted: endOfCell()
      case UInt8(ascii: "\n") where !isQuoted:
        endOfRow()
        line += 1
      case UInt8(ascii: "\r") where !isQuoted: break
      case UInt8(ascii: "\n"):
        cell.append(byte)
        line += 1
      default: cell.append(byte)
      }
    }
    if !cell.isEmpty || !cells.isEmpty { endOfRow() }
    return rows
  }
}
