import Foundation
import Glibc
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

  func links(_ sighting: Sighting) -> [Int?] {
    switch self {
    case .orderOfTheList: sighting.voters.indices.map { $0 }
    case .seenAtOnce: Self.seenAtOnce(sighting)
    case .nearest: Self.nearest(sighting)
    case .orderInFiles: Self.orderInFiles(sighting)
    case .sharedKey: Self.sharedKey(sighting)
    case .times: Self.times(sighting)
    case .tallies: Self.tallies(sighting)
    }
  }

  /// How many it links rightly; those of whom it says nothing, or says what it said of another, are guessed.
  ///
  /// - Parameter truth: per voter, their ballot.
  func rightLinks(_ sighting: Sighting, _ truth: [Int], _ random: inout SplitMix64) -> Int {
    var taken: Set<Int> = []
    var links = links(sighting).map { link in link.flatMap { taken.insert($0).inserted ? $0 : nil } }
    var left = sighting.ballots.indices.filter { !taken.contains($0) }.shuffled(using: &random)
    for voter in links.indices where links[voter] == nil { links[voter] = left.popLast() }
    return zip(links, truth).count { $0 == $1 }
  }

  // MARK: - Ways

  /// What came into the files at the same moment, or came into them once more.
  private static func seenAtOnce(_ sighting: Sighting) -> [Int?] {
    func first(_ traces: [Data]) -> Int? {
      func count(_ files: [Data]) -> Int {
        files.reduce(0) { sum, data in sum + traces.reduce(0) { $0 + places(of: $1, in: data).count } }
      }
      let before = count(sighting.moments.first ?? [])
      return sighting.moments.firstIndex { count($0) > before }
    }
    let ballots = sighting.ballots.map(first)
    return sighting.voters.map { voter in
      guard let moment = first(voter) else { return nil }
      let same = ballots.indices.filter { ballots[$0] == moment }
      return same.count == 1 ? same.first : nil
    }
  }

  /// What lies beside each other in a file at any moment.
  private static func nearest(_ sighting: Sighting) -> [Int?] {
    var best = [(distance: Int, ballot: Int)?](repeating: nil, count: sighting.voters.count)
    each(sighting) { voters, ballots in
      for (voter, places) in voters.enumerated() {
        for place in places {
          for (ballot, others) in ballots.enumerated() {
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
  private static func orderInFiles(_ sighting: Sighting) -> [Int?] {
    func ranks(_ all: [[Data]], _ files: [Data]) -> [Int]? {
      var places: [(file: Int, place: Int)] = []
      for traces in all {
        let found = files.enumerated().compactMap { file, data in
          traces.compactMap { places(of: $0, in: data).last }.max().map { (file, $0) }
        }.last
        guard let found else { return nil }
        places.append(found)
      }
      return all.indices.sorted { places[$0] < places[$1] }
    }
    for files in sighting.moments.reversed() {
      guard let voters = ranks(sighting.voters, files), let ballots = ranks(sighting.ballots, files) else { continue }
      var links = [Int?](repeating: nil, count: sighting.voters.count)
      for (voter, ballot) in zip(voters, ballots) { links[voter] = ballot }
      return links
    }
    return sighting.voters.map { _ in nil }
  }

  /// What has the same eight bytes before it.
  private static func sharedKey(_ sighting: Sighting) -> [Int?] {
    func keys(_ all: [[Data]]) -> [Set<Data>] {
      all.map { traces in
        var keys: Set<Data> = []
        for data in Set(sighting.moments.flatMap { $0 }) {
          for trace in traces {
            for place in places(of: trace, in: data) where place >= 8 {
              let key = Data(data[place - 8..<place])
              if Set(key).count > 4 { keys.insert(key) }
            }
          }
        }
        return keys
      }
    }
    let ballots = keys(sighting.ballots)
    return keys(sighting.voters).map { voter in
      let same = ballots.indices.filter { !ballots[$0].isDisjoint(with: voter) }
      return same.count == 1 ? same.first : nil
    }
  }

  /// What has the moment of a voter's coming beside it, as eight bytes or as a number of FORMAT.md.
  private static func times(_ sighting: Sighting) -> [Int?] {
    var stamped = sighting
    stamped.voters = sighting.times.map { time in
      var (rest, packed) = (UInt64(bitPattern: time << 1), Data())
      while rest >= 0x80 {
        packed.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      packed.append(UInt8(rest))
      return [withUnsafeBytes(of: time.bigEndian) { Data($0) }, packed]
    }
    return nearest(stamped)
  }

  /// What the figures rose by when somebody had voted.
  private static func tallies(_ sighting: Sighting) -> [Int?] {
    sighting.voters.indices.map { voter in
      guard let before = sighting.tallies[voter], let after = sighting.tallies[voter + 1] else { return nil }
      let rise = after.indices.filter { after[$0] > before[$0] }
      return sighting.marks.firstIndex(of: rise)
    }
  }

  // MARK: - Bytes

  /// Places of all voters and all ballots in each file that is not as it was before.
  private static func each(_ sighting: Sighting, _ look: (_ voters: [[Int]], _ ballots: [[Int]]) -> Void) {
    for data in Set(sighting.moments.flatMap { $0 }) {
      func all(_ traces: [[Data]]) -> [[Int]] { traces.map { $0.flatMap { places(of: $0, in: data) } } }
      look(all(sighting.voters), all(sighting.ballots))
    }
  }

  private static func find(_ trace: Data, in data: Data, from start: Int = 0) -> Int? {
    data.withUnsafeBytes { (bytes) -> Int? in
      trace.withUnsafeBytes { (trace) -> Int? in
        guard let base = bytes.baseAddress, let wanted = trace.baseAddress, start < bytes.count else { return nil }
        return memmem(base + start, bytes.count - start, wanted, trace.count).map { UnsafeRawPointer($0) - base }
      }
    }
  }

  private static func places(of trace: Data, in data: Data) -> [Int] {
    var (places, start) = ([Int](), 0)
    while let place = find(trace, in: data, from: start) {
      places.append(place)
      start = place + 1
    }
    return places
  }
}
