/// Names one spool of one kiosk: 16 bytes that a kiosk draws when it makes the spool. Sequences of presses count from 1
/// in each one, so a kiosk whose spool was lost goes on under another name.
public struct SpoolID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  /// - Parameter high: the first 8 bytes, most significant first; `low` the others.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads 16 bytes, most significant first.
  public init(bytes: some Collection<UInt8>) throws(InvalidValue) {
    guard bytes.count == 16 else { throw InvalidValue(field: "spool", problem: "must be 16 bytes") }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for byte in bytes {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
    self.init(high: high, low: low)
  }

  /// What stands for all spools of a kiosk beyond those that are kept apart: 16 times 0.
  public static let others = SpoolID(high: 0, low: 0)

  public var bytes: [UInt8] {
    [high, low].flatMap { word in
      stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  /// 32 hexadecimal digits.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  public static func < (left: SpoolID, right: SpoolID) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}
