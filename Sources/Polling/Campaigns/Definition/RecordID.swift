/// The name of a campaign, nomination, decision or legal basis: 1 to 64 ASCII letters, digits, `-`, `_` or `.`. Whoever
/// submits a record names it, so that submitting it again is recognised.
public struct RecordID<Record>: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String

  public init(_ text: String) throws(InvalidValue) {
    guard Name.isValid(text) else {
      throw InvalidValue(field: "id", problem: "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
    }
    rawValue = text
  }

  public var description: String { rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
