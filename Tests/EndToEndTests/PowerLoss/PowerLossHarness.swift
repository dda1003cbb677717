import FaultRun
import Foundation
import SeededRandom

/// Rebuilds the disk of recorded runs as a power loss would leave it, and looks whether what was promised is there.
///
/// Case i loses the power after event i mod n of all recordings together; what is lost goes round with the events and with
/// each time through them.
struct PowerLossHarness: Sendable {
  let run: FaultRun
  let recordings: [Recording]

  struct Case {
    var number: Int
    var recording: Int
    /// The last one that happened.
    var event: Int
    var loss: SimulatedDisk.Loss
  }

  struct Finding: Sendable {
    var number: Int
    var description: String
  }

  var events: Int { recordings.reduce(0) { $0 + $1.events.count } }

  func place(_ number: Int) -> Case {
    let losses = SimulatedDisk.Loss.allCases
    let turn = number % events
    var event = turn
    var recording = 0
    while event >= recordings[recording].events.count {
      event -= recordings[recording].events.count
      recording += 1
    }
    // Only a third of the cases after all events were met in every way: the other two would be the same again.
    let round = number / events
    let loss = round < losses.count ? losses[(turn + round) % losses.count] : .parts
    return Case(number: number, recording: recording, event: event, loss: loss)
  }

  /// Tries the cases, by several workers.
  func findings(_ numbers: some Sequence<Int>) async throws -> [Finding] {
    let cases = numbers.map { place($0) }.sorted { ($0.recording, $0.event) < ($1.recording, $1.event) }
    let workers = max(1, min(ProcessInfo.processInfo.activeProcessorCount, cases.count))
    let scratch = try Scratch()
    return try await withThrowingTaskGroup(of: [Finding].self) { group in
      for worker in 0..<workers {
        let part = Array(cases[(cases.count * worker / workers)..<(cases.count * (worker + 1) / workers)])
        group.addTask { try await findings(part, in: "\(scratch.path)/\(worker)") }
      }
      return try await group.reduce(into: []) { $0 += $1 }.sorted { $0.number < $1.number }
    }
  }

  private func findings(_ cases: [Case], in directory: String) async throws -> [Finding] {
    var findings: [Finding] = []
    for (index, recording) in recordings.enumerated() {
      let everCast = recording.everCast
      var disk = SimulatedDisk()
      var promised = Promised()
      var done = 0
      for entry in cases where entry.recording == index {
        while done <= entry.event {
          try disk.apply(recording.events[done])
          for promise in recording.promises[done] ?? [] { promised.add(promise) }
          done += 1
        }
        var random = run.random(entry.number)
        let image = disk.image(entry.loss, random: &random)
        let rebuilt = try RebuiltDisk(image, in: directory)
        let problems = try await rebuilt.problems(recording, promised, everCast)
        if problems.isEmpty { continue }
        findings.append(
          Finding(
            number: entry.number,
            description: "\(recording.place) after event \(entry.event), \(recording.events[entry.event].summary), "
              + "lost: \(entry.loss): \(problems.joined(separator: "; "))"))
      }
    }
    return findings
  }

  /// A place for rebuilt disks: in memory where there is one, for the rooms sync all they do.
  private final class Scratch: Sendable {
    let path: String

    init() throws {
      let memory = "/dev/shm"
      let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
      path = "\(base)/binhchon-power-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
      try? FileManager.default.removeItem(atPath: path)
    }
  }
}

extension Recording {
  /// All ballots, in the order of their answers.
  var everCast: [Data] {
    var ids: [Data] = []
    for (_, promises) in promises.sorted(by: { $0.key < $1.key }) {
      for case .ballots(let answered) in promises { ids += answered }
    }
    return ids
  }
}

extension DiskEvent {
  /// Without the bytes.
  var summary: String {
    switch self {
    case .write(let path, let offset, let bytes): "\(bytes.count) bytes to \(path) at \(offset)"
    case .said(let bytes): "said \(bytes.count) bytes"
    default: "\(self)"
    }
  }
}
