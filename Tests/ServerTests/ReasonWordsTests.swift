import Foundation
import Schema
import Testing

@testable import Server

@Suite struct ReasonWordsTests {
  /// What clients are told is what proto/binhchon/v1/reason.proto promises, number by number.
  @Test func everyNameIsThatOfTheProtoWithoutPrefix() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let proto = try String(contentsOf: root.appending(path: "proto/binhchon/v1/reason.proto"), encoding: .utf8)
    let promised = proto.matches(of: /REASON_([A-Z_]+) = (\d+);/).map { (String($0.1), Int($0.2)) }
    let told = Binhchon_V1_Reason.allCases.map { ($0.words.name, $0.rawValue) }
    #expect(promised.count > 10)
    #expect(promised.map(\.0) == told.map(\.0))
    #expect(promised.map(\.1) == told.map(\.1))
  }

  @Test func noTwoReasonsAreTheSameInVietnamese() {
    let texts = Binhchon_V1_Reason.allCases.map(\.words.vietnamese)
    #expect(Set(texts).count == texts.count)
  }
}
