internal import FoundationEssentials
internal import Ledger
internal import Polling
internal import Schema

extension Act.ID {
  /// Nil: not 16 bytes.
  init?(_ bytes: Data) {
    guard bytes.count == 16 else { return nil }
    func word(_ bytes: Data) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: word(bytes.prefix(8)), low: word(bytes.suffix(8)))
  }
}

extension AlertAct {
  init(_ change: Binhchon_V1_UpdateAlertRequest.OneOf_Change?) throws(Refusal) {
    func text(_ text: String, _ field: String, isNeeded: Bool = false) throws(Refusal) -> String {
      guard text.utf8.count <= Self.mostText else {
        throw .invalid([Violation(field, "is longer than \(Self.mostText) bytes")])
      }
      if isNeeded, text.utf8.isEmpty { throw .invalid([Violation(field, "is empty")]) }
      return text
    }
    switch change {
    case .acknowledge(let comment): self = .acknowledged(try text(comment, "acknowledge"))
    case .comment(let comment): self = .commented(try text(comment, "comment", isNeeded: true))
    case .close(let comment): self = .closed(try text(comment, "close"))
    case .assign(let assignment):
      guard (0...253_402_300_799_999).contains(assignment.dueMs) else {
        throw .invalid([Violation("assign.due_ms", "is no time before the year 10000")])
      }
      self = .assigned(
        owner: try text(assignment.owner, "assign.owner"),
        due: assignment.dueMs == 0 ? nil : Timestamp(milliseconds: assignment.dueMs))
    case nil: throw .invalid([Violation("change", "is missing")])
    }
  }
}

extension Binhchon_V1_Alert {
  init(_ alert: Alert, _ handling: AlertHandling) {
    self.init()
    key = alert.subject.key
    kind = alert.subject.kind
    poll = alert.subject.poll?.rawValue ?? ""
    unit = alert.subject.unit?.rawValue ?? ""
    kiosk = alert.subject.kiosk ?? ""
    sinceMs = alert.since?.milliseconds ?? 0
    count = alert.count
    n = alert.n
    words.vi = alert.words.vi
    words.en = alert.words.en
    acts = handling.acts
    let (acknowledged, closed) = handling.standing(since: alert.since)
    acknowledgedBy = acknowledged?.by ?? ""
    acknowledgedMs = acknowledged?.at.milliseconds ?? 0
    closedBy = closed?.by ?? ""
    closedMs = closed?.at.milliseconds ?? 0
    owner = handling.owner
    dueMs = handling.due?.milliseconds ?? 0
    comments = handling.comments.map { comment in
      var message = Binhchon_V1_AlertComment()
      (message.text, message.by, message.atMs) = (comment.text, comment.by, comment.at.milliseconds)
      return message
    }
  }
}

extension AlertSubject {
  fileprivate var kind: Binhchon_V1_AlertKind {
    switch self {
    case .index: .index
    case .drop: .drop
    case .burst: .burst
    case .silent: .silent
    case .gap: .gap
    }
  }
}
