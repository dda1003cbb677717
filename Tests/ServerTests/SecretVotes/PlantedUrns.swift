import Foundation
import SeededRandom

/// Ways to keep votes that look secret and are not, each with the way that finds it out.
enum PlantedUrn: String, CaseIterable {
  /// Both lists apart, each in the order in which it was written.
  case keepsTheOrder
  /// Both lists apart and in no order, but readable: copies from before and after a voter differ by one ballot.
  case isNotSealed
  case sharesAKey
  case keepsTimes
  case keepsPairsTogether
  case tellsFiguresAtOnce

  var linking: Linking {
    switch self {
    case .keepsTheOrder: .orderInFiles
    case .isNotSealed: .seenAtOnce
    case .sharesAKey: .sharedKey
    case .keepsTimes: .times
    case .keepsPairsTogether: .nearest
    case .tellsFiguresAtOnce: .tallies
    }
  }

  /// What is seen of it, and who cast which ballot.
  func sighting(voters: Int, nominees: Int, _ random: inout SplitMix64) -> (Sighting, truth: [Int]) {
    let hashes = (0..<voters).map { _ in Self.bytes(32, &random) }
    let cast = SecretElection.ballots(voters, of: nominees, &random)
    let times = (0..<voters).map { 1_602_640_800_000 + Int64($0) * 61_000 + .random(in: 0...9_999, using: &random) }
    var (spent, ballots, moments, tallies) = ([Data](), [Data](), [[Data()]], [[Int]?]())
    var figures = [Int](repeating: 0, count: nominees)
    tallies.append(self == .tellsFiguresAtOnce ? figures : nil)
    for voter in 0..<voters {
      let (hash, sheet) = (hashes[voter], SecretElection.sheet(cast[voter], of: nominees))
      let key = Self.bytes(8, &random)
      let time = withUnsafeBytes(of: times[voter].bigEndian) { Data($0) }
      switch self {
      case .keepsTheOrder, .isNotSealed:
        spent.append(hash)
        ballots.append(sheet)
      case .sharesAKey:
        spent.append(key + hash)
        ballots.append(key + sheet)
      case .keepsTimes: ballots.append(time + sheet)
      case .keepsPairsTogether: ballots.append(hash + sheet)
      case .tellsFiguresAtOnce: for nominee in cast[voter] { figures[nominee] += 1 }
      }
      if self == .isNotSealed { moments.append([Self.sorted(spent) + Self.sorted(ballots)]) }
      tallies.append(self == .tellsFiguresAtOnce ? figures : nil)
    }
    let isOrdered = self == .keepsTheOrder
    moments.append([
      isOrdered ? Data(spent.joined()) : Self.sorted(spent), isOrdered ? Data(ballots.joined()) : Self.sorted(ballots),
    ])
    let told = cast.sorted { $0.lexicographicallyPrecedes($1) }
    return (
      Sighting(
        voters: hashes.map { [$0] }, times: times,
        ballots: told.map { [SecretElection.sheet($0, of: nominees)] }, marks: told, moments: moments, tallies: tallies),
      cast.map { ballot in told.firstIndex(of: ballot) ?? 0 }
    )
  }

  private static func sorted(_ rows: [Data]) -> Data {
    Data(rows.sorted { $0.lexicographicallyPrecedes($1) }.joined())
  }

  private static func bytes(_ count: Int, _ random: inout SplitMix64) -> Data {
    Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
  }
}
