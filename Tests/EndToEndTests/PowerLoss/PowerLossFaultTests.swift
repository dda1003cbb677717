import FaultRun
import Foundation
import SeededRandom
import Testing

/// Promise P1: an acknowledged vote survives a power loss, once. So do a thanked tap, a made directory, a backup and a
/// restored ledger.
///
/// Real programs are recorded once per process. Recordings differ a little from run to run, for threads race, so the logs of a
/// run that found something are kept, and `BINHCHON_POWER_LOG` names the directory for the replay.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct PowerLossFaultTests {
  private static let run = FaultRun("P1", cases: 5_000)

  private static let given = ProcessInfo.processInfo.environment["BINHCHON_POWER_LOG"]

  /// Recorded once, or read.
  private static let recorded = Task { () async throws -> (logs: RecordedLogs, recordings: [Recording]) in
    let logs: RecordedLogs
    if let given {
      logs = try RecordedLogs(given)
    } else {
      logs = try await Recorder.record(SplitMix64(seed: run.seed))
    }
    return (logs, try Recording.Place.allCases.map { try Recording($0, from: logs) })
  }

  @Test func acknowledgedVotesSurviveAPowerLoss() async throws {
    let begin = ContinuousClock.now
    let (logs, recordings) = try await Self.recorded.value
    let harness = PowerLossHarness(run: Self.run, recordings: recordings)
    let recorded = ContinuousClock.now
    let findings = try await harness.findings(Self.run.cases)
    if !findings.isEmpty {
      let kept = Self.given ?? "\(NSTemporaryDirectory())/binhchon-power-loss-\(Self.run.seed)"
      if Self.given == nil { try logs.keep(in: kept) }
      for finding in findings.prefix(10) {
        Issue.record("\(finding.description); BINHCHON_POWER_LOG=\(kept) \(Self.run.replay(finding.number))")
      }
    }
    #expect(findings.count == 0, "of \(Self.run.cases.count) states")
    let counts = recordings.map { "\($0.events.count) events of the \($0.place), \($0.promises.count) with a promise" }
    print(
      "P1: \(Self.run.cases.count) states, \(findings.count) with a loss; \(counts.joined(separator: "; ")); "
        + "recorded in \(recorded - begin), rebuilt in \(ContinuousClock.now - recorded)")
  }

  enum Bug: CaseIterable {
    /// As with a disk that lies, or `synchronous = NORMAL`.
    case noSyncOfTheJournal
    case noSyncOfDirectories
    case anAnswerBeforeTheSync
    case noSyncOfTheSpoolsJournal
    case noSyncOfTheBackup

    private static let journal = "\(RebuiltDisk.data)/ledger.db-wal"

    var place: Recording.Place { self == .noSyncOfTheSpoolsJournal ? .kiosk : .server }

    /// The same run of programs that have the bug.
    func planted(in recording: Recording) -> Recording {
      var bugged = recording
      let directories = Set(
        recording.events.compactMap { if case .makeDirectory(let path) = $0 { path } else { nil } }
          + ["", RebuiltDisk.data])
      func isDropped(_ path: String) -> Bool {
        switch self {
        case .noSyncOfTheJournal: path == Self.journal
        case .noSyncOfTheSpoolsJournal: path == "spool/spool.db-wal"
        case .noSyncOfTheBackup: path.hasPrefix("backup.db")
        case .noSyncOfDirectories: directories.contains(path)
        case .anAnswerBeforeTheSync: false
        }
      }
      if self == .anAnswerBeforeTheSync {
        // With the last write to the journal before it, that is: before that one's sync.
        bugged.promises = [:]
        for (event, promises) in recording.promises {
          let write = recording.events[..<event].lastIndex {
            if case .write(Self.journal, _, _) = $0 { true } else { false }
          }
          bugged.promises[write ?? event, default: []] += promises
        }
      } else {
        // In their place something that does nothing, lest the promises move.
        bugged.events = recording.events.map { event in
          switch event {
          case .sync(let path) where isDropped(path): .said([])
          case .syncBegins(let path) where isDropped(path): .said([])
          default: event
          }
        }
      }
      return bugged
    }
  }

  /// Negative controls: a program with the bug loses something, and the harness says so.
  @Test(arguments: Bug.allCases)
  func aPlantedBugIsFound(_ bug: Bug) async throws {
    let recordings = try await Self.recorded.value.recordings.filter { $0.place == bug.place }
    let harness = PowerLossHarness(run: Self.run, recordings: recordings.map { bug.planted(in: $0) })
    // Spread over all events.
    let states = 240
    let cases = (0..<states).map { $0 * harness.events / states }
    let findings = try await harness.findings(cases)
    #expect(!findings.isEmpty, "\(bug) lost nothing in \(states) states: this harness tests nothing")
    print(
      "P1, \(bug): \(findings.count) of \(states) states with a loss, such as: \(findings.first?.description ?? "")")
  }
}
