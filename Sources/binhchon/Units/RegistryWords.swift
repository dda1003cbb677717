internal import Polling
internal import Schema

// Units and what becomes of them, in words.

extension UnitKind {
  /// In files.
  var word: String {
    switch self {
    case .province: "province"
    case .district: "district"
    case .ward: "ward"
    case .commune: "commune"
    case .specialZone: "special-zone"
    case .thon: "thon"
    case .ban: "ban"
    case .toDanPho: "to-dan-pho"
    case .office: "office"
    case .oneStopShop: "one-stop-shop"
    case .counter: "counter"
    }
  }

  init?(word: String) {
    guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = kind
  }

  var label: Text {
    switch self {
    case .province: Text(vi: "tỉnh, thành phố", en: "province")
    case .district: Text(vi: "quận, huyện", en: "district")
    case .ward: Text(vi: "phường", en: "ward")
    case .commune: Text(vi: "xã", en: "commune")
    case .specialZone: Text(vi: "đặc khu", en: "special zone")
    case .thon: Text(vi: "thôn", en: "hamlet (thôn)")
    case .ban: Text(vi: "bản", en: "hamlet (bản)")
    case .toDanPho: Text(vi: "tổ dân phố", en: "residential group")
    case .office: Text(vi: "cơ quan", en: "office")
    case .oneStopShop: Text(vi: "bộ phận một cửa", en: "one-stop shop")
    case .counter: Text(vi: "quầy", en: "counter")
    }
  }
}

extension RegisteredUnit.Succession.Kind {
  /// In files.
  var word: String {
    switch self {
    case .merged: "merged"
    case .renamed: "renamed"
    case .split: "split"
    }
  }

  init?(word: String) {
    guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = kind
  }
}

extension RegistryFault {
  /// With its code, for whoever looks it up.
  var text: Text {
    let words: Text =
      switch code {
      case .tooMany: Text(vi: "quá nhiều", en: "too many")
      case .badCode: Text(vi: "mã không hợp lệ", en: "no valid code")
      case .codeTwice: Text(vi: "mã có hai lần", en: "the code is there twice")
      case .badSegment: Text(vi: "tên trong đường dẫn không hợp lệ", en: "no valid name in paths")
      case .nameMissing: Text(vi: "thiếu tên tiếng Việt", en: "the name in Vietnamese is missing")
      case .noPlacement: Text(vi: "không thuộc đâu vào thời gian nào", en: "stands nowhere at any time")
      case .emptyPlacement: Text(vi: "kết thúc trước khi bắt đầu", en: "ends before it begins")
      case .overlap: Text(vi: "hai khoảng thời gian chồng nhau từ \(other)", en: "two spans overlap from \(other)")
      case .gap: Text(vi: "có khoảng trống từ \(other)", en: "there is a gap from \(other)")
      case .unknownParent: Text(vi: "không có đơn vị cấp trên \(other)", en: "there is no parent \(other)")
      case .outlivesParent:
        Text(vi: "tồn tại ngoài thời gian của cấp trên \(other)", en: "is there when its parent \(other) is not")
      case .cycle: Text(vi: "nằm dưới chính nó", en: "stands below itself")
      case .tooDeep: Text(vi: "sâu quá 8 cấp", en: "is more than 8 levels deep")
      case .pathTwice: Text(vi: "trùng đường dẫn với \(other)", en: "has the same path as \(other)")
      case .unknownSuccessor: Text(vi: "không có đơn vị kế thừa \(other)", en: "there is no successor \(other)")
      case .successorOfLiving:
        Text(vi: "có đơn vị kế thừa \(other) mà chưa kết thúc", en: "has successor \(other) and has not ended")
      case .successorAbsent:
        Text(vi: "đơn vị kế thừa \(other) không có vào ngày đó", en: "its successor \(other) is not there on that day")
      case .successorNumber:
        Text(
          vi: "split cần nhiều đơn vị kế thừa, merged và renamed cần một",
          en: "split takes several successors, merged and renamed take one")
      }
    let name = subject.isEmpty ? "" : "\(subject): "
    return Text(vi: "\(name)\(words.vi) [\(code.rawValue)]", en: "\(name)\(words.en) [\(code.rawValue)]")
  }
}
