/// The name of one ballot: a UUIDv7 (RFC 9562, section 5.7) made by the client, its clock floored to the poll's time
/// precision. Time-ordered ids keep the ledger's index hot; a finer clock would identify people.
public struct BallotID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  /// Reads 16 bytes, most significant first.
  public init(bytes: some Collection<UInt8>) throws(InvalidValue) {
    guard bytes.count == 16 else { throw InvalidValue(field: "ballot_id", problem: "must be 16 bytes") }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in bytes {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
    try self.init(high: high, low: low)
  }

  /// - Parameter high: the first 8 bytes, most significant first; `low` the others.
  public init(high: UInt64, low: UInt64) throws(InvalidValue) {
    guard high >> 12 & 0xF == 7, low >> 62 == 0b10 else {
      throw InvalidValue(field: "ballot_id", problem: "must be a UUIDv7")
    }
    self.high = high
    self.low = low
  }

  /// Makes an id from a time and 74 random bits.
  public init(time: Timestamp, precision: TimePrecision, random: (UInt64, UInt64)) {
    let floored = UInt64(max(0, time.floored(to: precision).milliseconds)) & 0xFFFF_FFFF_FFFF
    high = floored << 16 | 0x7000 | random.0 & 0xFFF
    low = 1 << 63 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
  }

  /// The time it was made, as coarse as its maker's precision.
  public var time: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    for word in [high, low] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return bytes
  }

  /// The usual 8-4-4-4-12 form.
  public var description: String {
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      let digits = String(byte, radix: 16)
      text += digits.count == 1 ? "0" + digits : digits
    }
    return text
  }

  public static func < (left: BallotID, right: BallotID) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}
