internal import Polling

/// How many wrong codes, and signing requests that are none, are looked at: 10 a second, and 100 at once. Codes have 75
/// random bits, so that in the 14 days that one is good at most, 1.2e7 guesses at 1,000 open codes hit one with a
/// probability of 3.2e-13.
///
/// Of all callers together: callers without certificates cannot be told apart. Who spends it all delays enrolments, and
/// nothing else.
struct GuessBudget {
  static let most: Int64 = 100
  static let millisecondsEach: Int64 = 100

  private var left = most
  private var countedAt: Timestamp?

  /// Takes one guess, before it is known whether it is right. False: come back later.
  mutating func take(at now: Timestamp) -> Bool {
    refill(now)
    guard left > 0 else { return false }
    left -= 1
    return true
  }

  /// It was right, or nothing was learnt.
  mutating func giveBack() {
    left = min(Self.most, left + 1)
  }

  private mutating func refill(_ now: Timestamp) {
    // A clock that was set back counts from there.
    guard let then = countedAt, now >= then else {
      countedAt = now
      return
    }
    let (elapsed, isAges) = now.milliseconds.subtractingReportingOverflow(then.milliseconds)
    let new = isAges ? Self.most : elapsed / Self.millisecondsEach
    guard new > 0 else { return }
    left = new >= Self.most ? Self.most : min(Self.most, left + new)
    countedAt = now
  }
}
