internal import Polling

/// What a column of a file of nominations holds.
enum NominationColumn: Hashable {
  case id, kind, name, unit, registrant, registrantKind, field, topics, newTask, hardTask
  case item(NominationItem)
  /// Known, and of no use to us: a running number, a remark.
  case note
  /// What our own rejects file adds.
  case rejects

  /// The headings that a rejects file adds.
  static let rejectCodes = "binhchon: lỗi"

  /// Without marks and case.
  private static let words: [(NominationColumn, [String])] = [
    (.id, ["ma", "ma ho so", "ma mo hinh", "ma dang ky", "id", "nomination"]),
    (.kind, ["loai", "doi tuong", "loai doi tuong", "loai ho so", "kind"]),
    (
      .name,
      [
        "ten", "ten mo hinh", "mo hinh", "ho ten", "ho va ten", "ten tap the, ca nhan", "tap the, ca nhan", "tap the",
        "ca nhan",
        "ten mo hinh, dien hinh", "name",
      ]
    ),
    (.unit, ["don vi", "ma don vi", "phuong", "phuong, xa", "dia phuong", "unit"]),
    (
      .registrant,
      [
        "nguoi dang ky", "don vi dang ky", "tap the, ca nhan dang ky", "chu the", "chu the dang ky", "nguoi thuc hien",
        "don vi thuc hien", "registrant",
      ]
    ),
    (
      .registrantKind,
      [
        "loai nguoi dang ky", "loai chu the", "tap the hay ca nhan", "tap the/ca nhan", "loai don vi dang ky",
        "registrant kind",
      ]
    ),
    (.field, ["linh vuc", "field"]),
    (.topics, ["chu de", "noi dung uu tien", "chuong trinh", "nhan", "topics", "tags"]),
    (.newTask, ["viec moi", "new task"]),
    (.hardTask, ["viec kho", "hard task"]),
    (.item(.reason), ["thuc trang", "ly do", "thuc trang, ly do", "reason"]),
    (.item(.goals), ["muc tieu", "tieu chi", "muc tieu, tieu chi", "goals"]),
    (.item(.method), ["noi dung, cach lam", "cach lam", "noi dung thuc hien", "method"]),
    (
      .item(.beneficiaries),
      ["dia ban, doi tuong thu huong", "doi tuong thu huong", "dia ban", "dia ban, doi tuong", "beneficiaries"]
    ),
    (.item(.forces), ["luc luong tham gia", "luc luong", "forces"]),
    (.item(.resources), ["thoi gian, nguon luc", "nguon luc", "thoi gian", "resources"]),
    (.item(.outputs), ["ket qua, san pham", "ket qua", "san pham", "outputs"]),
    (.item(.sustaining), ["duy tri, nhan rong", "nhan rong", "duy tri", "sustaining"]),
    (.note, ["stt", "tt", "so tt", "so thu tu", "ghi chu", "note", "no", "#"]),
    (.rejects, ["binhchon: loi"]),
  ]

  private static let columns: [String: NominationColumn] = Dictionary(
    words.flatMap { column, words in words.map { ($0, column) } }, uniquingKeysWith: { first, _ in first })

  init?(heading: String) {
    guard var key = FoldedText(heading)?.unaccented else { return nil }
    if let column = Self.columns[key] {
      self = column
      return
    }
    // "Tên mô hình (ghi đầy đủ)", "Lĩnh vực*"
    key = String(key.prefix { !"(*:[".contains($0) || key.hasPrefix("binhchon") })
    while key.last == " " || key.last == "." { key.removeLast() }
    guard let column = Self.columns[key] else { return nil }
    self = column
  }

  /// How we would write it.
  var label: Text {
    switch self {
    case .id: Text(vi: "mã", en: "id")
    case .kind: Text(vi: "loại", en: "kind")
    case .name: Text(vi: "tên", en: "name")
    case .unit: Text(vi: "đơn vị", en: "unit")
    case .registrant: Text(vi: "người đăng ký", en: "registrant")
    case .registrantKind: Text(vi: "loại người đăng ký", en: "registrant kind")
    case .field: Text(vi: "lĩnh vực", en: "field")
    case .topics: Text(vi: "chủ đề", en: "topics")
    case .newTask: Text(vi: "việc mới", en: "new task")
    case .hardTask: Text(vi: "việc khó", en: "hard task")
    case .item(let item): item.label
    case .note: Text(vi: "ghi chú", en: "note")
    case .rejects: Text(vi: "lỗi (của lần trước)", en: "errors (of last time)")
    }
  }
}

extension NominationItem {
  /// As the ward's form has it.
  var label: Text {
    switch self {
    case .name: Text(vi: "tên mô hình", en: "name")
    case .reason: Text(vi: "thực trạng, lý do", en: "situation, reason")
    case .goals: Text(vi: "mục tiêu, tiêu chí", en: "goals, criteria")
    case .method: Text(vi: "nội dung, cách làm", en: "content, method")
    case .beneficiaries: Text(vi: "địa bàn, đối tượng thụ hưởng", en: "area, beneficiaries")
    case .forces: Text(vi: "lực lượng tham gia", en: "forces")
    case .resources: Text(vi: "thời gian, nguồn lực", en: "time, resources")
    case .outputs: Text(vi: "kết quả, sản phẩm", en: "outputs")
    case .sustaining: Text(vi: "duy trì, nhân rộng", en: "sustaining, replication")
    }
  }
}

extension SubjectKind {
  /// What a person writes: `Tập thể`, `collective`.
  init?(written text: String) {
    guard let key = FoldedText(text)?.unaccented else { return nil }
    switch key {
    case "tap the", "collective", "collectives", "don vi", "tt": self = .collective
    case "ca nhan", "individual", "individuals", "cn": self = .individual
    case "mo hinh", "model", "models", "mh": self = .model
    case "ho gia dinh", "ho", "household", "households": self = .household
    default: return nil
    }
  }
}
