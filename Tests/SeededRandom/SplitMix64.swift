import Foundation

/// A seeded generator, so that a failure can be replayed (S. Vigna, splitmix64.c).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  public let seed: UInt64
  private var state: UInt64

  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// A new seed, or that of `BINHCHON_SEED`; printed, for the replay.
  public init() {
    let given = ProcessInfo.processInfo.environment["BINHCHON_SEED"].flatMap { UInt64($0) }
    self.init(seed: given ?? .random(in: 0 ... .max))
    print("replay with BINHCHON_SEED=\(seed)")
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &self) }
  }
}
