internal import Polling

/// Certificates to be printed, one to a sheet of A4 across. The layout follows the forms of Decree 98/2023/NĐ-CP, what
/// stands where follows Decree 30/2020/NĐ-CP, appendix I.
enum CertificateHTML {
  static func page(_ sheets: [CertificateSheet]) -> PrintedPage {
    let numbers = sheets.map { number($0.serial) }
    let title = (sheets.first.map { [$0.title] } ?? []) + numbers
    return PrintedPage(
      language: .vi, title: title.joined(separator: " "), style: style,
      body: "<main>\n\(sheets.map(sheet).joined())</main>\n")
  }

  private static func sheet(_ sheet: CertificateSheet) -> String {
    """
    <section class="sheet"><div class="frame">
    <header><p class="state">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p>
    <p class="motto">Độc lập - Tự do - Hạnh phúc</p></header>
    <div class="text">
    <p class="issuer">\(escaped(sheet.signer.uppercased()))</p>
    <h1>\(escaped(sheet.title))</h1>
    <p class="act">\(escaped(sheet.act))</p>
    <p class="name\(size(sheet.name))">\(escaped(sheet.name))</p>
    \(sheet.registrant.map { "<p class=\"by\(size($0))\">do <b>\(escaped($0))</b> thực hiện</p>\n" } ?? "")\
    \(sheet.merit.map { "<p class=\"merit\">\(escaped($0))</p>\n" }.joined())</div>
    <footer>
    <div class="register"><p>Quyết định số: \(sheet.decision.number.map(escaped) ?? dots(24))</p>
    <p>\(date(sheet.decision.date, capital: true))</p>
    <p>Số vào sổ: \(number(sheet.serial))\(sheet.reprints > 0 ? " (in lại lần \(sheet.reprints))" : "")</p></div>
    <div class="signature">
    <p class="date">\(sheet.place.map(escaped) ?? dots(16)), \(date(sheet.decision.date, capital: false))</p>
    <p class="signer">\(escaped(sheet.signer.uppercased()))</p></div>
    </footer>
    </div></section>

    """
  }

  /// Long names are set smaller, so that all of a sheet stays on it.
  private static func size(_ name: String) -> String {
    switch name.count {
    case ...48: ""
    case ...110: " long"
    case ...300: " longer"
    default: " longest"
    }
  }

  /// Days below 10 and the months 1 and 2 with a zero in front (Decree 30/2020, appendix I, II.4).
  private static func date(_ day: Day?, capital: Bool) -> String {
    let word = capital ? "Ngày" : "ngày"
    guard let day else { return "\(word) \(dots(4)) tháng \(dots(4)) năm \(dots(6))" }
    let (year, month, number) = day.civil
    return "\(word) \(number < 10 ? "0" : "")\(number) tháng \(month < 3 ? "0" : "")\(month) năm \(year)"
  }

  static func number(_ serial: UInt32) -> String {
    let digits = String(serial)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func dots(_ count: Int) -> String { String(repeating: ".", count: count) }

  private static func escaped(_ text: String) -> String { ReportHTML.escaped(text) }

  private static let style = """
    body { margin: 0; background: #e8e8e4; color: #1a1a1a;
      font: 15pt/1.4 "Times New Roman", "Liberation Serif", "Noto Serif", "DejaVu Serif", serif; }
    p { margin: 0; }
    .sheet { box-sizing: border-box; width: 297mm; height: 209mm; padding: 9mm; margin: 6mm auto; background: #fffdf7;
      overflow: hidden; break-after: page; break-inside: avoid; }
    .sheet:last-child { break-after: auto; }
    .frame { box-sizing: border-box; height: 100%; padding: 10mm 16mm 9mm; border: 1.2mm double #9d1c12;
      outline: 0.5mm solid #c79a3b; outline-offset: 1.6mm; display: flex; flex-direction: column; text-align: center; }
    .state { font-size: 15pt; font-weight: bold; } .motto { font-size: 16pt; font-weight: bold; }
    .motto::after { content: ""; display: block; width: 62mm; border-bottom: 0.4mm solid #1a1a1a; margin: 1.5mm auto 0; }
    .text { flex: 1; display: flex; flex-direction: column; justify-content: center; }
    .issuer { font-size: 17pt; font-weight: bold; }
    h1 { font-size: 46pt; line-height: 1.25; letter-spacing: 0.08em; margin: 2mm 0 1mm; color: #b3150c; }
    .act { font-size: 17pt; }
    .name { font-size: 27pt; line-height: 1.25; font-weight: bold; color: #7a1009; margin: 2mm 0; overflow-wrap: anywhere; }
    .name.long { font-size: 19pt; } .name.longer { font-size: 15pt; } .name.longest { font-size: 12pt; }
    .by { font-size: 17pt; overflow-wrap: anywhere; } .by.long { font-size: 14pt; }
    .by.longer { font-size: 12.5pt; } .by.longest { font-size: 11pt; }
    .merit { font-size: 17pt; margin-top: 1mm; }
    footer { display: flex; justify-content: space-between; align-items: flex-start; min-height: 44mm; }
    .register { text-align: left; font-size: 13pt; padding-top: 1mm; }
    .signature { min-width: 96mm; max-width: 125mm; } .date { font-style: italic; font-size: 14pt; }
    .signer { font-weight: bold; font-size: 14pt; margin-top: 1mm; }
    @media print {
      body { background: none; } .sheet { margin: 0; background: none; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      @page { size: A4 landscape; margin: 0; }
    }
    """
}
