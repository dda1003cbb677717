import Foundation
import Ledger
import Polling
import Testing

@testable import Server

/// What lies where publications are remembered, and is not what a server can go on from: kept as it is, never written over, and
/// taken for "anything may have been told".
@Suite(.timeLimit(.minutes(2))) struct PublicationMemoryTests {
  typealias Office = PublishedFiguresTests.Office

  enum Lying: CaseIterable {
    case unreadable, ofAnotherFormat, ofAnotherLedger

    func data(epoch: String) throws -> Data {
      var records = PublicationRecords(epoch: epoch)
      switch self {
      case .unreadable: return Data("{".utf8)
      case .ofAnotherFormat: records.format = 0
      case .ofAnotherLedger: records.epoch = "another"
      }
      return try JSONEncoder().encode(records)
    }
  }

  private static func aside(_ directory: String) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
      .filter { $0.hasPrefix("publications.json.") }.sorted()
      .map { try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\($0)")) }
  }

  @Test(arguments: Lying.allCases) func whatAServerCannotGoOnFromIsPutAside(_ lying: Lying) async throws {
    let office = try Office()
    let file = URL(fileURLWithPath: office.directory + "/publications.json")
    var assembly = try await office.open()
    try await office.publish(assembly)
    try await office.cast(assembly, 9, "RHL")
    office.pass(1)
    #expect(PublishedFiguresTests.total(try await PublishedFiguresTests.tally(assembly)) == "9 0 0 0 0 9")
    await assembly.close()
    #expect(try Self.aside(office.directory) == [])

    let data = try lying.data(epoch: assembly.epoch)
    // Twice at the same time, by this clock.
    for times in 1...2 {
      try data.write(to: file)
      assembly = try await office.open()
      #expect(try Self.aside(office.directory) == Array(repeating: data, count: times))
      let tally = try await PublishedFiguresTests.tally(assembly)
      #expect(PublishedFiguresTests.total(tally) == "– – – – – –")
      #expect(tally.publishedFrom == Day(of: office.now.withLock { $0 }).advanced(by: 1).description)
      await assembly.close()
    }
    // From here on there is a memory.
    assembly = try await office.open()
    #expect(try Self.aside(office.directory).count == 2)
    try await office.cast(assembly, 7, "RHL")
    office.pass(1)
    #expect(PublishedFiguresTests.total(try await PublishedFiguresTests.tally(assembly)) == "– – – – – –")
    await assembly.close()
  }

  /// A backup from before a poll had any counts: what was published since, and kiosks offer again, is told of nobody knows
  /// how.
  @Test func aRestoredPollWithoutCountsIsForgottenToo() async throws {
    let office = try Office()
    var assembly = try await office.open()
    try await office.publish(assembly)
    let backup = office.directory + "/backup.db"
    _ = try LedgerBackup.run(directory: office.directory, to: backup)
    try await office.cast(assembly, 9, "RHL")
    office.pass(1)
    #expect(PublishedFiguresTests.total(try await PublishedFiguresTests.tally(assembly)) == "9 0 0 0 0 9")
    await assembly.close()
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm", "publications.json"] {
      try? FileManager.default.removeItem(atPath: "\(office.directory)/\(file)")
    }
    _ = try LedgerRestore.run(backup: backup, to: office.directory)
    assembly = try await office.open()
    try await office.cast(assembly, 10, "RHL")
    office.pass(1)
    let tally = try await PublishedFiguresTests.tally(assembly)
    // 10 would tell of the one who came since.
    #expect(PublishedFiguresTests.total(tally) == "– – – – – –")
    #expect(!tally.publishedFrom.isEmpty)
    await assembly.close()
  }

  /// With what was taken away again.
  @Test func whatIsKeptComesBack() throws {
    let poll = try HaiChauPoll.poll()
    let (today, rule) = (Day(number: 20_000), try SuppressionRule())
    var publication = Publication()
    for (revision, count) in ([100, 60, 60, 80] as [Int64]).enumerated() {
      let cells = [CellKey.Subject.ballots, .votes(question: "hai-long", choice: "HL")].map {
        (DailyCounts.Cell(unit: poll.units[0].path, day: today.advanced(by: -60), subject: $0), count)
      }
      publication.release(
        DailyCounts(Dictionary(uniqueKeysWithValues: cells)), of: Publication.Outline(poll), by: rule, today: today,
        revision: UInt64(revision + 1))
    }
    #expect(publication.hasCorrections)
    let now = Timestamp(milliseconds: 1)
    let kept = try JSONEncoder().encode(
      PublicationRecord(publication, threshold: 5, pollVersion: 1, asOf: now, nextTry: now))
    #expect(try JSONDecoder().decode(PublicationRecord.self, from: kept).publication == publication)
  }

  /// By what lies in the directory of a ledger that was put back, beside a backup with a good copy.
  @Test(arguments: [Lying?.none] + Lying.allCases) func whatARestoreGoesOnFrom(_ lying: Lying?) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let backup = directory.path + "/backup.db"
    try PublicationShelf(path: PublicationMemory.path(besides: backup)).save(PublicationRecords(epoch: "old"))
    let file = directory.appending(path: "publications.json")
    func carryOver() throws -> PublicationMemory.Restored {
      try PublicationMemory.carryOver(
        backup: backup, directory: directory.path, from: "old", to: "new", through: 0, isComplete: true)
    }
    guard let lying else {
      #expect(try carryOver() == .copied)
      #expect(try PublicationShelf(directory: directory.path).load()?.epoch == "new")
      return
    }
    let data = try lying.data(epoch: "old")
    try data.write(to: file)
    if lying == .unreadable {
      #expect(throws: DecodingError.self) { try carryOver() }
    } else {
      #expect(try carryOver() == .nothing)
    }
    #expect(try Data(contentsOf: file) == data)

    if lying == .unreadable { return }
    // An administrator says that nobody was told anything: what lay there may yet be wanted.
    try PublicationMemory.beginAnew(
      [], directory: directory.path, epoch: "new", known: [PollID("p")], now: Timestamp(milliseconds: 7))
    #expect(try Self.aside(directory.path) == [data])
    #expect(try PublicationShelf(directory: directory.path).load()?.forgotten == ["p"])
  }
}
