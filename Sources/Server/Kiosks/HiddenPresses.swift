internal import Polling
internal import Tallies

/// Where a caller is not told how often kiosks were pressed: at units of polls that leave small groups out. Presses are figures
/// of their counter, and do not say of which poll.
struct HiddenPresses {
  private let units: [UnitPath]

  init(_ board: TallyBoard, from caller: Identity) {
    units = caller.seesCounts ? [] : board.all.filter { $0.smallestGroup > 1 }.map(\.newest.unit)
  }

  /// - Parameter unit: nil: nobody can tell where the kiosk stands.
  func are(at unit: UnitPath?) -> Bool {
    units.contains { poll in unit.map { poll.contains($0) || $0.contains(poll) } ?? true }
  }
}
