internal import Ledger
internal import Polling
internal import Schema
internal import Tallies

/// The quick way of one caller's ballots into a batch. It takes ballots that keep every rule and are written as
/// protobuf writers write them, and no others: those are for ``BallotIntake``, which can say what is wrong. What it
/// takes becomes the same entry, byte for byte.
struct QuickIntake {
  /// A gateway may speak for many counters; beyond this the oldest place is found out anew.
  private static let mostPlaces = 32

  private let caller: Identity
  private let board: TallyBoard
  private let rules: KnownRules
  private var places: [CastingPlace] = []
  private var next = 0
  /// What the places were made of.
  private var definitions: Int

  init(caller: Identity, board: TallyBoard, rules: KnownRules) {
    self.caller = caller
    self.board = board
    self.rules = rules
    definitions = board.definitions
  }

  /// Nil: not taken, nothing appended.
  mutating func take(
    _ ballot: PlainBallot, sentTime: Timestamp?, now: Timestamp, into batch: inout CastBatch
  ) -> TakenBallot? {
    place(of: ballot)?.append(ballot, sentTime: sentTime, now: now, to: &batch)
  }

  private mutating func place(of ballot: PlainBallot) -> CastingPlace? {
    if definitions != board.definitions {
      definitions = board.definitions
      places = []
    }
    if let known = places.first(where: { $0.isPlace(of: ballot) }) { return known }
    guard let place = CastingPlace(ballot, from: caller, on: board, rules) else { return nil }
    if places.count < Self.mostPlaces {
      places.append(place)
    } else {
      places[next] = place
      next = (next + 1) % Self.mostPlaces
    }
    return place
  }
}
