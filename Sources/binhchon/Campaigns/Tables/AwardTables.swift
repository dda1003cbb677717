internal import Polling
internal import Schema

extension CampaignTable {
  /// One row for each list of commendations, as it was given: awards, not recipients. What was not split stays so.
  static func awards(_ campaigns: [ReportedCampaign]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Khen thưởng", en: "Commendations"),
      columns: [
        .words("campaign", vi: "Phong trào", en: "Campaign"), .words("list", vi: "Danh sách", en: "List"),
        .words("legal_basis", vi: "Căn cứ", en: "Legal basis"), .words("issuer", vi: "Cơ quan", en: "Issuer"),
        .words("award", vi: "Hình thức", en: "Award"), .words("level", vi: "Cấp", en: "Level"),
        .words("period", vi: "Kỳ", en: "Period"),
      ] + awardColumns)
    for campaign in campaigns {
      for list in campaign.report.awards {
        table.rows.append(
          [
            .name(campaign.definition.id.rawValue), .name(list.list), basis(list.legalBasis, campaign),
            .name(list.issuer), award(list.kind), level(list.level), period(list.firstDay, list.endDay),
          ] + counts(list))
      }
    }
    if table.rows.count > 1 {
      table.total = totalPlace + Array(repeating: .empty, count: 4) + stated(campaigns.flatMap(\.report.awards))
    }
    return table
  }

  /// Who was commended under more than one legal basis: a row for each basis, for nothing is merged.
  static func acrossBases(_ campaigns: [ReportedCampaign]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Được khen theo nhiều văn bản", en: "Commended under several legal bases"),
      columns: [
        .words("campaign", vi: "Phong trào", en: "Campaign"), .words("recipient", vi: "Người nhận", en: "Recipient"),
        .words("kind", vi: "Đối tượng", en: "Kind"), .words("unit", vi: "Đơn vị", en: "Unit"),
        .words("legal_basis", vi: "Căn cứ", en: "Legal basis"),
      ])
    for campaign in campaigns {
      if campaign.report.acrossBases.count >= mostRecipients {
        table.notes.append(
          Text(
            vi: "\(campaign.definition.id): chỉ \(mostRecipients) người đầu",
            en: "\(campaign.definition.id): the first \(mostRecipients) recipients only"))
      }
      for recipient in campaign.report.acrossBases {
        let kind = SubjectKind(rawValue: recipient.kind)?.label ?? Text(verbatim: recipient.kind)
        for id in recipient.legalBases {
          table.rows.append([
            .name(campaign.definition.id.rawValue), .name(recipient.name), .words(kind, code: recipient.kind),
            .name(recipient.unit), basis(id, campaign),
          ])
        }
      }
    }
    return table
  }

  /// That a report tells of.
  private static let mostRecipients = 500

  static let awardColumns: [Column] = [
    .count("collectives", vi: "Tập thể", en: "Collectives"), .count("individuals", vi: "Cá nhân", en: "Individuals"),
    .count("models", vi: "Mô hình", en: "Models"), .count("households", vi: "Hộ", en: "Households"),
    .count("unsplit", vi: "Chưa tách", en: "Unsplit"), .count("awards", vi: "Cộng", en: "Awards"),
  ]

  private static let kinds: [SubjectKind] = [.collective, .individual, .model, .household]

  /// Where some awards of a list are unsplit, nobody knows how many are of a kind: any of those may be of it.
  static func counts(_ list: Binhchon_V1_AwardCount) -> [Cell] {
    let sums = stated([list])
    guard list.counts.contains(where: { $0.kind.isEmpty && $0.count > 0 }) else { return sums }
    return Array(repeating: .unknown, count: kinds.count) + sums.suffix(2)
  }

  /// Of several lists: those that are known by kind, and the unsplit ones beside them.
  static func stated(_ lists: [Binhchon_V1_AwardCount]) -> [Cell] {
    let splits = lists.flatMap(\.counts)
    func sum(_ isMeant: (String) -> Bool) -> Cell {
      .count(splits.reduce(0) { $0 + (isMeant($1.kind) ? $1.count : 0) })
    }
    return kinds.map { kind in sum { $0 == kind.rawValue } } + [sum(\.isEmpty), sum { _ in true }]
  }

  static func award(_ code: String) -> Cell {
    .words(AwardKind(rawValue: code)?.label ?? Text(verbatim: code), code: code)
  }

  private static func level(_ word: String) -> Cell {
    .words(CampaignLevel(word: word)?.label ?? Text(verbatim: word), code: word)
  }

  private static func period(_ from: String, _ until: String) -> Cell {
    guard let start = Day(iso: from), let end = Day(iso: until), let period = ReportingPeriod(start: start, end: end)
    else { return .name("\(from)..\(until)") }
    return .words(Text(verbatim: period.spoken), code: period.code)
  }

  private static func basis(_ id: String, _ campaign: ReportedCampaign) -> Cell {
    if id.isEmpty { return .empty }
    let number = campaign.definition.legalBases.first { $0.id.rawValue == id }?.number
    return .words(Text(verbatim: number ?? id), code: id)
  }
}

extension AwardKind {
  var label: Text {
    switch self {
    case .giayKhen: Text(vi: "Giấy khen", en: "certificate of merit (Giấy khen)")
    case .bangKhen: Text(vi: "Bằng khen", en: "diploma of merit (Bằng khen)")
    case .commended: Text(vi: "khen thưởng", en: "commended")
    case .praise: Text(vi: "biểu dương", en: "praised")
    }
  }
}
