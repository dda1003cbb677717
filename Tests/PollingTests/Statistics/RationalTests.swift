import SeededRandom
import Testing

@testable import Polling

struct RationalTests {
  @Test func arithmeticIsExact() throws {
    let third = try #require(Rational(1, over: 3))
    #expect(third + third + third == Rational(1))
    #expect(third - Rational(1) == -(try known(Rational(2, over: 3))))
    #expect(third * Rational(-6) == Rational(-2))
    #expect((Rational(2) / third) as Rational? == Rational(6))
    #expect(third / .zero == nil)
    #expect(Rational(1, over: 0) == nil)
    #expect(Rational(-1) < .zero && .zero < third && Rational(-2) < Rational(-1) && third < Rational(1))
    #expect(Rational(0) * Rational(-5) == .zero)
    let half = try #require(Rational(50, over: 100))
    #expect((half.numerator, half.denominator) == ("1", "2"))
    #expect(((-half).numerator, (-half).approximate) == ("-1", -0.5))
  }

  /// The mean of forty units: no fixed width would hold its denominator.
  @Test func sumsOfManyDenominators() throws {
    let primes: [UInt64] = (2...4_000).filter { n in !(2..<n).prefix(64).contains { n % $0 == 0 } }.suffix(40)
    #expect(primes.count == 40)
    var sum = Rational.zero
    for prime in primes { sum = sum + (try #require(Rational(1, over: prime))) }
    #expect(sum.denominator.count > 140)
    for prime in primes { sum = sum - (try #require(Rational(1, over: prime))) }
    #expect(sum == .zero)
  }

  /// Against the arithmetic of `UInt128`, also where limbs carry and borrow.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func naturalsAgreeWithFixedWidth(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let a = random.next() >> (random.next() % 64)
      let b = random.next() >> (random.next() % 64)
      let edge: UInt64 = random.next() % 3 == 0 ? .max : a
      for (x, y) in [(a, b), (edge, b), (edge, .max), (UInt64(UInt32.max), b)] {
        let (u, v) = (Natural(x), Natural(y))
        #expect((u * v).decimal == String(UInt128(x) * UInt128(y)))
        #expect((u + v).decimal == String(UInt128(x) + UInt128(y)))
        #expect(Natural.distance(u, v).decimal == String(max(x, y) - min(x, y)))
        #expect((u < v) == (x < y))
        let product = u * v + Natural(b)
        let wide = UInt128(x) * UInt128(y) + UInt128(b)
        for divisor in [u + Natural(1), (u + Natural(1)) * Natural(7)] {
          let (quotient, remainder) = try #require(product.divided(by: divisor))
          #expect(quotient * divisor + remainder == product)
          #expect(remainder < divisor)
        }
        let (quotient, remainder) = try #require(product.divided(by: v + Natural(1)))
        #expect(quotient.decimal == String(wide / (UInt128(y) + 1)))
        #expect(remainder.decimal == String(wide % (UInt128(y) + 1)))
        let ratio = Natural.quotient(product, v + Natural(1))
        let expected = Double(wide) / Double(UInt128(y) + 1)
        #expect(abs(ratio - expected) <= 4 * expected.ulp)
      }
    }
    #expect(Natural(1).divided(by: .zero) == nil)
    #expect(Natural.zero.decimal == "0")
    #expect(Natural.power(of: 10, 20).decimal == "100000000000000000000")
  }

  @Test func greatestCommonDivisors() {
    #expect(Natural.greatestCommonDivisor(Natural(12), Natural(18)) == Natural(6))
    #expect(Natural.greatestCommonDivisor(.zero, Natural(5)) == Natural(5))
    #expect(Natural.greatestCommonDivisor(Natural(5), .zero) == Natural(5))
    let large = Natural.power(of: 10, 30)
    #expect(Natural.greatestCommonDivisor(large * Natural(21), large * Natural(14)) == large * Natural(7))
  }

  static let roundings: [(String, Int, Int64)] = [
    ("2.5", 0, 3), ("3.5", 0, 4), ("2.49", 0, 2), ("0.125", 2, 13), ("0.375", 2, 38), ("-2.5", 0, -3),
    ("-2.4", 0, -2), ("0", 2, 0), ("2/3", 2, 67), ("1/3", 2, 33), ("14.996", 2, 1_500), ("14.994", 2, 1_499),
    // Never twice: 0.4449 is 0.44, not 0.45 by way of 0.445.
    ("0.4449", 2, 44), ("86", 2, 8_600),
  ]

  @Test(arguments: roundings)
  func halfUp(_ text: String, _ places: Int, _ expected: Int64) throws {
    #expect(try known(Rational(text)).roundedHalfUp(places: places) == expected)
  }

  @Test func whatCannotBeShownIsNotShownWrong() {
    #expect((Rational(.max) * Rational(10)).roundedHalfUp(places: 0) == nil)
    #expect(Rational(.max).roundedHalfUp(places: 0) == .max)
    #expect(Rational(.min) + Rational(.max) == Rational(-1))
  }

  @Test(arguments: ["", "-", "1.", ".5", "1/0", "1/", "/2", "1e3", "1,5", "1.5/2", "--1", "+1", "1/2/3", "1.2.3", "٣"])
  func notAFraction(_ text: String) {
    #expect(Rational(text) == nil)
  }

  @Test func longTextsAreNotMadeExact() {
    #expect(Rational("0." + String(repeating: "0", count: 38)) == .zero)
    for zeros in [39, 10_000_000] { #expect(Rational("0." + String(repeating: "0", count: zeros)) == nil) }
  }
}
