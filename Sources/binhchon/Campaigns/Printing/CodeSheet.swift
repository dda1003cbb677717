internal import Polling

/// One-time codes on slips of paper, to be cut apart and handed out, ten to a sheet of A4. In the order given: whoever
/// prints them sees to it that the order tells nothing.
struct CodeSheet: Sendable {
  /// What is voted on.
  var campaign: LocalizedText
  var codes: [String]
  /// Where votes are cast. The QR code is then a link with the code behind `#`, which browsers send to no server; nil: it
  /// is the code alone.
  var address: String?
  /// Until when a code counts, in words; nil: nobody says.
  var closes: Text?

  func page(_ language: Language) -> PrintedPage {
    let campaign = Text(vi: campaign.vi, en: campaign.en.isEmpty ? campaign.vi : campaign.en)(language)
    let heading = Text(vi: "Mã bỏ phiếu dùng một lần", en: "One-time voting code")(language)
    var body = "<main>\n"
    for code in codes {
      body += "<article>\n"
      if let image = QRCode(address.map { "\($0)#\(code)" } ?? code) { body += image.svg(label: heading) + "\n" }
      body += "<h1>\(ReportHTML.escaped(campaign))</h1>\n<p>\(ReportHTML.escaped(heading))</p>\n"
      body += "<p class=\"code\">\(ReportHTML.escaped(code))</p>\n"
      if let closes { body += "<p>\(ReportHTML.escaped(closes(language)))</p>\n" }
      body += "<p class=\"note\">\(ReportHTML.escaped(Self.note(language)))</p>\n</article>\n"
    }
    return PrintedPage(
      language: language, title: "\(heading): \(campaign)", style: Self.style, body: body + "</main>\n")
  }

  private static let note = Text(
    vi: "Mỗi mã bỏ một phiếu. Đừng ghi tên lên giấy này, đừng cho ai xem mã.",
    en: "One vote per code. Write no name on this slip, and show the code to nobody.")

  private static let style = """
    body { margin: 0; color: #1a1a1a; font: 10pt/1.35 "Be Vietnam Pro", "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
    main { display: grid; grid-template-columns: 95mm 95mm; justify-content: center; }
    article { box-sizing: border-box; height: 54mm; padding: 5mm; border: 0.2mm dashed #8a8a8a; overflow: hidden;
      break-inside: avoid; }
    h1 { font-size: 10.5pt; line-height: 1.25; margin: 0 0 1.5mm; max-height: 3.75em; overflow: hidden; }
    p { margin: 0 0 1mm; } .note { color: #4a4a4a; font-size: 8pt; margin-top: 1.5mm; }
    .code { font: bold 14pt/1.3 "DejaVu Sans Mono", "Liberation Mono", monospace; overflow-wrap: anywhere; }
    .qr { float: right; width: 36mm; height: 36mm; margin: -2mm -3mm 0 2mm; }
    @media print { @page { size: A4; margin: 12mm 10mm; } }
    """
}
