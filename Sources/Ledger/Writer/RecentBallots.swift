internal import Polling

/// The ballots cast of late, and of which seconds these are all there are: most ballots are new, and this says so
/// without a look into table `ballot`.
///
/// Two sets: what comes goes into the newer; when that is full, the older is dropped. A second (of an id's clock) is
/// known whole if nothing of it was in the table when its first ballot came, until that ballot is dropped. A poll of
/// coarser times has few seconds with many ballots each; once they are more than the sets hold, the table is asked.
struct RecentBallots {
  enum Finding: Equatable {
    case cast(sequence: UInt64)
    case new
    /// Only table `ballot` knows.
    case unknown
    /// Only the table knows. It may be asked for the whole second: see ``note(_:isWhole:)``.
    case unknownSecond
  }

  /// Sets are counted from the first on.
  private struct Second: Equatable {
    /// No set before this one has a ballot of it that is not dropped.
    var first: UInt64
    /// No set after this one has a ballot of it.
    var last: UInt64
    var isWhole: Bool
  }

  /// Ballots in one set.
  private let capacity: Int
  private var newer = BallotSet()
  private var older = BallotSet()
  private var newest: UInt64 = 1
  /// Every second of a ballot in the sets, and some that a ballot was looked for in.
  private var seconds: [UInt64: Second] = [:]
  /// The one looked at last: ballots come by the second.
  private var current: (number: UInt64, second: Second)?

  init(capacity: Int = 1 << 18) {
    self.capacity = capacity
  }

  /// The second of an id's clock, from 1970.
  static func second(of id: BallotID) -> UInt64 {
    (id.high >> 16) / 1_000
  }

  /// The first and the last id of its second.
  static func bounds(ofSecondOf id: BallotID) -> (first: (UInt64, UInt64), last: (UInt64, UInt64)) {
    let first = second(of: id) * 1_000
    // A clock has 48 bits.
    return ((first << 16, 0), (min(first + 999, 1 << 48 - 1) << 16 | 0xFFFF, .max))
  }

  mutating func find(_ id: BallotID) -> Finding {
    guard let second = second(RecentBallots.second(of: id)) else {
      // No ballot of it is in the sets.
      return seconds.count < 2 * capacity ? .unknownSecond : .unknown
    }
    if let sequence = newer.sequence(of: id) { return .cast(sequence: sequence) }
    if second.first < newest, let sequence = older.sequence(of: id) { return .cast(sequence: sequence) }
    return second.isWhole ? .new : .unknown
  }

  /// - Parameters:
  ///   - id: one of an unknown second.
  ///   - isWhole: whether the table has no ballot of that second.
  mutating func note(_ id: BallotID, isWhole: Bool) {
    set(RecentBallots.second(of: id), Second(first: newest, last: newest, isWhole: isWhole))
  }

  /// - Parameter id: one that is not here.
  mutating func insert(_ id: BallotID, sequence: UInt64) {
    let number = RecentBallots.second(of: id)
    let known = second(number)
    var second = known ?? Second(first: newest, last: newest, isWhole: false)
    second.last = newest
    if second != known { set(number, second) }
    newer.insert(id, sequence: sequence)
  }

  /// Drops the oldest ballots if there are too many.
  ///
  /// - Parameter unsettled: so many of the newest are not in the table, and stay.
  mutating func trim(unsettled: Int) {
    guard newer.count >= capacity, newer.count >= unsettled else { return }
    swap(&newer, &older)
    newer.removeAll()
    // The older set is now the one that was the newest, and there is none before it.
    seconds = seconds.filter { $0.value.last >= newest }.mapValues { second in
      second.first >= newest ? second : Second(first: newest, last: second.last, isWhole: false)
    }
    newest += 1
    current = nil
  }

  mutating func removeAll() {
    newer.removeAll()
    older.removeAll()
    seconds.removeAll()
    current = nil
  }

  private mutating func second(_ number: UInt64) -> Second? {
    if let current, current.number == number { return current.second }
    guard let second = seconds[number] else { return nil }
    current = (number, second)
    return second
  }

  private mutating func set(_ number: UInt64, _ second: Second) {
    seconds[number] = second
    current = (number, second)
  }
}
