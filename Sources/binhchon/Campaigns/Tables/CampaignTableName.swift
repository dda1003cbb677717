import ArgumentParser
internal import Polling

/// The tables of a campaign report, as they are asked for.
enum CampaignTableName: String, ExpressibleByArgument, CaseIterable {
  case combined, cases, awards
  case acrossBases = "across-bases"
  case inspections, overdue

  func table(_ campaigns: [ReportedCampaign], on today: Day) -> CampaignTable {
    switch self {
    case .combined: .combined(campaigns)
    case .cases: .cases(campaigns)
    case .awards: .awards(campaigns)
    case .acrossBases: .acrossBases(campaigns)
    case .inspections: .inspections(campaigns)
    case .overdue: .overdue(campaigns, on: today)
    }
  }
}
