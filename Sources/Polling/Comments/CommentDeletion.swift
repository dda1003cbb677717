/// That comments of a poll were deleted: an act of the poll's register of comments. The ledger keeps it for ever, and
/// nothing of what they said.
public struct CommentDeletion: Hashable, Sendable {
  public enum Which: Hashable, Sendable {
    case one(CommentID)
    /// All of the days before.
    case before(Day)
  }

  /// The act's name in the ledger.
  public static let name = "deleted"
  /// Of the reason, in bytes.
  public static let mostReason = 500

  public var which: Which
  public var reason: String

  public init(_ which: Which, reason: String) {
    self.which = which
    self.reason = reason
  }

  /// In UTF-8: the comment's id, or the day (yyyy-mm-dd); a space; the reason.
  public var body: [UInt8] {
    switch which {
    case .one(let id): Array("\(id) \(reason)".utf8)
    case .before(let day): Array("\(day) \(reason)".utf8)
    }
  }

  /// Nil: no deletion has such a body.
  public init?(body: [UInt8]) {
    guard let text = String(validating: body, as: UTF8.self), let space = text.firstIndex(of: " ") else { return nil }
    let what = String(text[..<space])
    if let id = CommentID(what) {
      which = .one(id)
    } else if let day = Day(iso: what) {
      which = .before(day)
    } else {
      return nil
    }
    reason = String(text[text.index(after: space)...])
  }
}
