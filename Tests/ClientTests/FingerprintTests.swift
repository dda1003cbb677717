import TLS
import Testing

@testable import binhchon

@Suite struct FingerprintTests {
  private static let digits = String(repeating: "0A", count: 31) + "ff"

  @Test func asPeopleWriteThem() {
    let written = [
      Self.digits, Self.digits.lowercased(), "  \(Self.digits)\n",
      (0..<32).map { $0 < 31 ? "0a" : "FF" }.joined(separator: ":"),
    ]
    for text in written {
      #expect(Fingerprint(text)?.description == Self.digits.lowercased())
    }
    let others = [
      "", "0a", Self.digits + "0", String(Self.digits.dropLast()) + "g", String(Self.digits.dropLast()) + "٣",
    ]
    for text in others { #expect(Fingerprint(text) == nil) }
  }

  @Test func onlyTheAuthorityItselfIsTaken() throws {
    let server = try #require(ServerAddress("127.0.0.1:1"))
    func authority() throws -> CertificateIssuer { try .authority(named: "a", notBefore: 0, notAfter: 4_000_000_000) }
    func presented(_ pem: String, isRoot: Bool) throws -> AuthorityProbe.Presented {
      AuthorityProbe.Presented(fingerprint: try #require(Fingerprint(pem: pem)), pem: pem, isRoot: isRoot)
    }
    let (ours, other) = (try authority(), try authority())
    let leaf = try ours.server(hosts: ["localhost"], notBefore: 0, notAfter: 4_000_000_000).certificatePEM
    let fingerprint = try #require(Fingerprint(pem: ours.certificatePEM))
    let chain = [try presented(leaf, isRoot: false), try presented(ours.certificatePEM, isRoot: true)]
    #expect(try AuthorityProbe.find(fingerprint, among: chain, server: server) == ours.certificatePEM)
    func refusal(_ wanted: Fingerprint, _ chain: [AuthorityProbe.Presented]) -> ClientError? {
      do {
        _ = try AuthorityProbe.find(wanted, among: chain, server: server)
        return nil
      } catch {
        return error
      }
    }
    let address = server.description
    #expect(
      refusal(fingerprint, [try presented(other.certificatePEM, isRoot: true)])
        == .otherAuthority(server: address))
    #expect(refusal(fingerprint, [chain[0]]) == .authorityNotPresented(server: address))
    #expect(refusal(fingerprint, []) == .authorityNotPresented(server: address))
    #expect(refusal(chain[0].fingerprint, chain) == .fingerprintOfNoAuthority)
  }

  @Test(arguments: [
    (["--ca", "ca.pem"], true), (["--ca-fingerprint", digits], true), ([], false),
    (["--ca", "ca.pem", "--ca-fingerprint", digits], false), (["--ca-fingerprint", "0a"], false),
  ])
  func oneOfTheTwoIsNamed(_ arguments: [String], _ isFine: Bool) {
    #expect(((try? EnrolKiosk.parse(arguments)) != nil) == isFine)
  }
}
