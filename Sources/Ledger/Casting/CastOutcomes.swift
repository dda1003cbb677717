/// What became of the ballots of a ``CastBatch``. Only returned once it is on disk.
public struct CastOutcomes: Sendable {
  /// Those that were not entered and counted now, by their index in the batch, ascending. All others were.
  public var exceptions: [(index: Int, outcome: Outcome)]

  public init(exceptions: [(index: Int, outcome: Outcome)] = []) {
    self.exceptions = exceptions
  }
}
