import CFaultVFS
import FaultRun
import SeededRandom
import Testing

@testable import Kiosk

/// Promise P4, of the kiosk: on a disk of whatever size every tap that was thanked for is kept, and taps are taken again when
/// there is space.
@Suite(.timeLimit(.minutes(20))) struct FullSpoolFaultTests {
  /// What takes presses and returns the taps to thank for: the spool, or one with a bug.
  typealias Taker = (Spool, [Press]) throws(SpoolError) -> [Tap]

  /// Tries one disk. Returns what is wrong, in words, and how often the disk was full.
  private static func problems(
    _ number: Int, _ random: SplitMix64, _ take: Taker
  ) throws -> (problems: [String], wasFull: Int) {
    var random = random
    var problems: [String] = []
    let disk = try SpoolDiskTests.FaultyDisk()
    let directory = try TemporaryDirectory()
    var thanked: [Tap] = []
    var settled = 0
    var wasFull = 0
    do {
      let spool = try Spool(directory: directory.path, .init(), vfs: disk.name)
      var next: UInt64 = 1
      disk.leaveRoom(Int64(number % 40) * 6_000 + Int64.random(in: 0..<6_000, using: &random))
      for _ in 0..<4 {
        var refused: [Press] = []
        while refused.isEmpty, next < 4_000 {
          let presses = (0..<UInt64.random(in: 1...20, using: &random)).map { Samples.press(next + $0) }
          next += UInt64(presses.count)
          do throws(SpoolError) {
            thanked += try take(spool, presses)
            // The server answers for some; writing that down may find no room either.
            if Int.random(in: 0..<4, using: &random) == 0, settled < thanked.count {
              try spool.settle([Samples.settlement(thanked[settled])])
              settled += 1
            }
          } catch {
            guard error.code == .diskFull else { throw error }
            refused = presses
          }
        }
        if refused.isEmpty { break }
        wasFull += 1
        // Somebody makes room, a little at a time.
        var isTaken = false
        for _ in 0..<200 where !isTaken {
          disk.leaveRoom(Int64.random(in: 1..<20_000, using: &random))
          do throws(SpoolError) {
            // Others than before, for some of those may be in: when an answer could not be written down.
            thanked += try take(spool, [Samples.press(100_000 + next)])
            next += 1
            isTaken = true
          } catch {
            guard error.code == .diskFull else { throw error }
          }
        }
        if !isTaken { problems.append("taps were not taken again") }
      }
    }
    disk.leaveRoom(-1)
    let spool = try Spool(directory: directory.path)
    if let name = spool.setAside { problems.append("it was damaged: \(name)") }
    if spool.status.presses != UInt64(thanked.count) {
      problems.append("\(spool.status.presses) presses, \(thanked.count) thanked")
    }
    if try spool.pending(limit: 10_000, bytes: .max) != Array(thanked.dropFirst(settled)) {
      problems.append("what waits is not what was thanked for and not answered")
    }
    return (problems, wasFull)
  }

  @Test func aFullDiskLosesNoTap() throws {
    let run = FaultRun("P4", cases: 40)
    var wasFull = 0
    for number in run.cases {
      do {
        let tried = try Self.problems(number, run.random(number)) { (spool, presses) throws(SpoolError) in
          try spool.take(presses)
        }
        #expect(tried.problems == [], "\(run.replay(number))")
        #expect(tried.wasFull > 0, "the disk was never full: \(run.replay(number))")
        wasFull += tried.wasFull
      } catch {
        Issue.record("\(error): \(run.replay(number))")
      }
    }
    print("P4, kiosk: \(run.cases.count) disks, \(wasFull) times full")
  }

  /// Negative control: one that thanks whatever the disk says.
  @Test func thanksForWhatIsNotKeptAreFound() throws {
    let run = FaultRun("P4", cases: 4)
    var found = 0
    for number in run.cases {
      let tried = try Self.problems(number, run.random(number)) { (spool, presses) throws(SpoolError) in
        do throws(SpoolError) { return try spool.take(presses) } catch {
          guard presses.count > 1 else { throw error }
          return [Tap(sequence: 1, id: Samples.id(1), bytes: [], marks: [])]
        }
      }
      found += tried.problems.count
    }
    #expect(found > 0, "this harness tests nothing")
  }
}
