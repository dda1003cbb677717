import Foundation
import Testing

/// Promise P3, of the commands that make something: the first error of the disk ends them, and what they were to make is
/// not there. (`serve` is in Tests/LedgerTests, the kiosk in Tests/KioskTests; both as programs in FailingDiskTests.)
@Suite(.timeLimit(.minutes(10)))
struct FirstErrorFaultTests {
  enum Command: String, CaseIterable {
    case create = "init"
    case backup, restore
  }

  typealias Kind = FailingCalls.Kind

  struct Case: CustomStringConvertible {
    var command: Command
    var kind: Kind
    var description: String { "\(command.rawValue), \(kind.rawValue)" }
  }

  static let cases = Command.allCases.flatMap { command in
    Kind.allCases.dropLast().map { Case(command: command, kind: $0) }
  }

  /// The n-th call of a kind fails, for n = 1, 2, … until none does; the disk then behaves, and is not believed.
  @Test(arguments: cases) func theFirstErrorEndsIt(_ faults: Case) async throws {
    let bench = try await Bench()
    var failed = 0
    for number in 1... {
      let (ended, failure) = try await bench.run(faults.command, faults.kind, number)
      let place = "\(faults) \(number): \(failure ?? "") \(ended.status) \(ended.output)\(ended.errors)"
      guard let failure else {
        #expect(ended.status == 0, "\(place)")
        #expect(try await bench.isWhole(faults.command), "\(place)")
        break
      }
      failed += 1
      if ended.status == 0, bench.isSQLitesDirectory(failure) {
        #expect(try await bench.isWhole(faults.command), "\(place)")
        try bench.clear()
        continue
      }
      // Disk error, or what is to be made cannot be.
      #expect([73, 74].contains(ended.status), "\(place)")
      #expect(!ended.output.contains("ok") && !ended.output.contains("Made"), "\(place)")
      #expect(!bench.isMade(faults.command), "\(place)")
      // Nothing is in the way of the next try.
      if number % 4 == 1 {
        let again = try await bench.run(faults.command)
        #expect(again.status == 0, "\(place) \(again.errors)")
        #expect(try await bench.isWhole(faults.command), "\(place)")
      }
      try bench.clear()
    }
    print("P3, \(faults): \(failed) failed calls")
    // SQLite cuts nothing short where it makes a new file.
    #expect(failed > 0 || faults.kind == .truncate)
  }

  /// A name that is not safe is no place for a vote: neither server nor kiosk begins when the directory of its journal cannot
  /// be synced.
  @Test func nobodyBeginsWhenTheJournalsNameIsNotSafe() async throws {
    let bench = try await Bench()
    let serving = try await bench.run(
      Binaries.server, ["serve", "--config", "\(bench.data)/binhchon.yaml", "--listen", "127.0.0.1:0"], .directory, 1,
      below: bench.data)
    #expect(serving.failure != nil)
    #expect(serving.0.status == 74, "\(serving.0.errors)")
    #expect(!serving.0.errors.contains("serving"))

    let spool = "\(bench.place)/spool"
    let kiosk = [
      "kiosk", "--identity", "\(bench.data)/certs/kiosk", "--poll", Ballots.poll, "--unit",
      "hai-chau/mot-cua/quay-01", "--spool", spool, "--acknowledge", "--wait", "10", "--server",
    ]
    let server = try await ServerProcess.start(bench.data)
    let first = try await EndToEndTests.run(Binaries.client, kiosk + [server.address], input: "5")
    #expect(first.status == 0, "\(first.errors)")
    let tapping = try await bench.run(Binaries.client, kiosk + [server.address], .directory, 1, input: "4")
    #expect(tapping.failure != nil)
    #expect(tapping.0.status == 74, "\(tapping.0.errors)")
    #expect(!tapping.0.output.contains("kept"))
    #expect(await server.stop() == 0)
  }

  /// Negative control: a program that does not look at what a sync says is found out.
  @Test func aSyncThatNobodyLooksAtIsFound() async throws {
    let bench = try await Bench()
    let script = #"cp "$1" "$2" && { sync "$2" || true; }"#
    let ended = try await bench.run(
      "/bin/sh", ["-c", script, "sh", bench.backup, bench.target(.backup)], .sync, 1)
    #expect(ended.failure != nil)
    #expect(ended.0.status == 0 && bench.isMade(.backup), "the harness would not see it")
  }

  /// A ledger with a vote in it, its backup, and a place to make things in.
  private final class Bench: Sendable {
    private let directory: TemporaryDirectory
    let backup: String
    var data: String { "\(directory.path)/data" }
    var place: String { "\(directory.path)/place" }

    init() async throws {
      directory = try TemporaryDirectory()
      backup = "\(directory.path)/backup.db"
      for arguments in [["init", data, "--demo"], ["backup", "--to", backup, data]] {
        let ended = try await EndToEndTests.run(Binaries.server, arguments)
        try #require(ended.status == 0, "\(ended.errors)")
      }
      try clear()
    }

    func clear() throws {
      try? FileManager.default.removeItem(atPath: place)
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    }

    func target(_ command: Command) -> String {
      switch command {
      case .create: "\(place)/above/data"
      case .backup: "\(place)/copy.db"
      case .restore: "\(place)/restored"
      }
    }

    private func arguments(_ command: Command) -> [String] {
      switch command {
      case .create: ["init", target(command)]
      case .backup: ["backup", "--to", target(command), data]
      case .restore: ["restore", backup, target(command), "--pepper", "\(data)/pepper"]
      }
    }

    func run(_ command: Command) async throws -> Finished {
      try await EndToEndTests.run(Binaries.server, arguments(command))
    }

    func run(_ command: Command, _ kind: Kind, _ number: Int) async throws -> (Finished, failure: String?) {
      try await run(Binaries.server, arguments(command), kind, number)
    }

    /// With the n-th call of a kind below the place failing.
    func run(
      _ executable: String, _ arguments: [String], _ kind: Kind, _ number: Int, below: String? = nil,
      input: String? = nil
    ) async throws -> (Finished, failure: String?) {
      let calls = try await FailingCalls(kind, number, below: below ?? place, in: directory.path)
      let ended = try await EndToEndTests.run(executable, arguments, input: input, environment: calls.environment)
      return (ended, calls.failure)
    }

    /// SQLite goes on when it cannot sync the name of a journal. Of a file that is not finished that does no harm; of the others
    /// we sync it ourselves, with another call.
    func isSQLitesDirectory(_ failure: String) -> Bool {
      let parts = failure.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, ["fdatasync", "open64"].contains(parts[0]) else { return false }
      var isDirectory: ObjCBool = false
      // What `init` fills is renamed meanwhile.
      let name = String(parts[1])
      return name.contains("/data.init-") && !name.contains("/ledger")
        || FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Whether there is something under the name that was to be made.
    func isMade(_ command: Command) -> Bool {
      let name = command == .restore ? "\(target(command))/ledger.db" : target(command)
      return FileManager.default.fileExists(atPath: name)
    }

    func isWhole(_ command: Command) async throws -> Bool {
      let verified = try await EndToEndTests.run(Binaries.server, ["verify", target(command)])
      return verified.status == 0
    }
  }
}
