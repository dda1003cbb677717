internal import Schema

/// Something that is asked of the server again and again: one question at a time, and not too often. What was answered
/// last stays until there is something newer.
struct Inquiry<Answer: Sendable & Equatable>: Sendable, Equatable {
  enum State: Sendable, Equatable {
    case waiting
    case here(Answer)
    /// And why; nobody asks again.
    case refused(Text)
  }

  private(set) var state = State.waiting
  private var isUnderWay = false
  /// Something was changed after it was asked: the answer may be of before.
  private var isOvertaken = false
  private var askedAt: Int64?

  /// Nil: there is none yet, or never.
  var answer: Answer? { if case .here(let answer) = state { answer } else { nil } }

  /// Whether to ask now; if so, it counts as asked.
  ///
  /// - Parameter interval: milliseconds since it was asked last.
  mutating func begin(_ now: Int64, interval: Int64) -> Bool {
    if case .refused = state { return false }
    guard !isUnderWay, isDue(now, interval) else { return false }
    (isUnderWay, isOvertaken, askedAt) = (true, false, now)
    return true
  }

  /// A clock that was put back asks at once.
  private func isDue(_ now: Int64, _ interval: Int64) -> Bool {
    guard let askedAt, askedAt <= now else { return true }
    let (age, overflow) = now.subtractingReportingOverflow(askedAt)
    return overflow || age >= interval
  }

  /// What came is of no use any more.
  mutating func ended() { isUnderWay = false }

  /// - Parameter answer: a refusal that may pass leaves what there is.
  mutating func receive(_ answer: Result<Answer, Refusal>) {
    defer { isOvertaken = false }
    isUnderWay = false
    switch answer {
    case .success(let answer): if !isOvertaken { state = .here(answer) }
    case .failure(let refusal): if !refusal.isTransient { state = .refused(refusal.spoken) }
    }
  }

  /// There is news: it is asked for as soon as nothing is under way, and what is under way says nothing any more.
  mutating func hurry() {
    askedAt = nil
    isOvertaken = isUnderWay
  }

  /// Known by other means meanwhile.
  mutating func amend(_ change: (inout Answer) -> Void) {
    guard case .here(var answer) = state else { return }
    change(&answer)
    state = .here(answer)
  }
}

extension Refusal {
  /// For a page: why, in one line.
  var spoken: Text { why ?? Text(verbatim: message) }
}
