import CFaultVFS
import Glibc
import Synchronization
import Testing

@testable import Kiosk

/// What a thanked tap is worth when the kiosk's disk fails or is full.
@Suite(.timeLimit(.minutes(2))) struct SpoolDiskTests {
  final class FaultyDisk: Sendable {
    private static let created = Atomic<Int>(0)
    let name: String
    // A pointer to a C object that locks for itself and is never freed.
    private nonisolated(unsafe) let vfs: OpaquePointer

    init() throws {
      name = "faulty-spool-\(FaultyDisk.created.add(1, ordering: .relaxed).newValue)"
      vfs = try #require(fault_vfs_create(name))
    }

    func fail(_ operations: Int, on suffix: String = "", number n: Int64 = 1, with error: Int32, forever: Bool = false)
    {
      fault_vfs_arm(vfs, Int32(operations), suffix, n, error, forever ? 1 : 0)
    }

    func count(_ operations: Int, on suffix: String) {
      fault_vfs_arm(vfs, Int32(operations), suffix, 0, 0, 0)
    }

    /// From now on all files together may grow by so many bytes; negative: without end.
    func leaveRoom(_ bytes: Int64) {
      fault_vfs_room(vfs, bytes)
    }

    var counted: Int64 { fault_vfs_calls(vfs) }
    var hasFailed: Bool { fault_vfs_happened(vfs) != 0 }
  }

  let disk: FaultyDisk
  let directory: TemporaryDirectory

  init() throws {
    disk = try FaultyDisk()
    directory = try TemporaryDirectory()
  }

  private func open() throws -> Spool { try Spool(directory: directory.path, .init(), vfs: disk.name) }

  /// Every press and every answer is synced before anybody hears of it.
  @Test func nobodyIsThankedBeforeASync() throws {
    let spool = try open()
    for number in 1...10 as ClosedRange<UInt64> {
      disk.count(FAULT_SYNC, on: "-wal")
      let taps = try spool.take([Samples.press(number)])
      #expect(disk.counted == 1)
      disk.count(FAULT_SYNC, on: "-wal")
      try spool.settle(taps.map { Samples.settlement($0) })
      #expect(disk.counted == 1)
    }
  }

  static let faults: [(operations: Int, error: Int32)] = [
    (FAULT_WRITE, EIO), (FAULT_SYNC, EIO), (FAULT_ANY, EIO), (FAULT_SYNC, ENOSPC),
  ].map { (Int($0.0), $0.1) }

  /// The n-th operation fails, for n = 1, 2, … until none does: the first failure is the last thing the spool does, and
  /// what it thanked for before is there afterwards, under its number.
  @Test(arguments: faults)
  func theFirstFailureStopsIt(_ operations: Int, _ error: Int32) throws {
    var hasFailed = true
    var n: Int64 = 0
    while hasFailed {
      n += 1
      let place = try TemporaryDirectory()
      var thanked: [Tap] = []
      var refused = 0
      do {
        let spool = try Spool(directory: place.path, .init(), vfs: disk.name)
        disk.fail(operations, number: n, with: error)
        for number in 1...12 as ClosedRange<UInt64> {
          do throws(SpoolError) {
            thanked += try spool.take([Samples.press(number)])
            #expect(refused == 0, "press \(number) was taken after a failure (n = \(n))")
          } catch {
            refused += 1
            #expect(error.code == .io)
          }
        }
        hasFailed = disk.hasFailed
        #expect(hasFailed || refused == 0)
        disk.fail(0, number: 0, with: 0)
      }
      let spool = try Spool(directory: place.path)
      #expect(spool.setAside == nil)
      let kept = try spool.pending(limit: 100)
      #expect(Array(kept.prefix(thanked.count)) == thanked)
      // The one that failed may be there as well.
      #expect(kept.count <= thanked.count + 1)
      #expect(kept.map(\.sequence) == (0..<kept.count).map { UInt64($0 + 1) })
    }
    #expect(n > 12)
  }

  /// The same while the spool is made or opened: there is none then, and the next one that opens it finds all there was.
  @Test(arguments: [FAULT_OPEN, FAULT_WRITE, FAULT_SYNC, FAULT_ANY].map { Int($0) }, [false, true])
  func aFailureInOpeningIsNoSpool(_ operations: Int, isThere: Bool) throws {
    var failed = 0
    for n in 1... as PartialRangeFrom<Int64> {
      let place = try TemporaryDirectory()
      let taps = isThere ? try Spool(directory: place.path).take([Samples.press(1), Samples.press(2)]) : []
      disk.fail(operations, number: n, with: EIO)
      do throws(SpoolError) {
        _ = try Spool(directory: place.path, .init(), vfs: disk.name)
        // What fails in closing takes nothing away.
        if !disk.hasFailed { break }
      } catch {
        #expect(error.code == .io, "\(error)")
        #expect(disk.hasFailed)
      }
      failed += 1
      disk.fail(0, number: 0, with: 0)
      let spool = try Spool(directory: place.path)
      #expect(spool.setAside == nil)
      #expect(try spool.pending(limit: 10) == taps)
    }
    // A start is written down in one that is there.
    #expect(failed > 0)
  }

  /// Whole presses or none; with room again they are taken again, without a gap in the numbers.
  @Test func aFullDiskIsNoEnd() throws {
    let spool = try open()
    var taken: [Tap] = []
    for round in 0..<10 as Range<UInt64> {
      disk.fail(Int(FAULT_WRITE), number: Int64(round) % 4 + 1, with: ENOSPC, forever: true)
      var refused = 0
      for number in 1...3 as ClosedRange<UInt64> {
        do throws(SpoolError) {
          taken += try spool.take([Samples.press(round * 100 + number)])
        } catch {
          #expect(error.code == .diskFull)
          refused += 1
        }
      }
      #expect(refused >= 1)
      disk.fail(0, number: 0, with: 0)
      taken += try spool.take([Samples.press(round * 100 + 50)])
    }
    #expect(taken.map(\.sequence) == (0..<taken.count).map { UInt64($0 + 1) })
    #expect(try spool.pending(limit: 1_000) == taken)
  }

  @Test func anAnswerThatCannotBeWrittenDownLeavesTheTapPending() throws {
    var taps: [Tap] = []
    do {
      let spool = try open()
      taps = try spool.take([Samples.press(1), Samples.press(2)])
      disk.fail(Int(FAULT_WRITE), with: EIO)
      #expect(throws: SpoolError.self) { try spool.settle([Samples.settlement(taps[0])]) }
      #expect(spool.status.pending == 2)
      #expect(throws: SpoolError.self) { try spool.pending(limit: 1) }
      disk.fail(0, number: 0, with: 0)
    }
    #expect(try open().pending(limit: 10) == taps)
  }
}
