internal import Polling
internal import Synchronization
internal import Tallies

/// Sees votes for the worst level go by.
final class BurstWatch: Sendable {
  private let window: Mutex<BurstWindow>
  private let now: @Sendable () -> Timestamp

  init(_ thresholds: AlertThresholds, now: @escaping @Sendable () -> Timestamp) {
    window = Mutex(BurstWindow(thresholds))
    self.now = now
  }

  /// What a commit adds. Votes of earlier days, which a kiosk brings that was offline, are no burst; and a poll whose times
  /// are coarse is not to be told by the minute.
  func note(_ cells: [PollID: [CellKey: Int64]], _ board: TallyBoard) {
    for (id, counts) in cells {
      guard let poll = board.poll(id)?.newest, !poll.policy.timePrecision.hidesOrder,
        let question = poll.satisfactionQuestion, let worst = question.choices.first
      else { continue }
      let subject = CellKey.Subject.votes(question: question.id, choice: worst.code)
      let now = now()
      let today = Day(of: now)
      for (key, count) in counts
      where count > 0 && key.day == today && key.flags.isCounted && key.subject == subject {
        window.withLock { $0.add(UInt64(count), poll: id, unit: key.unit, at: now) }
      }
    }
  }

  func alerts() -> [Alert] {
    window.withLock { $0.alerts(at: now()) }
  }
}
