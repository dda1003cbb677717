public import Ledger
public import Polling

extension ExampleSurvey {
  /// Publishes the example's units and survey and enters its ratings.
  ///
  /// - Throws: ``InvalidValue`` where the ledger refuses one, and what the ledger throws.
  public static func enter(
    in ledger: some Ledger, seed: UInt64, lastDay: Day, by: String,
    _ hash: @escaping @Sendable ([UInt8]) throws -> [UInt8]
  ) async throws {
    let start = lastDay.advanced(by: -ExampleRatings.days).start
    let outcomes = try await ledger.append([
      .publishRegistry(try ExampleUnits.registry(), by: by, at: start), .publish(try poll(), by: by, at: start),
    ])
    guard outcomes.count == 2, case .entered(_, .poll(let published)) = outcomes[1] else {
      throw InvalidValue(field: "poll", problem: "of the example is refused")
    }
    var ratings = ExampleRatings(of: published.poll, seed: seed, lastDay: lastDay, hash: hash)
    let records = try ratings.records()
    for first in stride(from: 0, to: records.count, by: 500) {
      let batch = records[first..<min(first + 500, records.count)]
      let outcomes = try await ledger.append(batch.map { .cast($0, isOpen: true) })
      for outcome in outcomes {
        guard case .entered = outcome else {
          throw InvalidValue(field: "ballot", problem: "of the example is refused: \(outcome)")
        }
      }
    }
  }
}
