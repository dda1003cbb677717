import Foundation
import Polling
import SQLite
import SeededRandom
import Testing

@testable import Ledger

/// Urns of secret votes: who voted and what was voted, apart, until a close that leaves neither.
@Suite(.timeLimit(.minutes(1)))
struct UrnTests {
  static let nominees = 12
  static let kim = "coordinator/dong-da/kim"

  static func register(_ name: String = "vote") throws -> Register {
    .vote(try RecordID("dan-van-kheo"), try RecordID(name))
  }

  static func definition(
    _ method: NomineeVote.Method = .choose(6), _ electorate: VoteDefinition.Electorate = .codes,
    isSecret: Bool = true, nominees: Int = nominees
  ) throws -> VoteDefinition {
    var rules = NomineeVote(method: method, quorum: Rational(1, over: 2), threshold: Rational("0.4"), places: 3)
    rules.ties = .chooseNone
    return VoteDefinition(
      campaignVersion: 2, unit: try UnitPath("dong-da"), rules: rules,
      nominees: try (0..<nominees).map {
        VoteDefinition.Nominee(try RecordID("mo-hinh-\($0)"), name: "Mô hình số \($0)")
      },
      electorate: electorate,
      secrecy: isSecret ? .init(publicKey: [UInt8](repeating: 3, count: 32), fewest: 3) : nil)
  }

  static func act(
    _ event: NomineeVoteEvent, _ id: UInt64, in definition: VoteDefinition?, _ register: Register, by: String = kim
  ) -> Act {
    Act(
      register: register, id: .init(high: 11, low: id), name: event.word.rawValue, body: event.body(in: definition),
      by: by, at: Sample.time)
  }

  static func random(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  /// Codes in their order.
  static func codes(_ count: Int, _ random: inout SplitMix64) -> [[UInt8]] {
    (0..<count).map { _ in Self.random(32, &random) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A vote that is open, with codes.
  static func opened(_ bench: Bench, _ codes: [[UInt8]], _ name: String = "vote") async throws -> VoteDefinition {
    let (definition, register) = (try definition(), try register(name))
    let base = UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
    let outcomes = try await bench.append(
      .act(act(.open(definition), base, in: nil, register), after: 0),
      .act(act(.codes(codes), base + 1, in: definition, register), after: 1))
    try #require(outcomes.allSatisfy { if case .entered = $0 { true } else { false } })
    return definition
  }

  static func drop(_ code: [UInt8], _ sealed: [UInt8], _ register: Register, after: UInt64 = 2) -> Submission {
    .drop(SealedBallot(register: register, spending: code, sealed: sealed), after: after)
  }

  @Test func aCodeIsSpentOnceAndNothingElseIsToldOfIt() async throws {
    var random = SplitMix64(seed: 1)
    var bench = try await Bench.new()
    let codes = Self.codes(4, &random)
    let ballots = (0..<5).map { _ in Self.random(96, &random) }
    let register = try Self.register()
    _ = try await Self.opened(bench, codes)
    let steps: [(Submission, Outcome)] = [
      (Self.drop(codes[0], ballots[0], register), .entered(sequence: 3, .dropped)),
      // The answer was lost.
      (Self.drop(codes[0], ballots[0], register), .replayed(sequence: 3, .dropped)),
      // Another try, whatever it holds.
      (Self.drop(codes[0], ballots[1], register), .refused(.alreadyRated)),
      (Self.drop(codes[1], ballots[0], register), .refused(.conflict)),
      (Self.drop(codes[1], ballots[1], register, after: 1), .refused(.staleAct(last: 2))),
      (Self.drop(codes[1], ballots[1], register), .entered(sequence: 3, .dropped)),
      // Both were cast, by whomever.
      (Self.drop(codes[0], ballots[1], register), .replayed(sequence: 3, .dropped)),
      (Self.drop(codes[2], ballots[2], try Self.register("other")), .refused(.unknownAct)),
    ]
    for (number, (submission, outcome)) in steps.enumerated() {
      #expect(try await bench.append(submission) == [outcome], "\(number)")
      bench = try await bench.reopened()
    }
    let urn = try await bench.ledger.urn(of: register)
    #expect(urn.spent == [codes[0], codes[1]])
    #expect(urn.sealed == [ballots[0], ballots[1]].sorted { $0.lexicographicallyPrecedes($1) })
    await bench.ledger.close()
    #expect(try bench.verify().differences == [])
  }

  @Test func theCloseTakesAllThatIsThereAndOnlyOnce() async throws {
    var random = SplitMix64(seed: 2)
    let bench = try await Bench.new()
    let codes = Self.codes(6, &random)
    let register = try Self.register()
    let definition = try await Self.opened(bench, codes)
    let ids = definition.nominees.map(\.id)
    let sheets: [[UInt8]?] = (0..<5).map { NomineeBallot([.init(ids[$0]), .init(ids[0])]).sheet(of: ids) }
    for index in 0..<4 { _ = try await bench.append(Self.drop(codes[index], Self.random(96, &random), register)) }
    let four = VoteClosing(definition, spent: Array(codes[..<4]), opened: Array(sheets[..<4]))
    let early = Self.act(.close(four), 9, in: definition, register)
    // One more came since the urn was read.
    _ = try await bench.append(Self.drop(codes[4], Self.random(96, &random), register))
    #expect(try await bench.append(.closeVote(early, after: 2, holding: 4)) == [.refused(.staleAct(last: 2))])
    let five = VoteClosing(definition, spent: Array(codes[..<5]), opened: sheets)
    let act = Self.act(.close(five), 10, in: definition, register)
    let entered = EnteredAct(number: 3, sequence: 4, act: act)
    #expect(try await bench.append(.closeVote(act, after: 2, holding: 5)) == [.entered(sequence: 4, .act(entered))])
    #expect(try await bench.append(.closeVote(act, after: 2, holding: 5)) == [.replayed(sequence: 4, .act(entered))])
    #expect(
      try await bench.append(Self.drop(codes[5], Self.random(96, &random), register)) == [.refused(.staleAct(last: 3))])
    #expect(try await bench.ledger.urn(of: register) == Urn())
    await bench.ledger.close()
    let report = try bench.verify()
    #expect(report.differences == [])
    let book = try #require(report.votes["dan-van-kheo/vote"])
    #expect(book.closing == five && book.count?.ballots == 5 && book.balances)
  }

  @Test func whatStandsInAnActIsReadAgain() throws {
    var random = SplitMix64(seed: 3)
    let register = try Self.register()
    for method in [NomineeVote.Method.approval, .choose(2), .scale(levels: 5), .jury(points: 300)] {
      for electorate in [VoteDefinition.Electorate.codes, .named(["dong-da/lan", "dong-da/minh"])] {
        for isSecret in [true, false] {
          let definition = try Self.definition(method, electorate, isSecret: isSecret)
          let ids = definition.nominees.map(\.id)
          let events: [NomineeVoteEvent] = [
            .open(definition), .codes(Self.codes(3, &random)), .vote(NomineeBallot([.init(ids[11], level: 300)])),
            .close(VoteClosing(.unopened, spent: Self.codes(2, &random), why: "mất khóa")),
            .close(
              VoteClosing(
                .counted, spent: Self.codes(2, &random),
                piles: [.init(NomineeBallot([.init(ids[0]), .init(ids[0], level: 2)]), count: 9)], spoilt: 1)),
          ]
          for event in events {
            let act = Self.act(event, 1, in: definition, register)
            #expect(try NomineeVoteEvent(act, in: definition) == event)
            for length in act.body.indices {
              var short = act
              short.body = Array(act.body[..<length])
              #expect(throws: LedgerFileError.self) { try NomineeVoteEvent(short, in: definition) }
            }
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("DELETE FROM spent WHERE hash = (SELECT min(hash) FROM spent)", "has 2 ballots of 1 voters"),
    ("DELETE FROM sealed", "has 0 ballots of 2 voters"),
    ("UPDATE spent SET hash = zeroblob(32) WHERE hash = (SELECT min(hash) FROM spent)", "who might not"),
  ])
  func aChangedUrnIsFound(_ sql: String, _ words: String) async throws {
    var random = SplitMix64(seed: 4)
    let bench = try await Bench.new()
    let codes = Self.codes(3, &random)
    _ = try await Self.opened(bench, codes)
    for code in codes.prefix(2) {
      _ = try await bench.append(Self.drop(code, Self.random(96, &random), try Self.register()))
    }
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute(sql)
    }
    let differences = try bench.verify().differences
    #expect(differences.contains { $0.contains(words) }, "\(differences)")
  }

  /// What no rule allows is found though its register is in order.
  @Test func aRecountKeepsTheRulesOfVotes() async throws {
    var random = SplitMix64(seed: 5)
    let bench = try await Bench.new()
    let codes = Self.codes(4, &random)
    let definition = try await Self.opened(bench, codes)
    let stranger = VoteClosing(.counted, spent: Self.codes(3, &random), spoilt: 3)
    _ = try await bench.append(
      .act(Self.act(.close(stranger), 9, in: definition, try Self.register()), after: 2))
    await bench.ledger.close()
    #expect(try bench.verify().differences.contains { $0.contains("somebody voted who might not") })
    let python = try IndependentRecountTests.recount(bench.directory.path)
    #expect(python.status == 1 && python.problems.contains("others voted than might"), "\(python.problems)")
  }

  /// Votes of all kinds, at random, counted alike by both programs.
  @Test func theSecondProgramCountsVotesAlike() async throws {
    var random = SplitMix64(seed: 6)
    let bench = try await Bench.new()
    let methods: [NomineeVote.Method] = [.approval, .choose(2), .scale(levels: 5), .jury(points: 10)]
    for (number, method) in methods.enumerated() {
      let jurors = (0..<5).map { "dong-da/giam-khao-\($0)" }
      for isSecret in [true, false] {
        let byCodes = isSecret && number < 3
        let definition = try Self.definition(method, byCodes ? .codes : .named(jurors), isSecret: isSecret, nominees: 4)
        let register = try Self.register("vote-\(number)-\(isSecret)")
        let levels = definition.rules.levels ?? 1
        let ids = definition.nominees.map(\.id)
        func ballot() -> NomineeBallot {
          NomineeBallot(
            ids.filter { _ in Bool.random(using: &random) }.flatMap { id in
              (0..<(levels > 1 ? Int.random(in: 1...2, using: &random) : 1)).map { _ in
                NomineeBallot.Mark(id, level: UInt32.random(in: 1...levels, using: &random))
              }
            })
        }
        let codes = Self.codes(7, &random)
        var events: [(NomineeVoteEvent, String)] = [(.open(definition), Self.kim)]
        if byCodes { events.append((.codes(codes), Self.kim)) }
        if isSecret {
          let hashes = jurors.map { NomineeVoteBook.hash(of: $0) }.sorted { $0.lexicographicallyPrecedes($1) }
          let spent = Array((byCodes ? codes : hashes).prefix(5))
          let opened = (0..<5).map { $0 == 0 ? nil : ballot().sheet(of: ids) }
          events.append((.close(VoteClosing(definition, spent: spent, opened: opened)), Self.kim))
        } else {
          for juror in jurors.prefix(3) { events.append((.vote(ballot()), "official/\(juror)")) }
          events.append((.close(VoteClosing(.counted)), Self.kim))
        }
        for (index, (event, by)) in events.enumerated() {
          let act = Self.act(
            event, UInt64(number * 100 + index + (isSecret ? 50 : 0)), in: definition, register, by: by)
          let outcomes = try await bench.append(.act(act, after: UInt64(index)))
          guard case .entered = outcomes.first else { throw LedgerError.closed }
        }
      }
    }
    await bench.ledger.close()
    let report = try bench.verify()
    #expect(report.differences == [])
    let python = try IndependentRecountTests.recount(bench.directory.path)
    #expect(python.status == 0, "\(python.problems)")
    #expect(python.bulletin == report.bulletin.map { $0 + "\n" }.joined())
    #expect(report.bulletin.filter { $0.hasPrefix("vote:") }.count == 8 * 5)
  }
}
