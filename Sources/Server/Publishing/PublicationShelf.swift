internal import Foundation
internal import Ledger
internal import Polling

/// Where publications are kept.
struct PublicationShelf: Sendable {
  var path: String

  init(directory: String) {
    self.init(path: directory + "/publications.json")
  }

  init(path: String) {
    self.path = path
  }

  /// Nil: there are none, of any ledger.
  func load() throws -> PublicationRecords? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let records = try JSONDecoder().decode(PublicationRecords.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    return records.format == PublicationRecords.currentFormat ? records : nil
  }

  /// Gives what is there, if anything, a name of its own.
  func setAside(at now: Timestamp) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.moveItem(atPath: path, toPath: "\(path).\(now.milliseconds)")
  }

  /// Returns when they are safe.
  func save(_ records: PublicationRecords) throws {
    try SmallFile.replace(path, with: Array(JSONEncoder().encode(records)))
  }
}
