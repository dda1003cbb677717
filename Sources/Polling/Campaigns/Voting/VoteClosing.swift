/// How a vote on nominees ended: all that is ever known of a secret one.
public struct VoteClosing: Hashable, Sendable {
  public enum Outcome: UInt8, Sendable, CaseIterable {
    case counted = 1
    /// Fewer ballots than may be opened.
    case tooFew = 2
    /// Nobody has the key any more, or the vote is given up: nobody learns what was voted.
    case unopened = 3
  }

  /// Equal ballots, and how many there are.
  public struct Pile: Hashable, Sendable {
    public var ballot: NomineeBallot
    public var count: UInt64

    public init(_ ballot: NomineeBallot, count: UInt64) {
      self.ballot = ballot
      self.count = count
    }
  }

  public var outcome: Outcome
  /// Of a secret vote: who voted, by the hash of the code or of the person's name, in the order of the hashes.
  public var spent: [[UInt8]]
  /// Of a secret vote: the ballots, in the order of their sheets. Neither says anything of who or when.
  public var piles: [Pile]
  /// What was sealed and is no ballot of this vote, or does not open.
  public var spoilt: UInt64
  /// Why it is given up; else empty.
  public var why: String

  public init(
    _ outcome: Outcome, spent: [[UInt8]] = [], piles: [Pile] = [], spoilt: UInt64 = 0, why: String = ""
  ) {
    self.outcome = outcome
    self.spent = spent
    self.piles = piles
    self.spoilt = spoilt
    self.why = why
  }

  /// Of what was in the urn of a secret vote. Nothing of the order in which it is given is kept.
  ///
  /// - Parameters:
  ///   - spent: who voted.
  ///   - opened: as many; nil: one that does not open.
  public init(_ definition: VoteDefinition, spent: [[UInt8]], opened: [[UInt8]?]) {
    let spent = spent.sorted { $0.lexicographicallyPrecedes($1) }
    guard let secrecy = definition.secrecy, spent.count >= Int(secrecy.fewest) else {
      self.init(.tooFew, spent: spent)
      return
    }
    let nominees = definition.nominees.map(\.id)
    let empty = NomineeCount(definition.rules, nominees: nominees)
    var sheets: [[UInt8]: UInt64] = [:]
    var spoilt: UInt64 = 0
    for sheet in opened {
      if let sheet, let ballot = NomineeBallot(sheet: sheet, of: nominees), let empty,
        empty.problem(with: ballot) == nil
      {
        sheets[sheet, default: 0] += 1
      } else {
        spoilt += 1
      }
    }
    let piles = sheets.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { sheet, count in
      NomineeBallot(sheet: sheet, of: nominees).map { Pile($0, count: count) }
    }
    self.init(.counted, spent: spent, piles: piles, spoilt: spoilt)
  }
}
