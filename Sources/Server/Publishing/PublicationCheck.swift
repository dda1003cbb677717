internal import Foundation
public import Ledger
public import Polling

/// What is remembered as published, held against a recount of the ledger.
public struct PublicationCheck: Equatable, Sendable {
  /// How many published figures are what the entries make.
  public private(set) var equal: UInt64 = 0
  /// And how many are of entries that are not there to be counted: lost when the ledger was restored, or younger than a
  /// backup.
  public private(set) var uncounted: UInt64 = 0
  /// What is wrong, in words.
  public private(set) var differences: [String] = []

  private let name: String
  private var epoch = ""
  private var publications: [PollID: Publication] = [:]

  /// Reads what was published first, so that a recount after it has all entries of it, whoever serves meanwhile.
  ///
  /// - Parameter path: of `publications.json`, or of the copy beside a backup.
  /// - Returns: nil: there is none.
  public init?(path: String) {
    let shelf = PublicationShelf(path: path)
    guard shelf.isTaken else { return nil }
    name = path
    do {
      guard let records = try shelf.load() else {
        differences.append("\(path) has a format that this version does not read")
        return
      }
      epoch = records.epoch
      for (poll, record) in records.polls { publications[try PollID(poll)] = try record.publication }
    } catch let error as DecodingError {
      differences.append("\(path) cannot be read: \(error.words)")
    } catch { differences.append("\(path) cannot be read: \(error)") }
    if !differences.isEmpty { publications = [:] }
  }

  /// In the directory of a ledger.
  public init?(directory: String) {
    self.init(path: PublicationShelf(directory: directory).path)
  }

  /// What has to be in the report of the recount.
  public var moments: [PollID: Set<UInt64>] {
    publications.mapValues { Set($0.states.lazy.filter { !$0.isOfLostEntries }.map(\.revision)) }
  }

  /// - Parameters:
  ///   - report: of a recount with ``moments``.
  ///   - mayEndEarlier: the recount is of a copy, and something may have been published since.
  public mutating func compare(with report: VerifyReport, mayEndEarlier: Bool) {
    // What is wrong with the file itself is told already.
    guard differences.isEmpty else { return }
    guard epoch == report.epoch else {
      differences.append("\(name) is of another ledger: of epoch \(epoch), not \(report.epoch)")
      return
    }
    for (poll, publication) in publications.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for state in publication.states {
        if state.isOfLostEntries || mayEndEarlier && state.revision > report.revision {
          uncounted += UInt64(state.shown.count)
        } else if let counted = report.moments[poll]?[state.revision] {
          compare(poll, state, PublicationRecount(publication, state, counted: counted))
        } else {
          differences.append(
            "published of poll \(poll) as of revision \(state.revision), and the entries end with \(report.revision)")
        }
      }
    }
  }

  private mutating func compare(_ poll: PollID, _ state: PublicationState, _ recount: PublicationRecount) {
    let moment = "on \(state.today) as of revision \(state.revision)"
    equal += UInt64(recount.equal)
    for difference in recount.differences {
      differences.append(
        "published of poll \(poll) \(moment), \(difference.place.words): "
          + "the entries make \(difference.counted), published was \(difference.published)")
    }
    if recount.differences.isEmpty, recount.differentCounts > 0 {
      differences.append(
        "remembered of poll \(poll) \(moment): \(recount.differentCounts) counts that the entries do not make, "
          + "in no published figure")
    }
  }
}

extension DecodingError {
  fileprivate var words: String {
    switch self {
    case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      context.debugDescription
    @unknown default: "\(self)"
    }
  }
}
