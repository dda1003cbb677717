import Foundation
import Ledger
import Polling
import Schema
import Testing

@testable import Server

/// What a recount says of `publications.json`, as servers write it.
@Suite(.timeLimit(.minutes(2))) struct PublicationCheckTests {
  typealias Office = PublishedFiguresTests.Office

  private static func check(_ office: Office) throws -> PublicationCheck {
    var check = try #require(PublicationCheck(directory: office.directory))
    let report = try LedgerVerifier.run(directory: office.directory, moments: check.moments)
    #expect(report.isClean)
    check.compare(with: report, mayEndEarlier: false)
    return check
  }

  /// A poll that was published once, and the ballots of it.
  private static func office() async throws -> (office: Office, assembly: Assembly, ballots: [Data]) {
    let office = try Office()
    let assembly = try await office.open()
    try await office.publish(assembly)
    let ballots = try await office.cast(assembly, 19, "RHL")
    try await office.cast(assembly, 8, "KHL")
    office.pass(1)
    #expect(PublishedFiguresTests.total(try await PublishedFiguresTests.tally(assembly)) == "27 0 8 0 0 19")
    return (office, assembly, ballots)
  }

  @Test func whatWasPublishedStaysEqualWhateverComesLater() async throws {
    let (office, assembly, ballots) = try await Self.office()
    let first = try Self.check(office)
    #expect(first.differences == [])
    #expect(first.equal > 30)
    // Voids after a publication, with a server running, and then more publications.
    for ballot in ballots.prefix(7) {
      let void = Binhchon_V1_VoidBallotRequest.with {
        $0.ballotID = ballot
        $0.reason = "thử"
      }
      _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(BallotMethods.voidBallot, void)
    }
    #expect(try Self.check(office) == first)
    for _ in 0..<4 {
      try await office.cast(assembly, 6, "HL")
      office.pass(31)
      _ = try await PublishedFiguresTests.tally(assembly)
      let check = try Self.check(office)
      #expect(check.differences == [])
      #expect(check.uncounted == 0)
      #expect(check.equal > 30)
    }
    await assembly.close()
  }

  @Test func aFigureThatWasChangedIsFound() async throws {
    let (office, assembly, _) = try await Self.office()
    await assembly.close()
    let shelf = PublicationShelf(directory: office.directory)
    let kept = try #require(try shelf.load())
    let equal = try Self.check(office).equal
    var state = try #require(kept.polls[PublishedFiguresTests.poll]?.states.first)
    func change(_ state: PublicationRecord.State) throws {
      var records = kept
      records.polls[PublishedFiguresTests.poll]?.states = [state]
      try shelf.save(records)
    }
    let place = try #require(state.counts.firstIndex { $0.choice == "KHL" })
    state.counts[place].count = 9
    try change(state)
    let found = try Self.check(office)
    let day = Day(number: state.today)
    #expect(
      found.differences.contains(
        "published of poll kin-dao on \(day) as of revision \(state.revision), hai-chau/mot-cua, total, hai-long=KHL: "
          + "the entries make 8, published was 9"), "\(found.differences)")
    #expect(found.equal + UInt64(found.differences.count) == equal)
    #expect(found.differences.allSatisfy { $0.contains("hai-long=KHL: ") })

    // The same where no figure was published.
    state.shown.removeAll { $0.choice == "KHL" }
    try change(state)
    #expect(
      try Self.check(office).differences == [
        "remembered of poll kin-dao on \(day) as of revision \(state.revision): 1 counts that the entries do not make, "
          + "in no published figure"
      ])

    // As of entries that there are not.
    state.revision = 1_000
    try change(state)
    #expect(
      try Self.check(office).differences == [
        "published of poll kin-dao as of revision 1000, and the entries end with 28"
      ])
  }

  @Test(arguments: PublicationMemoryTests.Lying.allCases)
  func aFileThatTellsNothingOfThisLedgerIsADifference(_ lying: PublicationMemoryTests.Lying) async throws {
    let office = try Office()
    let assembly = try await office.open()
    await assembly.close()
    let path = office.directory + "/publications.json"
    try lying.data(epoch: assembly.epoch).write(to: URL(fileURLWithPath: path))
    let differences = try Self.check(office).differences
    #expect(differences.count == 1)
    let words =
      switch lying {
      case .unreadable: "\(path) cannot be read: "
      case .ofAnotherFormat: "\(path) has a format that this version does not read"
      case .ofAnotherLedger: "\(path) is of another ledger: of epoch another, not \(assembly.epoch)"
      }
    #expect(differences.first?.hasPrefix(words) == true, "\(differences)")
    try FileManager.default.removeItem(atPath: path)
    #expect(PublicationCheck(directory: office.directory) == nil)
  }

  /// Of what was published of entries that no backup had no recount can tell; of everything else it can.
  @Test func whatWasPublishedOfLostEntriesIsNotCompared() async throws {
    var (office, assembly, _) = try await Self.office()
    let backup = office.directory + "/backup.db"
    _ = try LedgerBackup.run(directory: office.directory, to: backup)
    try await office.cast(assembly, 7, "HL")
    office.pass(1)
    #expect(PublishedFiguresTests.total(try await PublishedFiguresTests.tally(assembly)) == "34 0 8 0 7 19")
    // After the ledger itself was copied.
    #expect(try PublicationMemory.copy(directory: office.directory, besides: backup))
    let whole = try Self.check(office)
    #expect(whole.uncounted == 0)

    var copied = try #require(PublicationCheck(path: PublicationMemory.path(besides: backup)))
    copied.compare(with: try LedgerVerifier.run(backup: backup, moments: copied.moments), mayEndEarlier: true)
    #expect(copied.differences == [])
    #expect(copied.uncounted > 0 && copied.equal > 0)
    #expect(copied.equal + copied.uncounted == whole.equal)

    await assembly.close()
    for file in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      try? FileManager.default.removeItem(atPath: "\(office.directory)/\(file)")
    }
    let report = try LedgerRestore.run(backup: backup, to: office.directory)
    #expect(
      try PublicationMemory.carryOver(
        backup: backup, directory: office.directory, from: report.verified.epoch, to: report.epoch,
        through: report.verified.revision, isComplete: false) == .kept)
    let restored = try Self.check(office)
    #expect(restored.differences == [])
    #expect((restored.equal, restored.uncounted) == (copied.equal, copied.uncounted))

    // Entries with the same numbers as the lost ones, and others.
    assembly = try await office.open()
    try await office.cast(assembly, 6, "KHL")
    try await office.cast(assembly, 12, "HL")
    office.pass(1)
    #expect(PublishedFiguresTests.total(try await PublishedFiguresTests.tally(assembly)) == "45 0 14 0 12 19")
    await assembly.close()
    let later = try Self.check(office)
    #expect(later.differences == [])
    #expect(later.equal > restored.equal)
    #expect(later.uncounted == restored.uncounted)
  }
}
