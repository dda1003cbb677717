/// Something that is done in a vote on nominees.
public enum NomineeVoteEvent: Hashable, Sendable {
  case open(VoteDefinition)
  /// Hashes of codes that may be used from now on, each of 32 bytes, in their order.
  case codes([[UInt8]])
  /// A ballot that is not secret.
  case vote(NomineeBallot)
  case close(VoteClosing)

  public enum Word: String, Sendable, CaseIterable {
    case open
    case codes
    case vote
    case close
  }

  public var word: Word {
    switch self {
    case .open: .open
    case .codes: .codes
    case .vote: .vote
    case .close: .close
    }
  }
}

/// Why something is not done in a vote.
public enum NomineeVoteRefusal: Error, Hashable, Sendable {
  case notOpened
  /// It is open already.
  case isOpen
  case isClosed
  /// The vote is by codes, or is not; is secret, or is not.
  case notThisKind
  /// Who asks is on no list of this vote.
  case notEntitled
  case alreadyVoted
  /// A code was made before.
  case codeTwice
  case tooManyCodes
  case invalid([Violation])
  /// What closes it is not what its urn can have held.
  case wrongClosing(String)
}

/// A vote on nominees: what was done in it, one after another, and what it comes to.
public struct NomineeVoteBook: Hashable, Sendable {
  public enum Phase: String, Sendable, CaseIterable {
    case none
    case open
    case closed
  }

  public struct OpenVote: Hashable, Sendable {
    public var person: String
    public var ballot: NomineeBallot
  }

  public static let hashLength = 32
  public static let mostCodes = 10_000
  /// In bytes.
  public static let longestWhy = 1_000

  public private(set) var definition: VoteDefinition?
  public private(set) var codes: Set<[UInt8]> = []
  /// Of a vote that is not secret, in the order in which they came.
  public private(set) var votes: [OpenVote] = []
  public private(set) var closing: VoteClosing?
  /// What is counted so far: of a secret vote nothing before it is closed.
  public private(set) var count: NomineeCount?

  public init() {}

  public var phase: Phase { definition == nil ? .none : closing == nil ? .open : .closed }

  /// How many might cast a ballot.
  public var entitled: UInt64 {
    switch definition?.electorate {
    case .codes: UInt64(codes.count)
    case .named(let persons): UInt64(persons.count)
    case nil: 0
    }
  }

  /// Under which hashes somebody may have voted in the urn, while there is one.
  public var urnHashes: Set<[UInt8]> {
    guard phase == .open, let definition, definition.secrecy != nil else { return [] }
    return switch definition.electorate {
    case .codes: codes
    case .named(let persons): Set(persons.map(Self.hash(of:)))
    }
  }

  /// Nil: there is none yet, or the vote was never counted.
  public var result: NomineeResult? {
    guard closing?.outcome == .counted else { return nil }
    return count?.result(entitled: entitled)
  }

  /// Every vote that was allowed is a vote, an overvote or an undervote (NIST SP 1500-100).
  public var balances: Bool {
    guard let count else { return true }
    return count.votes + count.overvotes + count.undervotes == count.ballots * count.votesAllowed
  }

  /// The hash under which a named person has voted in secret. That a person voted is no secret.
  public static func hash(of person: String) -> [UInt8] { SHA256.digest(of: Array(person.utf8)) }

  /// Does it, or changes nothing.
  ///
  /// - Parameter person: who does it: unit and name.
  public mutating func take(_ event: NomineeVoteEvent, by person: String) throws(NomineeVoteRefusal) {
    if case .open(let new) = event {
      guard definition == nil else { throw closing == nil ? .isOpen : .isClosed }
      return try open(new)
    }
    guard let definition else { throw .notOpened }
    guard closing == nil else { throw .isClosed }
    switch event {
    case .open: throw .isOpen
    case .codes(let new): try add(new, definition)
    case .vote(let ballot): try add(ballot, of: person, definition)
    case .close(let closing): try close(closing, definition)
    }
  }

  private mutating func open(_ new: VoteDefinition) throws(NomineeVoteRefusal) {
    let violations = new.violations()
    guard violations.isEmpty else { throw .invalid(violations) }
    guard let count = NomineeCount(new.rules, nominees: new.nominees.map(\.id)) else {
      throw .invalid([Violation("vote", "breaks a rule")])
    }
    definition = new
    self.count = count
  }

  private mutating func add(_ new: [[UInt8]], _ definition: VoteDefinition) throws(NomineeVoteRefusal) {
    guard definition.electorate == .codes else { throw .notThisKind }
    guard !new.isEmpty, new.allSatisfy({ $0.count == Self.hashLength }), Self.isAscending(new) else {
      throw .invalid([Violation("codes", "must be different ones, in the order of their hashes")])
    }
    guard new.count <= Self.mostCodes - codes.count else { throw .tooManyCodes }
    guard codes.isDisjoint(with: new) else { throw .codeTwice }
    codes.formUnion(new)
  }

  private mutating func add(
    _ ballot: NomineeBallot, of person: String, _ definition: VoteDefinition
  ) throws(NomineeVoteRefusal) {
    guard definition.secrecy == nil, case .named(let persons) = definition.electorate else { throw .notThisKind }
    guard persons.contains(where: { $0.utf8.elementsEqual(person.utf8) }) else { throw .notEntitled }
    guard !votes.contains(where: { $0.person.utf8.elementsEqual(person.utf8) }) else { throw .alreadyVoted }
    if let problem = count?.problem(with: ballot) { throw .invalid([problem]) }
    do { try count?.add(ballot) } catch { throw .invalid([Violation("marks", "are of no ballot")]) }
    votes.append(OpenVote(person: person, ballot: ballot))
  }

  // MARK: - The end

  private mutating func close(
    _ closing: VoteClosing, _ definition: VoteDefinition
  ) throws(NomineeVoteRefusal) {
    let isGivenUp = closing.outcome == .unopened
    guard closing.why.utf8.count <= Self.longestWhy, closing.why.isEmpty != isGivenUp else {
      throw .invalid([Violation("why", "must say why it is given up, in at most \(Self.longestWhy) bytes")])
    }
    guard let secrecy = definition.secrecy else {
      guard closing.outcome != .tooFew, closing.spent.isEmpty, closing.piles.isEmpty, closing.spoilt == 0 else {
        throw .wrongClosing("an open vote has no urn")
      }
      self.closing = closing
      return
    }
    guard Self.isAscending(closing.spent) else { throw .wrongClosing("who voted is not in order, or twice") }
    guard urnHashes.isSuperset(of: closing.spent) else { throw .wrongClosing("somebody voted who might not") }
    let isTooFew = closing.spent.count < Int(secrecy.fewest)
    guard isGivenUp || isTooFew == (closing.outcome == .tooFew) else {
      throw .wrongClosing("\(closing.spent.count) ballots, and \(secrecy.fewest) are the fewest to be opened")
    }
    if closing.outcome == .counted {
      count = try counted(closing, definition)
    } else if !closing.piles.isEmpty || closing.spoilt > 0 {
      throw .wrongClosing("ballots of an urn that was not opened")
    }
    self.closing = closing
  }

  private func counted(
    _ closing: VoteClosing, _ definition: VoteDefinition
  ) throws(NomineeVoteRefusal) -> NomineeCount {
    let nominees = definition.nominees.map(\.id)
    let sheets = closing.piles.compactMap { $0.ballot.sheet(of: nominees) }
    guard sheets.count == closing.piles.count, Self.isAscending(sheets) else {
      throw .wrongClosing("ballots are not in order, or are none")
    }
    guard var count = NomineeCount(definition.rules, nominees: nominees) else {
      throw .wrongClosing("nobody to vote on")
    }
    var left = UInt64(closing.spent.count)
    func take(_ number: UInt64) throws(NomineeVoteRefusal) {
      guard number <= left else { throw .wrongClosing("more ballots than voters") }
      left -= number
    }
    try take(closing.spoilt)
    for pile in closing.piles {
      guard pile.count > 0 else { throw .wrongClosing("a pile of no ballots") }
      try take(pile.count)
      for _ in 0..<pile.count {
        do { try count.add(pile.ballot) } catch { throw .wrongClosing("what is no ballot was counted") }
      }
    }
    guard left == 0 else { throw .wrongClosing("fewer ballots than voters") }
    return count
  }

  /// Strictly: none is there twice.
  private static func isAscending(_ values: [[UInt8]]) -> Bool {
    zip(values, values.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
  }
}
