/// A report as one page of HTML: nothing is fetched, no script runs, and it prints.
enum ReportHTML {
  static func write(_ document: ReportDocument, _ language: Language) -> String {
    var page = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>\(escaped(document.title(language)))</title>
      <style>
      \(style)\(document.sections.contains { $0.table?.isWide ?? false } ? "\n@page { size: A4 landscape; }" : "")
      </style>
      </head>
      <body>
      <header>
      <h1>\(escaped(document.title(language)))</h1>
      <dl>

      """
    for fact in document.facts {
      page += "<dt>\(escaped(fact.label(language)))</dt><dd>\(escaped(fact.value(language)))</dd>\n"
    }
    page += "</dl>\n</header>\n<main>\n"
    for section in document.sections {
      page += "<section>\n<h2>\(escaped(section.title(language)))</h2>\n"
      if let chart = section.chart { page += ReportSVG.write(chart, language) }
      if let table = section.table { page += write(table, language) }
      for note in section.notes { page += "<p class=\"note\">\(escaped(note(language)))</p>\n" }
      page += "</section>\n"
    }
    return page + "</main>\n</body>\n</html>\n"
  }

  private static func write(_ table: ReportTable, _ language: Language) -> String {
    func row(_ cells: [Text], _ element: String, _ attributes: String = "") -> String {
      let inner = cells.enumerated().map { column, cell in
        let isWords = table.wordColumns.contains(column)
        return "<\(element)\(isWords ? "" : " class=\"number\"")>\(escaped(cell(language)))</\(element)>"
      }
      return "<tr\(attributes)>\(inner.joined())</tr>\n"
    }
    var text =
      "<div class=\"table\"><table\(table.isWide ? " class=\"wide\"" : "")>\n<thead>\n\(row(table.headings, "th"))</thead>\n<tbody>\n"
    for (place, cells) in table.rows.enumerated() {
      text += row(cells, "td", table.hasTotal && place == table.rows.count - 1 ? " class=\"total\"" : "")
    }
    return text + "</tbody>\n</table></div>\n"
  }

  /// As text and in attributes, in HTML and in XML. What no XML may hold is left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result += " "
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let style = """
    :root { color-scheme: light; }
    body { font: 15px/1.5 "Be Vietnam Pro", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1c2430;
      max-width: 1120px; margin: 0 auto; padding: 28px 24px 60px; }
    h1 { font-size: 25px; line-height: 1.25; margin: 0 0 14px; color: #12324f; }
    h2 { font-size: 18px; line-height: 1.3; margin: 34px 0 10px; color: #12324f; border-bottom: 2px solid #d5dee8;
      padding-bottom: 5px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 0; }
    dt { color: #5a6878; } dd { margin: 0; }
    .table { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th, td { padding: 5px 9px; text-align: left; vertical-align: top; border-bottom: 1px solid #e3e9ef; }
    th { color: #44546a; font-weight: 600; border-bottom: 2px solid #9fb1c4; vertical-align: bottom; }
    td:first-child:not(.number), td:first-child + td:not(.number) { min-width: 8em; }
    .wide { font-size: 12.5px; } .wide th, .wide td { padding: 4px 5px; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    tbody tr:nth-child(even) { background: #f6f8fa; }
    tr.total td { font-weight: 600; border-top: 2px solid #9fb1c4; }
    .note { color: #5a6878; font-size: 13px; margin: 4px 0; }
    svg { display: block; width: 100%; height: auto; margin: 6px 0 14px; }
    svg text { font: 13px "Be Vietnam Pro", "Noto Sans", "DejaVu Sans", Arial, sans-serif; fill: #1c2430; }
    svg .faint { fill: #5a6878; font-size: 12px; }
    @media print {
      body { max-width: none; padding: 0; font-size: 11pt; } table { font-size: 9.5pt; } table.wide { font-size: 8.5pt; }
      section { break-inside: auto; } svg, tr { break-inside: avoid; } h2 { break-after: avoid; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .table { overflow: visible; }
      @page { margin: 12mm; }
    }
    """
}
