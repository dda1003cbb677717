import Foundation
import Polling
import Testing

@testable import binhchon

@Suite struct HandbookTests {
  static let address = "https://dan-van-kheo.example/so-tay.html"

  @Test func asItIsPrinted() throws {
    let html = HandbookHTML(try PrintedSamples.handbook(), .vi, address: Self.address).page.html
    #expect(HTMLTests.fault(html) == nil, "\(HTMLTests.fault(html) ?? "")")
    try GoldenTests.compare(html, "so-tay.vi.html")
  }

  /// A page that a browser lets do nothing but what it was written with.
  @Test(arguments: Language.allCases)
  func nothingComesFromOutside(_ language: Language) throws {
    let html = HandbookHTML(try PrintedSamples.handbook(), language, address: Self.address).page.html
    #expect(html.contains("content=\"default-src 'none'; style-src 'sha256-"))
    #expect(!html.contains("unsafe-inline"))
    // Scripts and styles stand in their elements only: a policy of hashes stops all others.
    for forbidden in [" style=", " onclick", "src=", "url(", "@import", "<link", "javascript:", "<iframe"] {
      #expect(!html.contains(forbidden), "\(forbidden)")
    }
    // What the policy lets run is what stands there, byte for byte.
    for element in ["style", "script"] {
      let parts = html.split(separator: "<\(element)>")
      #expect(parts.count == 2)
      let text = try #require(parts.last?.split(separator: "</\(element)>").first)
      let hash = Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString()
      #expect(html.contains("\(element)-src 'sha256-\(hash)'"))
    }
  }

  @Test func wordsCannotLeaveTheirPlace() throws {
    let trick = PrintedSamples.trick
    let handbook = try PrintedSamples.handbook { models in
      models[0].nomination = try PrintedSamples.nomination(1, trick, field: nil, registrant: trick)
      models[0].nomination.items[.outputs] = trick + "\r\n" + trick
      models[0].decisions[0].number = trick
      models[0].decisions[0].signer = trick
    }
    let unit = try UnitPath("dong-da/phuong-01")
    let html = HandbookHTML(handbook, .vi, address: Self.address, unitNames: [unit: trick]).page.html
    #expect(HTMLTests.fault(html) == nil, "\(HTMLTests.fault(html) ?? "")")
    #expect(html.ranges(of: "<script>").count == 1)
    #expect(html.contains("Không thuộc lĩnh vực nào (1)"))
  }

  /// The version is that of what is said, not of when or where it was made.
  @Test func theVersionIsThatOfTheContent() throws {
    let first = try PrintedSamples.handbook()
    let again = try PrintedSamples.handbook()
    #expect(first.version == again.version)
    #expect(HandbookHTML(first, .vi).page.html == HandbookHTML(again, .vi).page.html)
    let later = try Handbook(
      first.campaign, scope: first.scope, models: first.models,
      position: Handbook.Position(epoch: "so-thu", revision: 813, time: Timestamp(milliseconds: 1_699_160_500_000)))
    #expect(later.version == first.version)
    #expect(first.version.count == 64)
    let changes: [(inout [Handbook.Model]) throws -> Void] = [
      { $0.removeLast() }, { $0.swapAt(0, 1) }, { $0[0].nomination.items[.goals] = "khác" },
      { $0[0].nomination.nominee.unit = try UnitPath("dong-da/phuong-02") }, { $0[0].decisions[0].number = "1/QĐ" },
      { $0[0].certificates = [9] }, { $0[0].statuses = [] }, { $0[1].nomination.topics = [] },
      { $0[1].nomination.isHardTask = true }, { $0[1].nomination.nominee.registrant?.name = "khác" },
    ]
    var versions: Set = [first.version]
    for change in changes { versions.insert(try PrintedSamples.handbook(change).version) }
    #expect(versions.count == changes.count + 1)
  }

  @Test func withoutModelsOrAddress() throws {
    let empty = HandbookHTML(try PrintedSamples.handbook { $0 = [] }, .en, address: Self.address).page.html
    #expect(HTMLTests.fault(empty) == nil)
    #expect(empty.contains("No model is recognised yet."))
    #expect(!empty.contains("<script"))
    let bare = HandbookHTML(try PrintedSamples.handbook(), .en).page.html
    #expect(!bare.contains("<svg"))
    #expect(bare.contains("<h3>Ngõ không rác</h3>"))
  }
}
