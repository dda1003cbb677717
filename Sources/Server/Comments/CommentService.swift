internal import FoundationEssentials
internal import Ledger
internal import Logging
internal import Polling
internal import RPC
internal import SQLite
internal import Schema
internal import Tallies

/// binhchon.v1.CommentService: what people write, apart from their ballots.
struct CommentService: Sendable {
  static let writers: Set<Role> = [.kiosk, .clerk]
  static let readers: Set<Role> = [.official, .coordinator, .auditor, .admin]
  /// Of an answer: as many of the longest fit into a message.
  static let mostListed = 200
  /// Who rated just before the closing may still be typing. Milliseconds.
  static let patience: Int64 = 3_600_000

  var store: CommentStore
  var ledger: any Ledger
  var reader: any RegisterReader
  var board: TallyBoard
  var access: Access
  var closings: PollClosings
  var logger: Logger
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(CommentMethods.leaveComment) { try await refusing(leaveComment)($0, $1) }
    router.handle(CommentMethods.listComments) { try await refusing(listComments)($0, $1) }
    router.handle(CommentMethods.deleteComments) { try await refusing(deleteComments)($0, $1) }
  }

  // MARK: - Leave

  func leaveComment(
    _ request: Binhchon_V1_LeaveCommentRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_LeaveCommentResponse {
    let caller = try access.caller(context, roles: Self.writers)
    let comment = try comment(request, from: caller, now: now())
    var response = Binhchon_V1_LeaveCommentResponse()
    switch try await stored({ (store) async throws(SQLiteError) in try await store.add(comment) }) {
    case .added: break
    case .replayed: response.replayed = true
    case .conflict:
      throw Refusal(
        code: .alreadyExists, reason: .actConflict, message: "this comment id is used for a comment with other content")
    case .full:
      throw Refusal(
        code: .resourceExhausted, reason: .overloaded, message: "no more comments are taken in this poll today",
        retryAfterMilliseconds: Int32(Self.patience))
    }
    return response
  }

  private func comment(
    _ request: Binhchon_V1_LeaveCommentRequest, from caller: Identity, now: Timestamp
  ) throws(Refusal) -> Comment {
    let id: CommentID
    let name: PollID
    let unit: UnitPath
    do {
      id = try CommentID(bytes: request.commentID)
      name = try PollID(request.poll)
      unit = try UnitPath(request.unit)
    } catch {
      throw .invalid(error)
    }
    try caller.require(unit)
    guard let listed = board.poll(name), let poll = listed.version(request.pollVersion) else {
      throw .unknownPoll("\(name) version \(request.pollVersion)")
    }
    guard listed.hasUnit(unit, inVersion: request.pollVersion) else { throw .unknownUnit(request.unit) }
    guard let question = poll.texts.first(where: { $0.id.utf8.elementsEqual(request.question.utf8) }) else {
      throw .invalid([Violation("question", "is no free text of this version of the poll")])
    }
    if let problem = question.problem(with: request.text) { throw .invalid([Violation("text", problem)]) }
    guard isTaken(listed.newest, now: now) else { throw Refusal(.pollClosed) }
    return Comment(
      id: id, poll: name, version: poll.version, question: question.id,
      unit: poll.place(ofCommentAt: unit, smallestGroup: listed.smallestGroup), day: Day(of: now), text: request.text)
  }

  private func isTaken(_ newest: Poll, now: Timestamp) -> Bool {
    let (earlier, overflow) = now.milliseconds.subtractingReportingOverflow(Self.patience)
    guard !overflow else { return false }
    let then = Timestamp(milliseconds: earlier)
    if let closed = closings[newest.id], closed <= then { return false }
    return newest.isOpen(at: now) || newest.isOpen(at: then)
  }

  // MARK: - List

  func listComments(
    _ request: Binhchon_V1_ListCommentsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListCommentsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let name: PollID
    let unit: UnitPath
    do {
      name = try PollID(request.poll)
      unit = request.unit.isEmpty ? caller.scope : try UnitPath(request.unit)
    } catch {
      throw Refusal.invalid(error)
    }
    try caller.require(unit)
    guard let listed = board.poll(name), caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
    func isShown(_ poll: Poll) -> Bool { poll.showsComments(smallestGroup: listed.smallestGroup) }
    guard caller.seesCounts || listed.versions.contains(where: isShown) else {
      throw Refusal.notPublished("what people wrote, in a poll with k over 1 or without names")
    }
    let (since, after) = try beginning(request)
    let page = try await stored { (store) async throws(SQLiteError) in
      try await store.comments(of: name, since: since, after: after, limit: Self.mostListed)
    }
    var response = Binhchon_V1_ListCommentsResponse()
    response.comments = page.filter { comment in
      unit.contains(comment.unit) && (caller.seesCounts || listed.version(comment.version).map(isShown) == true)
    }.map(Binhchon_V1_Comment.init)
    if page.count == Self.mostListed, let last = page.last { response.next = Self.cursor(last) }
    return response
  }

  private static func cursor(_ last: Comment) -> Data { Data("\(last.day) \(last.id)".utf8) }

  /// What an answer says as its end is the beginning of the next one.
  private func beginning(_ request: Binhchon_V1_ListCommentsRequest) throws(Refusal) -> (Day, CommentID?) {
    guard request.after.isEmpty else {
      let parts = request.after.count <= 64 ? request.after.split(separator: UInt8(ascii: " ")) : []
      guard parts.count == 2, let day = Day(iso: String(decoding: parts[0], as: UTF8.self)),
        let id = CommentID(String(decoding: parts[1], as: UTF8.self))
      else { throw .invalid([Violation("after", "is no end of an answer")]) }
      return (day, id)
    }
    if request.since.isEmpty { return (Day(number: .min), nil) }
    return (try day(request.since, "since"), nil)
  }

  private func day(_ text: String, _ field: String) throws(Refusal) -> Day {
    guard text.utf8.count == 10, let day = Day(iso: text) else {
      throw .invalid([Violation(field, "must be a day like 2025-06-30")])
    }
    return day
  }

  // MARK: - Delete

  func deleteComments(
    _ request: Binhchon_V1_DeleteCommentsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_DeleteCommentsResponse {
    let caller = try access.caller(context, roles: [.admin])
    guard let act = Act.ID(request.actID) else { throw Refusal.invalid([Violation("act_id", "must be 16 bytes")]) }
    let name: PollID
    let which: CommentDeletion.Which
    do {
      name = try PollID(request.poll)
      switch request.which {
      case .commentID(let bytes): which = .one(try CommentID(bytes: bytes))
      case .before(let text): which = .before(try day(text, "before"))
      case nil: throw Refusal.invalid([Violation("which", "is missing")])
      }
    } catch let error as InvalidValue {
      throw Refusal.invalid(error)
    }
    // Repeated at every start, it must not be about what comes later.
    if case .before(let day) = which, day > Day(of: now()) {
      throw Refusal.invalid([Violation("before", "lies in the future")])
    }
    guard (1...CommentDeletion.mostReason).contains(request.reason.utf8.count) else {
      throw Refusal.invalid([Violation("reason", "must be 1 to \(CommentDeletion.mostReason) bytes")])
    }
    guard let listed = board.poll(name) else { throw Refusal.unknownPoll(request.poll) }
    try caller.require(listed.newest.unit)
    if case .one(let id) = which {
      guard try await stored({ (store) async throws(SQLiteError) in try await store.knows(id, of: name) }) else {
        throw Refusal(code: .notFound, reason: .unknownComment, message: "there is no such comment in this poll")
      }
    }
    try await enter(
      Act(
        register: Register(.comments, name.rawValue), id: act, name: CommentDeletion.name,
        body: CommentDeletion(which, reason: request.reason).body, by: caller.description, at: now()))
    var response = Binhchon_V1_DeleteCommentsResponse()
    response.deleted = try await stored { (store) async throws(SQLiteError) in try await store.delete(which, of: name) }
    return response
  }

  /// Deletions do not depend on each other: one that came in between is no reason to look again.
  private func enter(_ act: Act) async throws {
    var after = try await registers()[act.register.name] ?? 0
    while true {
      switch try await ledger.outcome(of: .act(act, after: after)) {
      case .entered, .replayed: return
      case .refused(.staleAct(let last)): after = last
      case .refused(.conflict): throw Refusal.invalid([Violation("act_id", "is used for another act")])
      case .refused(let refusal): throw Refusal(refusal)
      }
    }
  }

  private func registers() async throws(Refusal) -> [String: UInt64] {
    do {
      return try await reader.registers(.comments)
    } catch {
      logger.error("the ledger cannot be read for comments", metadata: ["problem": "\(error)"])
      throw .ourFault("the ledger cannot be read")
    }
  }

  // MARK: - The file

  private func stored<Value: Sendable>(
    _ work: @Sendable (CommentStore) async throws(SQLiteError) -> Value
  ) async throws(Refusal) -> Value {
    do {
      return try await work(store)
    } catch {
      // Without what somebody wrote: SQLite names no values.
      logger.error("comments cannot be kept or read", metadata: ["problem": "\(error)"])
      throw error.isDiskFull ? Refusal(.diskFull) : Refusal(.outcomeUnknown)
    }
  }

  /// Deletes again what the ledger says was deleted: an older copy of the file may have been put in its place. Before the
  /// first call.
  func repeatDeletions() async throws(LedgerFileError) {
    for poll in try await reader.registers(.comments).keys.compactMap({ try? PollID($0) }) {
      for entered in try await reader.acts(of: Register(.comments, poll.rawValue), after: 0, limit: .max) {
        guard let deletion = CommentDeletion(body: entered.act.body) else { continue }
        do throws(SQLiteError) {
          let store = store
          try await store.delete(deletion.which, of: poll)
        } catch {
          throw LedgerFileError(.io, "comments.db cannot be read: \(error)")
        }
      }
    }
  }
}

extension Binhchon_V1_Comment {
  init(_ comment: Comment) {
    self.init()
    commentID = .init(comment.id.bytes)
    poll = comment.poll.rawValue
    pollVersion = comment.version
    question = comment.question
    unit = comment.unit.rawValue
    day = comment.day.description
    text = comment.text
  }
}
