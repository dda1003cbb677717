import Foundation
import SeededRandom

/// All that somebody has who stands at the door and writes down who comes when, who knows every code's hash, and who copies every
/// file after each voter: but not the key.
struct Sighting {
  /// In the order in which they voted: what would show a voter in a file.
  var voters: [[Data]]
  /// When, as a clock at the door has it; milliseconds since 1970.
  var times: [Int64]
  /// The ballots, in the order in which they are told in the end: what would show one in a file.
  var ballots: [[Data]]
  /// Which nominees each ballot marks.
  var marks: [[Int]]
  /// The files: before the first voter, after each one, and after the close.
  var moments: [[Data]]
  /// Votes per nominee as they were told then; nil: nothing was told.
  var tallies: [[Int]?]
}

/// Ways to link voters to ballots. Each gives, per voter, a ballot; nil: it says nothing of this one.
enum Linking: String, CaseIterable {
  case orderOfTheList
  case seenAtOnce
  case nearest
  case orderInFiles
  case sharedKey
  case times
  case tallies

  func links(_ evidence: Evidence) -> [Int?] {
    switch self {
    case .orderOfTheList: evidence.sighting.voters.indices.map { $0 }
    case .seenAtOnce: Self.seenAtOnce(evidence)
    case .nearest: Self.nearest(evidence, \.voters)
    case .orderInFiles: Self.orderInFiles(evidence)
    case .sharedKey: Self.sharedKey(evidence)
    case .times: Self.nearest(evidence, \.times)
    case .tallies: Self.tallies(evidence.sighting)
    }
  }

  /// How many it links rightly; those of whom it says nothing, or says what it said of another, are guessed.
  ///
  /// - Parameter truth: per voter, their ballot.
  func rightLinks(_ evidence: Evidence, _ truth: [Int], _ random: inout SplitMix64) -> Int {
    var taken: Set<Int> = []
    var links = links(evidence).map { link in link.flatMap { taken.insert($0).inserted ? $0 : nil } }
    var left = truth.indices.filter { !taken.contains($0) }.shuffled(using: &random)
    for voter in links.indices where links[voter] == nil { links[voter] = left.popLast() }
    return zip(links, truth).count { $0 == $1 }
  }

  // MARK: - Ways

  /// What came into the files at the same moment, or came into them once more.
  private static func seenAtOnce(_ evidence: Evidence) -> [Int?] {
    func first(_ places: (Evidence.File) -> [Int]) -> Int? {
      // In one file: a copy of it is no news.
      let counts = evidence.moments.map { files in files.map { places($0).count }.max() ?? 0 }
      return counts.firstIndex { $0 > counts[0] }
    }
    let ballots = evidence.sighting.ballots.indices.map { ballot in first { $0.ballots[ballot] } }
    return evidence.sighting.voters.indices.map { voter in
      guard let moment = first({ $0.voters[voter] }) else { return nil }
      let same = ballots.indices.filter { ballots[$0] == moment }
      return same.count == 1 ? same.first : nil
    }
  }

  /// What lies beside each other in a file at any moment: a ballot and a voter, or the time of a voter's coming.
  private static func nearest(_ evidence: Evidence, _ what: KeyPath<Evidence.File, [[Int]]>) -> [Int?] {
    var best = [(distance: Int, ballot: Int)?](repeating: nil, count: evidence.sighting.voters.count)
    for file in evidence.files {
      for (voter, places) in file[keyPath: what].enumerated() {
        for place in places {
          for (ballot, others) in file.ballots.enumerated() {
            for other in others where abs(other - place) < best[voter]?.distance ?? .max {
              best[voter] = (abs(other - place), ballot)
            }
          }
        }
      }
    }
    return best.map { $0?.ballot }
  }

  /// What is the n-th in the files of the last moment that has all of them, by their last places there.
  private static func orderInFiles(_ evidence: Evidence) -> [Int?] {
    func ranks(_ what: KeyPath<Evidence.File, [[Int]]>, _ count: Int, _ files: [Evidence.File]) -> [Int]? {
      var last: [(file: Int, place: Int)] = []
      for owner in 0..<count {
        let found = files.enumerated().compactMap { number, file in
          file[keyPath: what][owner].last.map { (number, $0) }
        }.last
        guard let found else { return nil }
        last.append(found)
      }
      return last.indices.sorted { last[$0] < last[$1] }
    }
    let count = evidence.sighting.voters.count
    for files in evidence.moments.reversed() {
      guard let voters = ranks(\.voters, count, files), let ballots = ranks(\.ballots, count, files) else { continue }
      var links = [Int?](repeating: nil, count: count)
      for (voter, ballot) in zip(voters, ballots) { links[voter] = ballot }
      return links
    }
    return [Int?](repeating: nil, count: count)
  }

  /// What has the same eight bytes before it.
  private static func sharedKey(_ evidence: Evidence) -> [Int?] {
    func keys(_ what: KeyPath<Evidence.File, [[Int]]>) -> [Set<Data>] {
      evidence.sighting.voters.indices.map { owner in
        var keys: Set<Data> = []
        for file in evidence.files {
          for place in file[keyPath: what][owner] where place >= 8 {
            let key = Data(file.data[place - 8..<place])
            // Not what every row has before it.
            if Set(key).count > 4 { keys.insert(key) }
          }
        }
        return keys
      }
    }
    let ballots = keys(\.ballots)
    return keys(\.voters).map { voter in
      let same = ballots.indices.filter { !ballots[$0].isDisjoint(with: voter) }
      return same.count == 1 ? same.first : nil
    }
  }

  /// What the figures rose by when somebody had voted.
  private static func tallies(_ sighting: Sighting) -> [Int?] {
    sighting.voters.indices.map { voter in
      guard let before = sighting.tallies[voter], let after = sighting.tallies[voter + 1] else { return nil }
      let rise = after.indices.filter { after[$0] > before[$0] }
      return sighting.marks.firstIndex(of: rise)
    }
  }
}
