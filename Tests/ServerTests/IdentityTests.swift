import Polling
import Testing

@testable import Server

@Suite struct IdentityTests {
  @Test func aKioskIsReadFromItsURI() throws {
    let identity = try #require(
      Identity(uri: "spiffe://binhchon.test/kiosk/hai-chau/mot-cua/quay-03", trustDomain: "binhchon.test"))
    #expect(identity.role == .kiosk)
    #expect(identity.scope == (try UnitPath("hai-chau/mot-cua")))
    #expect(identity.name == "quay-03")
    #expect(identity.description == "kiosk/hai-chau/mot-cua/quay-03")
  }

  @Test(arguments: [
    "spiffe://other.test/kiosk/hai-chau/quay-03",
    "spiffe://binhchon.test.evil/kiosk/hai-chau/quay-03",
    "https://binhchon.test/kiosk/hai-chau/quay-03",
    "spiffe://binhchon.test/boss/hai-chau/quay-03",
    "spiffe://binhchon.test/kiosk/quay-03",
    "spiffe://binhchon.test/kiosk",
    "spiffe://binhchon.test/",
    "spiffe://binhchon.test/kiosk//quay-03",
    "spiffe://binhchon.test/kiosk/hai-chau/",
    "spiffe://binhchon.test/kiosk/hai chau/quay-03",
    "",
  ])
  func anythingElseIsNoIdentity(uri: String) {
    #expect(Identity(uri: uri, trustDomain: "binhchon.test") == nil)
  }

  @Test(arguments: [
    ("hai-chau", true), ("hai-chau/mot-cua", true), ("hai-chau/mot-cua/quay-01", true), ("hai-chau-2", false),
    ("thanh-khe", false),
  ])
  func scopeIsTheSubtree(unit: String, isInside: Bool) throws {
    let identity = try #require(Identity(uri: "spiffe://t/official/hai-chau/lan", trustDomain: "t"))
    let path = try UnitPath(unit)
    if isInside {
      try identity.require(path)
    } else {
      let refusal = #expect(throws: Refusal.self) { try identity.require(path) }
      #expect(refusal?.reason == .outOfScope)
      #expect(refusal?.code == .permissionDenied)
    }
  }
}
