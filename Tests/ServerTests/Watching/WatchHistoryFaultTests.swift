import FaultRun
import Foundation
import Tallies
import Testing

/// P6: a watch never goes back, never lies, never hangs.
@Suite(.serialized, .timeLimit(.minutes(240)))
struct WatchHistoryFaultTests {
  /// A directory of its own for each history: in memory if there is such a place, for nothing here is about the disk.
  private static func inDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
    let directory = "\(parent)/binhchon-watch-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body(directory)
  }

  @Test func everyHistoryOfAWatchIsTrue() async throws {
    let run = FaultRun("P6", cases: 300)
    var counts = WatchHistory.Counts()
    for number in run.cases {
      do {
        let (faults, its) = try await Self.inDirectory { directory in
          var history = try WatchHistory(directory, run.random(number))
          return (try await history.run(), history.counts)
        }
        counts += its
        #expect(faults.isEmpty, "\(faults.prefix(3).joined(separator: "\n")); \(run.replay(number))")
      } catch {
        Issue.record("\(error); \(run.replay(number))")
      }
    }
    print(
      "P6: \(run.cases.count) histories, \(counts.tellings) tellings to \(counts.watchers) watchers of "
        + "\(counts.entries) entries; \(counts.crashes) crashes, \(counts.restores) restores, \(counts.reloads) reloads"
    )
    if run.cases.count >= 50 {
      #expect(counts.crashes > 0 && counts.restores > 0 && counts.reloads > 0)
      #expect(counts.tellings > run.cases.count)
    }
  }

  /// The same histories under hubs that go wrong: each kind is found in a few of them.
  @Test(arguments: WatchPlant.allCases)
  func aHubThatGoesWrongIsFound(_ plant: WatchPlant) async throws {
    let run = FaultRun("P6", cases: 40)
    for number in run.cases.lowerBound..<run.cases.lowerBound + 40 {
      let faults = try await Self.inDirectory { directory in
        var history = try WatchHistory(
          directory, run.random(number), patience: .seconds(2), plant: plant.carrier())
        return try await history.run()
      }
      if faults.contains(where: { $0.contains(plant.fault) }) { return }
    }
    Issue.record("\(plant) was not found in 40 histories of seed \(run.seed)")
  }
}
