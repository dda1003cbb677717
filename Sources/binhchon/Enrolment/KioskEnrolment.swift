import Foundation
internal import Polling
internal import Schema
internal import TLS

/// Gets a kiosk its certificate: the key is made here and stays here.
struct KioskEnrolment: Sendable {
  let shelf: IdentityShelf
  /// PEM: whom to trust as a server.
  let trustRoots: String

  /// The first certificate, by a one-time code.
  func enrol(_ code: EnrolmentCode, by client: any EnrolmentClient) async throws -> IssuedCertificate {
    try await obtain(.enrolment) { signingRequest in
      var request = Binhchon_V1_EnrolRequest()
      request.code = code.text
      request.signingRequest = Data(signingRequest)
      return try await client.enrol(request).certificate
    } check: { _ in
    }
  }

  /// Another certificate with another key, of the same identity.
  func renew(_ identity: String, by client: any EnrolmentClient) async throws -> IssuedCertificate {
    try await obtain(.renewal) { signingRequest in
      var request = Binhchon_V1_RenewRequest()
      request.signingRequest = Data(signingRequest)
      return try await client.renew(request).certificate
    } check: { certificate in
      guard certificate.identity.uri == identity else { throw ClientError.wrongCertificate("identity") }
    }
  }

  private func obtain(
    _ purpose: IdentityShelf.Purpose, _ ask: ([UInt8]) async throws -> Binhchon_V1_KioskCertificate,
    check: (IssuedCertificate) throws -> Void
  ) async throws -> IssuedCertificate {
    var (key, isNew) = try shelf.pendingKey(purpose)
    let message: Binhchon_V1_KioskCertificate
    do {
      message = try await ask(try key.signingRequest())
    } catch let refusal as Refusal where refusal.reason == "KEY_TAKEN" && !isNew {
      // Its certificate was made for an earlier code, whose answer never came: this code needs a key of its own.
      try shelf.forgetPendingKey(purpose)
      (key, isNew) = try shelf.pendingKey(purpose)
      message = try await ask(try key.signingRequest())
    } catch let refusal as Refusal where isNew && !refusal.isTransient {
      try shelf.forgetPendingKey(purpose)
      throw refusal
    }
    let certificate: IssuedCertificate
    do throws(TLSError) {
      certificate = try IssuedCertificate(pem: message.certificate)
      guard certificate.keyFingerprint == (try SigningRequest(key.signingRequest()).keyFingerprint) else {
        throw TLSError(.keyMismatch, "it is for another key", advice: "")
      }
    } catch {
      throw ClientError.wrongCertificate(error.message)
    }
    try check(certificate)
    try shelf.place(key, certificate: certificate, chain: message.certificate, trustRoots: trustRoots)
    return certificate
  }
}

/// Renews a kiosk's certificate in time. A kiosk page does so by itself: ``keep(_:now:pause:connect:report:)``.
struct KioskRenewal: Sendable {
  enum Outcome: Sendable, Equatable {
    /// Seconds since 1970.
    case notDue(expires: Int64)
    /// New connections are made with the identity's files as they are now: ``ClientContexts``.
    case renewed(expires: Int64)
  }

  /// When less than a third of its lifetime is left; never before.
  static func isDue(notBefore: Int64, notAfter: Int64, now: Int64) -> Bool {
    let (lifetime, isAges) = notAfter.subtractingReportingOverflow(notBefore)
    let (left, isLong) = notAfter.subtractingReportingOverflow(now)
    return !isAges && !isLong && left < lifetime / 3
  }

  /// Renews the identity if it is due.
  ///
  /// - Parameters:
  ///   - settings: of an identity that `kiosk enrol` made.
  ///   - isForced: also when it is not due.
  ///   - connect: for tests.
  /// - Throws: `ClientError`, `Refusal`; the identity stays as it was, and asking again continues.
  static func run(
    _ settings: ConnectionSettings, now: Int64, isForced: Bool = false,
    connect: (ConnectionSettings) throws -> any EnrolmentClient
  ) async throws -> Outcome {
    let file = try CertificateFile(path: settings.identity.certificate)
    guard isForced || isDue(notBefore: file.notBefore, notAfter: file.notAfter, now: now) else {
      return .notDue(expires: file.notAfter)
    }
    guard let shelf = IdentityShelf(identity: settings.identity.certificate), let uri = file.uris.first else {
      throw ClientError(
        .configuration,
        Text(
          vi: "chứng thư \(settings.identity.certificate) không do `binhchon kiosk enrol` đặt",
          en: "the identity \(settings.identity.certificate) was not made by `binhchon kiosk enrol`"),
        next: Text(
          vi: "cấp lại bằng tay (certs/README.md), hoặc đăng ký máy: `binhchon kiosk enrol`",
          en: "renew it by hand (certs/README.md), or enrol this kiosk: `binhchon kiosk enrol`"))
    }
    let client = try connect(settings)
    do {
      let enrolment = KioskEnrolment(shelf: shelf, trustRoots: try readText(settings.identity.trustRoots))
      let certificate = try await enrolment.renew(uri, by: client)
      try shelf.forgetPendingKey(.renewal)
      await client.shutdown()
      return .renewed(expires: certificate.notAfter)
    } catch {
      await client.shutdown()
      throw error
    }
  }
}
