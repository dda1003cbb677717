import Polling
import Schema

@testable import binhchon

/// The shipped campaign with three recognised models, as they are printed.
enum PrintedSamples {
  /// What would leave its place if it were not escaped.
  static let trick = "</p><script>alert(1)</script>&\"'\u{0}\u{1B}[31m\u{FFFE}"

  static func day(_ year: Int, _ month: Int, _ day: Int) throws -> Day {
    guard let day = Day(year: year, month: month, day: day) else {
      throw InvalidValue(field: "day", problem: "is none")
    }
    return day
  }

  static func campaign() throws -> Campaign {
    var campaign = try CampaignFile.read(try Shipped.text("examples/dan-van-kheo.yaml"), file: "dan-van-kheo.yaml")
    campaign.version = 1
    return campaign
  }

  static func nomination(
    _ number: Int, _ name: String, field: String?, registrant: String = "Tổ dân vận tổ dân phố số 12"
  ) throws -> Nomination {
    Nomination(
      id: try RecordID("dd23-\(number)"), campaign: try RecordID("dong-da-2023"), campaignVersion: 1,
      nominee: Nominee(
        kind: .model, name: name, unit: try UnitPath("dong-da/phuong-0\(number)"),
        registrant: Registrant(kind: .collective, name: registrant)),
      field: field, topics: ["chinh-trang-do-thi"], isNewTask: true,
      items: [.name: name, .goals: "Vỉa hè thông thoáng\nKhông còn điểm đọng rác", .method: "Từng nhà cam kết"])
  }

  static func decision() throws -> RecognitionDecision {
    RecognitionDecision(
      id: try RecordID("qd-4512"), campaign: try RecordID("dong-da-2023"), number: "4512/QĐ-UBND",
      date: try day(2023, 11, 5), signer: "Chủ tịch Ủy ban nhân dân quận", level: .district, year: 2023, count: 23)
  }

  static func handbook(_ change: (inout [Handbook.Model]) throws -> Void = { _ in }) throws -> Handbook {
    let names = [
      ("Tuyến phố xanh, sạch, đẹp", "ECONOMY_URBAN"), ("Ngõ không rác", "CULTURE_SOCIETY"),
      ("Tủ sách trước cửa", "CULTURE_SOCIETY"),
    ]
    var models = try names.enumerated().map { place, model in
      Handbook.Model(
        nomination: try nomination(place + 1, model.0, field: model.1), decisions: [try decision()],
        certificates: [UInt32(place + 1)],
        statuses: place == 0 ? [Handbook.Model.Status(year: 2024, status: .replicated)] : [])
    }
    try change(&models)
    return try Handbook(
      try campaign(), scope: try UnitPath("dong-da"), models: models,
      position: Handbook.Position(
        epoch: "so-thu", revision: 812, time: Timestamp(milliseconds: 1_699_160_400_000)))
  }

  static func sheet(_ name: String, registrant: String = "Tổ dân vận số 12") throws -> CertificateSheet {
    var certificate = Binhchon_V1_Certificate()
    (certificate.serial, certificate.kind, certificate.name) = (1, "model", name)
    (certificate.registrant.kind, certificate.registrant.name) = ("collective", registrant)
    var decision = Binhchon_V1_RecognitionDecision()
    (decision.number, decision.date, decision.level) = ("4512/QĐ-UBND", "2023-11-05", "district")
    (decision.signer, decision.year) = ("Chủ tịch Ủy ban nhân dân quận", 2023)
    return CertificateSheet(
      certificate, under: decision, in: try campaign(), levelName: "cấp quận", place: "Đống Đa")
  }
}
