internal import Glibc
internal import Polling
internal import SQLite

/// Comments in a file of their own beside the ledger, `comments.db`, made when the first one comes. One is on disk when
/// ``add(_:)`` returns.
///
/// From the day after nothing here follows the order in which they came: rows are in the order of random ids, and with the
/// first comment of another day the file is written anew, for within a page SQLite leaves cells where they were put. Until
/// then who can copy the file may learn the order, and when the last one came. What is deleted is overwritten, but for its id,
/// by which the same comment sent again is known.
actor CommentStore {
  /// Of one poll on one day: more than all its counters have time for.
  static let mostPerDay: Int64 = 20_000
  /// Larger, and a page holds too few of a day to tell an order, while writing it anew would take long.
  private static let mostPagesWrittenAnew: Int64 = 16_384

  enum Addition: Equatable, Sendable {
    case added
    /// It was there already, or was deleted since.
    case replayed
    /// Its id is that of another one.
    case conflict
    /// There are too many of this poll today.
    case full
  }

  private let path: String
  private var file: Connection?
  /// The last day of which something was added.
  private var lastDay: Day?

  init(directory: String) {
    path = directory + "/comments.db"
  }

  func add(_ comment: Comment) throws(SQLiteError) -> Addition {
    guard let file = try opened(making: true) else { throw .damaged("comments have no file") }
    if let known = try Self.row(comment.id, in: file) {
      guard let known = known.comment else { return .replayed }
      let isSame =
        known.poll == comment.poll && known.unit == comment.unit
        && known.question.utf8.elementsEqual(comment.question.utf8) && known.text.utf8.elementsEqual(comment.text.utf8)
      return isSame ? .replayed : .conflict
    }
    if lastDay != comment.day {
      try writeAnew(file)
      lastDay = comment.day
    }
    let count = try file.prepare("SELECT count(*) FROM comment WHERE poll = ? AND day = ?")
    try count.bind(1, comment.poll.rawValue)
    try count.bind(2, Int64(comment.day.number))
    guard try count.step(), count.integer(0) < Self.mostPerDay else { return .full }
    count.reset()
    let insert = try file.prepare(
      "INSERT INTO comment (id, poll, version, question, unit, day, text) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insert.bind(1, copying: comment.id.bytes)
    try insert.bind(2, comment.poll.rawValue)
    try insert.bind(3, Int64(comment.version))
    try insert.bind(4, comment.question)
    try insert.bind(5, comment.unit.rawValue)
    try insert.bind(6, Int64(comment.day.number))
    try insert.bind(7, comment.text)
    try insert.run()
    return .added
  }

  /// Those of a poll that are not deleted, by day, then by id.
  ///
  /// - Parameters:
  ///   - since: the first day.
  ///   - after: those of `since` with a higher id; nil: all of it.
  func comments(
    of poll: PollID, since: Day, after: CommentID?, limit: Int
  ) throws(SQLiteError) -> [Comment] {
    guard let file = try opened(making: false) else { return [] }
    let rows = try file.prepare(
      """
      SELECT \(Self.columns) FROM comment WHERE poll = ? AND (day, id) > (?, ?) AND text IS NOT NULL ORDER BY day, id LIMIT ?
      """)
    try rows.bind(1, poll.rawValue)
    try rows.bind(2, Int64(since.number))
    try rows.bind(3, copying: after?.bytes ?? [])
    try rows.bind(4, Int64(limit))
    var comments: [Comment] = []
    while try rows.step() {
      if let comment = try Self.comment(rows) { comments.append(comment) }
    }
    return comments
  }

  /// Whether one of this poll is there, or was.
  func knows(_ id: CommentID, of poll: PollID) throws(SQLiteError) -> Bool {
    guard let file = try opened(making: false) else { return false }
    return try Self.row(id, in: file)?.poll == poll.rawValue
  }

  /// How many it deleted.
  @discardableResult
  func delete(_ which: CommentDeletion.Which, of poll: PollID) throws(SQLiteError) -> UInt64 {
    guard let file = try opened(making: false) else { return 0 }
    let condition =
      switch which {
      case .one: "id = ?2"
      case .before: "day < ?2"
      }
    let update = try file.prepare(
      "UPDATE comment SET question = '', unit = '', text = NULL WHERE poll = ?1 AND text IS NOT NULL AND \(condition)")
    try update.bind(1, poll.rawValue)
    switch which {
    case .one(let id): try update.bind(2, copying: id.bytes)
    case .before(let day): try update.bind(2, Int64(day.number))
    }
    try update.run()
    return UInt64(clamping: file.changes)
  }

  // MARK: - The file

  private static let columns = "id, poll, version, question, unit, day, text"
  private static let format: Int64 = 1

  /// The poll of a row, and what is there; nil: it was deleted.
  private static func row(_ id: CommentID, in file: Connection) throws(SQLiteError) -> (
    poll: String, comment: Comment?
  )? {
    let rows = try file.prepare("SELECT \(columns) FROM comment WHERE id = ?")
    try rows.bind(1, copying: id.bytes)
    return try rows.step() ? (rows.text(1) ?? "", try comment(rows)) : nil
  }

  private static func comment(_ row: Statement) throws(SQLiteError) -> Comment? {
    guard let text = row.text(6) else { return nil }
    guard let id = try? CommentID(bytes: row.bytes(0)), let poll = row.text(1).flatMap({ try? PollID($0) }),
      let question = row.text(3), let unit = row.text(4).flatMap({ try? UnitPath($0) })
    else { throw .damaged("a comment has no place") }
    return Comment(
      id: id, poll: poll, version: UInt32(clamping: row.integer(2)), question: question, unit: unit,
      day: Day(number: Int32(clamping: row.integer(5))), text: text)
  }

  /// - Parameter making: whether to make one where there is none.
  private func opened(making: Bool) throws(SQLiteError) -> Connection? {
    if let file { return file }
    let exists = access(path, F_OK) == 0
    guard exists || making else { return nil }
    let file = try Connection(path: path, access: exists ? .readWrite : .create)
    // No journal stays behind with what was deleted; a commit that was told is safe once its journal is known to be gone.
    try file.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON")
    switch try file.integer("PRAGMA user_version") {
    case Self.format: break
    case 0:
      try file.execute(
        """
        BEGIN;
        CREATE TABLE comment (
          id BLOB PRIMARY KEY, poll TEXT NOT NULL, version INTEGER NOT NULL, question TEXT NOT NULL, unit TEXT NOT NULL,
          day INTEGER NOT NULL, text TEXT) WITHOUT ROWID, STRICT;
        CREATE INDEX comment_day ON comment (poll, day, id);
        PRAGMA user_version = \(Self.format);
        COMMIT
        """)
    case let format: throw .damaged("format \(format ?? 0) of comments is of a newer version")
    }
    self.file = file
    return file
  }

  private func writeAnew(_ file: Connection) throws(SQLiteError) {
    guard try file.integer("PRAGMA page_count") ?? 0 <= Self.mostPagesWrittenAnew else { return }
    try file.execute("VACUUM")
  }
}
