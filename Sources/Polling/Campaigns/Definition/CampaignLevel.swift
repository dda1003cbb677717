/// Levels of government and Party, from the grassroots up.
public enum CampaignLevel: UInt8, Sendable, CaseIterable, Comparable {
  /// cơ sở: agencies, schools, residential groups
  case grassroots = 1
  /// xã, phường, thị trấn
  case commune = 2
  /// quận, huyện, thị xã
  case district = 3
  /// tỉnh, thành phố trực thuộc trung ương
  case province = 4
  case central = 5

  /// The first day without it. Districts ended on 2025-07-01 (Resolution 203/2025/QH15).
  public var endedOn: Day? {
    self == .district ? Day(year: 2025, month: 7, day: 1) : nil
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// In files, messages and the ledger.
  public var word: String {
    switch self {
    case .grassroots: "grassroots"
    case .commune: "commune"
    case .district: "district"
    case .province: "province"
    case .central: "central"
    }
  }

  public init?(word: String) {
    guard let level = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = level
  }
}
