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
  static func isValid(_ text: String) -> Bool {
    count(in: text, joinedBy: nil) == 1
  }

  /// How many valid names a text holds, one after the other with `separator` between them; nil if one is not valid.
  static func count(in text: String, joinedBy separator: UInt8?) -> Int? {
    var names = 1
    var length = 0
    for byte in text.utf8 {
      if byte == separator {
        guard length > 0 else { return nil }
        names += 1
        length = 0
      } else {
        guard isAlphanumeric(byte) || length > 0 && isPunctuation(byte), length < 64 else { return nil }
        length += 1
      }
    }
    return length > 0 ? names : nil
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
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

/// What registers and their acts are called.
public enum PlainName {
  /// One name, or up to 16 joined by "/", each as polls and units have them. No two of these look the same.
  public static func isValid(_ text: String) -> Bool {
    Name.count(in: text, joinedBy: UInt8(ascii: "/")).map { $0 <= 16 } ?? false
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

/// The code of a procedure (thủ tục hành chính), for example `1.004772.000.00.00.H17`.
public struct ProcedureCode: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String

  public init(_ text: String) throws(InvalidValue) {
    guard Name.isValid(text) else {
      throw InvalidValue(field: "procedure", problem: "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")
    }
    rawValue = text
  }

  public var description: String { rawValue }

  public static func < (left: ProcedureCode, right: ProcedureCode) -> Bool { left.rawValue < right.rawValue }
}

/// A place in the tree of units, for example `hai-chau/mot-cua/quay-01`: names joined by `/`, at most 8 levels.
public struct UnitPath: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String

  public init(_ text: String) throws(InvalidValue) {
    guard let names = Name.count(in: text, joinedBy: UInt8(ascii: "/")), names <= 8 else {
      throw InvalidValue(
        field: "unit", problem: "must be 1 to 8 names joined by '/', each of ASCII letters, digits, '-', '_' or '.'")
    }
    rawValue = text
  }

  /// Whether `other` is this unit or lies below it.
  public func contains(_ other: UnitPath) -> Bool {
    let (own, others) = (rawValue.utf8, other.rawValue.utf8)
    guard others.starts(with: own) else { return false }
    let rest = others.dropFirst(own.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }

  /// The unit of the first name: the one that all others below it belong to.
  public var root: UnitPath { UnitPath(unchecked: String(rawValue.prefix { $0 != "/" })) }

  private init(unchecked rawValue: String) {
    self.rawValue = rawValue
  }

  public var description: String { rawValue }

  public static func < (left: UnitPath, right: UnitPath) -> Bool { left.rawValue < right.rawValue }
}
