import Foundation

/// The logs of recorded runs and what is needed to read them, by name: `server/1-serve.log`.
struct RecordedLogs: Sendable {
  private(set) var files: [String: Data] = [:]

  /// All files in the directories of a directory.
  init(_ directory: String) throws {
    for place in Recording.Place.allCases {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(place.rawValue)") {
        let path = "\(place.rawValue)/\(name)"
        files[path] = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(path)"))
      }
    }
  }

  /// For a replay: two runs are never recorded alike.
  func keep(in directory: String) throws {
    for (name, data) in files {
      let file = URL(fileURLWithPath: "\(directory)/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }
  }

  subscript(place: Recording.Place, name: String) -> Data? { files["\(place.rawValue)/\(name)"] }
}
