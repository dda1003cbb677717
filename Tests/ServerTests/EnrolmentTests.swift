import Foundation
import Ledger
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// Signs by writing down who it is for; its requests are the words "key NAME".
struct PaperAuthority: KioskAuthority {
  func keyFingerprint(of request: [UInt8]) throws(KioskRequestProblem) -> [UInt8] {
    let words = String(decoding: request, as: UTF8.self)
    guard words.hasPrefix("key ") else { throw KioskRequestProblem("is no request") }
    return Array((Array(words.utf8) + [UInt8](repeating: 0, count: 32)).prefix(32))
  }

  /// Of one request at one time there are many certificates, as with a real authority.
  private static let count = Atomic(0)

  func issue(
    _ request: [UInt8], identity: String, name: String, at now: Timestamp
  ) throws -> IssuedKioskCertificate {
    let serial = Self.count.add(1, ordering: .relaxed).newValue
    return IssuedKioskCertificate(
      der: Array("\(identity) \(serial)".utf8), serial: "\(serial)", denyListLine: "0/\(serial)", notBefore: now,
      notAfter: Timestamp(milliseconds: now.milliseconds + 90 * 86_400_000))
  }

  func chain(_ certificate: [UInt8]) -> String { String(decoding: certificate, as: UTF8.self) }
}

@Suite struct EnrolmentTests {
  /// A clock that a test sets.
  final class TestClock: Sendable {
    private let milliseconds = Mutex(BallotIntakeTests.now.milliseconds)
    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
    func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
  }

  private static func code(
    _ assembly: Assembly, name: String = "quay-09", by: String = "admin/hai-chau/a", validity: UInt32 = 0
  ) async throws -> String {
    var request = Binhchon_V1_CreateKioskCodeRequest()
    (request.unit, request.name, request.validitySeconds) = ("hai-chau/mot-cua", name, validity)
    return try await ServiceTests.caller(assembly, by).call(EnrolmentMethods.createKioskCode, request).code
  }

  private static func enrol(_ assembly: Assembly, _ code: String, _ key: String) async throws
    -> Binhchon_V1_EnrolResponse
  {
    var request = Binhchon_V1_EnrolRequest()
    request.code = code
    request.signingRequest = Data(key.utf8)
    return try await ServiceTests.caller(assembly.strangersRouter, nil).call(EnrolmentMethods.enrol, request)
  }

  private static func renew(
    _ assembly: Assembly, _ identity: String, _ key: String
  ) async throws -> Binhchon_V1_RenewResponse {
    var request = Binhchon_V1_RenewRequest()
    request.signingRequest = Data(key.utf8)
    return try await ServiceTests.caller(assembly, identity).call(EnrolmentMethods.renew, request)
  }

  private static func expectRefused(
    _ reason: String, _ comment: String = "", _ work: () async throws -> Void
  ) async {
    let error = await #expect(throws: RPCError.self, "\(comment)") { try await work() }
    #expect(error.flatMap(ServiceTests.reason) == reason, "\(comment)")
  }

  @Test func aCodeGivesOneKeyItsCertificateAndTheSameAgain() async throws {
    try await ServiceTests.withAssembly { assembly in
      let code = try await Self.code(assembly)
      let first = try await Self.enrol(assembly, code, "key a")
      #expect(first.certificate.identity == "spiffe://t/kiosk/hai-chau/mot-cua/quay-09")
      #expect(first.certificate.certificate.hasPrefix("spiffe://t/kiosk/hai-chau/mot-cua/quay-09 "))
      #expect(!first.replayed)
      // The reply was lost: asked again, however the code is typed now.
      let again = try await Self.enrol(assembly, code.lowercased().replacing("-", with: " "), "key a")
      #expect(again.certificate == first.certificate)
      #expect(again.replayed)
      await Self.expectRefused("CODE_REFUSED", "used") { _ = try await Self.enrol(assembly, code, "key b") }
    }
  }

  @Test func wrongUsedAndExpiredCodesAreAnsweredAlike() async throws {
    let clock = TestClock()
    let now = { @Sendable in clock.now }
    try await ServiceTests.withAssembly(now: now) { assembly in
      let used = try await Self.code(assembly, name: "used")
      _ = try await Self.enrol(assembly, used, "key a")
      let short = try await Self.code(assembly, name: "short", validity: 60)
      let replayed = try await Self.code(assembly, name: "replayed", validity: 60)
      let kept = try await Self.enrol(assembly, replayed, "key r")
      clock.advance(seconds: 59)
      let inTime = try await Self.code(assembly, name: "in-time", validity: 60)
      clock.advance(seconds: 1)
      #expect(try await !Self.enrol(assembly, inTime, "key t").replayed)
      var generator = SystemRandomNumberGenerator()
      var statuses: Set<Status> = []
      for code in [
        used, short, EnrolmentCode(using: &generator).text, "", "nonsense", String(repeating: "Z", count: 1000),
      ] {
        do {
          _ = try await Self.enrol(assembly, code, "key b")
          Issue.record("\(code) was taken")
        } catch let error as RPCError {
          statuses.insert(error.status)
        }
      }
      #expect(statuses.count == 1)
      #expect(statuses.first?.code == .permissionDenied)
      // What was issued in time is given again after it.
      #expect(try await Self.enrol(assembly, replayed, "key r").certificate == kept.certificate)
    }
  }

  @Test func oneCodeInManyHandsAtOnceEnrolsOne() async throws {
    try await ServiceTests.withAssembly { assembly in
      let code = try await Self.code(assembly)
      let identities = await withTaskGroup(of: String?.self) { group in
        for number in 0..<20 {
          group.addTask { try? await Self.enrol(assembly, code, "key \(number % 10)").certificate.certificate }
        }
        return await group.reduce(into: Set<String>()) { if let one = $1 { $0.insert(one) } }
      }
      #expect(identities.count == 1)
    }
  }

  @Test func aKeyIsOneKiosks() async throws {
    try await ServiceTests.withAssembly { assembly in
      let first = try await Self.enrol(assembly, try await Self.code(assembly, name: "one"), "key a")
      let other = try await Self.code(assembly, name: "two")
      await Self.expectRefused("KEY_TAKEN") { _ = try await Self.enrol(assembly, other, "key a") }
      // The code was not spent by it.
      #expect(try await Self.enrol(assembly, other, "key b").certificate.identity.hasSuffix("/two"))
      await Self.expectRefused("KEY_TAKEN") {
        _ = try await Self.renew(assembly, "kiosk/hai-chau/mot-cua/two", "key a")
      }
      // A renewal with the old key gives the old certificate: nothing is won by not making a new one.
      let same = try await Self.renew(assembly, "kiosk/hai-chau/mot-cua/one", "key a")
      #expect(same.certificate == first.certificate)
      let new = try await Self.renew(assembly, "kiosk/hai-chau/mot-cua/one", "key c")
      #expect(!new.replayed && new.certificate != first.certificate)
      #expect(new.certificate.identity == first.certificate.identity)
      #expect(try await Self.renew(assembly, "kiosk/hai-chau/mot-cua/one", "key c").certificate == new.certificate)
    }
  }

  @Test func aRenewalComesOnceAnHour() async throws {
    let clock = TestClock()
    let now = { @Sendable in clock.now }
    try await ServiceTests.withAssembly(now: now) { assembly in
      let kiosk = "kiosk/hai-chau/mot-cua/quay-09"
      _ = try await Self.enrol(assembly, try await Self.code(assembly), "key a")
      let renewed = try await Self.renew(assembly, kiosk, "key b")
      clock.advance(seconds: 3599)
      var request = Binhchon_V1_RenewRequest()
      request.signingRequest = Data("key c".utf8)
      let refusal = await #expect(throws: RPCError.self) {
        try await ServiceTests.caller(assembly, kiosk).call(EnrolmentMethods.renew, request)
      }
      #expect(refusal?.code == .resourceExhausted)
      #expect(refusal?.retryDelay == .seconds(3600))
      #expect(refusal.flatMap(ServiceTests.reason) == "TOO_SOON")
      // The answer that was lost is given all the same.
      #expect(try await Self.renew(assembly, kiosk, "key b").certificate == renewed.certificate)
      clock.advance(seconds: 1)
      #expect(try await !Self.renew(assembly, kiosk, "key c").replayed)
    }
  }

  @Test func anotherCodeForAKioskEndsTheFirst() async throws {
    try await ServiceTests.withAssembly { assembly in
      let first = try await Self.code(assembly)
      let other = try await Self.code(assembly, name: "quay-10")
      let second = try await Self.code(assembly)
      await Self.expectRefused("CODE_REFUSED") { _ = try await Self.enrol(assembly, first, "key a") }
      _ = try await Self.enrol(assembly, second, "key a")
      _ = try await Self.enrol(assembly, other, "key b")
    }
  }

  @Test func whatBreaksARuleIsNamed() async throws {
    try await ServiceTests.withAssembly { assembly in
      let admin = ServiceTests.caller(assembly, "coordinator/hai-chau/c")
      for (unit, name, validity, reason) in [
        ("hai-chau", "", 0, "INVALID_FIELD"), ("hai-chau", "a/b", 0, "INVALID_FIELD"),
        ("hai-chau", "quầy", 0, "INVALID_FIELD"), ("hai-chau/", "a", 0, "INVALID_FIELD"),
        ("hai-chau", String(repeating: "a", count: 65), 0, "INVALID_FIELD"),
        ("hai-chau", "a", 14 * 86_400 + 1, "INVALID_FIELD"), ("hai-chau", "a", UInt32.max, "INVALID_FIELD"),
        ("thanh-khe", "a", 0, "OUT_OF_SCOPE"), ("hai-chau-2", "a", 0, "OUT_OF_SCOPE"),
      ] {
        var request = Binhchon_V1_CreateKioskCodeRequest()
        (request.unit, request.name, request.validitySeconds) = (unit, name, validity)
        await Self.expectRefused(reason, "\(unit) \(name) \(validity)") {
          _ = try await admin.call(EnrolmentMethods.createKioskCode, request)
        }
      }
      let code = try await Self.code(assembly, validity: 14 * 86_400)
      await Self.expectRefused("INVALID_FIELD") { _ = try await Self.enrol(assembly, code, "no request") }
      // A bad request did not spend the code.
      _ = try await Self.enrol(assembly, code, "key a")
    }
  }

  @Test func guessingIsBounded() async throws {
    try await ServiceTests.withAssembly { assembly in
      let code = try await Self.code(assembly)
      for number in 0..<GuessBudget.most {
        await Self.expectRefused("CODE_REFUSED", "\(number)") { _ = try await Self.enrol(assembly, "wrong", "key a") }
      }
      // The clock of this test stands still: from now on nobody is heard.
      await Self.expectRefused("OVERLOADED") { _ = try await Self.enrol(assembly, "wrong", "key a") }
      await Self.expectRefused("OVERLOADED") { _ = try await Self.enrol(assembly, code, "key a") }
    }
  }

  /// Requests that are none take time to read too.
  @Test func badRequestsAreBounded() async throws {
    try await ServiceTests.withAssembly { assembly in
      let code = try await Self.code(assembly)
      for number in 0..<GuessBudget.most {
        await Self.expectRefused("INVALID_FIELD", "\(number)") { _ = try await Self.enrol(assembly, code, "none") }
      }
      await Self.expectRefused("OVERLOADED") { _ = try await Self.enrol(assembly, code, "none") }
      await Self.expectRefused("OVERLOADED") { _ = try await Self.enrol(assembly, code, "key a") }
    }
  }

  @Test func aLineIsWrittenOnceAMinute() {
    var line = RareLine()
    func note(after milliseconds: Int64) -> Int? {
      line.note(at: Timestamp(milliseconds: BallotIntakeTests.now.milliseconds + milliseconds))
    }
    #expect(note(after: 0) == 1)
    #expect(note(after: 0) == nil)
    #expect(note(after: 59_999) == nil)
    #expect(note(after: 60_000) == 3)
    #expect(note(after: 119_999) == nil)
    #expect(note(after: 500_000) == 2)
    // A clock that was set back does not silence it.
    #expect(note(after: 0) == 1)
    #expect(note(after: .max - BallotIntakeTests.now.milliseconds) == 1)
  }
}
