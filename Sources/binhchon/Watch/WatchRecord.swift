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

/// One update as a line for people who watch through a pipe.
enum WatchLine {
  static func text(_ model: WatchModel) -> String? {
    guard let tally = model.tally else { return nil }
    let figures = Figures(language: model.language)
    let language = model.language
    let counts = tally.windows.map { "\($0.window.label(language)) \(figures.count($0.ballots))" }
    var parts = [
      LocalTime.spoken(milliseconds: tally.asOfMs),
      Text(vi: "bản \(figures.count(tally.revision))", en: "revision \(figures.count(tally.revision))")(language),
      counts.joined(separator: ", "),
    ]
    let total = tally.windows.first { $0.window == .total }
    for question in model.poll.questions {
      let shown = QuestionFigures(question, in: total)
      let levels = shown.levels.map { level in
        let share = level.share.map { " (\(figures.percent($0)))" } ?? ""
        return "\(level.code) \(figures.count(level.count))\(share)"
      }
      let isEmpty = shown.levels.allSatisfy { $0.count == 0 }
      parts.append(isEmpty ? Figures.noData(language) : levels.joined(separator: " "))
    }
    if let flagged = total?.flaggedBallots, flagged > 0 {
      let count = figures.count(flagged)
      parts.append(Text(vi: "\(count) gắn cờ", en: "\(count) flagged")(language))
    }
    return parts.joined(separator: " | ")
  }
}
