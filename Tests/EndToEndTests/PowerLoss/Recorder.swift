import Foundation
import Polling
import SeededRandom
import Testing

/// Runs the real programs under strace and keeps the logs.
struct Recorder {
  private let work: TemporaryDirectory
  /// Where logs go, by place.
  private let kept: String
  private var random: SplitMix64

  private init(random: SplitMix64) throws {
    self.random = random
    work = try TemporaryDirectory()
    kept = "\(work.path)/logs"
    for place in Recording.Place.allCases {
      try FileManager.default.createDirectory(
        atPath: "\(kept)/\(place.rawValue)", withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: root(place), withIntermediateDirectories: true)
      try root(place).write(toFile: "\(kept)/\(place.rawValue)/root", atomically: true, encoding: .utf8)
    }
  }

  static func record(_ random: SplitMix64) async throws -> RecordedLogs {
    var recorder = try Recorder(random: random)
    try await recorder.recordServer()
    try await recorder.recordKiosk()
    return try RecordedLogs(recorder.kept)
  }

  private func root(_ place: Recording.Place) -> String { "\(work.path)/\(place.rawValue)" }

  private func log(_ place: Recording.Place, _ step: Recording.Step) -> String {
    "\(kept)/\(place.rawValue)/\(step.rawValue).log"
  }

  private static func strace(to log: String) -> [String] {
    [
      "strace", "-f", "-e", "signal=none", "--seccomp-bpf", "-xx", "-y", "-s", "4194304", "-e", StraceLog.calls, "-o",
      log,
    ]
  }

  private func record(
    _ place: Recording.Place, _ step: Recording.Step, _ command: [String], input: String? = nil
  ) async throws {
    let ended = try await run(
      "/usr/bin/env", Self.strace(to: log(place, step)) + command, input: input)
    try #require(ended.status == 0, "\(step): \(ended.errors)")
  }

  // MARK: - Server

  private mutating func recordServer() async throws {
    let data = "\(root(.server))/\(RebuiltDisk.data)"
    let backup = "\(root(.server))/backup.db"
    try await record(.server, .create, [Binaries.server, "init", data, "--demo"])
    try await serve(.load, data, alone: 20, together: 25)
    // So many that the journal is copied into the ledger in between, and begun anew.
    try await serve(.more, data, alone: 500, together: 25, isKilled: true)
    try await record(.server, .backup, [Binaries.server, "backup", "--to", backup, data])
    try await serve(.again, data, alone: 10, together: 10)
    try await record(
      .server, .restore,
      [Binaries.server, "restore", backup, "\(root(.server))/restored", "--pepper", "\(data)/pepper"])
  }

  /// One client casts `alone` ballots, then two cast `together` each at the same time.
  private mutating func serve(
    _ step: Recording.Step, _ data: String, alone: Int, together: Int, isKilled: Bool = false
  ) async throws {
    let log = log(.server, step)
    // The tracer is not the one that is waited for: its end is that of the pipe.
    let pipe = "\(work.path)/\(step.rawValue)"
    try #require(mkfifo(pipe, 0o600) == 0)
    async let copied = run("/bin/sh", ["-c", #"exec cat "$0" > "$1""#, pipe, log])
    let server = try await ServerProcess.start(
      data, wrapper: Self.strace(to: pipe) + ["-D"])
    let clients = try (0..<2).map { _ in try TestClient(server, identity: "\(data)/certs/kiosk", retries: false) }
    let ids = (0..<2).map { client in (0..<(together + (client == 0 ? alone : 0))).map { _ in newID() } }
    func cast(_ client: Int, _ range: Range<Int>) async throws {
      for number in range {
        let choice = Ballots.levels[number % Ballots.levels.count]
        _ = try await clients[client].cast(Ballots.ballot(choice, id: ids[client][number]))
      }
    }
    try await cast(0, 0..<alone)
    // The connection of the other one, after this one's.
    try await cast(1, 0..<1)
    async let other: Void = cast(1, 1..<together)
    try await cast(0, alone..<(alone + together))
    try await other
    // Everybody was answered: what is in doubt after a crash, the rebuilt disks show.
    if isKilled { await server.crash() }
    for client in clients { await client.shutdown() }
    if !isKilled { #expect(await server.stop() == 0) }
    try #require(try await copied.status == 0)
    let calls: Recording.Calls = ids.map { $0.map { [$0] } }
    try JSONEncoder().encode(calls).write(
      to: URL(fileURLWithPath: "\(kept)/\(Recording.Place.server.rawValue)/\(step.rawValue).calls"))
  }

  private mutating func newID() -> Data {
    let id = BallotID(
      time: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), precision: .second,
      random: (random.next(), random.next()))
    return Data(id.bytes)
  }

  // MARK: - Kiosk

  /// Taps that are answered, and taps that stay. The directory of the spool is there before the kiosk is, as where a
  /// service manager made it.
  private func recordKiosk() async throws {
    let data = try await demoData()
    let server = try await ServerProcess.start(data.path)
    func kiosk(_ wait: Int) -> [String] {
      [
        "/bin/sh", "-c", #"[ -d "$0" ] || mkdir "$0"; exec "$@""#, "\(root(.kiosk))/spool", Binaries.client, "kiosk",
        "--server",
        server.address, "--identity", "\(data.path)/certs/kiosk", "--poll", Ballots.poll, "--unit",
        "hai-chau/mot-cua/quay-01", "--spool", "\(root(.kiosk))/spool", "--acknowledge", "--wait", "\(wait)",
      ]
    }
    try await record(.kiosk, .taps, kiosk(60), input: "5432154321")
    #expect(await server.stop() == 0)
    // Nobody answers: they are kept for another day, which the status says.
    let ended = try await run(
      "/usr/bin/env", Self.strace(to: log(.kiosk, .moreTaps)) + kiosk(0), input: "123451234512345")
    try #require(ended.output.contains("kept 25"), "\(ended.output)\(ended.errors)")
  }
}
