import Foundation
import Testing

/// One call to the disk that fails in a program and its threads, the rest as ever (Tests/FailingCalls).
struct FailingCalls: Sendable {
  enum Kind: String, CaseIterable {
    case sync, write, open, truncate, name
    /// The sync of a directory, in our own calls.
    case directory
  }

  /// For the program.
  let environment: [String: String]
  private let note: String
  private let start: String

  private static let library = Task {
    let directory = try TemporaryDirectory()
    let source = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appending(path: "../../FailingCalls/failing_calls.c").standardized.path
    let made = try await run(
      "/usr/bin/env", ["cc", "-shared", "-fPIC", "-O1", "-o", "\(directory.path)/failing_calls.so", source, "-ldl"])
    try #require(made.status == 0, "\(made.errors)")
    return directory
  }

  /// - Parameters:
  ///   - number: which one fails, from 1, of those on files below `place`.
  ///   - waits: they are counted only from ``begin()`` on.
  ///   - directory: where it keeps what happened.
  init(_ kind: Kind, _ number: Int, below place: String, waits: Bool = false, in directory: String) async throws {
    (note, start) = ("\(directory)/failed-call", "\(directory)/failing")
    for old in [note, start] where FileManager.default.fileExists(atPath: old) {
      try FileManager.default.removeItem(atPath: old)
    }
    var environment = try await [
      "LD_PRELOAD": "\(Self.library.value.path)/failing_calls.so", "FAIL_KIND": kind.rawValue,
      "FAIL_NUMBER": "\(number)", "FAIL_BELOW": place, "FAIL_NOTE": note,
    ]
    if waits { environment["FAIL_SINCE"] = start }
    self.environment = environment
  }

  func begin() throws {
    try Data().write(to: URL(fileURLWithPath: start))
  }

  /// The function that failed and the path it was for, a space between them; nil: none did.
  var failure: String? { try? String(contentsOfFile: note, encoding: .utf8) }
}
