/// A whole number without bound, from 0. Sums of fractions outgrow any fixed width: the mean of forty units has the
/// product of forty counts as its denominator. Schoolbook arithmetic; the figures are short.
struct Natural: Hashable, Comparable, Sendable {
  /// Least significant first, the last one not 0; empty: 0.
  private var limbs: [UInt32]

  static let zero = Natural(limbs: [])
  static let one = Natural(1)

  init(_ value: UInt64) {
    self.init(limbs: [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)])
  }

  private init(limbs: [UInt32]) {
    self.limbs = limbs
    while self.limbs.last == 0 { self.limbs.removeLast() }
  }

  static func power(of base: UInt64, _ exponent: Int) -> Natural {
    (0..<max(0, exponent)).reduce(.one) { power, _ in power * Natural(base) }
  }

  var isZero: Bool { limbs.isEmpty }

  /// Nil: it needs more than 64 bits.
  var exactly: UInt64? {
    guard limbs.count <= 2 else { return nil }
    return limbs.reversed().reduce(0) { $0 << 32 | UInt64($1) }
  }

  var bitWidth: Int { limbs.count * 32 - (limbs.last?.leadingZeroBitCount ?? 0) }

  /// The upper 64 bits as a fraction in [0.5, 1) and the power of two it is times.
  private var scaled: (significand: Double, exponent: Int) {
    let width = bitWidth
    guard let upper = (width > 64 ? self >> (width - 64) : self).exactly, upper > 0 else { return (0, 0) }
    let significand = Double(upper)
    let own = significand.exponent + 1
    return (significand / Double(sign: .plus, exponent: Int(own), significand: 1), Int(own) + max(0, width - 64))
  }

  /// The nearest `Double`, or one beside it, of a quotient; neither part need fit into one.
  static func quotient(_ numerator: Natural, _ denominator: Natural) -> Double {
    let (upper, lower) = (numerator.scaled, denominator.scaled)
    guard lower.significand > 0 else { return .nan }
    return Double(sign: .plus, exponent: upper.exponent - lower.exponent, significand: upper.significand)
      / lower.significand
  }

  static func < (left: Natural, right: Natural) -> Bool {
    guard left.limbs.count == right.limbs.count else { return left.limbs.count < right.limbs.count }
    for (a, b) in zip(left.limbs, right.limbs).reversed() where a != b { return a < b }
    return false
  }

  static func + (left: Natural, right: Natural) -> Natural {
    var sum: [UInt32] = []
    var carry: UInt64 = 0
    for place in 0..<max(left.limbs.count, right.limbs.count) {
      carry += UInt64(left.limb(place)) + UInt64(right.limb(place))
      sum.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    return Natural(limbs: sum + [UInt32(carry)])
  }

  /// How far the two lie apart.
  static func distance(_ left: Natural, _ right: Natural) -> Natural {
    let (more, less) = left < right ? (right, left) : (left, right)
    var difference: [UInt32] = []
    var borrow: Int64 = 0
    for place in more.limbs.indices {
      borrow += Int64(more.limb(place)) - Int64(less.limb(place))
      difference.append(UInt32(truncatingIfNeeded: borrow))
      borrow >>= 32
    }
    return Natural(limbs: difference)
  }

  static func * (left: Natural, right: Natural) -> Natural {
    var product = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count + 1)
    for (place, a) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (offset, b) in right.limbs.enumerated() {
        carry += UInt64(a) * UInt64(b) + UInt64(product[place + offset])
        product[place + offset] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      product[place + right.limbs.count] = UInt32(carry)
    }
    return Natural(limbs: product)
  }

  static func << (number: Natural, shift: Int) -> Natural {
    let (words, bits) = (shift / 32, UInt64(shift % 32))
    var shifted = [UInt32](repeating: 0, count: words)
    var carry: UInt64 = 0
    for limb in number.limbs {
      carry |= UInt64(limb) << bits
      shifted.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    return Natural(limbs: shifted + [UInt32(carry)])
  }

  static func >> (number: Natural, shift: Int) -> Natural {
    let (words, bits) = (shift / 32, UInt64(shift % 32))
    guard words < number.limbs.count else { return .zero }
    return Natural(
      limbs: (words..<number.limbs.count).map { place in
        let pair = UInt64(number.limb(place + 1)) << 32 | UInt64(number.limb(place))
        return UInt32(truncatingIfNeeded: pair >> bits)
      })
  }

  /// Bit by bit, from the top: long numbers are rare here. Nil: the divisor is 0.
  func divided(by divisor: Natural) -> (quotient: Natural, remainder: Natural)? {
    guard !divisor.isZero else { return nil }
    if let own = exactly, let other = divisor.exactly {
      return (Natural(own / other), Natural(own % other))
    }
    var (quotient, remainder) = (Natural.zero, self)
    var shift = bitWidth - divisor.bitWidth
    while shift >= 0 {
      let part = divisor << shift
      quotient = quotient << 1
      if part <= remainder {
        remainder = Natural.distance(remainder, part)
        quotient = quotient + .one
      }
      shift -= 1
    }
    return (quotient, remainder)
  }

  /// Stein's binary algorithm (Knuth, The Art of Computer Programming 2, 4.5.2, algorithm B). That of 0 and n is n.
  static func greatestCommonDivisor(_ left: Natural, _ right: Natural) -> Natural {
    if left.isZero { return right }
    if right.isZero { return left }
    let common = min(left.trailingZeros, right.trailingZeros)
    var (a, b) = (left >> left.trailingZeros, right >> right.trailingZeros)
    while a != b {
      let difference = distance(a, b)
      b = min(a, b)
      a = difference >> difference.trailingZeros
    }
    return a << common
  }

  private var trailingZeros: Int {
    guard let place = limbs.firstIndex(where: { $0 != 0 }) else { return 0 }
    return place * 32 + limbs[place].trailingZeroBitCount
  }

  /// Decimal digits, without separators.
  var decimal: String {
    var digits: [String] = []
    var rest = limbs
    repeat {
      var carry: UInt64 = 0
      for place in rest.indices.reversed() {
        carry = carry << 32 | UInt64(rest[place])
        rest[place] = UInt32(carry / 1_000_000_000)
        carry %= 1_000_000_000
      }
      while rest.last == 0 { rest.removeLast() }
      digits.append(String(carry))
    } while !rest.isEmpty
    return digits.reversed().enumerated().map { place, part in
      place == 0 ? part : String(repeating: "0", count: 9 - part.count) + part
    }.joined()
  }

  private func limb(_ place: Int) -> UInt32 { place < limbs.count ? limbs[place] : 0 }
}
