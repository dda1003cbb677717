internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.TallyService: shows running tallies and lets them be watched.
struct TallyService: Sendable {
  var board: TallyBoard
  var desk: PublicationDesk
  var access: Access
  var now: @Sendable () -> Timestamp
  /// What the ledger has told of so far: whoever reads figures after an answer finds it in them.
  var acknowledged: @Sendable () -> UInt64

  func register(in router: inout Router) {
    router.handle(TallyMethods.listPolls) { try await refusing(listPolls)($0, $1) }
    router.handle(TallyMethods.getTally) { try await refusing(getTally)($0, $1) }
    router.handle(TallyMethods.watchTally) { request, context, writer in
      do {
        try await watchTally(request, context, writer)
      } catch let refusal as Refusal {
        throw refusal.rpcError
      }
    }
  }

  /// The polls that touch the caller's subtree.
  func listPolls(
    _ request: Binhchon_V1_ListPollsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListPollsResponse {
    let caller = try access.caller(context)
    let now = now()
    var response = Binhchon_V1_ListPollsResponse()
    response.polls = board.all
      .filter(caller.mayShow)
      .map { $0.newest.message(isClosed: $0.isClosed, at: now, in: $0) }
    return response
  }

  func getTally(
    _ request: Binhchon_V1_GetTallyRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetTallyResponse {
    // Before it is looked at who may see what: a version that was acknowledged decides that.
    await board.caughtUp(to: acknowledged())
    let view = try view(poll: request.poll, unit: request.unit, channel: request.channel, context)
    var response = Binhchon_V1_GetTallyResponse()
    if view.isPublished {
      response.tally = await desk.published(view.poll).message(view.poll, unit: view.unit, epoch: board.epoch)
      response.tally.singleEntry = await view.poll.hasSingleEntry()
      return response
    }
    response.tally = await view.poll.tally.figures(unit: view.unit, channel: view.channel).message(asOf: now())
    return response
  }

  func watchTally(
    _ request: Binhchon_V1_WatchTallyRequest, _ context: CallContext,
    _ writer: ResponseWriter<Binhchon_V1_WatchTallyResponse>
  ) async throws {
    // As above.
    await board.caughtUp(to: acknowledged())
    let view = try view(poll: request.poll, unit: request.unit, channel: request.channel, context)
    guard request.intervalMs == 0 || (50...3_600_000).contains(request.intervalMs) else {
      throw Refusal.invalid([Violation("interval_ms", "must be 50 to 3600000, or 0 for 250")])
    }
    let since =
      request.sinceEpoch.isEmpty
      ? nil : WatchPosition(epoch: request.sinceEpoch, revision: request.sinceRevision)
    if view.isPublished {
      try await watchPublications(view, since: since, writer)
    } else {
      await view.poll.tally.watch(
        writer.sink, unit: view.unit, channel: view.channel,
        interval: .milliseconds(request.intervalMs == 0 ? 250 : request.intervalMs), since: since)
    }
    try Task.checkCancellation()
    throw Refusal(.closed)
  }

  /// Tells of every publication until the service stops, and every now and then that there is none.
  private func watchPublications(
    _ view: View, since: WatchPosition?, _ writer: ResponseWriter<Binhchon_V1_WatchTallyResponse>
  ) async throws {
    // Byte for byte: comparing a watcher's text as a string takes as long as the watcher likes.
    let isOfThisLedger = since.map { $0.epoch.utf8.elementsEqual(board.epoch.utf8) } ?? true
    var seen: (revision: UInt64, today: String)?
    repeat {
      // The poll may have another version since, and another k.
      guard let poll = board.poll(view.poll.newest.id), poll.smallestGroup > 1 else { return }
      var tally = await desk.published(poll).message(poll, unit: view.unit, epoch: board.epoch)
      tally.singleEntry = await poll.hasSingleEntry()
      var response = Binhchon_V1_WatchTallyResponse()
      response.tally = tally
      if let seen, seen == (tally.revision, tally.today) {
        response.kind = .current
        response.tally = Binhchon_V1_Tally()
        response.tally.revision = tally.revision
        response.tally.ledgerEpoch = tally.ledgerEpoch
        response.tally.asOfMs = tally.asOfMs
      } else {
        // Under another k less may be told than the watcher has: that goes.
        let told = seen?.revision ?? (isOfThisLedger ? since?.revision ?? 0 : .max)
        response.kind = tally.revision < told ? .reset : seen == nil ? .snapshot : .update
      }
      try await writer.write(response)
      seen = (tally.revision, tally.today)
    } while try await hasNews()
  }

  /// Returns when something is published, or it is time to look; false: the service stops.
  private func hasNews() async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask { await desk.changed() }
      group.addTask {
        try await Task.sleep(for: .seconds(15))
        return true
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
  }

  private struct View {
    /// Whether the caller sees what is published only.
    var isPublished: Bool
    var poll: ListedPoll
    var unit: UnitPath
    var channel: Channel?
  }

  /// What the caller asks to see, if it lies within the caller's subtree and in the poll.
  private func view(
    poll: String, unit: String, channel: Binhchon_V1_Channel, _ context: CallContext
  ) throws(Refusal) -> View {
    let caller = try access.caller(context)
    let id: PollID
    do { id = try PollID(poll) } catch { throw .invalid(error) }
    guard let listed = board.poll(id) else { throw .unknownPoll(poll) }
    let newest = listed.newest
    let path: UnitPath
    if unit.isEmpty {
      path = newest.unit.contains(caller.scope) ? caller.scope : newest.unit
    } else {
      do { path = try UnitPath(unit) } catch { throw .invalid(error) }
    }
    try caller.require(path)
    guard newest.units.contains(where: { path.contains($0.path) }) else { throw .unknownUnit(path.rawValue) }
    let channel = try Channel(channel, field: "channel")
    let isPublished = listed.smallestGroup > 1 && !caller.seesCounts
    if isPublished, channel != nil { throw .notPublished("channels are not told apart") }
    return View(isPublished: isPublished, poll: listed, unit: path, channel: channel)
  }
}
