import Polling
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(1)))
struct KioskRegisterTests {
  private static let noon = Timestamp(milliseconds: 1_763_784_000_000)
  private static let later = Timestamp(milliseconds: noon.milliseconds + 60_000)

  private static func hash(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

  private static func code(_ byte: UInt8, _ name: String = "quay-01") throws -> KioskCode {
    KioskCode(hash: hash(byte), unit: try UnitPath("hai-chau/mot-cua"), name: name, expires: later)
  }

  private static func certificate(_ key: UInt8, _ name: String = "quay-01", serial: String = "0A") throws
    -> KioskCertificate
  {
    KioskCertificate(
      unit: try UnitPath("hai-chau/mot-cua"), name: name, serial: serial, keyFingerprint: hash(key),
      expires: .init(milliseconds: .max),
      certificate: [0x30, key])
  }

  private static func open(_ byte: UInt8, _ name: String = "quay-01") throws -> Submission {
    .openKioskCode(try code(byte, name), by: "admin/hai-chau/a", at: noon)
  }

  private static func enrol(
    _ key: UInt8, _ code: UInt8, _ name: String = "quay-01", serial: String = "0A", at: Timestamp = noon
  ) throws -> Submission {
    .enrolKiosk(try certificate(key, name, serial: serial), codeHash: hash(code), at: at)
  }

  private static func find(_ code: UInt8, _ key: UInt8, at: Timestamp = noon) -> Submission {
    .findKioskCode(hash: hash(code), keyFingerprint: hash(key), at: at)
  }

  private static func renew(
    _ key: UInt8, _ name: String = "quay-01", after milliseconds: Int64 = 0
  ) throws -> Submission {
    .renewKiosk(
      try certificate(key, name, serial: "0B"), by: "kiosk/hai-chau/mot-cua/\(name)",
      at: Timestamp(milliseconds: later.milliseconds + milliseconds))
  }

  /// What each submission comes to, in order, in one batch and one by one, and after a restart.
  private static func transcript() throws -> [(Submission, Outcome)] {
    let (one, two) = (try code(1), try code(2, "quay-02"))
    return [
      (find(1, 7), .refused(.kioskCodeRefused)),
      (try open(1), .entered(sequence: 2, .kioskCode(one))),
      (try open(1), .refused(.conflict)),
      (find(1, 7), .replayed(sequence: 2, .kioskCode(one))),
      (find(1, 7, at: later), .refused(.kioskCodeRefused)),
      (try enrol(7, 1, at: later), .refused(.kioskCodeRefused)),
      (try enrol(7, 9), .refused(.kioskCodeRefused)),
      // The certificate is for another kiosk than the code.
      (try enrol(7, 1, "quay-02"), .refused(.kioskCodeRefused)),
      (try enrol(7, 1), .entered(sequence: 3, .kioskCertificate(try certificate(7)))),
      (try enrol(7, 1, serial: "FF"), .replayed(sequence: 3, .kioskCertificate(try certificate(7)))),
      (try enrol(8, 1), .refused(.kioskCodeRefused)),
      (find(1, 7, at: later), .replayed(sequence: 3, .kioskCertificate(try certificate(7)))),
      (find(1, 8), .refused(.kioskCodeRefused)),
      (try open(2, "quay-02"), .entered(sequence: 4, .kioskCode(two))),
      (find(2, 7), .refused(.keyTaken)),
      (try enrol(7, 2, "quay-02"), .refused(.keyTaken)),
      (try enrol(8, 2, "quay-02"), .entered(sequence: 5, .kioskCertificate(try certificate(8, "quay-02")))),
      (try renew(8), .refused(.keyTaken)),
      (try renew(7), .replayed(sequence: 3, .kioskCertificate(try certificate(7)))),
      (try renew(9), .entered(sequence: 6, .kioskCertificate(try certificate(9, serial: "0B")))),
      (try renew(9), .replayed(sequence: 6, .kioskCertificate(try certificate(9, serial: "0B")))),
      // Once an hour, each kiosk for itself; a clock that was set back binds nobody.
      (try renew(10, after: 3_599_999), .refused(.renewedLately)),
      (try renew(9, after: 3_599_999), .replayed(sequence: 6, .kioskCertificate(try certificate(9, serial: "0B")))),
      (
        try renew(11, "quay-02"),
        .entered(sequence: 7, .kioskCertificate(try certificate(11, "quay-02", serial: "0B")))
      ),
      (
        try renew(10, after: 3_600_000),
        .entered(sequence: 8, .kioskCertificate(try certificate(10, serial: "0B")))
      ),
      (try renew(12, after: -1), .entered(sequence: 9, .kioskCertificate(try certificate(12, serial: "0B")))),
      // A second code for a kiosk ends the first one, if that was not used.
      (try open(3, "quay-03"), .entered(sequence: 10, .kioskCode(try code(3, "quay-03")))),
      (try open(4, "quay-04"), .entered(sequence: 11, .kioskCode(try code(4, "quay-04")))),
      (try open(5, "quay-03"), .entered(sequence: 12, .kioskCode(try code(5, "quay-03")))),
      (find(3, 20), .refused(.kioskCodeRefused)),
      (try enrol(20, 3, "quay-03"), .refused(.kioskCodeRefused)),
      (try open(3, "quay-03"), .refused(.conflict)),
      (
        try enrol(20, 5, "quay-03"), .entered(sequence: 13, .kioskCertificate(try certificate(20, "quay-03")))
      ),
      (
        try enrol(21, 4, "quay-04"), .entered(sequence: 14, .kioskCertificate(try certificate(21, "quay-04")))
      ),
      (try open(6, "quay-03"), .entered(sequence: 15, .kioskCode(try code(6, "quay-03")))),
      (find(5, 20), .replayed(sequence: 13, .kioskCertificate(try certificate(20, "quay-03")))),
      (try enrol(22, 5, "quay-03"), .refused(.kioskCodeRefused)),
    ]
  }

  @Test func eachCodeIsGoodForOneKey() async throws {
    let transcript = try Self.transcript()
    let bench = try await Bench.new()
    #expect(try await bench.ledger.append(transcript.map(\.0)) == transcript.map(\.1))
    await bench.ledger.close()
    #expect(try LedgerVerifier.run(directory: bench.directory.path).isClean)
  }

  @Test func theSameOneByOneAndOverRestarts() async throws {
    var bench = try await Bench.new()
    for (number, (submission, outcome)) in try Self.transcript().enumerated() {
      #expect(try await bench.ledger.append([submission]) == [outcome], "\(number)")
      await bench.ledger.close()
      bench = try Bench(bench.directory)
    }
    await bench.ledger.close()
    #expect(try LedgerVerifier.run(directory: bench.directory.path).isClean)
  }

  @Test func entriesRoundTripAndNoCutOfThemDoes() throws {
    func bytes(_ encode: (inout ByteWriter) -> Void) -> [UInt8] {
      var writer = ByteWriter()
      encode(&writer)
      return writer.bytes
    }
    let code = KioskCodeEntry(code: try Self.code(3), by: "admin/quầy/a", at: Self.noon)
    let warrants: [KioskCertificateEntry.Warrant] = [.code(Self.hash(3)), .renewal(by: "kiosk/a/b")]
    let codeBytes = bytes { code.encode(into: &$0) }
    let read = try codeBytes.borrowed { try KioskCodeEntry($0) }
    #expect((read.code, read.by, read.at) == (code.code, code.by, code.at))
    for length in codeBytes.indices {
      #expect(throws: FormatError.self) { try Array(codeBytes[..<length]).borrowed { try KioskCodeEntry($0) } }
    }
    #expect(throws: FormatError.self) { try (codeBytes + [0]).borrowed { try KioskCodeEntry($0) } }
    for warrant in warrants {
      let entry = KioskCertificateEntry(certificate: try Self.certificate(4), warrant: warrant, at: Self.later)
      let entryBytes = bytes { entry.encode(into: &$0) }
      let read = try entryBytes.borrowed { try KioskCertificateEntry($0) }
      #expect((read.certificate, read.at) == (entry.certificate, entry.at))
      #expect(read.warrant == warrant)
      for length in entryBytes.indices {
        #expect(throws: FormatError.self) {
          try Array(entryBytes[..<length]).borrowed { try KioskCertificateEntry($0) }
        }
      }
    }
  }

  /// What no writer of ours enters: a recount tells, and a start refuses it.
  @Test func entriesThatDoNotFollowAreTold() throws {
    var register = KioskRegister()
    func issue(_ key: UInt8, _ warrant: KioskCertificateEntry.Warrant, at: Timestamp = Self.noon) throws -> String? {
      register.issue(
        KioskCertificateEntry(certificate: try Self.certificate(key), warrant: warrant, at: at), sequence: 9)
    }
    #expect(try issue(7, .code(Self.hash(1)))?.contains("not good for it") == true)
    #expect(register.open(try Self.code(1), sequence: 1) == nil)
    #expect(register.open(try Self.code(1), sequence: 2) == "makes a code for a kiosk again")
    #expect(try issue(7, .code(Self.hash(1)), at: Self.later)?.contains("not good for it") == true)
    #expect(try issue(7, .code(Self.hash(1))) == nil)
    #expect(try issue(7, .renewal(by: "k"))?.contains("again") == true)
    #expect(try issue(8, .code(Self.hash(1)))?.contains("not good for it") == true)
    #expect(register.open(try Self.code(2), sequence: 3) == nil)
    #expect(register.open(try Self.code(3), sequence: 4) == nil)
    #expect(try issue(8, .code(Self.hash(2)))?.contains("not good for it") == true)
    // How soon a renewal comes is no fault of the entries.
    #expect(try issue(8, .renewal(by: "k")) == nil)
    #expect(try issue(9, .renewal(by: "k")) == nil)
  }
}
