internal import Polling

extension CampaignTable {
  /// One row for each list of commendations, as it was given: awards, not recipients. What was not split stays so.
  static func awards(_ lists: [AwardList], legalBases: [LegalBasis]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Khen thưởng", en: "Commendations"),
      columns: [
        .words("list", vi: "Danh sách", en: "List"), .words("legal_basis", vi: "Căn cứ", en: "Legal basis"),
        .words("issuer", vi: "Cơ quan", en: "Issuer"), .words("award", vi: "Hình thức", en: "Award"),
        .words("level", vi: "Cấp", en: "Level"), .words("period", vi: "Kỳ", en: "Period"),
      ] + awardCounts)
    var totals = AwardTotals()
    for list in lists {
      totals += list.totals
      table.rows.append(
        [
          .name(list.id.rawValue), basis(list.legalBasis, legalBases), .name(list.issuer),
          .words(list.kind.label, code: list.kind.rawValue), .words(list.level.label, code: list.level.word),
          .words(Text(verbatim: list.period.spoken), code: list.period.code),
        ] + counts(list.totals))
    }
    if lists.count > 1 {
      table.total =
        [.words(Text(vi: "Tổng", en: "Total"), code: "")] + Array(repeating: .empty, count: 5) + stated(totals)
    }
    return table
  }

  /// Who was commended under more than one legal basis: one row for each award, for nothing is merged.
  static func acrossBases(_ book: AwardBook, legalBases: [LegalBasis]) -> CampaignTable {
    var table = CampaignTable(
      title: Text(vi: "Được khen theo nhiều văn bản", en: "Commended under several legal bases"),
      columns: [
        .words("recipient", vi: "Người nhận", en: "Recipient"), .words("kind", vi: "Đối tượng", en: "Kind"),
        .words("unit", vi: "Đơn vị", en: "Unit"), .words("legal_basis", vi: "Căn cứ", en: "Legal basis"),
        .words("award", vi: "Hình thức", en: "Award"), .words("level", vi: "Cấp", en: "Level"),
        .words("period", vi: "Kỳ", en: "Period"),
      ])
    let names = writtenNames(book.lists)
    for (recipient, awards) in book.acrossBases() {
      for award in awards {
        table.rows.append([
          .name(names[recipient] ?? recipient.name.text), .words(recipient.kind.label, code: recipient.kind.rawValue),
          .name(recipient.unit.rawValue), basis(award.legalBasis, legalBases),
          .words(award.kind.label, code: award.kind.rawValue), .words(award.level.label, code: award.level.word),
          .words(Text(verbatim: award.period.spoken), code: award.period.code),
        ])
      }
    }
    return table
  }

  static let awardCounts: [Column] = [
    .count("collectives", vi: "Tập thể", en: "Collectives"), .count("individuals", vi: "Cá nhân", en: "Individuals"),
    .count("models", vi: "Mô hình", en: "Models"), .count("households", vi: "Hộ", en: "Households"),
    .count("unsplit", vi: "Chưa tách", en: "Unsplit"), .count("awards", vi: "Cộng", en: "Awards"),
  ]

  private static let kinds: [SubjectKind] = [.collective, .individual, .model, .household]

  /// A kind of which nobody knows how many are among the unsplit ones is unknown.
  static func counts(_ totals: AwardTotals) -> [Cell] {
    kinds.map { .figure(totals.figure($0)) } + [.count(totals.unsplit), .count(totals.all)]
  }

  /// Of several lists: those that are known by kind, and the unsplit ones beside them.
  static func stated(_ totals: AwardTotals) -> [Cell] {
    kinds.map { .count(totals.split[$0] ?? 0) } + [.count(totals.unsplit), .count(totals.all)]
  }

  private static func basis(_ id: RecordID<LegalBasis>?, _ bases: [LegalBasis]) -> Cell {
    guard let id else { return .empty }
    return .words(Text(verbatim: bases.first { $0.id == id }?.number ?? id.rawValue), code: id.rawValue)
  }

  /// As they were written first.
  private static func writtenNames(_ lists: [AwardList]) -> [NomineeIdentity: String] {
    var names: [NomineeIdentity: String] = [:]
    for case .named(let kind, let name, let unit) in lists.flatMap(\.lines) {
      guard let identity = NomineeIdentity(kind: kind, name: name, unit: unit), names[identity] == nil else { continue }
      names[identity] = name
    }
    return names
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
