/// How many presses there were of late, for the poll's burst rule. Of this process: it begins anew with every start, as
/// does a burst.
struct PressRate: Sendable, Equatable {
  /// More need not be told from one another: no rule allows so many.
  static let most = 10_001

  /// The time that is looked back on, in milliseconds; 0: presses are not counted.
  var within: Int64 = 0
  private var boot = ""
  /// By the steady clock, in order.
  private var presses: [Int64] = []

  init(within: Int64) {
    self.within = within
  }

  /// Notes a press.
  ///
  /// - Returns: how many there were within the time, this one included; 0: not counted.
  mutating func note(_ reading: ClockReading) -> UInt32 {
    guard within > 0 else {
      presses = []
      return 0
    }
    if reading.boot != boot || presses.last.map({ $0 > reading.steady }) == true { presses = [] }
    boot = reading.boot
    let (oldest, isBeforeAll) = reading.steady.subtractingReportingOverflow(within)
    if !isBeforeAll, let stale = presses.lastIndex(where: { $0 <= oldest }) { presses.removeSubrange(...stale) }
    presses.append(reading.steady)
    if presses.count > Self.most { presses.removeFirst() }
    return UInt32(clamping: presses.count)
  }
}
