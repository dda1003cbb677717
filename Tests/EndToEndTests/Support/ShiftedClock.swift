import Foundation
import Testing

/// The clock on a server's wall, which a test sets while the server runs (Tests/ShiftedClock).
struct ShiftedClock: Sendable {
  private let file: String
  /// For the server.
  let environment: [String: String]

  private static let library = Task {
    let directory = try TemporaryDirectory()
    let source = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appending(path: "../../ShiftedClock/clock.c").standardized.path
    let made = try await run(
      "/usr/bin/env", ["cc", "-shared", "-fPIC", "-O2", "-o", "\(directory.path)/clock.so", source, "-ldl"])
    try #require(made.status == 0, "\(made.errors)")
    return directory
  }

  /// - Parameter directory: where it keeps how far it is off.
  init(in directory: String) async throws {
    file = "\(directory)/clock-offset"
    environment = try await [
      "LD_PRELOAD": "\(Self.library.value.path)/clock.so", "CLOCK_OFFSET_FILE": file,
    ]
  }

  func set(ahead seconds: Int64) throws {
    try "\(seconds)\n".write(toFile: file, atomically: true, encoding: .utf8)
  }
}
