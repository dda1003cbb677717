import Foundation
import Testing

/// A real `binhchond serve` of its own process, on a port of its own.
final class ServerProcess: Sendable {
  let pid: Int32
  let port: Int
  private let end: Task<Int32, Never>
  private let output: ProcessLog
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
    let log = ProcessLog()
    process.standardError = log.pipe()
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
    guard let port = await Self.port(log) else {
      kill(pid, SIGKILL)
      _ = await end.value
      throw DidNotStart(description: "binhchond did not serve: \(log.text)")
    }
    return ServerProcess(pid: process.processIdentifier, port: port, end: end, output: log, process: Handle(process))
  }

  /// The port in the line that says it serves.
  private static func port(_ log: ProcessLog) async -> Int? {
    guard let line = await log.first(where: { $0.contains("serving") && $0.contains("address=127.0.0.1:") }),
      let place = line.range(of: "address=127.0.0.1:")
    else { return nil }
    return Int(line[place.upperBound...].prefix { $0.isNumber })
  }

  private init(pid: Int32, port: Int, end: Task<Int32, Never>, output: ProcessLog, process: Handle) {
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

  /// SIGSTOP; returns when none of its threads does anything any more.
  func halt() throws {
    signal(SIGSTOP)
    var state = siginfo_t()
    // Asks for stops only: its end is told to `Process`.
    try #require(waitid(P_PID, id_t(pid), &state, WSTOPPED) == 0)
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

/// A data directory as `binhchond init --demo` makes it.
func demoData() async throws -> TemporaryDirectory {
  let directory = try TemporaryDirectory()
  let made = try await run(Binaries.server, ["init", directory.path, "--demo"])
  try #require(made.status == 0, "\(made.errors)")
  return directory
}
