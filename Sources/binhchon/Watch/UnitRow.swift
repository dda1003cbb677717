internal import Polling
internal import Schema

/// A line of the table of units.
struct UnitRow: Sendable, Equatable {
  enum Order: Sendable, CaseIterable {
    case name
    /// Most first.
    case ballots
    /// Least satisfied first; who has none, last.
    case satisfied
  }

  /// Path.
  var unit: String
  var name: Text
  /// Nil: left out, so that nobody is told from it.
  var ballots: UInt64?
  /// Of the answers, those of the two best levels. Nil: no data, or left out, or the question has no levels.
  var satisfied: Proportion?

  /// The children of a unit, those without a ballot too, in an order.
  static func table(
    _ figures: Binhchon_V1_GetFiguresResponse, _ poll: Binhchon_V1_Poll, question: Int, of unit: String,
    by order: Order,
    _ language: Language
  ) -> [UnitRow] {
    let names = Dictionary(poll.units.map { ($0.path, $0.name.text) }, uniquingKeysWith: { first, _ in first })
    func name(_ path: String) -> Text {
      names[path] ?? Text(verbatim: path.split(separator: "/").last.map(String.init) ?? path)
    }
    let asked = poll.questions.indices.contains(question) ? poll.questions[question] : nil
    var rows = figures.rows.map { row in
      let path = row.keys.first ?? ""
      let counted = row.questions.first { $0.question == asked?.id }
      return UnitRow(
        unit: path, name: name(path), ballots: row.ballotsHidden ? nil : row.ballots,
        satisfied: counted?.choices.contains(where: \.hidden) == true
          ? nil : asked.flatMap { LevelCounts(of: $0, in: counted)?.topTwoBox })
    }
    let known = Set(rows.map(\.unit))
    let silent = Set(poll.units.compactMap { child(of: unit, on: $0.path) }).subtracting(known)
    rows += silent.sorted().map { UnitRow(unit: $0, name: name($0), ballots: 0, satisfied: nil) }
    return sorted(rows, by: order, language)
  }

  /// The child of `unit` that `path` is or lies below; nil: it does not lie below it.
  private static func child(of unit: String, on path: String) -> String? {
    guard path.hasPrefix(unit + "/"), let next = path.dropFirst(unit.count + 1).split(separator: "/").first else {
      return nil
    }
    return "\(unit)/\(next)"
  }

  private static func sorted(_ rows: [UnitRow], by order: Order, _ language: Language) -> [UnitRow] {
    rows.sorted { left, right in
      switch order {
      case .name: break
      case .ballots:
        if left.ballots != right.ballots { return (left.ballots ?? 0) > (right.ballots ?? 0) }
      case .satisfied:
        switch (left.satisfied?.share, right.satisfied?.share) {
        case (let left?, let right?): if left != right { return left < right }
        case (nil, nil): break
        case (let left, _): return left != nil
        }
      }
      return (left.name(language), left.unit) < (right.name(language), right.unit)
    }
  }
}
