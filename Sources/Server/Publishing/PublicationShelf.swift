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

  /// Whether something lies there, whatever it is.
  var isTaken: Bool { FileManager.default.fileExists(atPath: path) }

  /// Nil: there are none, of any ledger, or none that this version reads.
  func load() throws -> PublicationRecords? {
    guard isTaken else { return nil }
    let records = try JSONDecoder().decode(PublicationRecords.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    return records.format == PublicationRecords.currentFormat ? records : nil
  }

  /// Gives what is there, if anything, a name that nothing has.
  func setAside(at now: Timestamp) throws {
    guard isTaken else { return }
    var aside = "\(path).\(now.milliseconds)"
    while FileManager.default.fileExists(atPath: aside) { aside += "+" }
    try FileManager.default.moveItem(atPath: path, toPath: aside)
  }

  /// Returns when they are safe.
  func save(_ records: PublicationRecords) throws {
    try SmallFile.replace(path, with: Array(JSONEncoder().encode(records)))
  }
}
