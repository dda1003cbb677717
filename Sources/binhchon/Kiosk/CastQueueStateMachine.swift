internal import Schema

/// Taps on their way to the server: bounded, each one repeated under its own ballot id until it is answered for good.
struct CastQueueStateMachine: Sendable {
  struct Tap: Sendable, Equatable {
    /// From 1, in the order of the taps.
    var number: Int
    var ballot: Binhchon_V1_Ballot
  }

  enum OnAnswer: Sendable, Equatable {
    case settled(Tap, CastOutcome)
    /// Not before this long nothing goes out.
    case pause(Duration)
    /// It was not under way.
    case ignore
  }

  private var waiting: [Tap] = []
  private var underWay: [Int: Tap] = [:]
  private var pace = RetryPace()
  private var isPaused = false
  private(set) var isReachable = true
  /// Why the server lets this kiosk in no more; nil: it does, or did when last heard of.
  private var barredBy: String?
  private var taps = 0
  private let capacity: Int
  private let window: Int

  /// - Parameters:
  ///   - capacity: how many may wait in all.
  ///   - window: how many may be under way at once.
  init(capacity: Int, window: Int) {
    self.capacity = capacity
    self.window = window
  }

  var count: Int { waiting.count + underWay.count }
  var isFull: Bool { count >= capacity }
  var delivery: DeliveryState {
    DeliveryState(waiting: count, isFull: isFull, isReachable: isReachable, barredBy: barredBy)
  }

  /// Takes a tap; nil: there is no room, and it was not taken.
  mutating func tap(_ ballot: Binhchon_V1_Ballot) -> Tap? {
    guard !isFull else { return nil }
    taps += 1
    let tap = Tap(number: taps, ballot: ballot)
    waiting.append(tap)
    return tap
  }

  /// What to send now. While the server does not answer, one at a time finds out whether it is back.
  mutating func next() -> Tap? {
    guard !isPaused, underWay.count < (isReachable ? window : 1), !waiting.isEmpty else { return nil }
    let tap = waiting.removeFirst()
    underWay[tap.number] = tap
    return tap
  }

  mutating func taken(_ number: Int, _ receipt: Binhchon_V1_Receipt) -> OnAnswer {
    guard let tap = underWay.removeValue(forKey: number) else { return .ignore }
    isReachable = true
    barredBy = nil
    pace.reset()
    return .settled(tap, .taken(receipt))
  }

  /// - Parameter jitter: 0..<1.
  mutating func refused(_ number: Int, _ refusal: Refusal, jitter: Double) -> OnAnswer {
    guard let tap = underWay.removeValue(forKey: number) else { return .ignore }
    barredBy = nil
    guard refusal.isTransient else {
      isReachable = true
      return .settled(tap, .refused(refusal))
    }
    // Back to where it was: before everything tapped later.
    let place = waiting.firstIndex { $0.number > tap.number } ?? waiting.endIndex
    waiting.insert(tap, at: place)
    isReachable = false
    guard !isPaused else { return .ignore }
    isPaused = true
    return .pause(pace.next(jitter: jitter, asked: refusal.retryAfter))
  }

  /// The server does not take our certificate: people have to mend that, and the tap goes again until they have.
  ///
  /// - Parameter jitter: 0..<1.
  mutating func barred(_ number: Int, reason: String, jitter: Double) -> OnAnswer {
    guard underWay[number] != nil else { return .ignore }
    let answer = refused(number, Refusal(code: StatusCode.unavailable.rawValue, message: reason), jitter: jitter)
    barredBy = reason
    return answer
  }

  mutating func pauseIsOver() {
    isPaused = false
  }

  /// What never got an answer.
  mutating func abandon() -> [Tap] {
    defer {
      waiting = []
      underWay = [:]
    }
    return (waiting + underWay.values).sorted { $0.number < $1.number }
  }
}
