import SeededRandom

/// What a seed asks of a week: all presses and nearly all faults lie in six hours of ten minutes, for a fault that meets
/// nobody finds nothing.
struct WeekPlan {
  /// Chances, 0…1, of what befalls a message.
  struct Chances {
    var lost = 0.0
    var doubled = 0.0
    var late = 0.0
    var cut = 0.0

    init() {}

    init(_ random: inout SplitMix64) {
      func chance() -> Double { [0, 0, 0.05, 0.2, 0.5].randomElement(using: &random) ?? 0 }
      (lost, doubled, late, cut) = (chance(), chance(), chance(), chance())
    }
  }

  struct Episode {
    var begin: Int64
    var chances: Chances
  }

  static let kiosks = 20
  static let day: Int64 = 86_400_000
  static let week = 7 * day
  static let episode: Int64 = 600_000
  static let episodes = 6

  let episodes: [Episode]
  /// Of the poll that closes.
  let closesAt: Int64
  let late: Int64

  init(_ random: inout SplitMix64) {
    var begins = (0..<Self.episodes).map { _ in Int64.random(in: 0..<Self.week - 2 * Self.episode, using: &random) }
    // Some go over midnight.
    for index in 0..<2 {
      begins[index] = Int64.random(in: 1...6, using: &random) * Self.day - Self.episode / 2
    }
    begins.sort()
    var episodes: [Episode] = []
    for begin in begins { episodes.append(Episode(begin: begin, chances: Chances(&random))) }
    self.episodes = episodes
    closesAt = begins[Int.random(in: 3..<Self.episodes, using: &random)] + Self.episode / 2
    late = [0, 60_000, 12 * 3_600_000, 30 * Self.day].randomElement(using: &random) ?? 0
  }

  /// A time in one of the hours.
  func moment(_ random: inout SplitMix64, from first: Int = 0) -> Int64 {
    let index = Int.random(in: min(first, episodes.count - 1)..<episodes.count, using: &random)
    return episodes[index].begin + Int64.random(in: 0..<Self.episode, using: &random)
  }

  func chances(at now: Int64) -> Chances {
    // Between the hours it is as in the last one; after the week nothing goes wrong any more.
    now >= Self.week ? Chances() : episodes.last { $0.begin <= now }?.chances ?? Chances()
  }
}
