/// How a recognised model goes on, year by year.
public enum ModelStatus: String, Sendable, CaseIterable {
  /// duy trì
  case maintained
  /// nhân rộng
  case replicated
  /// no longer carried out: no status follows
  case ended
}

/// The status of each model in each year. The model keeps its nomination's id over the years.
public struct ModelStatusBook: Hashable, Sendable {
  /// Newest last: an earlier status of the same year was corrected by the later one.
  public struct Entry: Hashable, Sendable {
    public var model: RecordID<Nomination>
    public var year: Int
    public var status: ModelStatus
  }

  public private(set) var entries: [Entry] = []
  /// The one that holds, by model and year.
  public private(set) var current: [RecordID<Nomination>: [Int: ModelStatus]] = [:]

  public init() {}

  /// - Returns: false: it had that status already.
  /// - Throws: ``CampaignRefusal`` `INVALID_FIELD`: before its recognition; `MODEL_ENDED`: it ended in an earlier year,
  ///   or would end before a year in which it went on.
  @discardableResult
  public mutating func set(
    _ status: ModelStatus, of model: RecordID<Nomination>, in year: Int, recognisedIn recognised: Int
  ) throws(CampaignRefusal) -> Bool {
    guard year >= recognised, year <= 9_999 else { throw CampaignRefusal(.invalidField) }
    let known = current[model, default: [:]]
    if known[year] == status { return false }
    let endedEarlier = known.contains { $0.key < year && $0.value == .ended }
    let goesOnLater = status == .ended && known.keys.contains { $0 > year }
    if endedEarlier || goesOnLater { throw CampaignRefusal(.modelEnded) }
    current[model, default: [:]][year] = status
    entries.append(Entry(model: model, year: year, status: status))
    return true
  }

  /// Nil: nobody said.
  public func status(of model: RecordID<Nomination>, in year: Int) -> ModelStatus? { current[model]?[year] }

  /// The models of one status in a year, in the order of their ids.
  public func models(_ status: ModelStatus, in year: Int) -> [RecordID<Nomination>] {
    current.filter { $0.value[year] == status }.map(\.key).sorted()
  }
}
