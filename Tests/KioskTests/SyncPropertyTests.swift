import SeededRandom
import Testing

@testable import Kiosk

/// Any pattern of lost, repeated, swapped and cut messages, and of restarts on either side, gives the same tally.
@Suite(.timeLimit(.minutes(2))) struct SyncPropertyTests {
  static let schedules = 3_000

  @Test func everyThankedTapIsCountedExactlyOnceAndEveryDayAddsUp() async throws {
    var seeds = SplitMix64()
    var (taps, messages, days) = (0, 0, 0)
    for _ in 0..<Self.schedules {
      let seed = seeds.next()
      let outcome = try Simulation(seed: seed, store: ModelStore()).run()
      // Other tests wait for their turn.
      await Task.yield()
      taps += outcome.thanked.count
      messages += outcome.messages
      days += outcome.answered.count
      // One is enough to be looked into.
      if let failure = outcome.failure {
        Issue.record("schedule \(seed): \(failure)")
        return
      }
    }
    print("\(Self.schedules) schedules, \(taps) taps on \(days) days in \(messages) messages")
    #expect(days > Self.schedules)
  }

  @Test func withTheSpoolItselfToo() throws {
    var seeds = SplitMix64()
    for _ in 0..<40 {
      let seed = seeds.next()
      let store = try RealStore()
      let outcome = try Simulation(seed: seed, store: store).run()
      #expect(outcome.failure == nil, "schedule \(seed)")
      let status = try store.status
      let verdicts = outcome.answered.values.joined()
      #expect(status.counted == verdicts.count { $0 == .counted })
      #expect(status.flagged == verdicts.count { $0 == .flagged })
      #expect(status.duplicate == verdicts.count { $0 == .duplicate })
      #expect(status.rejected == verdicts.count { $0.isRejected })
      #expect(status.late == verdicts.count { $0 == .late })
      #expect(status.corrected == verdicts.count { $0 == .afterSeal })
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

  /// What a server sees of it that knows nothing but what it was told.
  @Test(arguments: [Simulation.Plant.forgetsWhenSent, .countsEveryCopy])
  func theLawAloneFindsIt(_ plant: Simulation.Plant) throws {
    var seeds = SplitMix64(seed: 1)
    var found = 0
    for _ in 0..<200 {
      if try Simulation(seed: seeds.next(), store: ModelStore(), plant: plant).run().brokenLaw != nil { found += 1 }
    }
    #expect(found > 50, "\(plant) was found in \(found) of 200 schedules")
  }
}
