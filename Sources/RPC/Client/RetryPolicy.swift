/// Whether a failed attempt at a call is followed by another one, and when.
///
/// A call that surely was not started may always be tried again. One that may have been acted on is tried again only
/// if the method is replay-safe. Always within the call's deadline and the bound on attempts.
public struct RetryPolicy: Sendable, Equatable {
  /// Attempts in all, the first one included; 1 switches retries off.
  public var maximumAttempts: Int
  /// The wait between attempts, where the server names none.
  public var backoff: Backoff

  public init(maximumAttempts: Int = 4, backoff: Backoff = Backoff()) {
    self.maximumAttempts = maximumAttempts
    self.backoff = backoff
  }

  enum Decision: Equatable {
    case retry(after: Duration)
    case giveUp
  }

  /// - Parameters:
  ///   - attempt: the number of the attempt that failed, from 1.
  ///   - remaining: time left until the call's deadline; nil: it has none.
  ///   - random: a number in 0..<1 for the jitter.
  func decide(
    _ failure: CallFailure, attempt: Int, isReplaySafe: Bool, remaining: Duration?, random: Double
  ) -> Decision {
    guard attempt < maximumAttempts else { return .giveUp }
    let delay: Duration
    switch failure.outcome {
    case .notStarted:
      // The next connection is tried at once; the manager paces connecting itself.
      delay = attempt == 1 ? .zero : backoff.delay(failures: attempt - 1, random: random)
    case .lost where isReplaySafe:
      delay = backoff.delay(failures: attempt, random: random)
    case .answered where isReplaySafe && failure.error.code == .unavailable:
      delay = failure.error.retryDelay ?? backoff.delay(failures: attempt, random: random)
    case .answered where isReplaySafe && failure.error.code == .resourceExhausted:
      guard let named = failure.error.retryDelay else { return .giveUp }
      delay = named
    case .lost, .answered, .ended, .taskCancelled:
      return .giveUp
    }
    if let remaining, delay >= remaining { return .giveUp }
    return .retry(after: delay)
  }
}
