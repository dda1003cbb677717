internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.FigureService: figures of slices.
struct FigureService: Sendable {
  static let readers: Set<Role> = [.official, .auditor, .coordinator, .admin]
  static let mostDimensions = 4
  static let mostFilters = 1_000

  var book: FigureBook
  var board: TallyBoard
  var desk: PublicationDesk
  var registry: RegistryShelf
  var access: Access
  var now: @Sendable () -> Timestamp
  /// What the ledger has told of so far: whoever reads figures after an answer finds it in them.
  var acknowledged: @Sendable () -> UInt64

  func register(in router: inout Router) {
    router.handle(FigureMethods.getFigures) { try await refusing(getFigures)($0, $1) }
    router.handle(FigureMethods.getHours) { try await refusing(getHours)($0, $1) }
  }

  func getFigures(
    _ request: Binhchon_V1_GetFiguresRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetFiguresResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    // Rolled up, a poll on units that are no more is about their successors: what is told lies within the subtree anyway.
    guard let listed = board.poll(id), caller.mayShow(listed) || !request.rollUpTo.isEmpty else {
      throw Refusal.unknownPoll(request.poll)
    }
    let poll = listed.newest
    let now = now()
    let query = try SliceQuery(
      request, unit: try unit(request.unit, poll, caller, isRolledUp: !request.rollUpTo.isEmpty), today: Day(of: now))
    if listed.smallestGroup > 1, !caller.seesCounts {
      guard caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
      let window = try Disclosure.window(query, request)
      let units = Disclosure.units(query, poll)
      guard units?.count ?? 0 <= FigureRoom.rows(of: poll) else {
        throw Refusal.invalid([Violation("group_by", "makes more rows than a reply holds")])
      }
      let published = await desk.published(listed)
      var response = published.message(listed, unit: query.unit, window: window, rows: units)
      response.poll = poll.id.rawValue
      response.pollVersion = poll.version
      response.revision = published.revision
      response.ledgerEpoch = board.epoch
      response.asOfMs = published.asOf.milliseconds
      response.singleEntry = await listed.hasSingleEntry()
      return response
    }
    let mostRows = FigureRoom.rows(of: poll)
    let rollUp = try rollUp(request, UnitRollUp.Reader(scope: caller.scope, today: Day(of: now)))
    let (counted, revision) = try await book.figures(
      query, of: poll, rollUp: rollUp, including: acknowledged(), mostRows: mostRows)
    guard let figures = counted, FigureRoom.holds(figures, of: poll) else {
      throw Refusal.invalid([Violation("group_by", "makes more rows than a reply holds; at most \(mostRows)")])
    }
    // Whoever gets nothing of a poll is not told that there is one.
    guard caller.mayShow(listed) || !figures.rows.isEmpty else { throw Refusal.unknownPoll(request.poll) }
    var response = figures.message
    response.poll = poll.id.rawValue
    response.pollVersion = poll.version
    response.revision = revision
    response.ledgerEpoch = board.epoch
    response.asOfMs = now.milliseconds
    return response
  }

  func getHours(
    _ request: Binhchon_V1_GetHoursRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetHoursResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    guard let listed = board.poll(id), caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
    guard listed.smallestGroup <= 1 || caller.seesCounts else { throw Refusal.notPublished("no hours") }
    let unit = try unit(request.unit, listed.newest, caller, isRolledUp: false)
    let channels = try Set(request.channels, field: "channels")
    let today = Day(of: now())
    let (hours, unknown, revision) = try await book.hours(
      of: id, on: today, unit: unit, channels: channels, including: acknowledged())
    var response = Binhchon_V1_GetHoursResponse()
    (response.unit, response.day) = (unit.rawValue, today.description)
    (response.revision, response.ledgerEpoch) = (revision, board.epoch)
    response.ballots = hours.map { UInt64(clamping: $0) }
    response.withoutHour = UInt64(clamping: unknown)
    return response
  }

  /// The unit that is asked for, if the caller may see it.
  private func unit(
    _ asked: String, _ poll: Poll, _ caller: Identity, isRolledUp: Bool
  ) throws(Refusal) -> UnitPath {
    let unit: UnitPath
    if asked.isEmpty {
      unit = poll.unit.contains(caller.scope) || isRolledUp ? caller.scope : poll.unit
    } else {
      do { unit = try UnitPath(asked) } catch { throw .invalid(error) }
    }
    try caller.require(unit)
    return unit
  }

  private func rollUp(
    _ request: Binhchon_V1_GetFiguresRequest, _ reader: UnitRollUp.Reader
  ) throws(Refusal) -> UnitRollUp? {
    if request.rollUpTo.isEmpty { return nil }
    guard let day = Day(iso: request.rollUpTo) else {
      throw .invalid([Violation("roll_up_to", "must be a day, yyyy-mm-dd")])
    }
    guard day <= reader.today else { throw .invalid([Violation("roll_up_to", "is a day to come")]) }
    guard let tree = registry.tree else {
      throw Refusal(
        code: .failedPrecondition, reason: .unknownUnit, message: "no registry of units was published to roll up by")
    }
    return UnitRollUp(tree, to: day, for: reader)
  }
}

/// Which slices are published.
private enum Disclosure {
  /// Those with a row of their own; nil: the total only. Of a unit that has others below it nothing is published without
  /// them.
  static func units(_ query: SliceQuery, _ poll: Poll) -> [UnitPath]? {
    guard let dimension = query.dimensions.first else { return nil }
    let within = Set(poll.units.map(\.path)).filter(query.unit.contains)
    if dimension == .counter {
      let above = Set(within.flatMap(\.above))
      return within.subtracting(above).sorted()
    }
    return Set(within.compactMap { query.unit.child(above: $0) }).sorted()
  }

  /// The window of a slice that is among the published ones. Any finer table would have to be safe with all others that
  /// were ever asked for, for ever.
  static func window(_ query: SliceQuery, _ request: Binhchon_V1_GetFiguresRequest) throws(Refusal) -> Window {
    guard query.channels == nil, query.procedures == nil, query.sources == nil else {
      throw .notPublished("no filters")
    }
    guard query.dimensions.isEmpty || [[.unit], [.counter]].contains(query.dimensions) else {
      throw .notPublished("units or counters only in group_by")
    }
    guard request.rollUpTo.isEmpty else { throw .notPublished("no roll-up") }
    switch request.period {
    case nil: return .total
    case .window(let window):
      guard let window = UInt8(exactly: window.rawValue).flatMap(Window.init) else {
        throw .invalid([Violation("window", "is none we know")])
      }
      return window
    case .days(let range):
      guard range.from.isEmpty, range.to.isEmpty else { throw .notPublished("windows only, no other days") }
      return .total
    }
  }
}
