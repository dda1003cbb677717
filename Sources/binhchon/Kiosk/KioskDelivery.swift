import Foundation
internal import Kiosk
internal import Polling
internal import Schema
import Synchronization

/// The spool of a session, and the sync that empties it. Whoever taps waits for the kiosk's disk, never for the network.
final class KioskDelivery: Sendable {
  enum Report: Sendable {
    case settled(Tap, CastOutcome)
    /// The server cannot take it yet, and perhaps earlier ones.
    case unready(Tap, reason: String)
    case delivery(DeliveryState)
    /// The tag of the profile that the server would give now.
    case profile(etag: String)
    /// The spool's disk is full: answers are not written down, and will be asked again.
    case notWritten(SpoolError)
    /// The spool's disk failed: nothing more can be taken.
    case failed(SpoolError)
  }

  private let spool: Spool
  private let sync: Sync
  private let status = Mutex(SyncStatus())
  private let log: @Sendable (Text) -> Void
  private let report: @Sendable (Report) -> Void

  /// - Parameters:
  ///   - poll: whose profile is shown; empty: none.
  ///   - log: for what whoever looks after the kiosk should read.
  init(
    _ spool: Spool, poll: String = "", log: @escaping @Sendable (Text) -> Void = KioskDelivery.logged,
    report: @escaping @Sendable (Report) -> Void
  ) {
    self.spool = spool
    self.log = log
    self.report = report
    sync = Sync(spool: spool, of: Sync.Kiosk(version: BinhChon.version, poll: poll))
  }

  /// On standard error, unless that is a screen: there it would be written over the page.
  static func logged(_ text: Text) {
    guard isatty(STDERR_FILENO) == 0 else { return }
    // Nobody is left to be told that standard error is closed.
    try? writeAll(Style.plain.shown("binhchon: " + text(.ambient) + "\n", keepsBreaks: true).utf8, to: STDERR_FILENO)
  }

  /// How many repetitions an earlier version kept and has forgotten.
  var heldCount: UInt64 { spool.status.held }

  var delivery: DeliveryState {
    let (spool, sync) = (spool.status, status.withLock { $0 })
    return DeliveryState(
      waiting: Int(clamping: spool.pending), level: spool.level, isReachable: sync.isReachable, barredBy: sync.barredBy,
      unreadyBy: sync.unreadyBy)
  }

  /// Counts and times presses by the rules of this poll from now on: when it is first shown, and whenever it changes.
  func follow(_ poll: Binhchon_V1_Poll) {
    spool.follow(cooldown: poll.policy.cooldownMs, burstWithin: poll.policy.burst.withinMs)
  }

  /// Keeps presses in the spool; they are on the disk when this returns. Those beyond its capacity are not taken.
  func take(_ presses: [Press]) throws(SpoolError) -> [Tap] {
    let taps = try spool.take(presses)
    sync.wake()
    report(.delivery(delivery))
    return taps
  }

  /// Ends what could be added to an open tap, and sends it: with what was added, or as it is.
  func complete(_ tap: Tap, with ballot: Binhchon_V1_Ballot?) throws(SpoolError) {
    _ = try spool.complete(tap, with: ballot)
    sync.wake()
  }

  /// Sends until the task is cancelled.
  func run(_ service: any PollingService) async {
    do throws(SpoolError) {
      try await sync.run({ try await cast($0, service) }, report: take)
    } catch {
      report(.failed(error))
    }
  }

  private func take(_ update: Sync.Report) {
    switch update {
    case .settled(let settlements):
      for settlement in settlements { report(.settled(settlement.tap, settlement.outcome)) }
    case .unready(let taps):
      if let last = taps.max(by: { $0.tap.sequence < $1.tap.sequence }) {
        report(.unready(last.tap, reason: last.reason))
      }
    case .status(let status): self.status.withLock { $0 = status }
    case .notWritten(let error): report(.notWritten(error))
    case .news(let news): if !news.profileEtag.isEmpty { report(.profile(etag: news.profileEtag)) }
    case .serverKnowsLess(let known, let settled, let offered):
      log(
        Text(
          vi: "máy chủ chỉ biết đến lần bấm \(known), trước đây đã nhận đến \(settled): gửi lại \(offered)",
          en: "the server knows no press after \(known), and had taken all up to \(settled): \(offered) go again"))
    }
    report(.delivery(delivery))
  }

  /// Waits until everything is answered, the server does not let us in, or the time is over.
  func drain(within bound: Duration) async {
    await sync.drain(within: bound)
  }
}

/// One message on a call of its own.
private func cast(
  _ request: Binhchon_V1_CastBallotsRequest, _ service: any PollingService
) async throws(SyncFailure) -> Binhchon_V1_CastBallotsResponse {
  do {
    let call = try await service.castBallots()
    do {
      try await call.send(request)
      try await call.finish()
      guard let response = try await call.receive() else { throw SyncFailure.unreachable() }
      // The end of the call; the reply counts, whatever that says.
      _ = try? await call.receive()
      return response
    } catch {
      call.cancel()
      throw error
    }
  } catch let failure as SyncFailure {
    throw failure
  } catch let refusal as Refusal {
    throw SyncFailure(refusal)
  } catch let error as ClientError where error.status == .notPermitted {
    throw .barred(reason: error.reason ?? "PERMISSION_DENIED")
  } catch {
    // Whatever it was, it was no answer: the ballots go again.
    throw .unreachable()
  }
}

extension SyncFailure {
  init(_ refusal: Refusal) {
    let reason = refusal.reason ?? StatusCode(rawValue: refusal.code)?.name ?? "UNKNOWN"
    switch StatusCode(rawValue: refusal.code) {
    case .permissionDenied, .unauthenticated: self = .barred(reason: reason)
    case _ where refusal.isTransient:
      self = .unreachable(retryAfter: refusal.retryAfter.map { Int64($0 / .milliseconds(1)) } ?? 0)
    default: self = .refused(reason: reason)
    }
  }
}

extension Settlement {
  var outcome: CastOutcome {
    switch result.result {
    case .receipt(let receipt): .taken(receipt)
    case .refused(let status): .refused(Refusal(status))
    case nil:
      .rejected(
        ClientError(
          .inputOutput, Text(vi: "phiếu không đọc được nữa", en: "the ballot cannot be read any more"),
          reason: verdict.rejection))
    }
  }
}

extension Verdict {
  fileprivate var rejection: String? {
    if case .rejected(let reason) = self { reason } else { nil }
  }
}

extension ClientError {
  init(_ error: SpoolError, spool: String) {
    let why = Text(verbatim: error.message)
    switch error.code {
    case .locked:
      self.init(
        .tryAgain, Text(vi: "bộ nhớ phiếu \(spool) đang được dùng", en: "the spool \(spool) is in use"), why: why,
        next: Text(
          vi: "mỗi máy đánh giá một thư mục: chọn thư mục khác bằng --spool",
          en: "every kiosk has a directory of its own: name another one with --spool"), reason: "SPOOL_IN_USE")
    case .newer:
      self.init(
        .configuration, Text(vi: "không mở được bộ nhớ phiếu \(spool)", en: "cannot open the spool \(spool)"), why: why,
        reason: "SPOOL_NEWER")
    default:
      self.init(
        .inputOutput, Text(vi: "bộ nhớ phiếu \(spool) bị lỗi", en: "the spool \(spool) failed"), why: why,
        next: Text(
          vi: "phiếu đã cảm ơn vẫn còn đó; kiểm tra đĩa rồi chạy lại",
          en: "what was thanked for is still there; check the disk, then start again"), reason: "SPOOL_FAILED")
    }
  }
}
