import Foundation
import Synchronization
import Testing

/// A real `binhchond serve` of its own process, on a port of its own.
final class ServerProcess: Sendable {
  let pid: Int32
  let port: Int
  private let end: Task<Int32, Never>
  private let output: ServerLog
  private let process: Handle

  var address: String { "127.0.0.1:\(port)" }
  /// What it has logged so far.
  var log: String { output.text }

  struct DidNotStart: Error, CustomStringConvertible {
    var description: String
  }

  /// The environment of a server that enrols no kiosks, though its demo configuration does.
  static let enrolmentOff = ["BINHCHON_ENROLMENT_CA_CERTIFICATE": "", "BINHCHON_ENROLMENT_CA_KEY": ""]

  /// Starts it and returns once it says that it serves.
  ///
  /// - Parameter wrapper: a command to start it under, for example strace with its options.
  static func start(
    _ data: String, arguments: [String] = [], wrapper: [String] = [], environment: [String: String] = [:]
  ) async throws -> ServerProcess {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      wrapper + [Binaries.server, "serve", "--config", "\(data)/binhchon.yaml", "--listen", "127.0.0.1:0"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardError = pipe

    let log = ServerLog()
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let bytes = handle.availableData
      if bytes.isEmpty { handle.readabilityHandler = nil }
      log.take(bytes)
    }
    let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.yield($0.terminationStatus) }
    try process.run()
    let end = Task { () -> Int32 in
      for await status in ends { return status }
      return -1
    }
    let pid = process.processIdentifier
    let deadline = Task {
      try await Task.sleep(for: .seconds(120))
      // Its log ends with it, and with that the wait.
      kill(pid, SIGKILL)
    }
    defer { deadline.cancel() }
    guard let port = await log.port() else {
      kill(pid, SIGKILL)
      _ = await end.value
      throw DidNotStart(description: "binhchond did not serve: \(log.text)")
    }
    return ServerProcess(pid: process.processIdentifier, port: port, end: end, output: log, process: Handle(process))
  }

  private init(pid: Int32, port: Int, end: Task<Int32, Never>, output: ServerLog, process: Handle) {
    self.pid = pid
    self.port = port
    self.end = end
    self.output = output
    self.process = process
  }

  /// A test that failed on its way leaves no server behind.
  deinit {
    process.killIfRunning()
  }

  /// Only asked whether it runs, by the last one who holds it.
  private final class Handle: @unchecked Sendable {
    private let process: Process

    init(_ process: Process) { self.process = process }

    func killIfRunning() {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }

  func signal(_ number: Int32) {
    kill(pid, number)
  }

  /// kill -9; returns when it is gone.
  func crash() async {
    signal(SIGKILL)
    _ = await end.value
  }

  /// SIGTERM; the exit status. One that does not end within two minutes is killed: 9.
  func stop() async -> Int32 {
    let deadline = Task {
      try await Task.sleep(for: .seconds(120))
      signal(SIGKILL)
    }
    defer { deadline.cancel() }
    signal(SIGTERM)
    return await end.value
  }

  /// The exit status, whenever it ends by itself.
  func waitForEnd() async -> Int32 {
    await end.value
  }

  /// Returns once the log has a line with this text; false if the server ended without one.
  func logged(_ text: String) async -> Bool {
    await output.first { $0.contains(text) } != nil
  }
}

/// What a server writes to standard error, line by line.
final class ServerLog: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isEnded = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// Empty: the end.
  func take(_ bytes: Data) {
    let waiting = state.withLock { state in
      if bytes.isEmpty { state.isEnded = true }
      state.bytes += bytes
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// The first complete line that fits, when it is there; nil if there is none at the end.
  func first(where fits: @Sendable (Substring) -> Bool) async -> String? {
    while true {
      let (text, isEnded) = state.withLock { (String(decoding: $0.bytes, as: UTF8.self), $0.isEnded) }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: fits) { return String(line) }
      if isEnded { return nil }
      await withCheckedContinuation { continuation in
        let isNews = state.withLock { state in
          // More came between the look and this: look again.
          if state.isEnded || state.bytes.count != text.utf8.count { return true }
          state.waiting.append(continuation)
          return false
        }
        if isNews { continuation.resume() }
      }
    }
  }

  /// The port in the line that says it serves.
  func port() async -> Int? {
    guard let line = await first(where: { $0.contains("serving") && $0.contains("address=127.0.0.1:") }),
      let place = line.range(of: "address=127.0.0.1:")
    else { return nil }
    return Int(line[place.upperBound...].prefix { $0.isNumber })
  }
}

/// A data directory as `binhchond init --demo` makes it.
func demoData() async throws -> TemporaryDirectory {
  let directory = try TemporaryDirectory()
  let made = try await run(Binaries.server, ["init", directory.path, "--demo"])
  try #require(made.status == 0, "\(made.errors)")
  return directory
}
