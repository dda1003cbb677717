/// The number of one call on one connection. Odd ids are opened by the client, even ids by the server (nobody does),
/// 0 stands for the connection itself.
public struct StreamID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The connection itself: extension frames that are about no call.
  public static let connection = StreamID(rawValue: 0)

  /// The first id a client takes.
  public static let firstOfClient = StreamID(rawValue: 1)

  public var isOpenedByClient: Bool { rawValue % 2 == 1 }

  /// The id of the same side's next call; nil when the ids of this connection are used up.
  public var next: StreamID? {
    let (value, overflow) = rawValue.addingReportingOverflow(2)
    return overflow ? nil : StreamID(rawValue: value)
  }

  public static func < (left: StreamID, right: StreamID) -> Bool { left.rawValue < right.rawValue }

  public var description: String { String(rawValue) }
}
