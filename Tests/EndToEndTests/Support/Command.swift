import Foundation

/// A finished child process.
struct Finished {
  var status: Int32
  var output: String
  var errors: String
}

/// Runs a binary to its end.
func run(
  _ executable: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
) async throws -> Finished {
  let directory = try TemporaryDirectory()
  let process = Process()
  process.executableURL = URL(fileURLWithPath: executable)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(
    ["HOME": directory.path, "LANG": "C.UTF-8"].merging(environment) { $1 }
  ) { $1 }
  // Files, not pipes: a child that prints much never waits for us.
  func file(_ name: String, _ content: String? = nil) throws -> FileHandle {
    let path = "\(directory.path)/\(name)"
    try Data((content ?? "").utf8).write(to: URL(fileURLWithPath: path))
    return try content == nil
      ? FileHandle(forWritingTo: URL(fileURLWithPath: path)) : FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  }
  let files = try [file("input", input ?? ""), file("output"), file("errors")]
  // By hand: a `Process` that has ended keeps them open, and with some 1,360 of them its next `run` may read beyond its list
  // of descriptors.
  defer { for file in files { try? file.close() } }
  (process.standardInput, process.standardOutput, process.standardError) = (files[0], files[1], files[2])
  try await ended(process)
  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(name)")), as: UTF8.self)
  }
  return Finished(status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
}

/// Starts a process and waits for its end without holding a thread.
private func ended(_ process: Process) async throws {
  try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
    process.terminationHandler = { _ in continuation.resume() }
    do {
      try process.run()
    } catch {
      process.terminationHandler = nil
      continuation.resume(throwing: error)
    }
  }
}
