internal import Schema

/// One update for programs: why it came, and the figures as they stand now.
struct WatchRecord: Encodable {
  /// `snapshot`, `update`, `reset`; `current`: the figures are those of before, and were looked at again.
  var kind: String
  var tally: TallyRecord

  init(_ kind: Binhchon_V1_WatchTallyResponse.Kind, _ tally: Binhchon_V1_Tally) {
    self.kind = kind.word
    self.tally = TallyRecord(tally)
  }
}

extension Binhchon_V1_WatchTallyResponse.Kind {
  var word: String {
    switch self {
    case .unspecified: "unspecified"
    case .snapshot: "snapshot"
    case .update: "update"
    case .current: "current"
    case .reset: "reset"
    case .UNRECOGNIZED(let number): "kind-\(number)"
    }
  }
}

/// One update as a line for people who watch through a pipe: lines below each other show the bars move.
enum WatchLine {
  private static let barWidth = 6

  static func text(_ model: WatchModel, unicode: Bool) -> String? {
    guard let tally = model.tally else { return nil }
    let figures = Figures(language: model.language)
    let language = model.language
    let revision = figures.count(tally.revision)
    var parts = [
      LocalTime.short(milliseconds: tally.asOfMs) + " "
        + Text(vi: "bản \(revision)", en: "rev. \(revision)")(language)
    ]
    let total = tally.windows.first { $0.window == .total }
    // What only some were asked is left to the page and to --json: there is one line for all.
    for question in model.poll.questions where !question.hasAskedIf {
      let levels = QuestionFigures(question, in: total).levels
      let most = levels.map(\.count).max() ?? 0
      let bars = levels.map { level in
        let bar = Bar.text(level.count, of: most, width: barWidth, unicode: unicode)
        let count = level.isHidden ? "–" : figures.count(level.count)
        return "\(level.code) \(TextWidth.padded(level.isHidden ? "" : bar, barWidth)) \(padded(count))"
      }
      parts.append(most == 0 ? Figures.noData(language) : bars.joined(separator: "  "))
    }
    let counts = tally.windows.map { window in
      "\(window.window.shortLabel(language)) \(window.ballotsHidden ? "–" : figures.count(window.ballots))"
    }
    parts.append(counts.joined(separator: ", "))
    if let flagged = total?.flaggedBallots, flagged > 0, total?.flaggedBallotsHidden == false {
      let count = figures.count(flagged)
      parts.append(Text(vi: "\(count) gắn cờ", en: "\(count) flagged")(language))
    }
    if let single = total?.singleEntryBallots, single > 0 {
      let count = figures.count(single)
      parts.append(Text(vi: "\(count) giấy nhập một lần", en: "\(count) paper entered once")(language))
    }
    return parts.joined(separator: " | ")
  }

  /// Right-aligned as long as it is small, and never cut.
  private static func padded(_ count: String) -> String {
    String(repeating: " ", count: max(0, 3 - count.count)) + count
  }
}
