import Foundation
import NIOCore
import RPC
import Testing

/// A server of its own for one cell of the table, and what it takes to make the cell happen.
struct TLSMatrixRoom {
  /// What the harness must not overlook: mistakes of ours, or of whoever runs the server.
  enum Planted: Sendable {
    case crlNotConfigured
    case denyListNotConfigured
    /// The lists are new, and nobody has the server reload them.
    case notReloaded
    /// The server does not notice that time passes.
    case clockStands
  }

  /// The caller never got as far as the cell wants it.
  struct Misplaced: Error, CustomStringConvertible {
    var description: String
  }

  private static let unit = "hai-chau/mot-cua"
  private static let serial = "0A0B0C"
  private static let hour: Int64 = 3600
  private static let month: Int64 = 30 * 86_400

  private let cell: TLSMatrix.Cell
  private let planted: Planted?
  private let bound: Duration
  private let data: TemporaryDirectory
  private let authority: Authority
  private let clock: ShiftedClock

  private var crl: String { "\(data.path)/certs/crl.pem" }
  private var denyList: String { "\(data.path)/certs/denied.txt" }

  /// - Parameter bound: how long an open connection may take to be closed.
  init(_ cell: TLSMatrix.Cell, planted: Planted? = nil, bound: Duration = .seconds(5)) async throws {
    self.cell = cell
    self.planted = planted
    self.bound = bound
    data = try await demoData()
    authority = try Authority(of: data.path)
    clock = try await ShiftedClock(in: data.path)
  }

  /// What came of it, and whether a good kiosk beside it felt anything.
  func outcome() async throws -> (outcome: TLSMatrix.Outcome?, bystanderFelt: String?) {
    let identity = try makeIdentity()
    let turnsBadLater = [.resumed, .open, .midReload].contains(cell.situation)
    try writeLists(isBad: !turnsBadLater)
    let server = try await ServerProcess.start(data.path, environment: environment)
    let bystander = try MatrixClient(port: server.port, identity: "\(data.path)/certs/kiosk", version: cell.version)
    let hasBystander = cell.situation != .crlExpired && cell.situation != .crlOfAnother
    if hasBystander, let refused = await bystander.cast() { throw Misplaced(description: "bystander: \(refused)") }

    let outcome = try await drive(server, identity: identity)

    var felt: String?
    if hasBystander {
      let refused = await bystander.cast()
      if refused != nil || bystander.visits.count != 1 {
        felt = "\(String(describing: refused)), \(bystander.visits.count) connections"
      }
    }
    await bystander.shutdown()
    let status = await server.stop()
    guard status == 0 else { throw Misplaced(description: "binhchond ended with \(status): \(server.log)") }
    return (outcome, felt)
  }

  private func drive(_ server: ServerProcess, identity: String) async throws -> TLSMatrix.Outcome? {
    let holder = cell.situation == .midReload ? try await HandshakeHolder(to: server.port) : nil
    let caller = try MatrixClient(port: holder?.port ?? server.port, identity: identity, version: cell.version)
    let outcome: TLSMatrix.Outcome?
    switch cell.situation {
    case .full, .crlAbsent, .crlOfAnother:
      outcome = await visit(caller, server)
    case .resumed:
      try await comeIn(caller)
      try await caller.leave()
      try await turnBad(server)
      outcome = await visit(caller, server)
      if case .refused? = outcome {} else { try requireResumed(caller) }
    case .open:
      try await comeIn(caller)
      try await turnBad(server)
      outcome = try await stay(caller, server)
    case .midReload:
      async let visited = visit(caller, server)
      await holder?.holds()
      try await turnBad(server)
      if cell.caller != .revoked, cell.caller != .denied { try await reload(server) }
      holder?.letGo()
      outcome = await visited
    case .crlExpired:
      let isLetIn = [.good, .wrongRole, .wrongSubtree].contains(cell.caller)
      if isLetIn { try await comeIn(caller) }
      try pass(Self.hour + 100)
      outcome = isLetIn ? try await stay(caller, server) : await visit(caller, server)
    }
    await caller.shutdown()
    try await holder?.close()
    if let visit = caller.visits.first, visit.version != (cell.version == .tls13 ? "TLSv1.3" : "TLSv1.2") {
      throw Misplaced(description: "spoke \(visit.version)")
    }
    return outcome
  }

  // MARK: - What makes a caller bad

  private func makeIdentity() throws -> String {
    let now = Int64(Date().timeIntervalSince1970)
    let role = cell.caller == .wrongRole ? "official" : "kiosk"
    let unit = cell.caller == .wrongSubtree ? "thanh-khe" : Self.unit
    var notAfter = now + Self.month
    if cell.caller == .expired {
      notAfter = [.resumed, .open, .midReload].contains(cell.situation) ? now + Self.hour : now - 60
    }
    return try authority.client(
      "caller", uri: "spiffe://binhchon.test/\(role)/\(unit)/caller", notBefore: now - 2 * Self.hour,
      notAfter: notAfter, serial: Self.serial)
  }

  private func writeLists(isBad: Bool) throws {
    let listed = cell.situation == .crlOfAnother ? try Authority(of: data.path, named: "kiosk-ca") : authority
    try listed.revoke(
      isBad && cell.caller == .revoked ? [Self.serial] : [], to: crl,
      lifetime: cell.situation == .crlExpired ? Self.hour : Self.month)
    let line = isBad && cell.caller == .denied ? "spiffe://binhchon.test/kiosk/\(Self.unit)/caller # stolen\n" : ""
    try line.write(toFile: denyList, atomically: true, encoding: .utf8)
  }

  private var environment: [String: String] {
    var variables = ServerProcess.enrolmentOff.merging(clock.environment) { $1 }
    if cell.situation != .crlAbsent, planted != .crlNotConfigured { variables["BINHCHON_TLS_CRL"] = crl }
    if planted != .denyListNotConfigured { variables["BINHCHON_TLS_DENY_LIST"] = denyList }
    if cell.version == .tls12 { variables["BINHCHON_TLS_MINIMUM_VERSION"] = "1.2" }
    return variables
  }

  /// Time passes for who expires, lists are reloaded for who is on them, and nothing happens to the others.
  private func turnBad(_ server: ServerProcess) async throws {
    switch cell.caller {
    case .revoked, .denied:
      try writeLists(isBad: true)
      try await reload(server)
    case .expired: try pass(Self.hour + 100)
    case .good, .wrongRole, .wrongSubtree: break
    }
  }

  private func reload(_ server: ServerProcess) async throws {
    guard planted != .notReloaded else { return }
    server.signal(SIGHUP)
    guard await server.logged("reloaded") else { throw Misplaced(description: "not reloaded: \(server.log)") }
  }

  private func pass(_ seconds: Int64) throws {
    if planted != .clockStands { try clock.set(ahead: seconds) }
  }

  // MARK: - What comes of it

  /// A first visit while everything is well, which leaves the connection open.
  private func comeIn(_ caller: MatrixClient) async throws {
    let refused = await caller.cast()
    let isForbidden = [.wrongRole, .wrongSubtree].contains(cell.caller)
    let isFine = isForbidden ? refused?.code == .permissionDenied : refused == nil
    guard isFine else { throw Misplaced(description: "first visit: \(String(describing: refused))") }
  }

  private func visit(_ caller: MatrixClient, _ server: ServerProcess) async -> TLSMatrix.Outcome? {
    guard let refused = await caller.cast() else { return .works }
    switch refused.code {
    case .permissionDenied: return .forbidden(refused.reason)
    case .unavailable:
      _ = await server.logged("connection refused or broken")
      return TLSMatrix.Why.allCases.first { server.log.contains($0.rawValue) }.map { .refused($0) }
    default: return nil
    }
  }

  /// What becomes of a connection that is open: closed within the bound, or it goes on.
  private func stay(_ caller: MatrixClient, _ server: ServerProcess) async throws -> TLSMatrix.Outcome? {
    let channel = try #require(caller.visits.first).channel
    let hasTurnedBad = cell.situation == .crlExpired || [.revoked, .denied, .expired].contains(cell.caller)
    if hasTurnedBad, await isClosed(channel) {
      guard case .refused(let why)? = await visit(caller, server) else { return nil }
      return .putOut(why)
    }
    let outcome = await visit(caller, server)
    return caller.visits.count == 1 ? outcome : nil
  }

  private func isClosed(_ channel: any NIOCore.Channel) async -> Bool {
    let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
    channel.closeFuture.whenComplete { _ in ended.yield(true) }
    let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(bound)) { ended.yield(false) }
    defer { deadline.cancel() }
    for await isClosed in ends { return isClosed }
    return false
  }

  private func requireResumed(_ caller: MatrixClient) throws {
    guard caller.visits.count == 2, caller.visits[1].isResumed else {
      throw Misplaced(description: "the second visit was no resumed one: \(caller.visits)")
    }
  }
}
