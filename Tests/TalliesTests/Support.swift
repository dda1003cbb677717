import ManualClock
import Polling
import Testing

@testable import Tallies

enum Sample {
  static let unit = "hai-chau/quay-01"

  static func poll(_ id: String = "poll", version: UInt32 = 1) throws -> Poll {
    Poll(
      id: try PollID(id), version: version, title: LocalizedText(vi: "Thăm dò", en: ""),
      unit: try UnitPath("hai-chau"),
      units: [Unit(path: try UnitPath(unit), name: LocalizedText(vi: "Quầy 1", en: ""))],
      questions: [
        Question(
          id: "muc-do", text: LocalizedText(vi: "Mức độ", en: ""), kind: .ordinal,
          choices: ["KHL", "HL"].map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) })
      ])
  }

  static func delta(
    _ count: Int64 = 1, unit: String = unit, channel: Channel = .kiosk, day: Int32 = 18_549
  ) throws -> [CellKey: Int64] {
    [
      CellKey(subject: .ballots, unit: try UnitPath(unit), channel: channel, flags: [], day: Day(number: day)): count,
      CellKey(
        subject: .votes(question: "muc-do", choice: "HL"), unit: try UnitPath(unit), channel: channel, flags: [],
        day: Day(number: day)): count,
    ]
  }

  static func tally(
    _ clock: ManualClock, revision: UInt64 = 10, ballots: Int64 = 100, carrier: FakeCarrier = FakeCarrier()
  ) throws -> PollTally {
    PollTally(
      poll: try poll(), isClosed: false, cells: try delta(ballots), revision: revision, epoch: "epoch",
      clock: clock.clock, carrier: carrier)
  }
}

extension WatchEvent {
  /// kind, revision, n of today and in total.
  var words: String {
    func words(_ kind: String, _ figures: PollFigures) -> String {
      let windows = figures.tally.windows
      let closed = figures.isClosed ? " closed" : ""
      return "\(kind) \(figures.tally.revision): \(windows[0].ballots) \(windows[4].ballots)\(closed)"
    }
    return switch self {
    case .snapshot(let figures): words("snapshot", figures)
    case .update(let figures): words("update", figures)
    case .reset(let figures): words("reset", figures)
    case .current(let position): "current \(position.revision)"
    }
  }

  var figures: PollFigures? {
    switch self {
    case .snapshot(let figures), .update(let figures), .reset(let figures): figures
    case .current: nil
    }
  }
}
