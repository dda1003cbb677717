internal import Polling
internal import RPC
internal import Schema
internal import Tallies

/// binhchon.v1.KioskService: what kiosks need besides casting.
struct KioskService: Sendable {
  var board: TallyBoard
  var access: Access
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(KioskMethods.getProfile) { try await refusing(getProfile)($0, $1) }
  }

  func getProfile(
    _ request: Binhchon_V1_GetProfileRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetProfileResponse {
    // A page may stand on a clerk's desk, too.
    let caller = try access.caller(context, roles: [.kiosk, .clerk])
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    guard let listed = board.poll(id), caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
    let profile = KioskProfile(listed, epoch: board.epoch, at: now())
    var response = Binhchon_V1_GetProfileResponse()
    response.etag = profile.etag
    if request.etag == profile.etag {
      response.unchanged = true
    } else {
      response.poll = profile.message
    }
    return response
  }
}

/// What a kiosk shows of a poll at an instant.
struct KioskProfile {
  private let poll: Poll
  private let isClosed: Bool
  private let epoch: String
  private let now: Timestamp

  init(_ listed: ListedPoll, epoch: String, at now: Timestamp) {
    poll = listed.newest
    isClosed = listed.isClosed
    self.epoch = epoch
    self.now = now
  }

  var message: Binhchon_V1_Poll { poll.message(isClosed: isClosed, at: now) }

  /// A version never changes, but a ledger that was put back may give its number again: hence the epoch.
  var etag: String {
    "\(epoch)/\(poll.version)/\(isClosed || !poll.isOpen(at: now) ? "closed" : "open")"
  }
}
