/// A value from outside that breaks the rule of its type. `problem` is a short English phrase without personal data.
public struct InvalidValue: Error, Equatable, CustomStringConvertible {
  public var field: String
  public var problem: String

  public init(field: String, problem: String) {
    self.field = field
    self.problem = problem
  }

  public var description: String { "\(field) \(problem)" }
}

/// Rules for the short names that polls, questions, choices and units go by.
enum Name {
  /// 1 to 64 ASCII letters, digits, `-`, `_` or `.`, beginning with a letter or digit.
  static func isValid(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    guard (1...64).contains(bytes.count), let first = bytes.first, isAlphanumeric(first) else { return false }
    return bytes.allSatisfy {
      isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

/// The name of a poll, for example `hai-chau-hai-long`.
public struct PollID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String

  public init(_ text: String) throws(InvalidValue) {
    guard Name.isValid(text) else {
      throw InvalidValue(field: "poll", problem: "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
    }
    rawValue = text
  }

  public var description: String { rawValue }

  public static func < (left: PollID, right: PollID) -> Bool { left.rawValue < right.rawValue }
}

/// A place in the tree of units, for example `hai-chau/mot-cua/quay-01`: names joined by `/`, at most 8 levels.
public struct UnitPath: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String

  public init(_ text: String) throws(InvalidValue) {
    // The length first: comparing characters takes time that grows with the square of a run of combining marks.
    let names = text.utf8.count < 8 * 65 ? text.split(separator: "/", omittingEmptySubsequences: false) : []
    guard (1...8).contains(names.count), names.allSatisfy({ Name.isValid($0) }) else {
      throw InvalidValue(
        field: "unit", problem: "must be 1 to 8 names joined by '/', each of ASCII letters, digits, '-', '_' or '.'")
    }
    rawValue = text
  }

  /// Whether `other` is this unit or lies below it.
  public func contains(_ other: UnitPath) -> Bool {
    guard other.rawValue.hasPrefix(rawValue) else { return false }
    let rest = other.rawValue.utf8.dropFirst(rawValue.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }

  public var description: String { rawValue }

  public static func < (left: UnitPath, right: UnitPath) -> Bool { left.rawValue < right.rawValue }
}
