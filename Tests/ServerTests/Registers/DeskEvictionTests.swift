import Foundation
import Ledger
import Polling
import SeededRandom
import Synchronization
import Testing

@testable import Server

/// Desks hold a few registers. While one of more is being read, so many others are asked for that any may be let go of: who asked
/// gets what the ledger has.
@Suite(.timeLimit(.minutes(2))) struct DeskEvictionTests {
  private static let registers = 24

  /// A ledger in which, once, something happens between the reading of a register and its answer.
  private final class SlowReader: RegisterReader, UrnReader {
    let ledger: SQLiteLedger
    let meanwhile = Mutex<(@Sendable () async throws -> Void)?>(nil)

    init(_ ledger: SQLiteLedger) { self.ledger = ledger }

    func registers(_ kind: Register.Kind) async throws(LedgerFileError) -> [String: UInt64] {
      try await ledger.registers(kind)
    }

    func acts(of register: Register, after: UInt64, limit: Int) async throws(LedgerFileError) -> [EnteredAct] {
      let acts = try await ledger.acts(of: register, after: after, limit: limit)
      let work = meanwhile.withLock { work in
        defer { work = nil }
        return work
      }
      do { try await work?() } catch { throw LedgerFileError(.damaged, "\(error)") }
      return acts
    }

    func urn(of register: Register) async throws(LedgerFileError) -> Urn { try await ledger.urn(of: register) }
  }

  /// A desk, as far as this matters.
  private struct Desk {
    /// Of a register, by its place: the first act, or another one.
    var enter: @Sendable (Int, _ isFirst: Bool) async throws -> Void
    /// How many acts its standing has, and what they come to.
    var standing: @Sendable (Int) async throws -> (acts: UInt64, sum: Int)
  }

  private static func withLedger(_ body: (SQLiteLedger, SlowReader) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "binhchon-desks-\(UUID().uuidString)").path
    try SQLiteLedger.create(directory: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let (ledger, _) = try SQLiteLedger.open(directory: directory, observer: { _ in })
    do {
      try await body(ledger, SlowReader(ledger))
    } catch {
      await ledger.close()
      throw error
    }
    await ledger.close()
  }

  /// - Parameters:
  ///   - other: enters acts that the desk does not know of.
  private static func check(_ desk: Desk, other: Desk, _ reader: SlowReader) async throws {
    for number in 0..<registers {
      try await other.enter(number, true)
      try await other.enter(number, false)
    }
    for number in 0..<registers {
      let warm = try await desk.standing(number)
      #expect(warm == (2, 1), "\(number)")
      reader.meanwhile.withLock { meanwhile in
        meanwhile = {
          for other in 0..<registers where other != number { _ = try await desk.standing(other) }
        }
      }
      let held = try await desk.standing(number)
      #expect(held == (2, 1), "\(number): nothing new")
      try await other.enter(number, false)
      reader.meanwhile.withLock { meanwhile in
        meanwhile = {
          for other in 0..<registers where other != number { _ = try await desk.standing(other) }
          // Others came further meanwhile.
          try await other.enter(number, false)
          _ = try await desk.standing(number)
        }
      }
      let grown = try await desk.standing(number)
      #expect(grown.acts >= 3 && UInt64(grown.sum) == grown.acts - 1, "\(number)")
      let last = try await desk.standing(number)
      #expect(last == (4, 3), "\(number): no older fold was written over a newer one")
    }
  }

  private static let now = BallotIntakeTests.now
  private static func id() -> Act.ID { Act.ID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)) }

  @Test func paper() async throws {
    try await Self.withLedger { ledger, reader in
      var poll = try HaiChauPoll.poll()
      poll.version = 1
      let known = poll
      func desk(_ reader: any RegisterReader) -> Desk {
        let desk = PaperDesk(ledger: ledger, reader: reader) { _, _ in known }
        return Desk(
          enter: { number, isFirst in
            let day = DaySpan(first: Day(number: 20_000), last: Day(number: 20_000))
            let standing = try await desk.standing(known.id, try PaperBatchCode("b\(number)")).batch
            let manifest = PaperManifest(
              pollVersion: 1, unit: known.unit, period: day,
              questionnaires: (standing.manifest?.questionnaires ?? 0) + 1)
            _ = try await desk.enter(
              PaperDesk.Intent(
                event: .putManifest(manifest, why: isFirst ? "" : "thêm"), id: Self.id(),
                person: PaperPerson(.coordinator, "hai-chau/hoa"), by: "coordinator/hai-chau/hoa",
                scope: known.unit, at: Self.now,
                isSealed: false, allowsSingleEntry: false),
              known.id, try PaperBatchCode("b\(number)"))
          },
          standing: { number in
            let standing = try await desk.standing(known.id, try PaperBatchCode("b\(number)"))
            return (standing.number, Int(standing.batch.manifest?.questionnaires ?? 0) - 1)
          })
      }
      try await Self.check(desk(reader), other: desk(ledger), reader)
    }
  }

  @Test func votes() async throws {
    try await Self.withLedger { ledger, reader in
      var random = SplitMix64(seed: 9)
      let vault = Vault(&random)
      let slate = try SecretElection.slate(4)
      func desk(_ reader: any RegisterReader & UrnReader) -> Desk {
        let desk = NomineeVoteDesk(ledger: ledger, reader: reader, opener: vault.opener)
        let register: @Sendable (Int) throws -> Register = { .vote(try RecordID("c"), try RecordID("v\($0)")) }
        return Desk(
          enter: { number, isFirst in
            let hash = (0..<32).map { _ in UInt8.random(in: 0...255) }
            let event: NomineeVoteEvent =
              isFirst
              ? .open(
                VoteDefinition(
                  campaignVersion: 1, unit: slate.unit, rules: slate.rules, nominees: slate.nominees,
                  electorate: .codes, secrecy: VoteDefinition.Secrecy(publicKey: vault.publicKey)))
              : .codes([hash])
            _ = try await desk.enter(
              event, try register(number),
              NomineeVoteDesk.Intent(id: Self.id(), by: "coordinator/dong-da/kim", at: Self.now))
          },
          standing: { number in
            let standing = try await desk.standing(try register(number))
            return (standing.number, standing.book.codes.count)
          })
      }
      try await Self.check(desk(reader), other: desk(ledger), reader)
    }
  }

  private static func campaign(_ id: RecordID<Campaign>) throws -> Campaign {
    let period = try #require(ReportingPeriod(start: Day(number: 19_358), end: Day(number: 19_723)))
    return Campaign(
      id: id, title: LocalizedText(vi: "Dân vận khéo 2023", en: ""), period: period, unit: try UnitPath("dong-da"),
      level: .district, subjects: [.model], fields: [], allowsNoField: true)
  }

  @Test func campaigns() async throws {
    try await Self.withLedger { ledger, reader in
      func desk(_ reader: any RegisterReader) -> Desk {
        let desk = CampaignDesk(ledger: ledger, reader: reader)
        return Desk(
          enter: { number, isFirst in
            let id = try RecordID<Campaign>("c\(number)")
            let event: CampaignEvent =
              isFirst ? .publish(try Self.campaign(id)) : .addTeam("Tổ \(UInt32.random(in: 0 ... .max))")
            _ = try await desk.enter(
              CampaignDesk.Intent(
                event: event, id: Self.id(),
                person: CampaignPerson(
                  isFirst ? .administrator : .screening(.coordinator), "dong-da/kim", scope: try UnitPath("dong-da")),
                by: isFirst ? "admin/dong-da/kim" : "coordinator/dong-da/kim", at: Self.now),
              id)
          },
          standing: { number in
            let standing = try await desk.standing(try RecordID("c\(number)"))
            return (standing.number, standing.book.inspections?.teams.count ?? 0)
          })
      }
      try await Self.check(desk(reader), other: desk(ledger), reader)
    }
  }
}
