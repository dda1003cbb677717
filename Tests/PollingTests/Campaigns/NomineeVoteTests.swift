import SeededRandom
import Testing

@testable import Polling

struct NomineeVoteTests {
  static func nominees(_ count: Int) throws -> [RecordID<Nomination>] {
    var nominees: [RecordID<Nomination>] = []
    for index in 0..<count { nominees.append(try RecordID("n\(index)")) }
    return nominees
  }

  /// Marks as "0 2" or with levels "0:5 2:1".
  static func ballot(_ marks: String) throws -> NomineeBallot {
    NomineeBallot(
      try marks.split(separator: " ").map { mark in
        let parts = mark.split(separator: ":")
        return NomineeBallot.Mark(
          try RecordID("n\(parts[0])"), level: parts.count > 1 ? try #require(UInt32(parts[1])) : 1)
      })
  }

  static func count(_ vote: NomineeVote, nominees: Int, _ ballots: [String]) throws -> NomineeCount {
    var count = try #require(NomineeCount(vote, nominees: try self.nominees(nominees)))
    for ballot in ballots { try count.add(try self.ballot(ballot)) }
    return count
  }

  struct Sheet: Sendable {
    var method: NomineeVote.Method
    var marks: String
    /// Of three nominees.
    var votes: UInt64
    var over: UInt64
    var under: UInt64
  }

  static let sheets: [Sheet] = [
    Sheet(method: .approval, marks: "", votes: 0, over: 0, under: 3),
    Sheet(method: .approval, marks: "0 2", votes: 2, over: 0, under: 1),
    Sheet(method: .approval, marks: "0 1 2", votes: 3, over: 0, under: 0),
    Sheet(method: .choose(2), marks: "1", votes: 1, over: 0, under: 1),
    Sheet(method: .choose(2), marks: "1 2", votes: 2, over: 0, under: 0),
    // Nobody can tell which two of three were meant.
    Sheet(method: .choose(2), marks: "0 1 2", votes: 0, over: 2, under: 0),
    // More than there are nominees is what there are.
    Sheet(method: .choose(9), marks: "0 1 2", votes: 3, over: 0, under: 0),
    Sheet(method: .scale(levels: 5), marks: "0:5 1:1 2:3", votes: 3, over: 0, under: 0),
    Sheet(method: .scale(levels: 5), marks: "0:5 0:4 2:3", votes: 1, over: 1, under: 1),
    // One level marked twice is that level.
    Sheet(method: .scale(levels: 5), marks: "0:5 0:5", votes: 1, over: 0, under: 2),
    Sheet(method: .jury(points: 10), marks: "0:10 1:9", votes: 2, over: 0, under: 1),
  ]

  @Test(arguments: sheets)
  func oneSheet(_ sheet: Sheet) throws {
    let count = try Self.count(NomineeVote(method: sheet.method), nominees: 3, [sheet.marks])
    #expect(
      (count.ballots, count.votes, count.overvotes, count.undervotes) == (1, sheet.votes, sheet.over, sheet.under))
    #expect(count.votes + count.overvotes + count.undervotes == count.votesAllowed)
  }

  static let bad: [(NomineeVote.Method, String)] = [
    (.approval, "9"), (.approval, "0:2"), (.approval, "0 0"), (.choose(2), "1 1"), (.scale(levels: 5), "0:6"),
    (.scale(levels: 5), "0:0"), (.jury(points: 10), "0:1 0:2 0:3 1:1 1:2 2:1 2:2"),
  ]

  @Test(arguments: bad)
  func noSheet(_ method: NomineeVote.Method, _ marks: String) throws {
    var count = try Self.count(NomineeVote(method: method), nominees: 3, [])
    let before = count
    let ballot = try Self.ballot(marks)
    #expect(throws: CampaignRefusal(.invalidField)) { try count.add(ballot) }
    #expect(count == before)
  }

  @Test(arguments: [NomineeVote.Method.approval, .choose(2), .scale(levels: 5), .jury(points: 100)])
  func nothingIsLost(_ method: NomineeVote.Method) throws {
    var random = SplitMix64()
    let vote = NomineeVote(method: method)
    var count = try Self.count(vote, nominees: 5, [])
    let nominees = count.nominees
    for _ in 0..<300 {
      let marks = (0..<Int.random(in: 0...7, using: &random)).map { _ in
        NomineeBallot.Mark(
          nominees[Int.random(in: 0..<5, using: &random)],
          level: UInt32.random(in: 1...(vote.levels ?? 1), using: &random))
      }
      let ballot = NomineeBallot(marks)
      if count.problem(with: ballot) == nil { try count.add(ballot) }
      #expect(count.votes + count.overvotes + count.undervotes == count.ballots * count.votesAllowed)
      #expect(count.support.values.reduce(0) { $0 + $1.votes } == count.votes)
    }
    #expect(count.ballots > 100)
  }

  struct Election: Sendable, CustomStringConvertible {
    var description: String
    var vote: NomineeVote
    var ballots: [String]
    var entitled: UInt64
    /// Of four nominees, best first: "1 n0 chosen".
    var standings: [String]
  }

  static let elections: [Election] = [
    Election(
      description: "approval, shared ranks", vote: NomineeVote(method: .approval),
      ballots: ["0 1", "0 2", "1", "2 0"], entitled: 10,
      standings: ["1 n0 chosen", "2 n1 chosen", "2 n2 chosen", "4 n3 notChosen"]),
    Election(
      description: "at least half", vote: NomineeVote(method: .approval, threshold: Rational(1, over: 2)),
      ballots: ["0 1", "0 2", "1", "0"], entitled: 4,
      standings: ["1 n0 chosen", "2 n1 chosen", "3 n2 notChosen", "4 n3 notChosen"]),
    Election(
      description: "more than half",
      vote: NomineeVote(method: .approval, threshold: Rational(1, over: 2), mustExceedThreshold: true),
      ballots: ["0 1", "0 2", "1", "0"], entitled: 4,
      standings: ["1 n0 chosen", "2 n1 notChosen", "3 n2 notChosen", "4 n3 notChosen"]),
    Election(
      description: "exactly the quorum", vote: NomineeVote(method: .choose(1), quorum: Rational(2, over: 3)),
      ballots: ["0", "0"], entitled: 3,
      standings: ["1 n0 chosen", "2 n1 notChosen", "2 n2 notChosen", "2 n3 notChosen"]),
    Election(
      description: "under the quorum", vote: NomineeVote(method: .choose(1), quorum: Rational(2, over: 3)),
      ballots: ["0", "0", "1"], entitled: 5,
      standings: ["1 n0 noQuorum", "2 n1 noQuorum", "3 n2 noQuorum", "3 n3 noQuorum"]),
    Election(
      description: "nobody came", vote: NomineeVote(method: .choose(1)), ballots: [], entitled: 5,
      standings: ["- n0 noQuorum", "- n1 noQuorum", "- n2 noQuorum", "- n3 noQuorum"]),
    Election(
      description: "a tie for the last place", vote: NomineeVote(method: .choose(2), places: 2),
      ballots: ["0 1", "0 2", "0"], entitled: 3,
      standings: ["1 n0 chosen", "2 n1 tied", "2 n2 tied", "4 n3 notChosen"]),
    Election(
      description: "all of the tie", vote: NomineeVote(method: .choose(2), places: 2, ties: .chooseAll),
      ballots: ["0 1", "0 2", "0"], entitled: 3,
      standings: ["1 n0 chosen", "2 n1 chosen", "2 n2 chosen", "4 n3 notChosen"]),
    Election(
      description: "none of the tie", vote: NomineeVote(method: .choose(2), places: 2, ties: .chooseNone),
      ballots: ["0 1", "0 2", "0 3 ", "1 2"], entitled: 4,
      standings: ["1 n0 chosen", "2 n1 notChosen", "2 n2 notChosen", "4 n3 notChosen"]),
    Election(
      description: "room for a whole tie", vote: NomineeVote(method: .choose(2), places: 3),
      ballots: ["0 1", "0 2", "0 3", "1 2"], entitled: 4,
      standings: ["1 n0 chosen", "2 n1 chosen", "2 n2 chosen", "4 n3 notChosen"]),
    // 10/3 and 20/6 are equal, which no rounded average shows; 7/2 is more.
    Election(
      description: "averages are exact", vote: NomineeVote(method: .scale(levels: 5)),
      ballots: ["0:3 1:3 2:3", "0:3 1:3 2:4", "0:4 1:4", "1:3", "1:3", "1:4"], entitled: 6,
      standings: ["1 n2 chosen", "2 n0 chosen", "2 n1 chosen", "- n3 notChosen"]),
    Election(
      description: "a jury's threshold", vote: NomineeVote(method: .jury(points: 10), threshold: Rational(4, over: 5)),
      ballots: ["0:8 1:10", "0:8 1:5", "0:8 1:8 2:10"], entitled: 3,
      standings: ["1 n2 chosen", "2 n0 chosen", "3 n1 notChosen", "- n3 notChosen"]),
  ]

  @Test(arguments: elections)
  func result(_ election: Election) throws {
    let result = try Self.count(election.vote, nominees: 4, election.ballots).result(entitled: election.entitled)
    let standings = result.standings.map {
      "\($0.rank.map(String.init) ?? "-") \($0.nominee) \($0.outcome.rawValue)"
    }
    #expect(standings == election.standings)
    #expect(result.hasQuorum == !election.standings[0].hasSuffix("noQuorum"))
    #expect(result.ballots == UInt64(election.ballots.count))
    #expect(result.entitled == election.entitled)
  }

  @Test func noSuchVote() throws {
    let nominees = try Self.nominees(3)
    #expect(NomineeCount(NomineeVote(method: .approval), nominees: []) == nil)
    #expect(NomineeCount(NomineeVote(method: .approval), nominees: nominees + nominees) == nil)
    #expect(NomineeCount(NomineeVote(method: .choose(0)), nominees: nominees) == nil)
    #expect(NomineeCount(NomineeVote(method: .approval), nominees: try Self.nominees(1_001)) == nil)
  }
}
