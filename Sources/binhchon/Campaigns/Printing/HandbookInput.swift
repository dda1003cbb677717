internal import CampaignMessages
internal import Polling
internal import Schema

extension Handbook {
  /// How often it is read anew when somebody enters something meanwhile.
  private static let tries = 5

  /// Reads all that a handbook holds: of the campaign, or of the part of it that the caller reaches.
  ///
  /// - Throws: ``ClientError`` `CAMPAIGN_CHANGED`: somebody entered something each time that it was read.
  static func fetch(_ campaign: String, from client: CampaignClient) async throws -> Handbook {
    for _ in 0..<tries {
      let report = try await client.report(of: campaign, unit: "")
      let definition = try Campaign.read(try await client.campaign(campaign, version: report.version))
      let models = try await models(of: definition, from: client)
      guard try await client.report(of: campaign, unit: "").acts == report.acts else { continue }
      return try Handbook(
        definition, scope: try read { () throws(InvalidValue) in try UnitPath(report.unit) }, models: models,
        position: Position(
          epoch: report.ledgerEpoch, revision: report.revision, time: Timestamp(milliseconds: report.atMs)))
    }
    throw ClientError(
      .tryAgain,
      Text(vi: "phong trào \(campaign) đang thay đổi liên tục", en: "the campaign \(campaign) keeps changing"),
      next: .tryAgainLater, reason: "CAMPAIGN_CHANGED")
  }

  private static func models(of campaign: Campaign, from client: CampaignClient) async throws -> [Model] {
    let id = campaign.id.rawValue
    var decisions: [String: RecognitionDecision] = [:]
    for message in try await client.decisions(of: id) {
      decisions[message.id] = try read { () throws(InvalidValue) in
        try RecognitionDecision(message, in: campaign.id)
      }
    }
    var filter = Binhchon_V1_CaseFilter()
    filter.state = ScreeningStateMachine.State.recognised.rawValue
    var models: [Model] = []
    for row in try await client.nominations(of: id, filter) {
      try Task.checkCancellation()
      let found = try await client.nomination(row.nomination.id, of: id)
      let nomination = try read { () throws(InvalidValue) in
        try Nomination(found.nomination, in: campaign.id) { _ in campaign.version }
      }
      let statuses = try found.statuses.map { message in
        try read { () throws(InvalidValue) in
          guard let status = ModelStatus(rawValue: message.status) else {
            throw InvalidValue(field: "status", problem: "is none of the words known here")
          }
          return Model.Status(year: Int(message.year), status: status)
        }
      }
      models.append(
        Model(
          nomination: nomination, decisions: found.decisions.compactMap { decisions[$0] },
          certificates: found.certificates,
          statuses: statuses))
    }
    return models
  }

  /// What a server told, as a value.
  private static func read<Value>(_ value: () throws(InvalidValue) -> Value) throws(ClientError) -> Value {
    do { return try value() } catch {
      throw ClientError(
        .protocol, Text(vi: "không hiểu câu trả lời của máy chủ", en: "the server's answer cannot be read"),
        why: Text(verbatim: "\(error)"),
        next: Text(vi: "so sánh phiên bản hai bên bằng --version", en: "compare the versions of both sides"))
    }
  }
}
