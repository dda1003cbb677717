/// What an alert is about. As text it is the alert's key, the same as long as the alert stands, and the name of its
/// register in the ledger.
public enum AlertSubject: Hashable, Sendable {
  /// A counter's share of the satisfied is under the threshold.
  case index(PollID, UnitPath)
  /// It fell against the weeks before.
  case drop(PollID, UnitPath)
  /// Many votes for the worst level within minutes.
  case burst(PollID, UnitPath)
  /// A kiosk, by role, unit and name of its certificate.
  case silent(kiosk: String)
  /// The first of the numbers that are missing; 0: presses do not add up although no number is missing.
  case gap(kiosk: String, first: UInt64)

  /// Longer than any subject.
  public static let mostBytes = 1_024

  /// Nil: no subject has this key.
  public init?(key: String) {
    guard key.utf8.count <= Self.mostBytes else { return nil }
    let parts = key.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    switch parts.first {
    case "index", "drop", "burst":
      guard parts.count == 3, let poll = try? PollID(parts[1]), let unit = try? UnitPath(parts[2]) else { return nil }
      self = parts[0] == "index" ? .index(poll, unit) : parts[0] == "drop" ? .drop(poll, unit) : .burst(poll, unit)
    case "silent":
      self = .silent(kiosk: parts.dropFirst().joined(separator: "/"))
    case "gap":
      guard parts.count == 3, let first = UInt64(parts[1]) else { return nil }
      self = .gap(kiosk: parts[2], first: first)
    default: return nil
    }
    // One spelling each, and a kiosk that stands somewhere.
    guard self.key.utf8.elementsEqual(key.utf8), unit != nil else { return nil }
  }

  public var key: String {
    switch self {
    case .index(let poll, let unit): "index/\(poll)/\(unit)"
    case .drop(let poll, let unit): "drop/\(poll)/\(unit)"
    case .burst(let poll, let unit): "burst/\(poll)/\(unit)"
    case .silent(let kiosk): "silent/\(kiosk)"
    case .gap(let kiosk, let first): "gap/\(first)/\(kiosk)"
    }
  }

  /// Nil: it is about a kiosk.
  public var poll: PollID? {
    switch self {
    case .index(let poll, _), .drop(let poll, _), .burst(let poll, _): poll
    case .silent, .gap: nil
    }
  }

  public var kiosk: String? {
    switch self {
    case .index, .drop, .burst: nil
    case .silent(let kiosk), .gap(let kiosk, _): kiosk
    }
  }

  /// Where it is. Nil: the kiosk is called as no certificate of ours calls it.
  public var unit: UnitPath? {
    switch self {
    case .index(_, let unit), .drop(_, let unit), .burst(_, let unit): return unit
    case .silent(let kiosk), .gap(let kiosk, _):
      let parts = kiosk.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count >= 3 else { return nil }
      return try? UnitPath(parts[1..<(parts.count - 1)].joined(separator: "/"))
    }
  }

  /// Index first, as officials read them.
  public var order: Int {
    switch self {
    case .drop: 0
    case .burst: 1
    case .index: 2
    case .gap: 3
    case .silent: 4
    }
  }
}
