extension PaperBatch {
  /// The entry with this number, as it stands.
  public func entry(_ number: PaperEntryNumber) -> PaperEntryState? { number == .first ? first : second }

  /// Where the two entries differ and nobody has corrected it; empty: nowhere, or there are not two.
  public func differences(in poll: Poll) -> [PaperDifference] {
    let corrected = Set(corrections.map(\.cell.key))
    return uncorrectedDifferences(in: poll).filter { !corrected.contains($0.cell) }
  }

  /// Where they differ as they were entered.
  func uncorrectedDifferences(in poll: Poll) -> [PaperDifference] {
    guard let first, let second else { return [] }
    return PaperDifference.between(first.sums.cells(in: poll), second.sums.cells(in: poll))
  }

  /// Where the entry that would be counted, or else the first one, is not what the manifest says.
  public func manifestDifferences(in poll: Poll) -> [ManifestDifference] {
    guard let manifest, let entry = entry(kept ?? .first) else { return [] }
    return manifest.differences(corrected(entry, in: poll))
  }

  /// What it adds to figures once it is accepted: cells of channel paper, flagged where one person entered it.
  public func counts(in poll: Poll) -> [CellKey: Int64] {
    guard let manifest, let kept, let entry = entry(kept) else { return [:] }
    let cells = corrected(entry, in: poll).filter { $0.value > 0 }
    guard manifest.isSingleEntry else { return cells }
    return Dictionary(
      uniqueKeysWithValues: cells.map { key, count in
        var key = key
        key.flags.insert(.singleEntry)
        return (key, count)
      })
  }

  /// What an entry counts of something: with the corrections once it is the one that counts.
  public func count(of figure: PaperFigure, in number: PaperEntryNumber, poll: Poll) -> Int64 {
    guard let entry = entry(number) else { return 0 }
    let cells = kept == number ? corrected(entry, in: poll) : entry.sums.cells(in: poll)
    return cells.reduce(0) { figure.contains($1.key) ? $0 + $1.value : $0 }
  }

  private func corrected(_ entry: PaperEntryState, in poll: Poll) -> [CellKey: Int64] {
    var cells = entry.sums.cells(in: poll)
    for correction in corrections { cells[correction.cell.key] = correction.count }
    return cells
  }

  /// Where corrections make of an entry what no sheets can say, for people; empty: nowhere.
  func correctionProblems(of number: PaperEntryNumber, in poll: Poll) -> [String] {
    guard !corrections.isEmpty, let entry = entry(number), let first, let second else { return [] }
    let (before, cells) = ([first, second].map { $0.sums.cells(in: poll) }, corrected(entry, in: poll))
    var places: [CellKey] = []
    for correction in corrections {
      var place = correction.cell.key
      place.subject = .ballots
      if !places.contains(place) { places.append(place) }
    }
    var found: [String] = []
    for place in places {
      for question in poll.questions {
        let marks = Marks(of: question, at: place, in: cells)
        // A question that everybody was asked, everybody was asked.
        let wasWhole = before.contains { Marks(of: question, at: place, in: $0).isWhole }
        if !(marks.isPossible && (marks.isWhole || !wasWhole)) {
          found.append(
            "\(place.unit) \(place.day) \(question.id): \(marks.used) marks and blanks of \(marks.ballots) questionnaires"
          )
        }
      }
    }
    return found.sorted()
  }
}

/// What one unit and day has of a question.
private struct Marks {
  var ballots: Int64
  /// Votes and votes not used.
  var used: Int64
  private let allowed: Int64
  private let most: Int64

  init(of question: Question, at place: CellKey, in cells: [CellKey: Int64]) {
    func count(_ subject: CellKey.Subject) -> Int64 {
      var key = place
      key.subject = subject
      return cells[key] ?? 0
    }
    let votes = question.choices.map { count(.votes(question: question.id, choice: $0.code)) }
    ballots = count(.ballots)
    allowed = Int64(question.votesAllowed)
    most = votes.max() ?? 0
    used = votes.reduce(count(.undervotes(question: question.id)), +)
  }

  var isWhole: Bool { used > 0 && used == ballots * allowed }
  var isPossible: Bool { most <= ballots && used <= ballots * allowed && used % max(1, allowed) == 0 }
}
