internal import Kiosk
internal import Schema
import Synchronization

/// Keeps a kiosk's profile current while it runs: asks the server, keeps what is new on the kiosk's disk, hands it on.
final class ProfileFeed: Sendable {
  private let found: KioskSession.Found?
  private let poll: String
  private let file: ProfileFile
  private let log: @Sendable (Text) -> Void
  /// One for each reason to ask; two that come together are one.
  private let reasons: AsyncStream<Void>
  private let mailbox: AsyncStream<Void>.Continuation
  private let wasReachable = Mutex(true)
  /// The last one heard of.
  private let etag: Mutex<String>

  /// - Parameter found: what the kiosk begins with; nil: nothing.
  init(_ session: KioskSession, found: KioskSession.Found?, log: @escaping @Sendable (Text) -> Void) {
    self.found = found
    poll = session.poll
    file = session.profileFile
    self.log = log
    etag = Mutex(found?.profile.etag ?? "")
    (reasons, mailbox) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The server said something that a newer profile may explain.
  func wake() {
    mailbox.yield()
  }

  /// How sending goes: a server that is there again is asked at once.
  func hear(_ delivery: DeliveryState) {
    let isBack = wasReachable.withLock { wasReachable in
      defer { wasReachable = delivery.isReachable }
      return delivery.isReachable && !wasReachable
    }
    if isBack { wake() }
  }

  /// With every answer to ballots the server says which profile there is.
  func hear(etag new: String) {
    let isNews = etag.withLock { etag in
      defer { etag = new }
      return etag != new
    }
    if isNews { wake() }
  }

  /// Asks until the task is cancelled. Once per instance.
  func run(_ service: any PollingService, show: (Binhchon_V1_Poll) -> Void) async {
    var machine = ProfileStateMachine(poll: poll, profile: found?.profile, isCurrent: found?.isCurrent == true)
    if let found, found.isCurrent { keep(found.profile) }
    var timer = timer(machine.pause)
    defer { timer.cancel() }
    for await _ in reasons {
      timer.cancel()
      do {
        if let profile = machine.answered(try await service.getProfile(machine.request, timeout: nil)) { keep(profile) }
        // Also if it is the same: it has just been said again, whatever was thought since.
        if machine.isCurrent, let poll = machine.profile?.poll { show(poll) }
      } catch {
        // Unreachable or refused: the kiosk goes on with what it has, and says so where it sends its ratings.
        machine.failed()
      }
      timer = self.timer(machine.pause)
    }
  }

  private func timer(_ milliseconds: Int64) -> Task<Void, Never> {
    Task { [mailbox] in
      // A cancelled timer is one that nobody waits for any more.
      guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else { return }
      mailbox.yield()
    }
  }

  private func keep(_ profile: Binhchon_V1_GetProfileResponse) {
    do throws(SpoolError) {
      try file.keep(profile)
    } catch {
      log(
        Text(
          vi: "không giữ lại được cuộc bình chọn để dùng khi mất kết nối: \(error.message)",
          en: "the poll cannot be kept for when there is no connection: \(error.message)"))
    }
  }
}
