public import Polling

/// What a recount found.
public struct VerifyReport: Sendable, Equatable {
  public var epoch: String
  /// The last sequence: the entries are 1 to this one.
  public var revision: UInt64
  public var entries: UInt64
  public var ballots: UInt64
  public var voided: UInt64
  public var polls: UInt64
  /// What the entries add up to.
  public var cells: [PollID: [CellKey: Int64]]
  /// What acts of campaigns come to, in the order of their ids.
  public var campaigns: [CampaignFigures] = []
  /// Votes on the nominees of campaigns, by campaign and vote.
  public var votes: [String: NomineeVoteBook] = [:]
  /// What was counted of polls as of earlier revisions, as far as they were asked for and there are entries up to them.
  public var moments: [PollID: [UInt64: DailyCounts]] = [:]
  /// What is wrong, in words: the first ones, `mostDifferences` at most.
  public var differences: [String] = []
  /// All of them.
  public var differenceCount: UInt64 = 0
  /// How long the recount took.
  public var duration: Duration

  public static let mostDifferences = 100

  public var cellCount: UInt64 { cells.values.reduce(0) { $0 + UInt64($1.count) } }

  /// Whether everything the ledger says follows from its entries.
  public var isClean: Bool { differenceCount == 0 }

  /// What was found wrong beside the ledger.
  public mutating func add(differences others: [String]) {
    differences += others.prefix(max(0, Self.mostDifferences - differences.count))
    differenceCount += UInt64(others.count)
  }

  public var entriesPerSecond: Double {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    return seconds > 0 ? Double(entries) / seconds : 0
  }
}

/// Collects differences, as many as a reader can bear.
struct Differences {
  private(set) var words: [String] = []
  private(set) var count: UInt64 = 0

  var isEmpty: Bool { count == 0 }

  mutating func add(_ text: @autoclosure () -> String) {
    if words.count < VerifyReport.mostDifferences { words.append(text()) }
    count += 1
  }

  mutating func add(_ others: Differences) {
    words += others.words.prefix(VerifyReport.mostDifferences - words.count)
    count += others.count
  }
}
