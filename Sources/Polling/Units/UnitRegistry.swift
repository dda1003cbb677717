/// What a unit is. The numbers are those of proto/ and FORMAT.md.
public enum UnitKind: UInt8, Sendable, CaseIterable {
  /// tỉnh, thành phố trực thuộc trung ương
  case province = 1
  /// quận, huyện, thị xã, thành phố: until 2025-07-01
  case district = 2
  /// phường
  case ward = 3
  /// xã, thị trấn
  case commune = 4
  /// đặc khu
  case specialZone = 5
  case thon = 6
  case ban = 7
  case toDanPho = 8
  /// sở, ban, ngành, phòng
  case office = 9
  /// bộ phận một cửa, trung tâm phục vụ hành chính công
  case oneStopShop = 10
  /// quầy
  case counter = 11
}

/// A unit for as long as it is one: it may move, and end.
public struct RegisteredUnit: Hashable, Sendable {
  /// Where it stands, half-open.
  public struct Placement: Hashable, Sendable {
    /// The code of the unit above. Nil: at the top.
    public var parent: String?
    public var start: Day
    /// The first day that it no longer stands there. Nil: it still does.
    public var end: Day?

    public init(parent: String?, start: Day, end: Day? = nil) {
      self.parent = parent
      self.start = start
      self.end = end
    }

    public func contains(_ day: Day) -> Bool {
      start <= day && (end.map { day < $0 } ?? true)
    }
  }

  /// What became of it on the day it ended. Nothing is said of shares: nobody knows them of votes.
  public struct Succession: Hashable, Sendable {
    public enum Kind: UInt8, Sendable, CaseIterable {
      /// It goes on in another unit.
      case merged = 1
      /// It goes on under another code.
      case renamed = 2
      /// It goes on in several: a vote cannot be said to be of one of them.
      case split = 3
    }

    public var successor: String
    public var kind: Kind

    public init(successor: String, kind: Kind) {
      self.successor = successor
      self.kind = kind
    }
  }

  /// Its own for ever, whatever it is called and wherever it stands.
  public var code: String
  /// Its name in paths.
  public var segment: String
  public var kind: UnitKind
  public var name: LocalizedText
  /// In order, one after the other.
  public var placements: [Placement]
  public var successions: [Succession]

  /// - Parameter segment: nil: the code.
  public init(
    code: String, segment: String? = nil, kind: UnitKind, name: LocalizedText, placements: [Placement],
    successions: [Succession] = []
  ) {
    self.code = code
    self.segment = segment ?? code
    self.kind = kind
    self.name = name
    self.placements = placements
    self.successions = successions
  }

  /// The first day that it is no more. Nil: it is.
  public var end: Day? { placements.last?.end }

  public func placement(on day: Day) -> Placement? { placements.first { $0.contains(day) } }
}

/// What ballots are about besides a unit.
public struct Procedure: Hashable, Sendable {
  public var code: ProcedureCode
  public var name: LocalizedText
  /// lĩnh vực
  public var field: String

  public init(code: ProcedureCode, name: LocalizedText, field: String) {
    self.code = code
    self.name = name
    self.field = field
  }
}

/// All units and procedures, as published together.
public struct UnitRegistry: Hashable, Sendable {
  /// 1, 2, 3 … in order of publication; 0 before publication.
  public var version: UInt32
  public var units: [RegisteredUnit]
  public var procedures: [Procedure]

  public init(version: UInt32 = 0, units: [RegisteredUnit], procedures: [Procedure] = []) {
    self.version = version
    self.units = units
    self.procedures = procedures
  }
}
