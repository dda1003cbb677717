public import Polling

/// What is remembered of publications, for those who keep ledgers while nobody serves them.
public enum PublicationMemory {
  /// What a restored ledger's publications go on from.
  public enum Restored: Sendable, Equatable {
    /// What lies in the directory: all that was ever published.
    case kept
    /// What was copied with the backup.
    case copied
    /// Nothing: of days by now nothing more is published.
    case nothing
  }

  /// For a ledger whose ballots so far nobody was told anything of, though they were not entered through a server.
  public static func begin(directory: String, epoch: String) throws {
    try PublicationShelf(directory: directory).save(PublicationRecords(epoch: epoch))
  }

  /// Where a backup's copy is.
  public static func path(besides backup: String) -> String { backup + ".publications.json" }

  /// Copies what is remembered beside a backup, once that is there: it then holds everything that was published of what the
  /// backup holds. On disk when this returns.
  ///
  /// - Returns: whether there is anything.
  public static func copy(directory: String, besides backup: String) throws -> Bool {
    guard let records = try PublicationShelf(directory: directory).load() else { return false }
    try PublicationShelf(path: path(besides: backup)).save(records)
    return true
  }

  /// Gives a restored ledger what is remembered of the one it was: what lies in its directory, which is all there ever was,
  /// else what was copied with the backup.
  ///
  /// - Parameters:
  ///   - revision: the last one of the backup. Of what was published as of later ones no recount tells any more.
  ///   - isComplete: nothing was published after the backup. Otherwise somebody may have seen figures that the copy does
  ///     not know, and it is left alone.
  public static func carryOver(
    backup: String, directory: String, from old: String, to new: String, through revision: UInt64, isComplete: Bool
  ) throws -> Restored {
    let shelf = PublicationShelf(directory: directory)
    if var records = try shelf.load(), records.epoch == old {
      records.continue(as: new, through: revision)
      try shelf.save(records)
      return .kept
    }
    let copy = PublicationShelf(path: path(besides: backup))
    // What is there is of another life of this ledger, and may know more than the copy.
    guard isComplete, !shelf.isTaken, var records = try copy.load(), records.epoch == old
    else { return .nothing }
    records.continue(as: new, through: revision)
    try shelf.save(records)
    return .copied
  }

  /// What is remembered of one poll.
  public struct Entry: Sendable, Equatable {
    public var poll: String
    /// k.
    public var threshold: UInt32?
    /// Of the last publication; nil: there is none.
    public var asOf: Timestamp?
    /// Of days before it nothing is published; nil: all days are.
    public var firstDay: Day?
    /// It is not known what was told of it: only days after the next try are published.
    public var isForgotten: Bool
  }

  /// By name; nil: nothing is remembered here.
  public static func entries(directory: String) throws -> [Entry]? {
    guard let records = try PublicationShelf(directory: directory).load() else { return nil }
    let known = records.polls.map { poll, record in
      Entry(
        poll: poll, threshold: record.threshold,
        asOf: record.states.last?.shown.isEmpty == false ? Timestamp(milliseconds: record.asOf) : nil,
        firstDay: record.firstDay.map { Day(number: $0) }, isForgotten: false)
    }
    let forgotten = records.forgotten.map { Entry(poll: $0, isForgotten: true) }
    return (known + forgotten).sorted { $0.poll.utf8.lexicographicallyPrecedes($1.poll.utf8) }
  }

  /// Publishes these polls from their next release on as if nothing had ever been told of them. Whoever remembers figures from
  /// before may then find a handful of people by subtracting; only an administrator can know that there is nobody.
  ///
  /// - Parameters:
  ///   - polls: all versions of each, oldest first.
  ///   - known: all polls of the ledger. If nothing is remembered here, of the others nothing is known.
  ///   - now: what is remembered of another ledger, or cannot be read here, is put aside under it.
  public static func beginAnew(
    _ polls: [[Poll]], directory: String, epoch: String, known: Set<PollID>, now: Timestamp
  ) throws {
    let shelf = PublicationShelf(directory: directory)
    var records = PublicationRecords(epoch: epoch, forgotten: Set(known.map(\.rawValue)))
    if let kept = try shelf.load(), kept.epoch == epoch { records = kept } else { try shelf.setAside(at: now) }
    for versions in polls {
      guard let poll = versions.last else { continue }
      records.polls[poll.id.rawValue] = PublicationRecord(
        beginning: poll.version, threshold: versions.smallestGroup)
      records.forgotten.remove(poll.id.rawValue)
    }
    try shelf.save(records)
  }
}
