internal import Schema

/// One update for programs.
struct WatchRecord: Encodable {
  var kind: String
  var tally: TallyRecord?
  /// With kind `current`: figures are those of the record before, and these three are newer.
  var revision: UInt64?
  var asOfMs: Int64?
  var ledgerEpoch: String?

  init(_ update: Binhchon_V1_WatchTallyResponse) {
    kind = update.kind.word
    if update.kind == .current {
      revision = update.tally.revision
      asOfMs = update.tally.asOfMs
      ledgerEpoch = update.tally.ledgerEpoch
    } else {
      tally = TallyRecord(update.tally)
    }
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
