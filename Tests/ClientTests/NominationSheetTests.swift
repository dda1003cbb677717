import Foundation
import Paper
import Polling
import Testing

@testable import binhchon

@Suite struct NominationSheetTests {
  private static func campaign() throws -> Campaign {
    var campaign = try CampaignFile.read(try CampaignFileTests.example(), file: "example")
    campaign.version = 1
    campaign.requiredItems = [.name, .goals]
    return campaign
  }

  private static func sheet(_ text: String, in campaign: Campaign) throws -> NominationSheet {
    let path = NSTemporaryDirectory() + "binhchon-\(UUID().uuidString).csv"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return NominationSheet(try TextTable(path, known: NominationSheet.known), in: campaign)
  }

  private static let heading =
    "DANH SÁCH ĐĂNG KÝ;;;;;;\nTên mô hình*;Đơn vị;Người đăng ký;Loại chủ thể;Lĩnh vực;Chủ đề;Mục tiêu, tiêu chí\n"

  @Test func aRowIsReadHoweverItIsWritten() throws {
    let sheet = try Self.sheet(
      Self.heading + "Ngõ xanh;lang-ha;Tổ 1;TẬP THỂ;Văn hoá - xã hội;thu ngân sách; Sạch\n"
        + "Ngõ  sạch;dong-da/lang-ha;Lan;cá nhân;quốc phòng – an ninh;;Đẹp\n", in: try Self.campaign())
    #expect(sheet.errors == 0, "\(sheet.rows.flatMap(\.problems))")
    let first = try #require(sheet.nominations.first)
    #expect(first.nominee.kind == .model && first.nominee.unit.rawValue == "dong-da/lang-ha")
    #expect(first.nominee.registrant == Registrant(kind: .collective, name: "Tổ 1"))
    #expect(first.field == "CULTURE_SOCIETY" && first.topics == ["thu-ngan-sach"])
    #expect(first.items == [.name: "Ngõ xanh", .goals: "Sạch"])
    #expect(sheet.nominations.map(\.field) == ["CULTURE_SOCIETY", "SECURITY_DEFENCE"])
    // Its id follows from who it is, not from how it is typed.
    let again = try Self.sheet(Self.heading + "NGÕ XANH;lang-ha;tổ  1;tập thể;;;khác\n", in: try Self.campaign())
    #expect(again.rows.first?.problems.map(\.code) == ["E204"])
    var free = try Self.campaign()
    free.allowsNoField = true
    let typed = try Self.sheet(Self.heading + "NGÕ XANH;lang-ha;tổ  1;tập thể;;;khác\n", in: free)
    #expect(typed.nominations.first?.id == first.id)
  }

  @Test func allThatIsWrongIsToldInOnePass() throws {
    let sheet = try Self.sheet(
      Self.heading + "Ngõ xanh;lang ha;;hội;y tế;bóng đá;\nNgõ sạch;lang-ha;Lan;cá nhân;văn hóa – xã hội;;Đẹp\n"
        + "ngõ sạch;lang-ha;lan;Cá nhân;văn hóa – xã hội;;Đẹp\n", in: try Self.campaign())
    let codes = sheet.rows.map { $0.problems.map(\.code) }
    #expect(codes[0].sorted() == ["E204", "E205", "UNKNOWN_FIELD", "UNKNOWN_KIND", "UNKNOWN_TOPIC"].sorted())
    #expect(codes[1].isEmpty)
    #expect(codes[2] == ["ROW_TWICE"])
    #expect(sheet.nominations.count == 1)
  }

  @Test func aRowLongerThanItsHeadingIsAnErrorAndNoEnd() throws {
    let sheet = try Self.sheet(
      Self.heading + "Ngõ xanh;lang-ha;Tổ 1;tập thể;văn hóa – xã hội;;Sạch;;thừa\n", in: try Self.campaign())
    #expect(sheet.rows.flatMap(\.problems).map(\.code) == ["E203"])
    #expect(sheet.nominations.isEmpty)
  }

  @Test func aDefinitionIsWrittenAsItIsRead() throws {
    var campaign = try CampaignFile.read(try CampaignFileTests.example(), file: "example")
    campaign.vote = NomineeVote(
      method: .jury(points: 10), quorum: Rational("2/3"), threshold: Rational("0.8"), mustExceedThreshold: true,
      places: 23, ties: .chooseNone)
    campaign.fields[1].aliases = ["Kinh tế, đô thị", "a: b", "\"ngoặc\", \\"]
    #expect(try CampaignFile.read(CampaignWriter.yaml(campaign), file: "copy") == campaign)
  }
}
