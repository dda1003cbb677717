import Polling
import Testing

struct ClosingRuleTests {
  struct Row: CustomStringConvertible, Sendable {
    var made: Int64?
    var received: Int64
    var opensAt: Int64?
    var closesAt: Int64?
    var byHand: Int64?
    var lateFor: Int64 = 50
    var expected: ClosingRule.Standing

    var description: String {
      func word(_ time: Int64?) -> String { time.map { "\($0)" } ?? "-" }
      return "made \(word(made)), received \(received), open \(word(opensAt))..<\(word(closesAt)), "
        + "closed \(word(byHand)), late for \(lateFor)"
    }
  }

  static let rows = [
    // Open for ever.
    Row(made: 5, received: 10, expected: .inTime),
    Row(made: nil, received: .max, expected: .inTime),
    // Opening is a matter of arrival.
    Row(made: 5, received: 9, opensAt: 10, expected: .notOpenYet),
    Row(made: 5, received: 10, opensAt: 10, expected: .inTime),
    Row(made: nil, received: 9, opensAt: 10, closesAt: 100, expected: .notOpenYet),
    // Closing: half-open.
    Row(made: 99, received: 99, closesAt: 100, expected: .inTime),
    Row(made: nil, received: 99, closesAt: 100, expected: .inTime),
    Row(made: 99, received: 100, closesAt: 100, expected: .late),
    Row(made: 100, received: 100, closesAt: 100, expected: .sealed),
    Row(made: nil, received: 100, closesAt: 100, expected: .sealed),
    // The seal: half-open too.
    Row(made: 99, received: 149, closesAt: 100, expected: .late),
    Row(made: 99, received: 150, closesAt: 100, expected: .sealed),
    Row(made: 99, received: 100, closesAt: 100, lateFor: 0, expected: .sealed),
    Row(made: 99, received: 100, closesAt: 100, lateFor: .min, expected: .sealed),
    Row(made: 99, received: .max, closesAt: 100, lateFor: .max, expected: .late),
    Row(made: 99, received: .max, closesAt: .max, expected: .late),
    // By hand, whichever comes first.
    Row(made: 59, received: 60, closesAt: 100, byHand: 60, expected: .late),
    Row(made: 60, received: 60, closesAt: 100, byHand: 60, expected: .sealed),
    Row(made: 59, received: 110, closesAt: 100, byHand: 60, expected: .sealed),
    Row(made: 99, received: 149, closesAt: 100, byHand: 120, expected: .late),
    Row(made: 110, received: 130, closesAt: 100, byHand: 120, expected: .sealed),
    Row(made: 59, received: 109, byHand: 60, expected: .late),
    // Our clock was set back since it was closed: it stays closed.
    Row(made: 20, received: 30, byHand: 60, expected: .late),
    Row(made: 61, received: 30, byHand: 60, expected: .sealed),
    Row(made: nil, received: 30, byHand: 60, expected: .sealed),
    // Closed before it opened: never open.
    Row(made: 5, received: 12, opensAt: 10, byHand: 8, expected: .sealed),
    Row(made: 5, received: 9, opensAt: 10, byHand: 8, expected: .notOpenYet),
  ]

  @Test(arguments: rows)
  func row(_ row: Row) {
    func time(_ milliseconds: Int64?) -> Timestamp? { milliseconds.map { Timestamp(milliseconds: $0) } }
    #expect(
      ClosingRule.standing(
        made: time(row.made), received: Timestamp(milliseconds: row.received), opensAt: time(row.opensAt),
        closesAt: time(row.closesAt), closedByHandAt: time(row.byHand), lateFor: row.lateFor) == row.expected)
  }
}
