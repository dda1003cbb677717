import CFaultVFS
import CSQLite3
import Glibc
import Polling
import Synchronization
import Testing

@testable import Ledger

/// A directory that is gone when the test is.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("\(TemporaryDirectory.base)/binhchon-ledger-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { template in
      template.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = try #require(made)
  }

  deinit {
    remove(path)
  }

  private static var base: String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  }

  private func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      closedir(directory)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// A SQLite VFS that fails on request, under a name of its own.
final class FaultyDisk: Sendable {
  private static let created = Atomic<Int>(0)
  let name: String
  // A pointer to a C object that locks for itself and is never freed.
  private nonisolated(unsafe) let vfs: OpaquePointer

  init() throws {
    name = "faulty-\(FaultyDisk.created.add(1, ordering: .relaxed).newValue)"
    vfs = try #require(fault_vfs_create(name))
  }

  struct Operations: OptionSet {
    let rawValue: Int32
    static let write = Operations(rawValue: Int32(FAULT_WRITE))
    static let sync = Operations(rawValue: Int32(FAULT_SYNC))
    static let open = Operations(rawValue: Int32(FAULT_OPEN))
    static let truncate = Operations(rawValue: Int32(FAULT_TRUNCATE))
    static let delete = Operations(rawValue: Int32(FAULT_DELETE))
    static let sharedMemory = Operations(rawValue: Int32(FAULT_SHARED_MEMORY))
    static let any = Operations(rawValue: Int32(FAULT_ANY))
  }

  /// The n-th of these operations from now fails, and with `forever` all after it.
  func fail(
    _ operations: Operations, on suffix: String = "", number n: Int64 = 1, with error: Int32, forever: Bool = false
  ) {
    fault_vfs_arm(vfs, operations.rawValue, suffix, n, error, forever ? 1 : 0)
  }

  func heal() {
    fault_vfs_arm(vfs, 0, "", 0, 0, 0)
    fault_vfs_room(vfs, -1)
  }

  /// From now on all files together may grow by so many bytes; then the disk is full.
  func leaveRoom(_ bytes: Int64) {
    fault_vfs_room(vfs, bytes)
  }

  /// Counts these operations from now on, and lets them be.
  func count(_ operations: Operations, on suffix: String) {
    fault_vfs_arm(vfs, operations.rawValue, suffix, 0, 0, 0)
  }

  var counted: Int64 { fault_vfs_calls(vfs) }

  var hasFailed: Bool { fault_vfs_happened(vfs) != 0 }
}

/// A ledger as a test wants it, with everything its observer and its failure said.
final class Bench: Sendable {
  let directory: TemporaryDirectory
  let ledger: SQLiteLedger
  let state: LedgerState
  let seen: Seen

  final class Seen: Sendable {
    let commits = Mutex<[Commit]>([])
    let failures = Mutex<[String]>([])
  }

  /// A new ledger with the sample poll in it.
  static func new(_ options: SQLiteLedger.Options = .init(), poll: Poll? = nil) async throws -> Bench {
    let directory = try TemporaryDirectory()
    try SQLiteLedger.create(directory: directory.path)
    let bench = try Bench(directory, options)
    let outcomes = try await bench.ledger.append([.publish(try poll ?? Sample.poll(), by: "admin", at: Sample.time)])
    try #require(outcomes.count == 1)
    return bench
  }

  init(_ directory: TemporaryDirectory, _ options: SQLiteLedger.Options = .init()) throws {
    let seen = Seen()
    (ledger, state) = try SQLiteLedger.open(
      directory: directory.path, options: options,
      onFailure: { problem in seen.failures.withLock { $0.append(problem) } },
      observer: { commit in seen.commits.withLock { $0.append(commit) } })
    self.directory = directory
    self.seen = seen
  }

  /// The same ledger, closed and opened again.
  func reopened() async throws -> Bench {
    await ledger.close()
    return try Bench(directory)
  }

  var commits: [Commit] { seen.commits.withLock { $0 } }
  var failures: [String] { seen.failures.withLock { $0 } }

  func append(_ submissions: Submission...) async throws -> [Outcome] {
    try await ledger.append(submissions)
  }

  func verify() throws -> VerifyReport {
    try LedgerVerifier.run(directory: directory.path)
  }

  /// Everything the state it was opened with and its commits since add up to.
  var cells: [PollID: [CellKey: Int64]] {
    var sum = state.cells
    for commit in commits {
      for (poll, delta) in commit.cells {
        for (key, count) in delta { sum[poll, default: [:]][key, default: 0] += count }
      }
    }
    return sum.mapValues { $0.filter { $0.value != 0 } }.filter { !$0.value.isEmpty }
  }
}

extension Bench {
  /// The same, of everything that was answered: answers to batches do not wait for the observer, this one does.
  var observedCells: [PollID: [CellKey: Int64]] {
    get async throws {
      _ = try await append(.recall(try Sample.ballot(0)))
      return cells
    }
  }
}

enum Sample {
  static let time = Timestamp(milliseconds: 1_602_640_800_000)  // 2020-10-14 09:00 in Hải Châu
  static let levels = ["RKHL", "KHL", "BT", "HL", "RHL"]

  static func poll(
    _ id: String = "hai-chau-hai-long", title: String = "Mức độ hài lòng", onePerCredential: Bool = false
  ) throws -> Poll {
    Poll(
      id: try PollID(id), title: LocalizedText(vi: title, en: "Satisfaction"), unit: try UnitPath("hai-chau"),
      units: try ["hai-chau/mot-cua/quay-01", "hai-chau/mot-cua/quay-02"].map {
        Unit(path: try UnitPath($0), name: LocalizedText(vi: $0, en: $0))
      },
      questions: [
        Question(
          id: "muc-do", text: LocalizedText(vi: "Mức độ", en: "Level"), kind: .ordinal,
          choices: levels.map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) }),
        Question(
          id: "ly-do", text: LocalizedText(vi: "Lý do", en: "Reason"), kind: .multiple(votesAllowed: 2),
          isOptional: true, choices: ["cho", "thai-do"].map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) }),
      ], policy: Policy(onePerCredential: onePerCredential))
  }

  static func id(_ number: UInt64) -> BallotID {
    BallotID(time: time, precision: .second, random: (number >> 32, number))
  }

  static func ballot(
    _ number: UInt64, poll: String = "hai-chau-hai-long", version: UInt32 = 1,
    unit: String = "hai-chau/mot-cua/quay-01", level: String = "RHL", credential: UInt8? = nil
  ) throws -> Ballot {
    Ballot(
      id: id(number), poll: try PollID(poll), pollVersion: version, unit: try UnitPath(unit), channel: .kiosk,
      deviceTime: time, answers: [Answer(question: "muc-do", choices: [level])],
      credential: credential.map { [UInt8](repeating: $0, count: 32) }, kioskSequence: number)
  }

  static func record(_ ballot: Ballot, at received: Timestamp = time, source: String = "kiosk") -> CastVoteRecord {
    CastVoteRecord(
      ballot: ballot, countedVersion: ballot.pollVersion == 0 ? 1 : nil, receivedTime: received,
      skewMilliseconds: nil, day: Day(of: received), flags: [], source: source)
  }

  static func cast(
    _ number: UInt64, poll: String = "hai-chau-hai-long", version: UInt32 = 1,
    unit: String = "hai-chau/mot-cua/quay-01", level: String = "RHL", credential: UInt8? = nil,
    at received: Timestamp = time, isOpen: Bool = true
  ) throws -> Submission {
    let ballot = try ballot(
      number, poll: poll, version: version, unit: unit, level: level, credential: credential)
    return .cast(record(ballot, at: received), isOpen: isOpen)
  }

  static let kiosk = "kiosk/hai-chau/mot-cua/quay-01"
  static let spool = SpoolID(high: 1, low: 1)

  /// A press of a kiosk's spool, its number that of the ballot.
  static func press(
    _ number: UInt64, kiosk: String = kiosk, spool: SpoolID = spool, flags: RecordFlags = [], day: Int64 = 0
  ) throws -> Submission {
    var record = record(try ballot(number), source: kiosk)
    record.ballot.deviceTime = Timestamp(milliseconds: time.milliseconds + day * 86_400_000)
    record.spool = spool
    record.flags = flags
    return .cast(record, isOpen: true)
  }

  static func refused(
    _ number: UInt64, _ verdict: RefusedPress.Verdict = .rejected, kiosk: String = kiosk, spool: SpoolID = spool,
    poll: String = "hai-chau-hai-long", day: Int64 = 0
  ) throws -> Submission {
    var ballot = try ballot(number, poll: poll)
    ballot.deviceTime = Timestamp(milliseconds: time.milliseconds + day * 86_400_000)
    return .refusePress(
      RefusedPress(
        kiosk: kiosk, spool: spool, ballot: ballot, verdict: verdict, reason: "INVALID", receivedTime: time))
  }

  static func report(
    kiosk: String = kiosk, spool: SpoolID = spool, presses: UInt64 = 0, at: Int64 = 0, days: Int = 0
  ) throws -> KioskReport {
    KioskReport(
      kiosk: kiosk, unit: try UnitPath("hai-chau/mot-cua"), spool: spool, presses: presses, highestSequence: presses,
      pending: 0, held: 0, capacity: 1_000_000, version: "0.1", skewMilliseconds: nil, hasSetAsideSpool: false,
      days: (0..<days).map { .init(day: Day(number: Int32($0)), presses: 1, pending: 0) },
      at: Timestamp(milliseconds: time.milliseconds + at))
  }

  static func void(_ number: UInt64, within: String = "hai-chau") throws -> Submission {
    .void(id(number), within: try UnitPath(within), reason: "bấm nhầm", by: "admin", at: time)
  }

  static func close(_ poll: String = "hai-chau-hai-long") throws -> Submission {
    .close(try PollID(poll), reason: "hết hạn", by: "admin", at: time)
  }
}

extension Outcome {
  /// What it is, without its contents, for tables.
  var word: String {
    switch self {
    case .entered(let sequence, _): "entered \(sequence)"
    case .replayed(let sequence, _): "replayed \(sequence)"
    case .refused(let refusal): "\(refusal)"
    }
  }
}

extension CastOutcomes {
  var words: [String] { exceptions.map { "\($0.index) \($0.outcome.word)" } }
}

extension Ledger {
  func append(_ batch: CastBatch) async throws(LedgerError) -> CastOutcomes {
    let result = await withCheckedContinuation { continuation in
      append(batch) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Casts the sample ballots of these numbers as one batch. Returns what was not simply entered, with its index.
  func cast(_ numbers: UInt64...) async throws -> [String] {
    var batch = CastBatch()
    for number in numbers { batch.append(Sample.record(try Sample.ballot(number))) }
    return try await append(batch).words
  }
}
