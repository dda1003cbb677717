internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import Synchronization

/// binhchon.v1.EnrolmentService: codes for kiosks, and their certificates.
final class EnrolmentService: Sendable {
  private let ledger: any Ledger
  private let authority: any KioskAuthority
  private let access: Access
  /// HMAC under the pepper.
  private let hash: @Sendable ([UInt8]) throws -> [UInt8]
  private let now: @Sendable () -> Timestamp
  private let guesses = Mutex(GuessBudget())
  /// Strangers do not get to fill the log.
  private let refusals = Mutex(RareLine())

  static let defaultValidity: Int64 = 86_400
  static let longestValidity: Int64 = 14 * 86_400

  init(
    ledger: any Ledger, authority: any KioskAuthority, access: Access,
    hash: @escaping @Sendable ([UInt8]) throws -> [UInt8], now: @escaping @Sendable () -> Timestamp
  ) {
    self.ledger = ledger
    self.authority = authority
    self.access = access
    self.hash = hash
    self.now = now
  }

  func register(in router: inout Router) {
    router.handle(EnrolmentMethods.createKioskCode) { try await refusing(self.createKioskCode)($0, $1) }
    router.handle(EnrolmentMethods.enrol) { try await refusing(self.enrol)($0, $1) }
    router.handle(EnrolmentMethods.renew) { try await refusing(self.renew)($0, $1) }
  }

  // MARK: - Codes

  private func createKioskCode(
    _ request: Binhchon_V1_CreateKioskCodeRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_CreateKioskCodeResponse {
    let caller = try access.caller(context, roles: [.admin, .coordinator])
    let (unit, name) = try Self.place(request.unit, request.name)
    try caller.require(unit)
    let validity = request.validitySeconds == 0 ? Self.defaultValidity : Int64(request.validitySeconds)
    guard validity <= Self.longestValidity else {
      throw Refusal.invalid([Violation("validity_seconds", "must be at most \(Self.longestValidity)")])
    }
    var generator = SystemRandomNumberGenerator()
    let code = EnrolmentCode(using: &generator)
    let now = now()
    let expires = Timestamp(milliseconds: now.milliseconds + validity * 1000)
    let kept = KioskCode(hash: try hashed(code), unit: unit, name: name, expires: expires)
    let outcome = try await ledger.outcome(of: .openKioskCode(kept, by: caller.description, at: now))
    guard case .entered = outcome else { throw Refusal.ourFault("a code could not be made") }
    context.logger.notice(
      "kiosk code made",
      metadata: ["kiosk": "\(unit)/\(name)", "by": "\(caller.description)", "validity_seconds": "\(validity)"])
    var response = Binhchon_V1_CreateKioskCodeResponse()
    response.code = code.text
    response.identity = access.kiosk(unit, name)
    response.expiresAtMs = expires.milliseconds
    return response
  }

  // MARK: - Certificates

  /// Needs no certificate: the code says who it is.
  private func enrol(
    _ request: Binhchon_V1_EnrolRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_EnrolResponse {
    let signingRequest = Array(request.signingRequest)
    let now = now()
    // Before anything is looked at: reading a request costs more than looking up a code. A bad one is not given back.
    guard guesses.withLock({ $0.take(at: now) }) else {
      throw Refusal(
        code: .resourceExhausted, reason: .overloaded, message: "too many wrong codes were tried",
        retryAfterMilliseconds: 5000)
    }
    let key = try fingerprint(signingRequest)
    let hash: [UInt8]
    let found: Outcome
    do {
      // Of a mistyped code no more is told than of a wrong one.
      guard let code = try? EnrolmentCode(request.code) else { throw Refusal(.kioskCodeRefused) }
      hash = try hashed(code)
      found = try await ledger.outcome(of: .findKioskCode(hash: hash, keyFingerprint: key, at: now))
      if case .refused(let refusal) = found { throw Refusal(refusal) }
    } catch let refusal as Refusal {
      // What the ledger cannot say now was no guess.
      if refusal.reason != .codeRefused { guesses.withLock { $0.giveBack() } }
      if refusal.reason == .codeRefused, let count = refusals.withLock({ $0.note(at: now) }) {
        context.logger.notice("kiosk codes were refused", metadata: ["count": "\(count)"])
      }
      throw refusal
    }
    guesses.withLock { $0.giveBack() }
    var response = Binhchon_V1_EnrolResponse()
    switch found {
    case .replayed(_, .kioskCertificate(let certificate)):
      response.certificate = try told(certificate)
      response.replayed = true
    case .replayed(_, .kioskCode(let code)):
      let (certificate, line) = try issue(signingRequest, key, code.unit, code.name, at: now)
      let outcome = try await ledger.outcome(of: .enrolKiosk(certificate, codeHash: hash, at: now))
      (response.certificate, response.replayed) = try told(outcome, line, context)
    default: throw Refusal.ourFault("the ledger answered a code with something else")
    }
    return response
  }

  private func renew(
    _ request: Binhchon_V1_RenewRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_RenewResponse {
    let caller = try access.caller(context, roles: [.kiosk])
    let signingRequest = Array(request.signingRequest)
    let key = try fingerprint(signingRequest)
    let now = now()
    let (certificate, line) = try issue(signingRequest, key, caller.scope, caller.name, at: now)
    let outcome = try await ledger.outcome(of: .renewKiosk(certificate, by: caller.description, at: now))
    var response = Binhchon_V1_RenewResponse()
    (response.certificate, response.replayed) = try told(outcome, line, context)
    return response
  }

  private func issue(
    _ request: [UInt8], _ key: [UInt8], _ unit: UnitPath, _ name: String, at now: Timestamp
  ) throws -> (KioskCertificate, denyListLine: String) {
    let issued: IssuedKioskCertificate
    do {
      issued = try authority.issue(request, identity: access.kiosk(unit, name), name: name, at: now)
    } catch let problem as KioskRequestProblem {
      throw Refusal.invalid([Violation("signing_request", problem.problem)])
    }
    let certificate = KioskCertificate(
      unit: unit, name: name, serial: issued.serial, keyFingerprint: key, expires: issued.notAfter,
      certificate: issued.der)
    return (certificate, issued.denyListLine)
  }

  private func told(
    _ outcome: Outcome, _ denyListLine: String, _ context: CallContext
  ) throws -> (Binhchon_V1_KioskCertificate, replayed: Bool) {
    switch outcome {
    case .entered(_, .kioskCertificate(let certificate)):
      // What an operator needs to put it out again.
      context.logger.notice(
        "certificate issued",
        metadata: [
          "kiosk": "\(certificate.unit)/\(certificate.name)", "certificate": "\(denyListLine)",
          "expires_ms": "\(certificate.expires.milliseconds)",
        ])
      return (try told(certificate), false)
    case .replayed(_, .kioskCertificate(let certificate)): return (try told(certificate), true)
    case .refused(let refusal): throw Refusal(refusal)
    case .entered, .replayed: throw Refusal.ourFault("the ledger answered a certificate with something else")
    }
  }

  private func told(_ certificate: KioskCertificate) throws -> Binhchon_V1_KioskCertificate {
    var message = Binhchon_V1_KioskCertificate()
    message.identity = access.kiosk(certificate.unit, certificate.name)
    message.certificate = try authority.chain(certificate.certificate)
    message.notAfterMs = certificate.expires.milliseconds
    return message
  }

  // MARK: - What callers send

  private func fingerprint(_ signingRequest: [UInt8]) throws(Refusal) -> [UInt8] {
    do {
      return try authority.keyFingerprint(of: signingRequest)
    } catch {
      throw Refusal.invalid([Violation("signing_request", error.problem)])
    }
  }

  /// Another first byte than any poll's name has: no dossier's hash is ever that of a code.
  private func hashed(_ code: EnrolmentCode) throws(Refusal) -> [UInt8] {
    do {
      return try hash([0] + Array("kiosk code".utf8) + [0] + code.characters)
    } catch {
      throw .ourFault("a code cannot be hashed")
    }
  }

  private static func place(_ unit: String, _ name: String) throws(Refusal) -> (UnitPath, String) {
    let path: UnitPath
    do { path = try UnitPath(unit) } catch { throw Refusal.invalid(error) }
    // The rule of one more name in the path.
    guard !name.contains("/"), (try? UnitPath(name)) != nil else {
      throw Refusal.invalid([Violation("name", "must be 1 to 64 ASCII letters, digits, '-', '_' or '.'")])
    }
    return (path, name)
  }
}

extension Access {
  /// What the certificate of a kiosk says.
  fileprivate func kiosk(_ unit: UnitPath, _ name: String) -> String {
    "spiffe://\(trustDomain)/\(Role.kiosk.rawValue)/\(unit)/\(name)"
  }
}
