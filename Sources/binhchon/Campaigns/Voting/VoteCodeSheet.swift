internal import Polling

/// Codes as a file to be printed.
struct VoteCodeSheet {
  enum Format {
    case csv
    case plain
    /// Slips to be cut apart.
    case html

    /// By the end of a file's name.
    init?(path: String) {
      if path.hasSuffix(".csv") {
        self = .csv
      } else if path.hasSuffix(".txt") {
        self = .plain
      } else if path.hasSuffix(".html") {
        self = .html
      } else {
        return nil
      }
    }
  }

  var campaign: String
  var vote: String
  var codes: [String]
  /// What the campaign is called, for slips.
  var title = LocalizedText(vi: "", en: "")

  func text(_ format: Format, _ language: Language) -> String {
    switch format {
    case .csv:
      CSV.record(["code", "campaign", "vote"]) + codes.map { CSV.record([$0, campaign, vote]) }.joined()
    case .plain: codes.map { $0 + "\n" }.joined()
    case .html: CodeSheet(campaign: title, codes: codes).page(language).html
    }
  }
}
