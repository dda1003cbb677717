internal import Schema

/// What is being typed about an alert, key by key.
struct AlertPrompt: Sendable, Equatable {
  enum Subject: Sendable, Equatable { case owner, due, comment, close }

  enum Progress: Sendable, Equatable {
    case typing
    /// Nobody wants it any more, or nothing was typed.
    case dropped
    /// It stays open, to be mended.
    case wrong(Text)
    case done(Binhchon_V1_UpdateAlertRequest)
  }

  /// In bytes of UTF-8.
  static let mostTyped = 200

  var subject: Subject
  var alert: Binhchon_V1_Alert
  var text = ""

  /// - Parameter now: milliseconds since 1970, for due times.
  mutating func take(_ key: Key, now: Int64) -> Progress {
    switch key {
    case .interrupt: return .dropped
    case .backspace where text.isEmpty: return .dropped
    case .backspace: text.removeLast()
    case .character(let character):
      if text.utf8.count + character.utf8.count <= Self.mostTyped { text.append(character) }
    case .enter: return finished(now)
    case .tab, .backTab, .left, .right, .up, .down, .mouse, .unknown: break
    }
    return .typing
  }

  private func finished(_ now: Int64) -> Progress {
    switch subject {
    case .owner: return .done(alert.assignment(owner: text, due: alert.dueMs))
    case .due:
      guard let due = DueTime.milliseconds(text, now: now) else {
        return .wrong(
          Text(
            vi: "gõ ngày 25/12, 25/12/2026 14:30, hoặc +3", en: "type 25/12, 25/12/2026 14:30, or +3 for in three days")
        )
      }
      return .done(alert.assignment(owner: alert.owner, due: due))
    case .comment: return text.isEmpty ? .dropped : .done(alert.request(.comment(text)))
    case .close: return .done(alert.request(.close(text)))
    }
  }
}

extension Binhchon_V1_Alert {
  /// About the alert as it was shown; its act id is for who sends it.
  func request(_ change: Binhchon_V1_UpdateAlertRequest.OneOf_Change) -> Binhchon_V1_UpdateAlertRequest {
    .with { request in
      request.key = key
      request.after = acts
      request.change = change
    }
  }

  fileprivate func assignment(owner: String, due: Int64) -> Binhchon_V1_UpdateAlertRequest {
    request(.assign(.with { ($0.owner, $0.dueMs) = (owner, due) }))
  }
}
