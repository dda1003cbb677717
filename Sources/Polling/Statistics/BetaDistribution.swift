/// The beta distribution with parameters `a` and `b`, both at least ½.
struct BetaDistribution: Sendable {
  let a: Double
  let b: Double

  /// Of 1 − X.
  var mirrored: BetaDistribution { BetaDistribution(a: b, b: a) }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22), evaluated by the
  /// modified method of Lentz (W. J. Lentz 1976; I. J. Thompson and A. R. Barnett 1986).
  func cumulative(_ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges quickly below the mean; above it, the other tail does.
    if x > (a + 1) / (a + b + 2) { return 1 - mirrored.lowerTail(1 - x) }
    return lowerTail(x)
  }

  /// The x for which I_x(a, b) = `probability`, for a probability below one half: Newton's method, kept within a bracket
  /// that halves where Newton would leave it.
  func lowerQuantile(_ probability: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    var x = a / (a + b)
    for _ in 0..<200 {
      let error = cumulative(x) - probability
      if error == 0 { return x }
      if error > 0 { high = x } else { low = x }
      let density = kernel(x) / (x * (1 - x))
      var next = x - error / density
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      if abs(next - x) <= 2 * x.ulp { return next }
      x = next
    }
    return x
  }

  private func lowerTail(_ x: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var fraction = d
    // About the square root of the larger parameter many steps.
    for step in 1...100_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      fraction *= d * c
      if abs(d * c - 1) < 3e-16 { break }
    }
    return kernel(x) * fraction / a
  }

  /// x^a (1 − x)^b / B(a, b), taken from its maximum at the mean, where Stirling's formula gives the height: the large
  /// logarithms that would cancel are never formed (after C. Loader, "Fast and accurate computation of binomial
  /// probabilities", 2000).
  private func kernel(_ x: Double) -> Double {
    let (mean, rest) = (a / (a + b), b / (a + b))
    let distance = x - mean
    let fall = a * RealMath.logarithm(onePlus: distance / mean) + b * RealMath.logarithm(onePlus: -distance / rest)
    let height = (a * rest / (2 * Double.pi)).squareRoot()
    return height
      * RealMath.exponential(fall + Self.stirlingError(a + b) - Self.stirlingError(a) - Self.stirlingError(b))
  }

  /// log Γ(x) less Stirling's (x − ½) log x − x + ½ log 2π (DLMF 5.11.1).
  private static func stirlingError(_ x: Double) -> Double {
    guard x >= 16 else {
      return RealMath.logGamma(x) - (x - 0.5) * RealMath.logarithm(x) + x - 0.5 * RealMath.logarithm(2 * Double.pi)
    }
    let y = 1 / (x * x)
    return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188))))) / x
  }
}
