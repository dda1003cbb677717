/// Columns under headings, as wide as they must be.
struct Table {
  enum Side { case left, right }
  var headings: [String]
  var sides: [Side]
  var rows: [[String]] = []

  func lines() -> [String] {
    let all = [headings] + rows
    let widths = headings.indices.map { column in
      all.map { column < $0.count ? TextWidth.of($0[column]) : 0 }.max() ?? 0
    }
    return all.map { row in
      var line = ""
      for (column, width) in widths.enumerated() {
        // One line, whatever is in it.
        let cell = column < row.count ? Steering.replaced(in: row[column], keepsBreaks: false) : ""
        if column > 0 { line += "  " }
        line += sides[column] == .left ? TextWidth.padded(cell, width) : TextWidth.rightAligned(cell, width)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

enum CSV {
  /// One record (RFC 4180), quoted where it must be.
  static func record(_ fields: [String]) -> String {
    fields.map { field in
      field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline })
        ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }.joined(separator: ",") + "\r\n"
  }
}
