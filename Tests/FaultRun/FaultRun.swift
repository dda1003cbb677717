import Foundation
public import SeededRandom

/// How many cases a fault harness tries, and which: few in CI, many under `scripts/faults`, one when a failure is replayed.
///
/// Case `i` of seed `s` draws from a generator of its own, so that cases can be tried in any order, in pieces and alone.
public struct FaultRun: Sendable {
  /// As `scripts/faults` calls it: "P5".
  public let promise: String
  public let seed: UInt64
  /// The cases to try.
  public let cases: Range<Int>
  /// A piece of a long run, and neither CI's number nor one case replayed.
  public let isLong: Bool

  /// - Parameters:
  ///   - cases: how many there are in CI. `BINHCHON_FAULT_CASES`, `BINHCHON_FAULT_FIRST` (from 0) and `BINHCHON_SEED` say
  ///     otherwise.
  ///   - usual: the seed to draw from where none is given; nil: a new one.
  public init(_ promise: String, cases: Int, seed usual: UInt64? = nil) {
    func number<Value: FixedWidthInteger>(_ name: String) -> Value? {
      ProcessInfo.processInfo.environment[name].flatMap { Value($0) }
    }
    self.promise = promise
    seed = number("BINHCHON_SEED") ?? usual ?? .random(in: 0 ... .max)
    let asked: Int? = number("BINHCHON_FAULT_CASES")
    isLong = (asked ?? 0) > 1
    let first = max(0, number("BINHCHON_FAULT_FIRST") ?? 0)
    self.cases = first..<(first + max(1, asked ?? cases))
    print("\(promise): cases \(self.cases) of seed \(seed)")
  }

  public func random(_ number: Int) -> SplitMix64 {
    // Through the generator once, lest the streams of neighbours overlap.
    var mixed = SplitMix64(seed: seed ^ (UInt64(number) &* 0xD134_2543_DE82_EF95))
    return SplitMix64(seed: mixed.next())
  }

  /// The command that tries this case again; part of every failure's message.
  public func replay(_ number: Int) -> String {
    "scripts/faults \(promise) --seed \(seed) --case \(number)"
  }
}
