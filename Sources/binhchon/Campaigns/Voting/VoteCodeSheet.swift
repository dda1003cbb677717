/// Codes as a file to be printed.
struct VoteCodeSheet {
  enum Format {
    case csv
    case plain

    /// By the end of a file's name.
    init?(path: String) {
      if path.hasSuffix(".csv") {
        self = .csv
      } else if path.hasSuffix(".txt") {
        self = .plain
      } else {
        return nil
      }
    }
  }

  var campaign: String
  var vote: String
  var codes: [String]

  func text(_ format: Format) -> String {
    switch format {
    case .csv:
      CSV.record(["code", "campaign", "vote"]) + codes.map { CSV.record([$0, campaign, vote]) }.joined()
    case .plain: codes.map { $0 + "\n" }.joined()
    }
  }
}
