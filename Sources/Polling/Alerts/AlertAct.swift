/// What officials do about an alert: an act of its register.
public enum AlertAct: Hashable, Sendable {
  case acknowledged(String)
  /// Who sees to it (empty: nobody) and by when.
  case assigned(owner: String, due: Timestamp?)
  case commented(String)
  case closed(String)

  /// Of a comment or a name, in bytes.
  public static let mostText = 1_000

  /// The act's name in the ledger.
  public var name: String {
    switch self {
    case .acknowledged: "acknowledged"
    case .assigned: "assigned"
    case .commented: "commented"
    case .closed: "closed"
    }
  }

  /// The act's body in the ledger: the text in UTF-8; of an assignment, first the time in milliseconds since 1970 (0: none)
  /// and a space.
  public var body: [UInt8] {
    switch self {
    case .acknowledged(let text), .commented(let text), .closed(let text): Array(text.utf8)
    case .assigned(let owner, let due): Array("\(due?.milliseconds ?? 0) \(owner)".utf8)
    }
  }

  /// Nil: no act of an alert is called so, or has such a body.
  public init?(name: String, body: [UInt8]) {
    guard let text = String(validating: body, as: UTF8.self) else { return nil }
    switch name {
    case "acknowledged": self = .acknowledged(text)
    case "commented": self = .commented(text)
    case "closed": self = .closed(text)
    case "assigned":
      guard let space = text.firstIndex(of: " "), let due = Int64(text[..<space]) else { return nil }
      self = .assigned(
        owner: String(text[text.index(after: space)...]), due: due == 0 ? nil : Timestamp(milliseconds: due))
    default: return nil
    }
  }
}

/// How an alert's acts leave it.
public struct AlertHandling: Hashable, Sendable {
  public struct Comment: Hashable, Sendable {
    public var text: String
    public var by: String
    public var at: Timestamp
  }

  /// By whom and when.
  public struct Mark: Hashable, Sendable {
    public var by: String
    public var at: Timestamp
  }

  /// Shown of an alert.
  public static let mostComments = 20

  /// How many acts there were.
  public private(set) var acts: UInt64 = 0
  public private(set) var acknowledged: Mark?
  public private(set) var owner = ""
  public private(set) var due: Timestamp?
  public private(set) var comments: [Comment] = []
  private var closed: Mark?

  public init() {}

  /// - Parameter act: nil: one that is not known here, of a later version.
  public mutating func apply(_ act: AlertAct?, number: UInt64, by: String, at: Timestamp) {
    acts = number
    let text: String
    switch act {
    case .acknowledged(let comment):
      acknowledged = Mark(by: by, at: at)
      text = comment
    case .assigned(let owner, let due):
      (self.owner, self.due) = (owner, due)
      return
    case .commented(let comment): text = comment
    case .closed(let comment):
      closed = Mark(by: by, at: at)
      text = comment
    case nil: return
    }
    guard !text.isEmpty else { return }
    comments.append(Comment(text: text, by: by, at: at))
    comments.removeFirst(max(0, comments.count - Self.mostComments))
  }

  /// What of it is about an alert that was raised then: what was raised after it was closed is open, and nobody has
  /// acknowledged it.
  public func standing(since: Timestamp?) -> (acknowledged: Mark?, closed: Mark?) {
    guard let closed, let since, since > closed.at else { return (acknowledged, closed) }
    let isNewer = acknowledged.map { $0.at > closed.at } ?? false
    return (isNewer ? acknowledged : nil, nil)
  }
}
