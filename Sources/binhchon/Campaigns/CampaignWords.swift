internal import Polling

extension Campaign.Breach {
  /// With the field in front, as the message of the service has it.
  var text: Text {
    let problem = problem.text
    return Text(vi: "\(field) \(problem.vi)", en: "\(field) \(problem.en)")
  }
}

extension Campaign.Problem {
  var text: Text { Text(vi: vietnamese, en: description) }

  private var vietnamese: String {
    switch self {
    case .missing: "bị thiếu"
    case .noName: "cần 1 đến 64 chữ cái ASCII, chữ số, “-”, “_” hoặc “.”"
    case .twice: "có hai lần"
    case .tooMany(let limit): "nhiều hơn \(limit)"
    case .tooLong: "dài quá \(FoldedText.longest) byte"
    case .ambiguous: "viết giống một lĩnh vực khác"
    case .unknownReference(let name): "nhắc đến “\(name)” mà không có ở đây"
    case .youngerBasis(let number): "ban hành sau văn bản cụ thể hóa nó: \(number)"
    case .circular: "cụ thể hóa chính nó"
    case .levelEnded: "không còn cấp này khi bắt đầu kỳ"
    case .negative: "nhỏ hơn 0"
    case .broken(let expected, let actual):
      "cộng không khớp: CONTROL_TOTAL_MISMATCH expected=\(expected) actual=\(actual)"
    case .notBetween(let least, let most): "phải từ \(least) đến \(most)"
    }
  }
}

extension CampaignLevel {
  var label: Text {
    switch self {
    case .grassroots: Text(vi: "cơ sở", en: "grassroots")
    case .commune: Text(vi: "cấp xã, phường", en: "commune or ward")
    case .district: Text(vi: "cấp quận, huyện", en: "district")
    case .province: Text(vi: "cấp tỉnh, thành phố", en: "province or city")
    case .central: Text(vi: "trung ương", en: "central")
    }
  }
}

extension SubjectKind {
  var label: Text {
    switch self {
    case .collective: Text(vi: "tập thể", en: "collectives")
    case .individual: Text(vi: "cá nhân", en: "individuals")
    case .model: Text(vi: "mô hình", en: "models")
    case .household: Text(vi: "hộ gia đình", en: "households")
    }
  }
}

extension NomineeVote.Method {
  var word: String {
    switch self {
    case .approval: "approval"
    case .choose: "choose"
    case .scale: "scale"
    case .jury: "jury"
    }
  }

  var label: Text {
    switch self {
    case .approval: Text(vi: "đồng ý hoặc không, từng đề cử", en: "approval")
    case .choose(let most): Text(vi: "chọn nhiều nhất \(most)", en: "up to \(most) choices")
    case .scale(let levels): Text(vi: "thang điểm 1–\(levels)", en: "a scale of 1–\(levels)")
    case .jury(let points): Text(vi: "hội đồng chấm 1–\(points)", en: "a jury with 1–\(points) points")
    }
  }
}
