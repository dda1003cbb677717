import SeededRandom
import Testing

@testable import Kiosk

/// Any pattern of lost, repeated, swapped and cut messages, and of restarts on either side, gives the same tally.
@Suite(.timeLimit(.minutes(2))) struct SyncPropertyTests {
  static let schedules = 3_000

  @Test func everyThankedTapIsCountedExactlyOnce() throws {
    var seeds = SplitMix64()
    var (taps, messages) = (0, 0)
    for _ in 0..<Self.schedules {
      let seed = seeds.next()
      let outcome = try Simulation(seed: seed, store: ModelStore()).run()
      taps += outcome.thanked.count
      messages += outcome.messages
      // One is enough to be looked into.
      if let failure = outcome.failure {
        Issue.record("schedule \(seed): \(failure)")
        return
      }
    }
    print("\(Self.schedules) schedules, \(taps) taps in \(messages) messages")
  }

  @Test func withTheSpoolItselfToo() throws {
    var seeds = SplitMix64()
    for _ in 0..<40 {
      let seed = seeds.next()
      let store = try RealStore()
      let outcome = try Simulation(seed: seed, store: store).run()
      #expect(outcome.failure == nil, "schedule \(seed)")
      let status = try store.status
      #expect(status.counted == outcome.thanked.count)
      #expect(status.pending == 0)
    }
  }

  /// The controls: what the property would not see, the test would not be worth.
  @Test(arguments: [Simulation.Plant.forgetsWhenSent, .countsEveryCopy])
  func aPlantedFaultIsFound(_ plant: Simulation.Plant) throws {
    var seeds = SplitMix64(seed: 1)
    var found = 0
    for _ in 0..<200 {
      if try Simulation(seed: seeds.next(), store: ModelStore(), plant: plant).run().failure != nil { found += 1 }
    }
    #expect(found > 50, "\(plant) was found in \(found) of 200 schedules")
  }
}
