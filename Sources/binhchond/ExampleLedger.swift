import Ledger
import Polling
import Server

/// Writes the example's survey, units and ratings into a new ledger. Ratings of 400 days cannot be cast through a server,
/// which believes a clock for seven; nothing else writes to a ledger beside one.
struct ExampleLedger {
  var directory: String
  var seed: UInt64
  var lastDay: Day

  /// - Parameter hash: HMAC-SHA-256 under the directory's pepper.
  func fill(_ hash: @escaping @Sendable ([UInt8]) throws -> [UInt8]) async throws {
    let (ledger, state) = try SQLiteLedger.open(directory: directory) { _ in }
    do {
      try PublicationMemory.begin(directory: directory, epoch: state.epoch)
      try await ExampleSurvey.enter(in: ledger, seed: seed, lastDay: lastDay, by: "binhchond init --example", hash)
    } catch {
      await ledger.close()
      throw error
    }
    await ledger.close()
  }
}
