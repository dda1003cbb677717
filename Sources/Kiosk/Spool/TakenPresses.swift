internal import Polling
internal import SwiftProtobuf

/// What some presses make of the spool.
struct TakenPresses {
  /// Milliseconds: no cooldown is longer.
  private static let longestSince: Int64 = 600_000

  private let before: UInt64
  private(set) var reading: ClockReading?
  private(set) var rate: PressRate
  private(set) var clockSet: ClockSet
  private(set) var taps: [Tap] = []
  private(set) var days: [Day: (presses: Int64, last: UInt64)] = [:]
  /// Their ballots do not tell their numbers.
  private(set) var unnumbered: Int64 = 0
  private var dayOfTap: [UInt64: Day] = [:]

  /// - Parameter before: how many presses the spool had.
  init(after before: UInt64, reading: ClockReading?, rate: PressRate, clockSet: ClockSet) {
    self.before = before
    self.reading = reading
    self.rate = rate
    self.clockSet = clockSet
  }

  mutating func add(_ press: Press, cooldown: Int64) throws(SpoolError) {
    let sequence = before + UInt64(taps.count + 1)
    let ballot = press.ballot(sequence)
    let since = reading.flatMap { press.reading.elapsed(since: $0) }
    var marks = press.marks.union(press.reading.marks(after: reading))
    let isFine = press.precision == .second
    if !isFine, let since, since < cooldown { marks.insert(.repeated) }
    reading = press.reading
    if ballot.kioskSequence != sequence { unnumbered += 1 }
    do {
      let tap = Tap(
        sequence: sequence, id: try BallotID(bytes: ballot.ballotID), bytes: try ballot.serializedBytes(),
        marks: marks, sincePrevious: since.flatMap { $0 <= Self.longestSince && isFine ? $0 : nil },
        recent: rate.note(press.reading))
      let day = DayAccounts.day(of: ballot)
      taps.append(tap)
      dayOfTap[sequence] = day
      days[day] = (presses: (days[day]?.presses ?? 0) + 1, last: sequence)
      clockSet.note(tap)
    } catch {
      throw SpoolError(.badBallot, "the ballot cannot be kept: \(error)")
    }
  }

  func day(of tap: Tap) -> Day { dayOfTap[tap.sequence] ?? PressDay.unset }
}

/// The last taps before which the clock was set. Those before them were made with another clock than the one that
/// tells the time when they are sent.
struct ClockSet {
  var forward: UInt64 = 0
  var backward: UInt64 = 0

  mutating func note(_ tap: Tap) {
    if tap.marks.contains(.clockForward) { forward = tap.sequence }
    if tap.marks.contains(.clockBackward) { backward = tap.sequence }
  }

  func marks(_ sequence: UInt64) -> TapMarks {
    (sequence < forward ? TapMarks.clockForward : []).union(sequence < backward ? .clockBackward : [])
  }
}
