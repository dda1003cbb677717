extension BidirectionalCollection<Poll> {
  /// The k by which figures of a poll of these versions, oldest first, are told (``SuppressionRule``): the newest one's, unless
  /// that says 1 and an earlier one did not.
  ///
  /// A poll's figures hold the ballots of all its versions, and nothing in them tells these apart. Would `k: 1` open
  /// them, everybody saw how the few rated whom an earlier version had promised to leave out. So k may become another,
  /// but no version takes the promise back; who wants to leave out nothing begins another poll. Tallies, reports, alerts and
  /// kiosks all go by this.
  public var smallestGroup: UInt32 {
    last { $0.policy.smallestGroup > 1 }?.policy.smallestGroup ?? 1
  }
}
