/// A remembered state of a publication beside what a ledger's entries come to as of its revision.
public struct PublicationRecount: Equatable, Sendable {
  public struct Difference: Equatable, Sendable {
    public var place: PublicationState.Place
    public var published: Int64
    public var counted: Int64
  }

  /// How many published figures are what is counted.
  public private(set) var equal = 0
  /// The others, by unit, window and subject.
  public private(set) var differences: [Difference] = []
  /// Of the remembered counts by unit, day and subject, in no published figure or in several, those that are not what is
  /// counted.
  public private(set) var differentCounts = 0

  /// - Parameters:
  ///   - publication: what is remembered of a poll.
  ///   - state: one of its states.
  ///   - counted: from the entries up to the state's revision.
  public init(_ publication: Publication, _ state: PublicationState, counted: DailyCounts) {
    let recounted = state.values(of: counted)
    for (place, published) in state.values {
      let counted = recounted[place] ?? 0
      if counted == published {
        equal += 1
      } else {
        differences.append(Difference(place: place, published: published, counted: counted))
      }
    }
    differences.sort { $0.place.words.utf8.lexicographicallyPrecedes($1.place.words.utf8) }
    // Every state has its days lumped as the first one has.
    let horizon = PublicationState.horizon((publication.states.first ?? state).today)
    let (kept, cells) = (state.counts.lumping(before: horizon).cells, counted.lumping(before: horizon).cells)
    differentCounts = Set(kept.keys).union(cells.keys).count { kept[$0] ?? 0 != cells[$0] ?? 0 }
  }
}

extension PublicationState.Place {
  /// Unit, window, and what is counted.
  public var words: String {
    let what =
      switch subject {
      case .ballots: "ballots"
      case .votes(let question, let choice): "\(question)=\(choice)"
      case .undervotes(let question): "\(question) undervotes"
      }
    return "\(unit), \(window), \(what)"
  }
}
