internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.PollService: publishes and closes polls, and shows any version of them.
struct PollService: Sendable {
  var ledger: any Ledger
  var board: TallyBoard
  var access: Access
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(PollMethods.publishPoll) { try await refusing(publishPoll)($0, $1) }
    router.handle(PollMethods.closePoll) { try await refusing(closePoll)($0, $1) }
    router.handle(PollMethods.getPoll) { try await refusing(getPoll)($0, $1) }
  }

  func publishPoll(
    _ request: Binhchon_V1_PublishPollRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_PublishPollResponse {
    let caller = try access.caller(context, roles: [.admin])
    guard request.hasPoll else { throw Refusal.invalid([Violation("poll", "is missing")]) }
    let poll = try Poll(request.poll)
    try caller.require(poll.unit)
    // A poll of this name in another subtree is not ours to replace.
    if let listed = board.poll(poll.id) { try caller.require(listed.newest.unit) }
    let now = now()
    let outcome = try await ledger.outcome(of: .publish(poll, by: caller.description, at: now))
    var response = Binhchon_V1_PublishPollResponse()
    (response.poll, response.unchanged) = try told(outcome, at: now)
    let versions = board.poll(poll.id)?.versions ?? []
    if !response.unchanged, let place = versions.firstIndex(where: { $0.version == response.poll.version }), place > 0 {
      response.change = PollChange(from: versions[place - 1], to: versions[place]).weight.message
    }
    return response
  }

  func closePoll(
    _ request: Binhchon_V1_ClosePollRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ClosePollResponse {
    let caller = try access.caller(context, roles: [.admin])
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    guard request.reason.utf8.count <= 1000 else {
      throw Refusal.invalid([Violation("reason", "must be at most 1000 bytes")])
    }
    guard let listed = board.poll(id) else { throw Refusal.unknownPoll(request.poll) }
    try caller.require(listed.newest.unit)
    let now = now()
    let outcome = try await ledger.outcome(of: .close(id, reason: request.reason, by: caller.description, at: now))
    var response = Binhchon_V1_ClosePollResponse()
    (response.poll, _) = try told(outcome, at: now)
    return response
  }

  func getPoll(
    _ request: Binhchon_V1_GetPollRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetPollResponse {
    let caller = try access.caller(context)
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    guard let listed = board.poll(id), caller.mayShow(listed), let poll = listed.version(request.version) else {
      throw Refusal.unknownPoll(request.poll)
    }
    var response = Binhchon_V1_GetPollResponse()
    response.poll = poll.message(isClosed: listed.isClosed, at: now(), in: listed)
    return response
  }

  private func told(_ outcome: Outcome, at now: Timestamp) throws(Refusal) -> (Binhchon_V1_Poll, unchanged: Bool) {
    switch outcome {
    case .entered(_, .poll(let published)): return (message(published, at: now), false)
    case .replayed(_, .poll(let published)): return (message(published, at: now), true)
    case .refused(let refusal): throw Refusal(refusal)
    case .entered, .replayed: throw .ourFault("the ledger answered a poll with something else")
    }
  }

  /// By the time the ledger has answered, the board has the version.
  private func message(_ published: PublishedPoll, at now: Timestamp) -> Binhchon_V1_Poll {
    published.poll.message(isClosed: published.isClosed, at: now, in: board.poll(published.poll.id))
  }
}
