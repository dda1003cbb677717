/// The declared result of a vote on nominees.
public struct NomineeResult: Hashable, Sendable {
  public enum Outcome: String, Sendable {
    case chosen
    case notChosen
    /// Of one rank with others for whom there is not room for all.
    case tied
    /// Too few cast a ballot: nobody is chosen or rejected.
    case noQuorum
  }

  public struct Standing: Hashable, Sendable {
    public var nominee: RecordID<Nomination>
    /// Equal ones share a rank, and the next one leaves as many out: 1, 2, 2, 4. Nil: no data, nobody marked it.
    public var rank: Int?
    public var support: NomineeCount.Support
    /// What ranks it: of approval and choice its votes per ballot, of levels its points per vote. Nil: no data.
    public var measure: Rational?
    public var outcome: Outcome
  }

  public var ballots: UInt64
  /// How many might have cast one.
  public var entitled: UInt64
  public var hasQuorum: Bool
  /// Best first; those of one rank in the order of the sheet.
  public var standings: [Standing]
}

extension NomineeCount {
  /// - Parameter entitled: how many might have cast a ballot; fewer than did is taken as the number that did.
  public func result(entitled: UInt64) -> NomineeResult {
    let entitled = max(entitled, ballots)
    let turnout = Rational(ballots, over: entitled) ?? .zero
    let hasQuorum = ballots > 0 && vote.quorum.map { turnout >= $0 } ?? true
    // The standard library's sort is stable.
    let measured = nominees.map { nominee in
      let support = support[nominee] ?? Support()
      return (nominee: nominee, support: support, measure: measure(of: support))
    }.sorted { isBetter($0.measure, $1.measure) }
    var standings: [NomineeResult.Standing] = []
    for (position, row) in measured.enumerated() {
      let sharesRank = position > 0 && measured[position - 1].measure == row.measure
      let rank = row.measure == nil ? nil : sharesRank ? standings.last?.rank : position + 1
      standings.append(
        NomineeResult.Standing(
          nominee: row.nominee, rank: rank, support: row.support, measure: row.measure,
          outcome: !hasQuorum ? .noQuorum : reachesThreshold(row.measure) ? .chosen : .notChosen))
    }
    if hasQuorum, let places = vote.places { fit(&standings, into: Int(places)) }
    return NomineeResult(ballots: ballots, entitled: entitled, hasQuorum: hasQuorum, standings: standings)
  }

  private func measure(of support: Support) -> Rational? {
    vote.levels == nil ? Rational(support.votes, over: ballots) : Rational(support.points, over: support.votes)
  }

  private func isBetter(_ left: Rational?, _ right: Rational?) -> Bool {
    guard let left else { return false }
    return right.map { left > $0 } ?? true
  }

  private func reachesThreshold(_ measure: Rational?) -> Bool {
    guard let measure else { return false }
    // Of levels the threshold is a share of the highest one. Nobody is chosen whom nobody marked.
    guard let threshold = vote.threshold.map({ $0 * Rational(Int64(vote.levels ?? 1)) }) else { return measure > .zero }
    return vote.mustExceedThreshold ? measure > threshold : measure >= threshold
  }

  /// Takes the choice back from those for whom there is no room.
  private func fit(_ standings: inout [NomineeResult.Standing], into places: Int) {
    let chosen = standings.indices.filter { standings[$0].outcome == .chosen }
    guard chosen.count > places else { return }
    let lastRank = standings[chosen[places - 1]].rank
    let isTie = standings[chosen[places]].rank == lastRank
    for index in chosen {
      if isTie, standings[index].rank == lastRank {
        switch vote.ties {
        case .chooseAll: break
        case .chooseNone: standings[index].outcome = .notChosen
        case .undecided: standings[index].outcome = .tied
        }
      } else if let rank = standings[index].rank, let lastRank, rank > lastRank {
        standings[index].outcome = .notChosen
      }
    }
  }
}
