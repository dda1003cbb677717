import Foundation
internal import Polling

/// A page of HTML that is kept, passed on and printed: one file, in which nothing is fetched and nothing works but the
/// style and the script that it was written with (Content Security Policy Level 3, 2.3.1: sources by hash).
struct PrintedPage {
  var language: Language
  var title: String
  var style: String
  /// Empty: none runs.
  var script = ""
  /// What stands in it is escaped already.
  var body: String

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="\(language.rawValue)">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta http-equiv="Content-Security-Policy" content="\(policy)"/>
    <title>\(ReportHTML.escaped(title))</title>
    <style>\(style)</style>
    </head>
    <body>
    \(body)\(script.isEmpty ? "" : "<script>\(script)</script>\n")</body>
    </html>

    """
  }

  private var policy: String {
    var rules = ["default-src 'none'", "style-src \(Self.source(style))"]
    if !script.isEmpty { rules.append("script-src \(Self.source(script))") }
    return (rules + ["base-uri 'none'", "form-action 'none'"]).joined(separator: "; ")
  }

  private static func source(_ text: String) -> String {
    "'sha256-\(Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString())'"
  }
}
