/// One nomination on its way: who registered it, where it stands, and who moved it.
public struct CampaignCase: Hashable, Sendable {
  public struct Step: Hashable, Sendable {
    /// Of its act; that of the second person, where there are two.
    public var number: UInt64
    public var record: ScreeningRecord
  }

  /// The act that registered it.
  public let number: UInt64
  public let registeredBy: String
  public let registeredAt: Timestamp
  /// Those that were there before it.
  public let duplicates: [NominationRegister.Duplicate]
  public internal(set) var screening: ScreeningStateMachine
  public internal(set) var history: [Step] = []
  /// The decisions that recognise it.
  public internal(set) var decisions: [RecordID<RecognitionDecision>] = []

  public var state: ScreeningStateMachine.State { screening.state }
}
