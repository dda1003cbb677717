// The C library's functions of a real number, in one place: the rest of this room needs nothing from outside.
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

enum RealMath {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  /// log(1 + x), exact also where x is small.
  static func logarithm(onePlus x: Double) -> Double { log1p(x) }
  static func complementaryError(_ x: Double) -> Double { erfc(x) }
  /// log Γ(x) for x > 0: the function without the global sign that `lgamma` writes.
  static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }
}
