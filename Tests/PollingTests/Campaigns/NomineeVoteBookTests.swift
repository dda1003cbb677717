import SeededRandom
import Testing

@testable import Polling

struct NomineeVoteBookTests {
  static let jurors = ["dong-da/lan", "dong-da/minh", "dong-da/hoa"]

  static func definition(
    _ method: NomineeVote.Method = .approval, _ electorate: VoteDefinition.Electorate = .codes, isSecret: Bool = true,
    fewest: UInt32 = 3, nominees: Int = 3
  ) throws -> VoteDefinition {
    VoteDefinition(
      campaignVersion: 1, unit: try UnitPath("dong-da"), rules: NomineeVote(method: method),
      nominees: try NomineeVoteTests.nominees(nominees).map { VoteDefinition.Nominee($0, name: "Mô hình \($0)") },
      electorate: electorate,
      secrecy: isSecret ? .init(publicKey: [UInt8](repeating: 9, count: 32), fewest: fewest) : nil)
  }

  /// Hashes in their order.
  static func hashes(_ numbers: some Sequence<UInt8>) -> [[UInt8]] {
    numbers.map { [$0] + [UInt8](repeating: 7, count: 31) }
  }

  static func sheets(_ marks: [String], _ definition: VoteDefinition) throws -> [[UInt8]?] {
    try marks.map { try NomineeVoteTests.ballot($0).sheet(of: definition.nominees.map(\.id)) }
  }

  // MARK: - Events in phases

  enum Event: String, CaseIterable { case openByCodes, openByName, codes, vote, close, closeOpen, giveUp }

  private static func event(_ event: Event) throws -> NomineeVoteEvent {
    switch event {
    case .openByCodes: .open(try definition())
    case .openByName: .open(try definition(.jury(points: 10), .named(jurors), isSecret: false))
    case .codes: .codes(hashes(1...4))
    case .vote: .vote(try NomineeVoteTests.ballot("0:9 1:3"))
    case .close: .close(VoteClosing(.tooFew))
    case .closeOpen: .close(VoteClosing(.counted))
    case .giveUp: .close(VoteClosing(.unopened, why: "mất khóa"))
    }
  }

  enum Place: String, CaseIterable { case none, byCodes, byName, closed }

  private static func book(_ place: Place) throws -> NomineeVoteBook {
    var book = NomineeVoteBook()
    switch place {
    case .none: break
    case .byCodes: try book.take(try event(.openByCodes), by: "dong-da/kim")
    case .byName: try book.take(try event(.openByName), by: "dong-da/kim")
    case .closed:
      try book.take(try event(.openByCodes), by: "dong-da/kim")
      try book.take(try event(.giveUp), by: "dong-da/kim")
    }
    return book
  }

  /// Nil: it is done.
  private static func expected(_ event: Event, _ place: Place) -> NomineeVoteRefusal? {
    switch (place, event) {
    case (.none, .openByCodes), (.none, .openByName): nil
    case (.none, _): .notOpened
    case (.closed, _): .isClosed
    case (_, .openByCodes), (_, .openByName): .isOpen
    case (.byCodes, .codes), (.byCodes, .close), (.byCodes, .giveUp): nil
    case (.byCodes, .vote): .notThisKind
    case (.byCodes, .closeOpen): .wrongClosing("0 ballots, and 3 are the fewest to be opened")
    case (.byName, .codes): .notThisKind
    case (.byName, .vote), (.byName, .closeOpen), (.byName, .giveUp): nil
    case (.byName, .close): .wrongClosing("an open vote has no urn")
    }
  }

  @Test(arguments: Place.allCases, Event.allCases)
  func everyEventInEveryPhase(_ place: Place, _ event: Event) throws {
    let before = try Self.book(place)
    var book = before
    let expected = Self.expected(event, place)
    do {
      try book.take(try Self.event(event), by: "dong-da/lan")
      #expect(expected == nil)
      #expect(book != before && book.balances)
    } catch let refusal as NomineeVoteRefusal {
      #expect(refusal == expected)
      #expect(book == before)
    }
  }

  // MARK: - Secret votes

  @Test func anUrnIsCountedAndKeepsNoOrder() throws {
    var random = SplitMix64(seed: 20_261_122)
    let definition = try Self.definition(.choose(2))
    let (spent, sheets) = (Self.hashes(1...6), try Self.sheets(["0 1", "0", "1 2", "0 1", "", "2"], definition))
    let closing = VoteClosing(definition, spent: spent, opened: sheets)
    for _ in 0..<50 {
      let shuffled = VoteClosing(
        definition, spent: spent.shuffled(using: &random), opened: sheets.shuffled(using: &random))
      #expect(shuffled == closing)
    }
    var book = NomineeVoteBook()
    try book.take(.open(definition), by: "dong-da/kim")
    try book.take(.codes(Self.hashes(0...9)), by: "dong-da/kim")
    #expect(book.result == nil && book.count?.ballots == 0)
    try book.take(.close(closing), by: "dong-da/kim")
    let count = try #require(book.count)
    #expect(count.ballots == 6)
    #expect((count.votes, count.overvotes, count.undervotes) == (8, 0, 4))
    #expect(book.result?.entitled == 10)
    #expect(try count.support[RecordID("n0")]?.votes == 3)
  }

  @Test func spoiltBallotsAreNoneAndAreTold() throws {
    let definition = try Self.definition(.scale(levels: 5))
    let good = try Self.sheets(["0:5", "1:4", "2:1 0:2"], definition)
    // Does not open; of another length; a level that there is not; a level twice.
    let bad: [[UInt8]?] = [
      nil, [0, 1], [0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    let closing = VoteClosing(definition, spent: Self.hashes(1...7), opened: good + bad)
    #expect(closing.outcome == .counted && closing.spoilt == 4 && closing.piles.count == 3)
    var book = NomineeVoteBook()
    try book.take(.open(definition), by: "dong-da/kim")
    try book.take(.codes(Self.hashes(1...7)), by: "dong-da/kim")
    try book.take(.close(closing), by: "dong-da/kim")
    #expect(book.count?.ballots == 3 && book.balances)
  }

  @Test func fewerThanMayBeOpenedAreNot() throws {
    let definition = try Self.definition(fewest: 5)
    let closing = VoteClosing(
      definition, spent: Self.hashes(1...4), opened: try Self.sheets(["0", "1", "0", "1"], definition))
    #expect(closing == VoteClosing(.tooFew, spent: Self.hashes(1...4)))
  }

  static let wrong: [(String, VoteClosing)] = [
    ("too few, counted", VoteClosing(.counted, spent: hashes(1...2), spoilt: 2)),
    ("enough, too few", VoteClosing(.tooFew, spent: hashes(1...4))),
    ("nobody's code", VoteClosing(.counted, spent: hashes(3...7), spoilt: 5)),
    ("twice", VoteClosing(.counted, spent: hashes([1, 2, 2, 3]), spoilt: 4)),
    ("in another order", VoteClosing(.counted, spent: hashes([2, 1, 3]), spoilt: 3)),
    ("fewer ballots", VoteClosing(.counted, spent: hashes(1...3), spoilt: 2)),
    ("more ballots", VoteClosing(.counted, spent: hashes(1...3), spoilt: 4)),
    ("far more ballots", VoteClosing(.counted, spent: hashes(1...3), piles: [.init(NomineeBallot([]), count: .max)])),
    ("no ballots", VoteClosing(.counted, spent: hashes(1...3), piles: [.init(NomineeBallot([]), count: 0)], spoilt: 3)),
    ("ballots of a closed urn", VoteClosing(.unopened, spent: hashes(1...3), spoilt: 3, why: "mất khóa")),
  ]

  @Test(arguments: wrong.indices)
  func anUrnThatCannotBeIsRefused(_ index: Int) throws {
    var book = NomineeVoteBook()
    try book.take(.open(try Self.definition()), by: "dong-da/kim")
    try book.take(.codes(Self.hashes(1...5)), by: "dong-da/kim")
    let before = book
    #expect(throws: NomineeVoteRefusal.self, "\(Self.wrong[index].0)") {
      try book.take(.close(Self.wrong[index].1), by: "dong-da/kim")
    }
    #expect(book == before)
  }

  @Test func codesAreNewAndInOrder() throws {
    var book = NomineeVoteBook()
    try book.take(.open(try Self.definition()), by: "dong-da/kim")
    try book.take(.codes(Self.hashes(1...3)), by: "dong-da/kim")
    let cases: [([[UInt8]], NomineeVoteRefusal?)] = [
      (Self.hashes(3...5), .codeTwice), (Self.hashes([5, 4]), nil), ([], nil), ([[1]], nil),
      ((0...NomineeVoteBook.mostCodes).map { Self.wide($0) }, .tooManyCodes),
    ]
    for (codes, refusal) in cases {
      do {
        try book.take(.codes(codes), by: "dong-da/kim")
        Issue.record("\(codes.count) codes were taken")
      } catch {
        if let refusal { #expect(error == refusal) }
      }
    }
    #expect(book.entitled == 3)
  }

  private static func wide(_ number: Int) -> [UInt8] {
    [0xF0, UInt8(number >> 8 & 255), UInt8(number & 255)] + [UInt8](repeating: 0, count: 29)
  }

  // MARK: - Open votes

  @Test func aJurorVotesOnce() throws {
    var book = try Self.book(.byName)
    #expect(throws: NomineeVoteRefusal.notEntitled) {
      try book.take(.vote(try NomineeVoteTests.ballot("0:1")), by: "dong-da/kim")
    }
    try book.take(.vote(try NomineeVoteTests.ballot("0:9 1:3 2:7")), by: "dong-da/lan")
    #expect(throws: NomineeVoteRefusal.alreadyVoted) {
      try book.take(.vote(try NomineeVoteTests.ballot("0:1")), by: "dong-da/lan")
    }
    #expect(throws: NomineeVoteRefusal.self) {
      try book.take(.vote(try NomineeVoteTests.ballot("0:11")), by: "dong-da/minh")
    }
    #expect(book.votes.count == 1 && book.count?.ballots == 1)
    try book.take(.vote(try NomineeVoteTests.ballot("0:8")), by: "dong-da/minh")
    try book.take(.close(VoteClosing(.counted)), by: "dong-da/kim")
    let result = try #require(book.result)
    #expect((result.ballots, result.entitled) == (2, 3))
    #expect(result.standings.map(\.nominee.rawValue) == ["n0", "n2", "n1"])
  }

  // MARK: - Definitions and sheets

  @Test func whatMayNotBeOpened() throws {
    func fields(_ change: (inout VoteDefinition) -> Void) throws -> [String] {
      var definition = try Self.definition()
      change(&definition)
      return definition.violations().map(\.field)
    }
    #expect(try fields { _ in } == [])
    #expect(try fields { $0.nominees = [] } == ["nominees"])
    #expect(try fields { $0.nominees.append($0.nominees[0]) } == ["nominees[3].id"])
    #expect(try fields { $0.nominees[1].name = " " } == ["nominees[1].name"])
    #expect(try fields { $0.secrecy = nil } == ["public_key"])
    #expect(try fields { $0.secrecy?.publicKey = [1] } == ["public_key"])
    #expect(try fields { $0.secrecy?.fewest = 1 } == ["fewest"])
    #expect(try fields { $0.isLive = true } == ["live"])
    #expect(try fields { $0.rules.method = .jury(points: 10) } == ["jurors"])
    #expect(try fields { $0.electorate = .named([]) } == ["jurors"])
    #expect(try fields { $0.electorate = .named(["dong-da/lan", "dong-da/lan", "?"]) } == ["jurors[2]", "jurors[1]"])
    #expect(try fields { $0.rules.method = .choose(0) } == ["vote.choose"])
  }

  @Test func everyBallotHasASheetOfOneLength() throws {
    var random = SplitMix64(seed: 7)
    let nominees = try NomineeVoteTests.nominees(6)
    for _ in 0..<500 {
      var marks: [NomineeBallot.Mark] = []
      for nominee in nominees.shuffled(using: &random).prefix(Int.random(in: 0...6, using: &random)) {
        let levels = (1...UInt32(300)).shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))
        marks += levels.map { NomineeBallot.Mark(nominee, level: $0) }
      }
      let sheet = try #require(NomineeBallot(marks).sheet(of: nominees))
      #expect(sheet.count == 24)
      let read = try #require(NomineeBallot(sheet: sheet, of: nominees))
      #expect(Set(read.marks) == Set(marks))
      #expect(read.sheet(of: nominees) == sheet)
    }
    let three = [1, 2, 3].map { NomineeBallot.Mark(nominees[0], level: $0) }
    #expect(NomineeBallot(three).sheet(of: nominees) == nil)
    #expect(NomineeBallot([.init(nominees[5])]).sheet(of: Array(nominees.prefix(5))) == nil)
    #expect(NomineeBallot([.init(nominees[0], level: 70_000)]).sheet(of: nominees) == nil)
  }
}
