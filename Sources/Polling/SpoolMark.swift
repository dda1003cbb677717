/// Which numbers of a spool have come: all up to the highest one but for the gaps.
///
/// Bounded whatever a kiosk sends: beyond ``mostGaps`` ranges the missing numbers are counted, and no longer told apart.
/// What it holds follows from the numbers in the order of their coming, so that a recount ends with the same.
public struct SpoolMark: Hashable, Sendable {
  public static let mostGaps = 1_000

  /// 0: none has come.
  public private(set) var highest: UInt64
  /// Missing numbers below it, ascending.
  public private(set) var gaps: [ClosedRange<UInt64>]
  /// How many more are missing, all of them from `beyondFrom` on; 0: none.
  public private(set) var beyond: UInt64
  /// 0: `beyond` is 0.
  public private(set) var beyondFrom: UInt64
  /// Presses without a number, as they come where times are coarse: as many of the missing numbers are theirs.
  public private(set) var unnumbered: UInt64
  /// Presses whose number had come before: of a spool that was copied, or put back from a copy.
  public private(set) var renumbered: UInt64

  /// As it was kept. Nothing traps on what no numbers lead to: that is for a recount to tell.
  public init(
    highest: UInt64 = 0, gaps: [ClosedRange<UInt64>] = [], beyond: UInt64 = 0, beyondFrom: UInt64 = 0,
    unnumbered: UInt64 = 0, renumbered: UInt64 = 0
  ) {
    self.highest = highest
    self.gaps = gaps
    self.beyond = beyond
    self.beyondFrom = beyondFrom
    self.unnumbered = unnumbered
    self.renumbered = renumbered
  }

  /// All up to this one have come; 0: the first has not.
  public var acknowledgedThrough: UInt64 {
    if let first = gaps.first { return first.lowerBound &- 1 }
    return beyond > 0 ? beyondFrom &- 1 : highest
  }

  /// A press has come with this number; nil or 0: with none.
  public mutating func note(_ number: UInt64?) {
    guard let number, number > 0 else {
      unnumbered &+= 1
      return
    }
    if number > highest {
      if number - highest > 1 { miss(highest + 1...number - 1) }
      highest = number
    } else if let index = index(of: number) {
      fill(number, at: index)
    } else if beyond > 0, number >= beyondFrom {
      beyond -= 1
      if beyond == 0 { beyondFrom = 0 }
    } else {
      renumbered &+= 1
    }
  }

  private mutating func miss(_ range: ClosedRange<UInt64>) {
    // What is beyond lies above all gaps: none is added there before it has come.
    if beyond == 0, gaps.count < Self.mostGaps { return gaps.append(range) }
    if beyond == 0 { beyondFrom = range.lowerBound }
    beyond &+= range.upperBound &- range.lowerBound &+ 1
  }

  private mutating func fill(_ number: UInt64, at index: Int) {
    let gap = gaps[index]
    var rest: [ClosedRange<UInt64>] = []
    if gap.lowerBound < number { rest.append(gap.lowerBound...number - 1) }
    if number < gap.upperBound { rest.append(number + 1...gap.upperBound) }
    gaps.replaceSubrange(index...index, with: rest)
    if gaps.count > Self.mostGaps {
      let last = gaps.removeLast()
      beyond &+= last.upperBound &- last.lowerBound &+ 1
      beyondFrom = last.lowerBound
    }
  }

  /// Where the gap is that has the number.
  private func index(of number: UInt64) -> Int? {
    var (low, high) = (0, gaps.count)
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < gaps.count && gaps[low].contains(number) ? low : nil
  }
}
