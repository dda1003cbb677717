import Dispatch
import Foundation
import Schema

/// A real server, an honest kiosk, and room for one attack after the other. Says what harm each has done.
final class AttackRange: Sendable {
  /// How much more than before any attack the server may hold once an attack is over: what its allocator keeps of an
  /// attack's peak. One that lost as much to every attack would be far over it soon.
  static let mostKept = 128 << 20
  /// And at the height of an attack.
  static let mostTaken = 320 << 20
  /// What the server opens for itself now and then: the ledger's readers.
  static let descriptorsOfItsOwn = 4

  let server: ServerProcess
  let kiosk: HonestKiosk
  private let data: TemporaryDirectory
  private let attacker: @Sendable () -> Attacker
  private let patience: Duration
  private let healthy: ServerHealth

  struct Report: Sendable {
    var beside = HonestKiosk.Beside()
    /// Bytes, above what it held before any attack.
    var peak = 0
    var kept = 0
    var time = Duration.zero
    /// What was done to the server or the honest kiosk; none if all is well.
    var harm: [String] = []
  }

  /// Limits so low that attacks reach them.
  static let limits = [
    "BINHCHON_LIMITS_CONNECTIONS": "400", "BINHCHON_LIMITS_HANDSHAKES": "128",
    "BINHCHON_LIMITS_HANDSHAKES_PER_ADDRESS": "64", "BINHCHON_LIMITS_CALLS_PER_CONNECTION": "64",
    "BINHCHON_LIMITS_UNREAD_BYTES": "\(34 << 20)", "BINHCHON_TLS_HANDSHAKE_TIMEOUT": "3s",
  ]

  /// - Parameters:
  ///   - changes: of ``limits``.
  ///   - patience: how long the server has to serve a kiosk that comes back, and to give back what an attack took.
  init(_ changes: [String: String] = [:], patience: Duration = .seconds(10)) async throws {
    let data = try await demoData()
    let authority = try Authority(of: data.path)
    let stranger = try Authority(stranger: "\(data.path)/stranger", trusting: data.path)
    let now = Int64(Date().timeIntervalSince1970)
    let uri = "spiffe://binhchon.test/kiosk/hai-chau/mot-cua"
    let thief = try authority.client("thief", uri: "\(uri)/thief")
    let expired = try authority.client("late", uri: "\(uri)/late", notBefore: now - 7200, notAfter: now - 3600)
    let unknown = try stranger.client("unknown", uri: "\(uri)/unknown")
    let official = try authority.client("curious", uri: "spiffe://binhchon.test/official/hai-chau/curious")
    let server = try await ServerProcess.start(
      data.path, environment: Self.limits.merging(changes) { $1 })
    (self.data, self.server, self.patience) = (data, server, patience)
    attacker = { [data] in
      Attacker(
        port: server.port, pid: server.pid, kiosk: thief, official: official, admin: "\(data.path)/certs/admin",
        expired: expired, stranger: unknown)
    }
    kiosk = try HonestKiosk(server, identity: "\(data.path)/certs/kiosk")

    let admin = try TestClient(server, identity: "\(data.path)/certs/admin")
    // So that lists of polls are large.
    for request in LargePolls.requests { _ = try await admin.call(PollMethods.publishPoll, request) }
    await admin.shutdown()
    // What the first calls of all leave behind is no attack's harm.
    _ = await kiosk.vote(atLeast: 50, until: Shared(true))
    _ = try await kiosk.comeBack(patience: patience)
    healthy = try ServerHealth(of: server.pid)
  }

  /// The kiosk alone, to compare with.
  func quiet() async -> HonestKiosk.Beside {
    await kiosk.vote(atLeast: 200, until: Shared(true))
  }

  func perform(_ attack: Attack) async throws -> Report {
    var report = Report()
    let began = ContinuousClock.now
    let attacker = attacker()
    let isOver = Shared(false)
    async let beside = kiosk.vote(atLeast: 20, until: isOver)
    do {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        DispatchQueue.global().async { continuation.resume(with: Result { try attack.run(attacker) }) }
      }
    } catch {
      report.harm.append("the attack did not take place: \(error)")
    }
    report.peak = try ServerHealth(of: server.pid).resident - healthy.resident
    if let refusal = try await kiosk.comeBack(patience: patience) {
      report.harm.append("an honest kiosk could not come back: \(refusal)")
    }
    isOver.update { $0 = true }
    report.beside = await beside
    for refusal in report.beside.refusals { report.harm.append("an honest vote failed: \(refusal)") }
    report.peak = max(report.peak, try ServerHealth(of: server.pid).resident - healthy.resident)
    if report.peak > Self.mostTaken { report.harm.append("the server took \(report.peak >> 20) MiB") }

    if !attack.holdsOn { attacker.letGo() }
    let after = try await recovered()
    attacker.letGo()
    report.kept = after.resident - healthy.resident
    let descriptors = after.descriptors - healthy.descriptors
    if descriptors > Self.descriptorsOfItsOwn { report.harm.append("\(descriptors) descriptors were not given back") }
    if report.kept > Self.mostKept { report.harm.append("\(report.kept >> 20) MiB were not given back") }
    report.time = ContinuousClock.now - began
    return report
  }

  /// Its health once everything is back, or at the end of our patience.
  private func recovered() async throws -> ServerHealth {
    let end = ContinuousClock.now + patience
    while true {
      let now = try ServerHealth(of: server.pid)
      let areClosed = now.descriptors - healthy.descriptors <= Self.descriptorsOfItsOwn
      if areClosed && now.resident - healthy.resident <= Self.mostKept || ContinuousClock.now >= end { return now }
      // What another process gives back to the system nobody tells: it is looked at again.
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Ends the server. What is wrong with it or with its ledger.
  func close() async throws -> [String] {
    await kiosk.shutdown()
    var harm: [String] = []
    let status = await server.stop()
    if status != 0 { harm.append("the server ended with \(status): \(server.log.suffix(2_000))") }
    let entered = try LedgerRows(directory: data.path).ballotIDs()
    let counts = entered.reduce(into: [Data: Int]()) { $0[$1, default: 0] += 1 }
    let wrong = kiosk.acknowledged.value.count { counts[$0] != 1 }
    if wrong > 0 { harm.append("\(wrong) acknowledged votes are not there exactly once") }
    let verified = try await run(Binaries.server, ["verify", data.path])
    if verified.status != 0 { harm.append("verify: \(verified.output)\(verified.errors)") }
    return harm
  }
}
