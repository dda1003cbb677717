internal import Polling

extension VerifyReport {
  /// Every count that the entries add up to, a line each, in the order of their bytes: poll, day, unit, channel, flags,
  /// question, choice and count between tabs, as FORMAT.md numbers them; for ballots question and choice are empty, for
  /// votes not used the choice is. Then those of campaigns, see `CampaignFigures.lines`, in the same order. Equal ledgers
  /// give equal bulletins, whoever counts.
  public var bulletin: [String] {
    var lines: [String] = []
    for (poll, cells) in cells {
      for (key, count) in cells where count != 0 {
        let (question, choice) =
          switch key.subject {
          case .ballots: ("", "")
          case .votes(let question, let choice): (question, choice)
          case .undervotes(let question): (question, "")
          }
        let fields = [
          poll.rawValue, "\(key.day)", key.unit.rawValue, String(key.channel.rawValue), String(key.flags.rawValue),
          question, choice, String(count),
        ]
        lines.append(fields.joined(separator: "\t"))
      }
    }
    lines += campaigns.flatMap(\.lines)
    return lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
