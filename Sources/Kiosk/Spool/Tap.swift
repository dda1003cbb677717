public import Polling
public import Schema

/// What a kiosk says of a press beside the ballot itself. The ballot stays as it is; the server decides what follows.
public struct TapMarks: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Pressed while the kiosk still thanked for the press before; where a poll's times are coarse, also within the
  /// cooldown, for no finer time may tell the server.
  public static let repeated = TapMarks(rawValue: 1 << 0)
  /// The device's clock was set forward since the press before; of a tap that is read from the spool: or after it.
  public static let clockForward = TapMarks(rawValue: 1 << 1)
  /// … or back.
  public static let clockBackward = TapMarks(rawValue: 1 << 2)
  /// There is nothing to hold the clock against: the first press, or the first since the device started.
  public static let clockUnknown = TapMarks(rawValue: 1 << 3)
  /// The clock has never been set.
  public static let clockUnset = TapMarks(rawValue: 1 << 4)
}

/// A press as the page hands it over: it has no number yet.
public struct Press: Sendable {
  /// Makes the ballot once the press has its number on this kiosk, from 1.
  public var ballot: @Sendable (_ sequence: UInt64) -> Binhchon_V1_Ballot
  public var reading: ClockReading
  /// The poll's: no finer time is kept on the kiosk's disk either.
  public var precision: TimePrecision
  /// What the page knows; the spool adds what the clocks say.
  public var marks: TapMarks
  /// Something may still be added to the ballot: it is kept, and not sent before it is completed.
  public var isOpen: Bool

  public init(
    reading: ClockReading, precision: TimePrecision, marks: TapMarks = [], isOpen: Bool = false,
    ballot: @escaping @Sendable (_ sequence: UInt64) -> Binhchon_V1_Ballot
  ) {
    self.ballot = ballot
    self.reading = reading
    self.precision = precision
    self.marks = marks
    self.isOpen = isOpen
  }
}

/// A press on the kiosk's disk. From here on its id and its bytes are what they are.
public struct Tap: Sendable, Equatable {
  /// Gap-free per spool, from 1.
  public var sequence: UInt64
  public var id: BallotID
  /// `binhchon.v1.Ballot`.
  public var bytes: [UInt8]
  public var marks: TapMarks
  /// Milliseconds since the press before; nil: unknown, more than ten minutes, or finer than the poll allows.
  public var sincePrevious: Int64?
  /// Presses within the time of the poll's burst rule, this one included; 0: not counted.
  public var recent: UInt32 = 0

  /// - Throws: what SwiftProtobuf says of bytes that are no ballot.
  public func ballot() throws -> Binhchon_V1_Ballot {
    try Binhchon_V1_Ballot(serializedBytes: bytes)
  }
}
