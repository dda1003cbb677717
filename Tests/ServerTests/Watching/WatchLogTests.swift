import Schema
import Testing
import WatchChecking

/// What the checker of watches finds, told record by record.
@Suite struct WatchLogTests {
  /// Ballots are entries 2 to 6.
  private static let ledger: EnteredHistory = {
    var history = EnteredHistory()
    history.enter(.version(1, [("q", ["HL", "KHL"])]), at: 1)
    for sequence in 2...6 as ClosedRange<UInt64> {
      history.enter(.ballot(.init(unit: "u/1", channel: .kiosk, day: 20_000, choices: ["q": "HL"])), at: sequence)
    }
    return history
  }()

  /// Restored from a backup of the first.
  private static let ledgers = ["a": ledger, "b": ledger.prefix(through: 3)]

  private static func told(
    _ kind: Binhchon_V1_WatchTallyResponse.Kind, _ revision: UInt64, _ epoch: String = "a", ballots: UInt64? = nil,
    day: Int64 = 20_000
  ) -> WatchLog.Record {
    var response = Binhchon_V1_WatchTallyResponse()
    response.kind = kind
    (response.tally.revision, response.tally.ledgerEpoch) = (revision, epoch)
    response.tally.asOfMs = day * 86_400_000
    guard kind != .current else { return .told(response) }
    response.tally.unit = "u"
    response.tally.pollVersion = 1
    response.tally.status = .open
    // 20,000 days after 1970-01-01.
    response.tally.today = "2024-10-04"
    let windows: [Binhchon_V1_Window] = [.today, .yesterday, .thisWeek, .thisMonth, .total]
    response.tally.windows = windows.map { window in
      let ballots = window == .yesterday ? 0 : ballots ?? revision - 1
      var count = Binhchon_V1_WindowCount()
      (count.window, count.ballots) = (window, ballots)
      var question = Binhchon_V1_QuestionCount()
      question.question = "q"
      question.choices = [("HL", ballots), ("KHL", 0)].map { choice, votes in
        var count = Binhchon_V1_ChoiceCount()
        (count.choice, count.count) = (choice, votes)
        return count
      }
      count.questions = [question]
      if ballots > 0 {
        var channel = Binhchon_V1_ChannelCount()
        (channel.channel, channel.ballots) = (.kiosk, ballots)
        count.channels = [channel]
      }
      return count
    }
    return .told(response)
  }

  private static let begin = WatchLog.Record.opened(epoch: "", revision: 0)

  struct Row: Sendable {
    var records: [WatchLog.Record]
    /// Part of the only fault; nil: there is none.
    var fault: String?
  }

  static let rows: [Row] = [
    Row(records: [begin, told(.snapshot, 2), told(.update, 4), told(.current, 4), told(.update, 6)]),
    Row(records: [begin, told(.snapshot, 3), .opened(epoch: "a", revision: 3), told(.current, 3), told(.update, 5)]),
    Row(records: [begin, told(.snapshot, 5), .opened(epoch: "a", revision: 5), told(.reset, 3, "b")]),
    Row(records: [begin, told(.snapshot, 4, ballots: 2)], fault: "today at revision 4: n 2, not 3"),
    Row(records: [begin, told(.snapshot, 7)], fault: "ahead of the ledger"),
    Row(records: [begin, told(.snapshot, 2, "c")], fault: "of no ledger"),
    Row(records: [begin, told(.snapshot, 4), told(.update, 3)], fault: "goes back from revision 4 to 3"),
    Row(
      records: [begin, told(.snapshot, 4), .opened(epoch: "a", revision: 4), told(.snapshot, 3)],
      fault: "goes back from revision 4 to 3"),
    Row(records: [begin, told(.snapshot, 4), told(.update, 4)], fault: "the same twice"),
    Row(records: [begin, told(.snapshot, 4), .clockIsSet, told(.update, 4)]),
    Row(records: [begin, told(.update, 4)], fault: "begins with an update"),
    Row(records: [begin, told(.current, 4)], fault: "current without figures"),
    Row(records: [begin, told(.reset, 4)], fault: "a reset that nobody needed"),
    Row(records: [begin, told(.snapshot, 4), told(.snapshot, 5)], fault: "in the middle"),
    Row(records: [begin, told(.snapshot, 4), told(.current, 6)], fault: "said to be current, and is not"),
    // Midnight may come while it is said.
    Row(records: [begin, told(.snapshot, 4), told(.current, 4, day: 20_001)]),
    Row(
      records: [begin, told(.snapshot, 4), told(.current, 4, day: 20_001), told(.current, 4, day: 20_001)],
      fault: "on day 20001"),
    Row(
      records: [begin, told(.snapshot, 3), .opened(epoch: "a", revision: 3), told(.snapshot, 3, "b")],
      fault: "without a reset"),
    Row(
      records: [begin, told(.snapshot, 3), .opened(epoch: "a", revision: 3), told(.reset, 4)],
      fault: "a reset to the same ledger"),
    // One may wait for who was slow, not two.
    Row(
      records: [
        begin, told(.snapshot, 2), .resumedReading(epoch: "a", revision: 6), told(.update, 3), told(.update, 6),
      ]),
    Row(
      records: [
        begin, told(.snapshot, 2), .resumedReading(epoch: "a", revision: 6), told(.update, 3), told(.update, 4),
      ], fault: "a queue of old figures"),
  ]

  @Test(arguments: rows.indices)
  func theOneFaultIsFound(_ index: Int) {
    let row = Self.rows[index]
    var log = WatchLog()
    for record in row.records { log.add(record) }
    let faults = log.faults(Self.ledgers)
    #expect(faults.count == (row.fault == nil ? 0 : 1), "\(faults)")
    if let fault = row.fault { #expect(faults.first?.contains(fault) == true, "\(faults)") }
  }
}
