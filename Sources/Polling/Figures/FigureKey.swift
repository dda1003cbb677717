/// What decides which slices a record belongs to: ballots with equal keys are in the same ones.
public struct FigureKey: Hashable, Sendable {
  public var day: Day
  /// The very unit that was voted on.
  public var unit: UnitPath
  /// Nil: the ballot names none.
  public var procedure: ProcedureCode?
  /// Which client brought it (``CastVoteRecord/source``).
  public var source: String
  public var channel: Channel
  public var flags: RecordFlags

  public init(
    day: Day, unit: UnitPath, procedure: ProcedureCode?, source: String, channel: Channel, flags: RecordFlags
  ) {
    self.day = day
    self.unit = unit
    self.procedure = procedure
    self.source = source
    self.channel = channel
    self.flags = flags
  }
}
